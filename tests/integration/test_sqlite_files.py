"""How sqlite_connector treats the file that it reads, and odd names of files."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.sqlite_reading import contents, extracted, make
from wct_domain.digests import canonical_json


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make(
        tmp_path / "shop.db",
        "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, "
        "city TEXT DEFAULT 'Northport')",
        ("INSERT INTO customers (name) VALUES (?)", [("Ada",), ("Ben",)]),
    )


def test_reading_leaves_the_file_and_its_directory_as_they_were(shop: Path) -> None:
    before = shop.read_bytes(), shop.stat().st_mtime_ns, sorted(shop.parent.iterdir())

    extracted(shop)

    after = shop.read_bytes(), shop.stat().st_mtime_ns, sorted(shop.parent.iterdir())
    assert before == after


def test_the_file_is_opened_without_the_right_to_write(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def note(address: str, **options: Any) -> sqlite3.Connection:
        opened.append(address)
        return connect(address, **options)

    monkeypatch.setattr(sqlite3, "connect", note)
    extracted(shop)

    assert [address.rsplit("?")[-1] for address in opened] == ["mode=ro"]


@pytest.mark.parametrize(
    "name",
    ["with space.db", "what?#frag%20.db", "ünïcödé.db", "file:x.db", ":memory:"],
)
def test_any_name_of_a_file_is_opened(tmp_path: Path, name: str) -> None:
    path = make(tmp_path / name, "CREATE TABLE t (a)", "INSERT INTO t VALUES ('x')")

    assert contents(extracted(path)) == ["x"]


def test_a_name_that_is_not_utf_8_is_told_with_its_bytes(tmp_path: Path) -> None:
    path = make(
        tmp_path / "shop.db", "CREATE TABLE t (a)", "INSERT INTO t VALUES ('x')"
    )
    odd = path.rename(path.with_name("Zo\udceb.db"))

    message = extracted(odd)

    assert message.content["name"] == "sqlite_text_from_Zo\\xeb"
    canonical_json(message.content)


def test_a_relative_path_is_shown_as_given_and_its_source_is_absolute(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shop.parent)

    content = extracted(Path("shop.db")).content

    assert content["source"] == str(shop)
    assert content["metadata"]["connection_info"] == {"database_path": "shop.db"}


def test_a_database_that_another_process_writes_to_is_read_at_one_moment(
    shop: Path,
) -> None:
    with closing(sqlite3.connect(shop)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("INSERT INTO customers (name) VALUES ('Cleo')")
        writer.commit()
        writer.execute("INSERT INTO customers (name) VALUES ('Dan')")

        message = extracted(shop)  # Cleo is in the WAL only, Dan nowhere yet

    assert "Cleo" in contents(message)
    assert "Dan" not in contents(message)
