"""What a connector says of its own reading, and what the log makes of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wct_domain.extraction import (
    LISTED,
    ExtractionFacts,
    ExtractionNotes,
    extraction_facts,
)
from wct_domain.message import Message


def facts(content: Any) -> ExtractionFacts:
    return extraction_facts(Message("1", content))


def noted(extraction: Any) -> ExtractionFacts:
    return facts({"data": [], "metadata": {"extraction": extraction}})


def test_notes_say_nothing_when_everything_was_read() -> None:
    assert ExtractionNotes().document(3) == {
        "items": 3,
        "unreadable_count": 0,
        "unreadable": [],
        "skipped": {},
        "truncated": False,
        "limits": [],
    }


def test_what_was_unreadable_is_counted_and_listed_with_its_reason() -> None:
    notes = ExtractionNotes()
    notes.unreadable("logo.png", "not_text")
    notes.unreadable("photo column", "binary", 12)

    document = notes.document(1)

    assert document["unreadable_count"] == 13
    assert document["unreadable"] == [
        {"source": "logo.png", "reason": "not_text", "count": 1},
        {"source": "photo column", "reason": "binary", "count": 12},
    ]
    assert notes.reasons == "12 binary, 1 not_text"
    assert notes.count("binary") == 12
    assert notes.count("vanished") == 0


def test_a_long_list_is_cut_and_its_count_is_not() -> None:
    notes = ExtractionNotes()
    for number in range(LISTED + 7):
        notes.unreadable(f"{number}.png", "not_text")

    document = notes.document(0)

    assert len(document["unreadable"]) == LISTED
    assert document["unreadable_count"] == LISTED + 7


def test_what_is_no_content_is_counted_apart() -> None:
    notes = ExtractionNotes()
    notes.skip("not_a_file")
    notes.skip("broken_link")
    notes.skip("not_a_file")

    document = notes.document(0)

    assert list(document["skipped"].items()) == [("broken_link", 1), ("not_a_file", 2)]
    assert document["unreadable_count"] == 0
    assert document["truncated"] is False


def test_a_limit_that_cut_something_off_is_stated_with_its_numbers() -> None:
    notes = ExtractionNotes()
    notes.cut("max_rows_per_table", 10, read=10, left_out=490, table="orders")

    document = notes.document(10)

    assert document["truncated"] is True
    assert document["limits"] == [
        {
            "table": "orders",
            "limit": "max_rows_per_table",
            "value": 10,
            "read": 10,
            "left_out": 490,
        }
    ]


@given(
    st.lists(st.tuples(st.text(), st.text(), st.integers(1, 50)), max_size=130),
    st.booleans(),
)
def test_the_log_reads_what_the_notes_say(
    problems: list[tuple[str, str, int]], cut: bool
) -> None:
    notes = ExtractionNotes()
    for source, reason, count in problems:
        notes.unreadable(source, reason, count)
    if cut:
        notes.cut("max_files", 2, read=2, left_out=1)

    metadata = {"extraction": notes.document(2)}
    content: dict[str, Any] = {"data": [{}, {}], "metadata": metadata}

    unreadable = sum(count for _, _, count in problems)
    assert facts(content) == ExtractionFacts(2, unreadable, cut)


@pytest.mark.parametrize(
    ("content", "items"),
    [
        ({"data": [1, 2, 3]}, 3),
        ({"data": []}, 0),
        ({"findings": [1, 2]}, 2),
        ({"data": [1], "findings": [1, 2]}, 1),
        ({"data": "text", "findings": [1, 2]}, 2),
        ({"anything": 1}, 1),
        ({}, 1),
    ],
)
def test_items_are_the_length_of_the_main_list(content: Any, items: int) -> None:
    assert facts(content).items == items


@pytest.mark.parametrize(
    ("extraction", "unreadable"),
    [
        ({"unreadable_count": 7, "unreadable": [1]}, 7),
        ({"unreadable": [{"source": "a", "reason": "b"}] * 3}, 3),
        ({"unreadable": 4}, 4),
        ({"unreadable_count": -1, "unreadable": 4}, 4),
        ({"unreadable_count": True}, 0),
        ({"unreadable": "many"}, 0),
        ({}, 0),
        (None, 0),
        ("all", 0),
    ],
)
def test_unreadable_is_understood_in_several_forms(
    extraction: Any, unreadable: int
) -> None:
    assert noted(extraction).unreadable == unreadable


@pytest.mark.parametrize(
    ("value", "truncated"), [(True, True), (False, False), ("no", False), (1, False)]
)
def test_truncated_is_true_only_if_it_says_true(value: Any, truncated: bool) -> None:
    assert noted({"truncated": value}).truncated is truncated


NAMES = [
    "data",
    "findings",
    "metadata",
    "extraction",
    "unreadable",
    "unreadable_count",
    "truncated",
]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner)
    ),
    max_leaves=15,
)


@given(ANYTHING)
def test_any_content_at_all_can_be_asked(content: Any) -> None:
    found = facts(content)

    assert found.items >= 0
    assert found.unreadable >= 0
