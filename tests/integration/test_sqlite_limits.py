"""What sqlite_connector does not read, or reads in part, and how it says so."""

from collections.abc import Collection
from pathlib import Path

import pytest

from tests.sqlite_reading import cells, contents, extracted, make, notes
from wct_domain.digests import canonical_json
from wct_domain.extraction import extraction_facts


def test_what_the_number_of_rows_cuts_off_is_stated_for_each_table(
    tmp_path: Path,
) -> None:
    path = make(
        tmp_path / "shop.db",
        "CREATE TABLE many (a)",
        "CREATE TABLE few (a)",
        ("INSERT INTO many VALUES (?)", [(number,) for number in range(25)]),
        ("INSERT INTO few VALUES (?)", [(number,) for number in range(10)]),
    )

    message = extracted(path)

    assert len(contents(message)) == 20
    assert notes(message)["truncated"] is True
    assert notes(message)["limits"] == [
        {
            "table": "many",
            "limit": "max_rows_per_table",
            "value": 10,
            "read": 10,
            "left_out": 15,
        }
    ]
    assert extraction_facts(message).truncated
    tables = message.content["metadata"]["database_schema"]["tables"]
    assert {each["name"]: each["estimated_rows"] for each in tables} == {
        "few": 10,
        "many": 25,
    }


@pytest.mark.parametrize("limit", [25, 10**30, "25"])
def test_a_limit_that_cuts_nothing_off_is_not_mentioned(
    tmp_path: Path, limit: int | str
) -> None:
    path = make(
        tmp_path / "shop.db",
        "CREATE TABLE many (a)",
        ("INSERT INTO many VALUES (?)", [(number,) for number in range(25)]),
    )

    message = extracted(path, max_rows_per_table=limit)

    assert len(contents(message)) == 25
    assert notes(message)["limits"] == []


def test_binary_cells_are_counted_by_column_and_not_shown(tmp_path: Path) -> None:
    path = make(
        tmp_path / "shop.db",
        "CREATE TABLE t (photo BLOB, note BLOB)",
        (
            "INSERT INTO t VALUES (?, ?)",
            [
                (b"\xff\xd8\xff", b"plain\ttext\n"),
                (b"\x00\x01", "text"),
                (b"\x80", b""),
            ],
        ),
    )

    message = extracted(path)

    assert contents(message) == ["plain\ttext\n", "text"]
    assert notes(message)["unreadable"] == [
        {
            "source": "sqlite_database_(shop)_table_(t)_column_(photo)",
            "reason": "binary",
            "count": 3,
        }
    ]
    assert extraction_facts(message).unreadable == 3


def test_text_that_is_not_utf_8_is_read_as_far_as_it_goes_and_counted(
    tmp_path: Path,
) -> None:
    path = make(
        tmp_path / "shop.db",
        "CREATE TABLE t (name TEXT)",
        "INSERT INTO t VALUES (CAST(x'5a6feb' AS TEXT))",
        "INSERT INTO t VALUES ('fine')",
    )

    message = extracted(path)

    assert contents(message) == ["Zo\N{REPLACEMENT CHARACTER}", "fine"]
    assert notes(message)["unreadable"] == [
        {
            "source": "sqlite_database_(shop)_table_(t)_column_(name)",
            "reason": "not_utf8",
            "count": 1,
        }
    ]
    canonical_json(message.content)


def test_a_database_in_utf_16_is_read(tmp_path: Path) -> None:
    path = make(
        tmp_path / "shop.db",
        "PRAGMA encoding = 'UTF-16'",
        "CREATE TABLE t (a TEXT)",
        ("INSERT INTO t VALUES (?)", [("Zoë 日本 😀",)]),
    )

    assert contents(extracted(path)) == ["Zoë 日本 😀"]


def test_a_table_that_cannot_be_read_is_noted_and_the_others_are_read(
    tmp_path: Path,
) -> None:
    path = make(
        tmp_path / "shop.db",
        "CREATE TABLE good (a)",
        ("INSERT INTO good VALUES (?)", [("x",)]),
        "PRAGMA writable_schema = ON",
        "INSERT INTO sqlite_master VALUES ('table', 'bad', 'bad', 0, "
        "'CREATE VIRTUAL TABLE bad USING no_such_module(a)')",
    )

    message = extracted(path)

    assert contents(message) == ["x"]
    assert notes(message)["unreadable"] == [
        {
            "source": "sqlite_database_(shop)_table_(bad)",
            "reason": "sqlite_error",
            "count": 1,
        }
    ]
    assert message.content["metadata"]["extraction_summary"]["tables_processed"] == 1


@pytest.mark.parametrize(("limit", "expected"), [(60, range(10, 60)), (5, [5])])
def test_what_a_damaged_table_still_gives_is_kept(
    tmp_path: Path, limit: int, expected: Collection[int]
) -> None:
    path = make(
        tmp_path / "shop.db",
        "PRAGMA page_size = 512",
        "CREATE TABLE t (a)",
        ("INSERT INTO t VALUES (?)", [(f"{row:03} {'x' * 300}",) for row in range(60)]),
        "CREATE TABLE z (a)",
        ("INSERT INTO z VALUES (?)", [("fine",)]),
    )
    damaged = bytearray(path.read_bytes())
    at = damaged.rindex(b"030 xxx")
    page = at - at % 512
    damaged[page : page + 512] = b"\xff" * 512
    path.write_bytes(damaged)

    message = extracted(path, max_rows_per_table=limit)

    read = [text for table, _, text in cells(message) if table == "t"]
    assert len(read) in expected
    assert cells(message)[-1] == ("z", "a", "fine")
    assert notes(message)["unreadable"] == [
        {
            "source": "sqlite_database_(shop)_table_(t)",
            "reason": "sqlite_corrupt",
            "count": 1,
        }
    ]
