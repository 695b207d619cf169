"""Backups of a SQLite ledger, and ledgers out of backups."""

import os
import stat
from pathlib import Path
from threading import Event, Thread
from typing import Any

import apsw
import pytest

from tests.ledger_checks import first_broken, is_gapless, stored_events
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.sqlite import SqliteLedger, open_sqlite_ledger
from wct_adapters.ledgers.sqlite.restoring import restore_sqlite_ledger
from wct_domain.errors import (
    ErasedError,
    LedgerUnusableError,
    LedgerWriteError,
)
from wct_domain.ports.ledger import ANY_VERSION
from wct_domain.testing.ledger_samples import OTHER, RUN, blob_of, notes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Any:
    opened = open_sqlite_ledger(path, clock=utc_now)
    yield opened
    opened.close()


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "backup.db"


def opened(path: Path, **how: Any) -> SqliteLedger:
    return open_sqlite_ledger(path, clock=utc_now, **how)


def test_a_backup_is_one_whole_file_for_its_owner_alone(
    ledger: SqliteLedger, backup: Path, tmp_path: Path
) -> None:
    blob = blob_of(b"a result")
    ledger.append(RUN, notes(1, 2), expected=0, blobs=[blob])
    before = set(tmp_path.iterdir())
    ledger.maintenance.backup(backup)
    assert set(tmp_path.iterdir()) - before == {backup}
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    copy = opened(backup, read_only=True)
    assert list(copy.rows()) == list(ledger.rows())
    assert copy.blob(blob.digest) == blob.stored
    assert copy.log_id != ledger.log_id
    assert copy.former_ids == (ledger.log_id,)
    copy.close()


def test_a_backup_is_not_written_to_by_mistake(
    ledger: SqliteLedger, backup: Path
) -> None:
    ledger.append(RUN, notes(1), expected=0)
    ledger.maintenance.backup(backup)
    with pytest.raises(LedgerUnusableError, match="no keys of this ledger"):
        opened(backup, keys=Path(f"{ledger.location}.keys"))


def test_a_backup_of_a_ledger_at_work_is_of_one_moment(
    ledger: SqliteLedger, path: Path, backup: Path
) -> None:
    ledger.append(RUN, notes(*range(1, 3001)), expected=0)
    stop = Event()

    def go_on() -> None:
        other = opened(path)
        number = 3001
        while not stop.is_set():
            other.append(OTHER, notes(number, number + 1), expected=ANY_VERSION)
            number += 2
        other.close()

    writer = Thread(target=go_on)
    writer.start()
    try:
        ledger.maintenance.backup(backup)
    finally:
        stop.set()
        writer.join()
    copied = stored_events(backup)
    assert copied == stored_events(path)[: len(copied)]
    assert len(copied) >= 3000
    assert len(copied) % 2 == 0  # whole batches
    assert is_gapless(copied)
    assert first_broken(copied) is None


def test_nothing_is_overwritten_by_a_backup(ledger: SqliteLedger, path: Path) -> None:
    ledger.append(RUN, notes(1), expected=0)
    before = path.read_bytes()
    with pytest.raises(LedgerWriteError, match="is there already"):
        ledger.maintenance.backup(path)
    assert path.read_bytes() == before


def test_a_backup_that_fails_leaves_nothing(
    ledger: SqliteLedger, tmp_path: Path
) -> None:
    ledger.append(RUN, notes(1), expected=0)
    before = set(tmp_path.iterdir())
    with pytest.raises(LedgerWriteError, match="No such file or directory"):
        ledger.maintenance.backup(tmp_path / "nowhere" / "backup.db")
    assert set(tmp_path.iterdir()) == before


def test_a_restored_ledger_goes_on_where_the_backup_ends(
    ledger: SqliteLedger, path: Path, backup: Path
) -> None:
    recorded = ledger.append(RUN, notes(1, 2), expected=0)
    sealed = ledger.keys.sealer("run/1").seal(b"a result")
    cursor = ledger.cursor(recorded[0])
    ledger.maintenance.backup(backup)
    ledger.append(RUN, notes(3), expected=2)
    old_id = ledger.log_id
    key = ledger.keys.content_key
    ledger.close()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)

    new_id = restore_sqlite_ledger(backup, path)
    restored = opened(path)
    assert restored.log_id == new_id
    assert restored.former_ids == (old_id,)
    assert list(restored.read(RUN)) == list(recorded)
    assert restored.keys.content_key == key
    assert restored.keys.open(sealed) == b"a result"
    with pytest.raises(LedgerUnusableError, match="cursor"):
        list(restored.read_all(after=cursor))
    restored.append(RUN, notes(4), expected=2)
    restored.close()
    assert first_broken(stored_events(path)) is None


def test_a_backup_may_be_restored_more_than_once(
    ledger: SqliteLedger, backup: Path, tmp_path: Path
) -> None:
    ledger.append(RUN, notes(1), expected=0)
    ledger.maintenance.backup(backup)
    keys = Path(f"{ledger.location}.keys")
    ids = {
        restore_sqlite_ledger(backup, tmp_path / name, keys_from=keys)
        for name in ("one.db", "two.db")
    }
    assert len(ids | {ledger.log_id}) == 3
    for name in ("one.db", "two.db"):
        copy = opened(tmp_path / name)
        assert copy.keys.content_key == ledger.keys.content_key
        copy.close()


