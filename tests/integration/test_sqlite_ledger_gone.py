"""A ledger whose file goes away while it is open, and what such a file leaves."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from wct_adapters.identity import utc_now
from wct_adapters.ledgers.sqlite import SqliteLedger, open_sqlite_ledger
from wct_domain.errors import LedgerUnusableError, LedgerWriteError
from wct_domain.testing.ledger_samples import RUN, blob_of, notes

GONE = "was deleted or replaced while it was open"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "records").mkdir()
    return tmp_path / "records" / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqliteLedger]:
    ledger = opened(path)
    ledger.append(RUN, notes(1), expected=0)
    yield ledger
    ledger.close()


def opened(path: Path) -> SqliteLedger:
    return open_sqlite_ledger(path, clock=utc_now)


def deleted(path: Path) -> None:
    path.unlink()


def deleted_with_its_directory(path: Path) -> None:
    shutil.rmtree(path.parent)


def deleted_and_its_directory_is_a_file(path: Path) -> None:
    shutil.rmtree(path.parent)
    path.parent.touch()


def moved(path: Path) -> None:
    path.rename(path.with_name("moved.db"))


def replaced(path: Path) -> None:
    for file in path.parent.glob("ledger.db*"):
        file.unlink()
    other = opened(path)
    other.append("other", notes(7), expected=0)
    other.close()


def replaced_by_a_copy(path: Path) -> None:
    copy = shutil.copyfile(path, path.with_name("copy.db"))
    copy.replace(path)


def its_log_deleted(path: Path) -> None:
    path.with_name(path.name + "-wal").unlink()


def its_log_emptied_anew(path: Path) -> None:
    its_log_deleted(path)
    path.with_name(path.name + "-wal").touch()


ALL_WAYS = pytest.mark.parametrize(
    "goes",
    [
        deleted,
        deleted_with_its_directory,
        deleted_and_its_directory_is_a_file,
        moved,
        replaced,
        replaced_by_a_copy,
        its_log_deleted,
        its_log_emptied_anew,
    ],
)


@ALL_WAYS
def test_nothing_is_said_to_be_recorded_in_a_ledger_that_is_gone(
    path: Path, ledger: SqliteLedger, goes: Callable[[Path], None]
) -> None:
    goes(path)
    with pytest.raises(LedgerWriteError, match=GONE) as caught:
        ledger.append(RUN, notes(2), expected=1, blobs=[blob_of(b"x")])
    assert f"'{path}'" in str(caught.value)
    assert "\n" not in str(caught.value)
    with pytest.raises(LedgerWriteError, match=GONE):
        ledger.append(RUN, notes(1), expected=0)  # a retry of what was recorded


@pytest.mark.parametrize("has_read_before", [True, False])
@ALL_WAYS
def test_nothing_is_read_from_a_ledger_that_is_gone(
    path: Path,
    ledger: SqliteLedger,
    goes: Callable[[Path], None],
    *,
    has_read_before: bool,
) -> None:
    if has_read_before:
        assert len(list(ledger.read(RUN))) == 1
    goes(path)
    with pytest.raises(LedgerUnusableError, match=GONE):
        list(ledger.read_all())
    with pytest.raises(LedgerUnusableError, match=GONE):
        ledger.streams()


def test_a_reader_does_not_go_on_with_a_ledger_that_is_gone(
    path: Path, ledger: SqliteLedger
) -> None:
    reader = open_sqlite_ledger(path, clock=utc_now, read_only=True)
    ledger.close()
    replaced(path)
    with pytest.raises(LedgerUnusableError, match=GONE):
        list(reader.read_all())
    reader.close()


def test_who_lost_its_ledger_leaves_the_new_one_alone(
    path: Path, ledger: SqliteLedger
) -> None:
    for file in path.parent.glob("ledger.db*"):
        file.unlink()
    new = opened(path)
    new.append("other", notes(7), expected=0)
    with pytest.raises(LedgerWriteError):
        ledger.append(RUN, notes(2), expected=1)
    ledger.close()
    new.append("other", notes(8), expected=1)
    assert [stream.name for stream in new.streams()] == ["other"]
    new.close()


def test_a_ledger_that_is_put_back_goes_on(path: Path, ledger: SqliteLedger) -> None:
    moved(path)
    with pytest.raises(LedgerWriteError):
        ledger.append(RUN, notes(2), expected=1)
    path.with_name("moved.db").rename(path)
    ledger.append(RUN, notes(2), expected=1)
    assert len(list(ledger.read(RUN))) == 2


def test_a_ledger_may_be_a_link(path: Path, ledger: SqliteLedger) -> None:
    link = path.with_name("link.db")
    link.symlink_to(path)
    other = opened_by(link, path)
    other.append(RUN, notes(2), expected=1)
    other.close()
    ledger.append(RUN, notes(3), expected=2)


def opened_by(link: Path, path: Path) -> SqliteLedger:
    """Open through a link; the keys are those of the file."""
    keys = path.with_name(f"{path.name}.keys")
    return open_sqlite_ledger(link, clock=utc_now, keys=keys)


# What it leaves


@pytest.mark.parametrize("content", [None, b""])
def test_no_ledger_is_made_beside_the_log_of_another(
    path: Path, ledger: SqliteLedger, content: bytes | None
) -> None:
    log = path.with_name("ledger.db-wal")
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    before = log.read_bytes()
    with pytest.raises(LedgerUnusableError, match="is gone, but its log") as caught:
        opened(path)
    assert f"'{log}'" in str(caught.value)
    assert log.read_bytes() == before != b""
    assert path.exists() is (content is not None)
    ledger.close()
    log.rename(path.with_name("away"))
    path.with_name("ledger.db-shm").unlink(missing_ok=True)
    opened(path).close()


# What git ignores


def test_a_file_that_git_ignores_by_is_there_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    path = tmp_path / ".wct" / "ledger.db"
    ignoring = path.with_name(".gitignore")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            opened(path)
    assert not ignoring.exists()
    opened(path).close()
    assert ignoring.read_text() == "*\n"


@pytest.mark.parametrize("has_ledger", [True, False])
def test_an_empty_file_that_git_ignores_by_is_mended(
    tmp_path: Path, *, has_ledger: bool
) -> None:
    path = tmp_path / ".wct" / "ledger.db"
    if has_ledger:
        opened(path).close()
    ignoring = path.with_name(".gitignore")
    ignoring.parent.mkdir(exist_ok=True)
    ignoring.write_bytes(b"")
    opened(path).close()
    assert ignoring.read_text() == "*\n"
    names = {file.name for file in ignoring.parent.iterdir()}
    assert names == {"ledger.db", "ledger.db.keys", ".gitignore"}


def test_what_a_user_lets_git_ignore_stays(tmp_path: Path) -> None:
    path = tmp_path / ".wct" / "ledger.db"
    path.parent.mkdir()
    ignoring = path.with_name(".gitignore")
    ignoring.write_text("*.keys\n")
    opened(path).close()
    assert ignoring.read_text() == "*.keys\n"
    ignoring.unlink()
    opened(path).close()
    assert not ignoring.exists()


def test_another_directory_is_given_nothing_to_ignore(path: Path) -> None:
    path.with_name(".gitignore").touch()
    opened(path).close()
    assert path.with_name(".gitignore").read_bytes() == b""
