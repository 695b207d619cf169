"""What is said when a ledger cannot be opened, and that nothing is touched then."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.sqlite_files import (
    altered,
    complaint,
    files,
    opened,
    recorded,
    unprivileged,
)
from wct_domain.errors import LedgerUnusableError, LedgerWriteError
from wct_domain.testing.ledger_samples import RUN, notes


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A directory that somebody without privileges can own and reach."""
    if os.geteuid() != 0:
        yield tmp_path
        return
    with TemporaryDirectory() as directory:
        yield Path(directory)


def test_without_create_a_missing_ledger_stays_missing(tmp_path: Path) -> None:
    for path in (tmp_path / "ledger.db", tmp_path / ".wct" / "ledger.db"):
        assert "does not exist" in complaint(path, create=False)
        assert "does not exist" in complaint(path, read_only=True)
    (tmp_path / "empty.db").touch()
    assert "does not exist" in complaint(tmp_path / "empty.db", create=False)
    assert sorted(files(tmp_path)) == ["empty.db"]


def test_without_create_an_empty_database_stays_empty(tmp_path: Path) -> None:
    path = altered(tmp_path / "ledger.db", "CREATE TABLE t (a); DROP TABLE t")
    before = files(tmp_path)
    assert "is an empty database" in complaint(path, create=False)
    assert "is an empty database" in complaint(path, read_only=True)
    assert files(tmp_path) == before
    opened(path).close()


def test_a_link_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.symlink_to(tmp_path / "nowhere" / "ledger.db")
    assert "is a link that leads nowhere" in complaint(path)


def a_text_file(path: Path) -> None:
    path.write_text("name,email\n")


def a_long_text_file(path: Path) -> None:
    path.write_text("name,email\n" * 1000)


def a_foreign_database(path: Path) -> None:
    altered(path, "CREATE TABLE customers (name)")


def a_foreign_database_in_wal_mode(path: Path) -> None:
    altered(path, "PRAGMA journal_mode = WAL; CREATE TABLE customers (name)")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (a_text_file, "is not a SQLite database"),
        (a_long_text_file, "is not a SQLite database"),
        (a_foreign_database, "is a SQLite database, but not a ledger"),
        (a_foreign_database_in_wal_mode, "is a SQLite database, but not a ledger"),
        (Path.mkdir, "is a directory"),
        (os.mkfifo, "is not a regular file"),
    ],
)
def test_what_is_no_ledger_is_left_alone(
    tmp_path: Path, make: Callable[[Path], object], reason: str
) -> None:
    path = tmp_path / "ledger.db"
    make(path)
    before = files(tmp_path)
    assert reason in complaint(path)
    assert reason in complaint(path, create=False)
    assert reason in complaint(path, read_only=True)
    assert files(tmp_path) == before


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "ledger.db"
    assert f"there is no directory '{path.parent}'" in complaint(path)
    assert files(tmp_path) == {}


def test_a_file_in_the_place_of_a_directory_is_no_directory(tmp_path: Path) -> None:
    (tmp_path / ".wct").touch()
    assert "there is no directory" in complaint(tmp_path / ".wct" / "ledger.db")


def test_a_newer_ledger_is_read_but_not_written(tmp_path: Path) -> None:
    path = altered(recorded(tmp_path / "ledger.db"), "PRAGMA user_version = 2")
    assert "has format 2, this wct writes format 1" in complaint(path)
    ledger = opened(path, read_only=True)
    assert len(list(ledger.read(RUN))) == 1
    ledger.close()


@pytest.mark.parametrize("table", ["log_meta", "events", "types"])
def test_a_ledger_without_a_table_is_damaged(tmp_path: Path, table: str) -> None:
    path = altered(recorded(tmp_path / "ledger.db"), f"DROP TABLE {table}")
    assert "is damaged" in complaint(path)


def test_a_ledger_without_an_id_is_damaged(tmp_path: Path) -> None:
    path = altered(recorded(tmp_path / "ledger.db"), "DELETE FROM log_meta")
    assert "is damaged" in complaint(path)


def test_a_ledger_that_lost_its_end_is_damaged(tmp_path: Path) -> None:
    path = recorded(tmp_path / "ledger.db")
    os.truncate(path, 4096 * 3)
    with pytest.raises(LedgerUnusableError, match="is damaged"):
        list(opened(path, read_only=True).read_all())
    with pytest.raises(LedgerUnusableError, match="is damaged"):
        opened(path).append(RUN, notes(2), expected=1)


def test_a_read_only_file_is_read_but_not_written(place: Path) -> None:
    path = recorded(place / "ledger.db")
    with unprivileged(place):
        path.chmod(0o400)
        assert "may not be written" in complaint(path)
        assert len(list(opened(path, read_only=True).read_all())) == 1


def test_a_ledger_in_a_read_only_directory_is_read_but_not_written(
    place: Path,
) -> None:
    path = recorded(place / "ledger.db")
    before = files(place)
    with unprivileged(place):
        place.chmod(0o500)
        assert f"the directory '{place}' is read-only" in complaint(path)
        assert len(list(opened(path, read_only=True).read_all())) == 1
        place.chmod(0o700)
    assert files(place) == before


def test_a_ledger_that_somebody_writes_is_read_from_a_read_only_directory(
    place: Path,
) -> None:
    path = place / "ledger.db"
    writer = opened(path)
    writer.append(RUN, notes(1), expected=0)
    with unprivileged(place):
        place.chmod(0o500)
        reader = opened(path, read_only=True)
        assert len(list(reader.read_all())) == 1
        writer.append(RUN, notes(2), expected=1)
        assert len(list(reader.read_all())) == 2
        reader.close()
        place.chmod(0o700)
    writer.close()


@pytest.mark.parametrize("directory", [".", ".wct"])
def test_no_ledger_is_made_where_nobody_may_write(place: Path, directory: str) -> None:
    with unprivileged(place):
        place.chmod(0o500)
        reason = complaint(place / directory / "ledger.db")
        assert "cannot be made: Permission denied" in reason
        place.chmod(0o700)
    assert files(place) == {}


def test_a_ledger_that_may_not_be_read_is_refused(place: Path) -> None:
    path = recorded(place / "ledger.db")
    with unprivileged(place):
        path.chmod(0)
        assert "could not be read" in complaint(path, read_only=True)
        assert "may not be written" in complaint(path)


def test_what_is_open_for_reading_cannot_be_written(tmp_path: Path) -> None:
    ledger = opened(recorded(tmp_path / "ledger.db"), read_only=True)
    with pytest.raises(LedgerWriteError, match="open for reading only"):
        ledger.append(RUN, notes(2), expected=1)
    ledger.close()
