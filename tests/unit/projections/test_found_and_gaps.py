"""Findings in a few lines, and what was not read."""

from typing import Any

import pytest

from wct_domain.archive import BlobDraft, BlobReader, VolatileFields
from wct_domain.errors import BlobMissingError
from wct_domain.events import SourceRead
from wct_domain.ports.ledger import Blob
from wct_domain.projections.found import found_in
from wct_domain.projections.gaps import gaps_in
from wct_domain.testing.scenario import AnySchema


def finding(name: str, risk: str, source: str, key: str = "type") -> dict[str, Any]:
    return {key: name, "risk_level": risk, "metadata": {"source": source}}


def test_findings_are_grouped_by_kind_highest_risk_and_most_often_first() -> None:
    personal = [
        finding("e-mail", "medium", "a"),
        finding("health", "high", "b"),
        finding("e-mail", "medium", "c"),
        finding("e-mail", "medium", "c"),
        finding("device", "medium", "a"),
    ]
    purposes = [finding("billing", "low", "a", key="purpose")]
    found = found_in([{"findings": personal}, {"findings": purposes}, {"data": []}])
    assert [(each.what, each.risk, each.count, each.instance) for each in found] == [
        ("health", "high", 1, "b"),
        ("e-mail", "medium", 3, "c"),
        ("device", "medium", 1, "a"),
        ("billing", "low", 1, "a"),
    ]


def test_findings_of_a_shape_that_is_not_ours_count_for_nothing() -> None:
    assert found_in([{"findings": [{"x": 1}]}, {"findings": None}, {}]) == []


class Blobs:
    def __init__(self, blobs: tuple[Blob, ...]) -> None:
        self._blobs = {blob.digest: blob.stored for blob in blobs}

    def blob(self, digest: str) -> bytes:
        if digest not in self._blobs:
            raise BlobMissingError(digest)
        return self._blobs[digest]


def source(**fields: Any) -> SourceRead:
    return SourceRead(
        step="s",
        connector="c",
        output_schema="standard_input/1.0.0",
        items=1,
        size=2,
        content="c" * 64,
        **fields,
    )


def test_gaps_name_items_and_limits() -> None:
    draft = BlobDraft(b"k" * 32, VolatileFields(AnySchema()))
    limit = {"limit": "max_files", "value": 1000, "read": 1000, "left_out": 1250}
    notes = draft.document(
        {
            "unreadable_count": 9,
            "unreadable": [
                {"source": "logo.png", "reason": "not_text", "count": 1},
                {"source": "table x", "reason": "binary", "count": 6},
            ],
            "limits": [limit, {"table": "orders", **limit}],
        }
    )
    read = source(unreadable=9, truncated=True, notes=notes)
    assert gaps_in(read, BlobReader(Blobs(draft.take()))) == [
        "logo.png: not_text",
        "table x: binary (6 times)",
        "2 more that are not listed",
        "max_files 1,000: read 1,000, left out 1,250",
        "max_files 1,000: read 1,000 in table orders, left out 1,250",
    ]


@pytest.mark.parametrize(
    ("fields", "lines"),
    [
        ({}, []),
        ({"unreadable": 1}, ["1 item could not be read"]),
        ({"unreadable": 2}, ["2 items could not be read"]),
        ({"truncated": True}, ["a limit cut something off"]),
    ],
)
def test_without_notes_the_counts_are_all_that_is_known(
    fields: dict[str, Any], lines: list[str]
) -> None:
    assert gaps_in(source(**fields), BlobReader(Blobs(()))) == lines
