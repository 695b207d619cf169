"""What is said when a ledger cannot be opened, and that nothing is touched then."""

import os
import stat
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import apsw
import pytest

from wct_adapters.identity import utc_now
from wct_adapters.ledgers.sqlite import SqliteLedger, open_sqlite_ledger
from wct_adapters.ledgers.sqlite.opening import refuse_unsound_sqlite
from wct_adapters.ledgers.sqlite.places import mount_kind
from wct_domain.errors import LedgerUnusableError, LedgerWriteError
from wct_domain.testing.ledger_samples import RUN, notes

NOBODY = 65534


def opened(path: Path, **how: Any) -> SqliteLedger:
    return open_sqlite_ledger(path, clock=utc_now, **how)


def recorded(path: Path) -> Path:
    """Make a ledger with one event."""
    ledger = opened(path)
    ledger.append(RUN, notes(1), expected=0)
    ledger.close()
    return path


def altered(path: Path, sql: str) -> Path:
    connection: Any = apsw.Connection(str(path))
    connection.execute(sql).fetchall()
    connection.close()
    return path


def complaint(path: Path, **how: Any) -> str:
    """Open what cannot be opened; return the one line that says why."""
    with pytest.raises(LedgerUnusableError) as caught:
        opened(path, **how)
    text = str(caught.value)
    assert "\n" not in text
    assert f"'{path}'" in text
    return text


def files(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A directory that somebody without privileges can own and reach."""
    if os.geteuid() != 0:
        yield tmp_path
        return
    with TemporaryDirectory() as directory:
        yield Path(directory)


@contextmanager
def unprivileged(place: Path) -> Generator[None]:
    """Be somebody for whom file modes count: root may write everything."""
    if os.geteuid() != 0:
        yield
        return
    for path in (place, *place.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


# What is made


def test_a_new_ledger_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / ".wct" / "ledger.db"
    before = os.umask(0)
    try:
        ledger = opened(path)
        ledger.append(RUN, notes(1), expected=0)
    finally:
        os.umask(before)
    made = {each.name: mode(each) for each in path.parent.iterdir()}
    assert made == {
        "ledger.db": 0o600,
        "ledger.db-wal": 0o600,
        "ledger.db-shm": 0o600,
        "ledger.db.keys": 0o600,
        ".gitignore": 0o644,
    }
    assert mode(path.parent) == 0o700
    assert (path.parent / ".gitignore").read_text() == "*\n"
    ledger.close()


def test_a_directory_of_the_users_own_is_left_as_it_is(tmp_path: Path) -> None:
    before = mode(tmp_path)
    opened(tmp_path / "mine.db").close()
    assert sorted(files(tmp_path)) == ["mine.db", "mine.db.keys"]
    assert mode(tmp_path) == before


def test_an_empty_file_becomes_a_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.touch()
    assert list(opened(recorded(path)).read_all()) != []


@pytest.mark.parametrize(
    "name", ["größe.db", "a b?c#d%41&mode=ro.db", "file:x.db", "'", ":memory:"]
)
def test_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    path = recorded(tmp_path / name)
    assert len(list(opened(path, read_only=True).read_all())) == 1
    assert sorted(files(tmp_path)) == sorted([name, f"{name}.keys"])


@pytest.mark.parametrize("reads", [True, False])
def test_a_reader_that_is_closed_leaves_no_log_behind(
    tmp_path: Path, *, reads: bool
) -> None:
    path = recorded(tmp_path / "ledger.db")
    ledger = opened(path, read_only=True)
    if reads:
        assert len(list(ledger.read_all())) == 1
    ledger.close()
    assert not list(tmp_path.glob("ledger.db-*"))


def test_a_relative_path_stays_where_it_was_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    ledger = opened(Path("ledger.db"))
    monkeypatch.chdir(tmp_path / "elsewhere")
    ledger.append(RUN, notes(1), expected=0)
    assert len(list(ledger.read_all())) == 1
    ledger.close()


# What is refused


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


# Whom SQLite cannot serve


def test_a_sqlite_that_may_corrupt_a_ledger_is_refused() -> None:
    for version in ("3.7.0", "3.40.1", "3.51.2"):
        with pytest.raises(LedgerUnusableError, match=f"SQLite {version}"):
            refuse_unsound_sqlite(version)
    for version in ("3.51.3", "3.52.0", "4.0.0"):
        refuse_unsound_sqlite(version)


MOUNTS = """\
22 27 0:21 / /proc rw,relatime shared:5 - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
30 25 0:27 / /home rw,relatime shared:1 master:2 - nfs4 server:/home rw,vers=4.2
31 25 0:28 / /media/x\\040y rw - fuse.sshfs me@there:/ rw,user_id=0
32 25 0:29 / /mnt/c rw,noatime - 9p drvfs rw,dirsync,aname=drvfs;path=C:\\;trans=fd
33 25 0:30 / / rw - 9p none rw,trans=fd,rfdno=4,wfdno=4
34 25 0:31 / /none rw - tmpfs  rw
"""


@pytest.mark.parametrize(
    ("device", "kind"),
    [
        ("254:0", "ext4"),
        ("0:27", "nfs4"),
        ("0:28", "fuse.sshfs"),
        ("0:29", "drvfs"),
        ("0:30", "9p"),
        ("0:31", "tmpfs"),
        ("0:2", None),
    ],
)
def test_the_type_of_a_file_system_is_found_by_its_device(
    device: str, kind: str | None
) -> None:
    assert mount_kind(MOUNTS, device) == kind


@pytest.mark.parametrize(
    ("kind", "refused"),
    [
        *((kind, True) for kind in ("nfs", "nfs4", "cifs", "smb3", "fuse.sshfs")),
        *((kind, True) for kind in ("drvfs", "lustre", "ceph")),
        *((kind, False) for kind in ("ext4", "9p", "tmpfs", "fuse.ntfs-3g")),
        ("", False),
    ],
)
def test_network_file_systems_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, refused: bool
) -> None:
    device = tmp_path.stat().st_dev
    mounts = tmp_path / "mountinfo"
    line = f"30 25 {os.major(device)}:{os.minor(device)} / / rw - {kind} x rw\n"
    mounts.write_text(line if kind else "")
    monkeypatch.setattr("wct_adapters.ledgers.sqlite.places._MOUNTS", mounts)
    path = tmp_path / "ledger.db"
    if refused:
        assert f"is on a network file system ({kind})" in complaint(path)
        assert not path.exists()
    else:
        opened(path).close()