def test_what_was_erased_since_stays_erased_in_a_restored_ledger(
    ledger: SqliteLedger, backup: Path, tmp_path: Path
) -> None:
    sealer = ledger.keys.sealer("run/1")
    sealed = sealer.seal(b"about somebody")
    ledger.append(RUN, notes(1), expected=0, blobs=[blob_of(sealed)])
    ledger.maintenance.backup(backup)
    ledger.keys.destroy([sealer.scope])
    keys = Path(f"{ledger.location}.keys")
    restore_sqlite_ledger(backup, tmp_path / "restored.db", keys=keys)
    restored = opened(tmp_path / "restored.db", keys=keys)
    with pytest.raises(ErasedError):
        restored.keys.open(restored.blob(blob_of(sealed).digest))
    restored.close()


def test_a_key_destroyed_by_one_copy_is_destroyed_for_all_of_the_store(
    ledger: SqliteLedger, backup: Path, tmp_path: Path
) -> None:
    sealer = ledger.keys.sealer("run/1")
    sealed = sealer.seal(b"about somebody")
    ledger.append(RUN, notes(1), expected=0)
    ledger.maintenance.backup(backup)
    keys = Path(f"{ledger.location}.keys")
    restore_sqlite_ledger(backup, tmp_path / "restored.db", keys=keys)
    restored = opened(tmp_path / "restored.db", keys=keys)
    assert restored.keys.open(sealed) == b"about somebody"
    restored.keys.destroy([sealer.scope])
    with pytest.raises(ErasedError):
        ledger.keys.open(sealed)
    restored.close()


def test_a_ledger_that_is_there_is_not_replaced(
    ledger: SqliteLedger, path: Path, backup: Path
) -> None:
    ledger.append(RUN, notes(1), expected=0)
    ledger.maintenance.backup(backup)
    ledger.append(RUN, notes(2), expected=1)
    with pytest.raises(LedgerWriteError, match="is there already"):
        restore_sqlite_ledger(backup, path)
    assert len(list(ledger.read(RUN))) == 2


def test_a_backup_without_its_keys_is_not_restored(
    ledger: SqliteLedger, backup: Path, tmp_path: Path
) -> None:
    ledger.append(RUN, notes(1), expected=0)
    ledger.maintenance.backup(backup)
    before = set(tmp_path.iterdir())
    with pytest.raises(LedgerUnusableError, match=r"key store .* is missing"):
        restore_sqlite_ledger(backup, tmp_path / "restored.db")
    assert set(tmp_path.iterdir()) == before


def test_a_backup_of_a_backup_is_as_good_as_the_first(
    ledger: SqliteLedger, backup: Path, tmp_path: Path
) -> None:
    sealed = ledger.keys.sealer("run/1").seal(b"a result")
    blob = blob_of(sealed)
    ledger.append(RUN, notes(1), expected=0, blobs=[blob])
    ledger.maintenance.backup(backup)
    for number in range(3):
        copy = opened(backup, read_only=True)
        backup = tmp_path / f"copy {number}.db"
        copy.maintenance.backup(backup)
        copy.close()
    keys = Path(f"{ledger.location}.keys")
    restore_sqlite_ledger(backup, tmp_path / "restored.db", keys_from=keys)
    restored = opened(tmp_path / "restored.db")
    assert restored.former_ids == (ledger.log_id,)
    assert restored.keys.open(restored.blob(blob.digest)) == b"a result"
    again = tmp_path / "of the restored.db"
    restored.maintenance.backup(again)
    restore_sqlite_ledger(
        again, tmp_path / "second.db", keys_from=tmp_path / "restored.db.keys"
    )
    second = opened(tmp_path / "second.db", read_only=True)
    assert second.former_ids == (ledger.log_id, restored.log_id)
    restored.close()
    second.close()
    with pytest.raises(LedgerUnusableError, match="is no backup"):
        restore_sqlite_ledger(tmp_path / "second.db", tmp_path / "third.db")


def test_what_is_no_backup_is_not_restored(
    ledger: SqliteLedger, path: Path, tmp_path: Path
) -> None:
    ledger.append(RUN, notes(1), expected=0)
    target = tmp_path / "restored.db"
    foreign = tmp_path / "foreign.db"
    made: Any = apsw.Connection(str(foreign))
    made.execute("CREATE TABLE t (a)")
    made.close()
    text = tmp_path / "text.db"
    text.write_text("no database, but long enough to be looked into" * 100)
    for source, reason in (
        (path, "no backup"),
        (foreign, "not a ledger"),
        (text, "not a SQLite database"),
        (tmp_path / "missing.db", "there is no file"),
    ):
        with pytest.raises(LedgerUnusableError, match=reason):
            restore_sqlite_ledger(source, target)
    assert not os.path.lexists(target)
