"""The file of results as a file: whole or not there, whatever the data."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.compat.exports import exported, result
from wct_entrypoints.api import ExportError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out" / "deep" / "results.json"


def test_a_file_is_indented_by_two_and_ends_without_a_line_break(path: Path) -> None:
    exported(path, result(analysis_name="Zählung 📮"))

    text = path.read_text(encoding="utf-8")
    assert '\n    {\n      "analysis_name": "Zählung 📮",\n' in text
    assert text.endswith("\n}")
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False)


def test_times_become_text(path: Path) -> None:
    data = {"at": datetime(2026, 1, 5, 12, tzinfo=UTC), "on": date(2026, 1, 5)}

    [one] = exported(path, result(data=data))["results"]

    assert one["data"] == {"at": "2026-01-05T12:00:00+00:00", "on": "2026-01-05"}


def test_what_is_not_json_leaves_the_old_file_and_nothing_else(path: Path) -> None:
    old = exported(path, result())

    with pytest.raises(TypeError):
        exported(path, result(data={"at": object()}))

    assert json.loads(path.read_text(encoding="utf-8")) == old
    assert [*path.parent.iterdir()] == [path]


def test_what_is_not_json_leaves_no_file_where_there_was_none(path: Path) -> None:
    with pytest.raises(TypeError):
        exported(path, result(data={"at": object()}))

    assert not path.exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "results.json"

    with pytest.raises(ExportError) as raised:
        exported(path, result())

    assert str(raised.value).startswith(f"Failed to save analysis results to {path}: ")


def deep(levels: int) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for _ in range(levels):
        content = {"in": content}
    return content


@pytest.mark.parametrize(
    "data", [{"address": 2**127}, deep(400), {"at": [2**64, date(2026, 1, 5)]}]
)
def test_json_without_usual_bounds_is_written_as_it_is(
    data: dict[str, Any], path: Path
) -> None:
    [one] = exported(path, result(data=data))["results"]

    assert one["data"] == json.loads(json.dumps(data, default=date.isoformat))


def test_numbers_as_keys_become_text(path: Path) -> None:
    [one] = exported(path, result(data={"by_year": {2026: 7, 2027: None}}))["results"]

    assert one["data"] == {"by_year": {"2026": 7, "2027": None}}


def test_data_that_contains_itself_is_refused(path: Path) -> None:
    data: dict[str, Any] = {}
    data["self"] = data

    with pytest.raises(TypeError, match="not JSON"):
        exported(path, result(data=data))
