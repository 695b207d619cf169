"""What is made where a SQLite ledger is opened, and whom SQLite cannot serve."""

import os
from pathlib import Path

import pytest

from tests.sqlite_files import complaint, files, mode, opened, recorded
from wct_adapters.ledgers.sqlite.opening import refuse_unsound_sqlite
from wct_adapters.ledgers.sqlite.places import mount_kind
from wct_domain.errors import LedgerUnusableError
from wct_domain.testing.ledger_samples import RUN, notes


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
