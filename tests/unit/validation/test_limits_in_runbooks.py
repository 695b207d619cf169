"""Steps with a timeout: what they need of the properties of their components."""

import datetime
from typing import Any

import pytest

from tests.unit.validation.bench import remarks, runbook, said, step


def about(value: Any, **fields: Any) -> dict[str, Any]:
    return runbook(
        step("a", **fields),
        connectors=[
            {
                "name": "letters",
                "type": "post",
                "properties": {"street": "Hill", "since": value},
            }
        ],
    )


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (datetime.date(2026, 1, 1), "since"),
        ({"days": [1, datetime.date(2026, 1, 1)]}, "since -> days -> 1"),
        ({2026: "a number as a key"}, "since"),
        (float("nan"), "since"),
        ({"a", "set"}, "since"),
    ],
)
def test_what_is_not_json_cannot_go_to_another_process(value: Any, place: str) -> None:
    (found,) = (each for each in remarks(about(value, timeout=5)) if each.stops_run)
    assert found.field == f"connectors -> 0 -> properties -> {place}"
    assert found.text == (
        "this is not JSON, as a step with a timeout needs it; put it in quotes"
    )
    assert not any(each.stops_run for each in remarks(about(value)))


@pytest.mark.parametrize("value", ["2026-01-01", 1, 0.5, None, True, [{"a": []}]])
def test_json_is_fine(value: Any) -> None:
    assert not [line for line in said(about(value, timeout=5)) if "JSON" in line]
