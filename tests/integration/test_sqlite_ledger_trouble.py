"""What can go wrong while a SQLite ledger is written, and what is left then."""

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from threading import Timer

import pytest

from tests.ledger_checks import first_broken, stored_events
from tests.ledger_forgery import straight_to
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.batch import Batch, drafts
from wct_adapters.ledgers.sqlite import SqliteLedger, open_sqlite_ledger
from wct_adapters.ledgers.sqlite.append import Appender
from wct_adapters.ledgers.sqlite.checkpointer import Checkpointer
from wct_adapters.ledgers.sqlite.connections import Database, connect_for_writing
from wct_adapters.ledgers.sqlite.presence import OpenedFile
from wct_adapters.ledgers.sqlite.writing import Writer
from wct_domain.errors import (
    BlobMissingError,
    LedgerUnusableError,
    LedgerWriteError,
)
from wct_domain.ports.ledger import ANY_VERSION, Blob
from wct_domain.testing.ledger_samples import (
    RUN,
    blob_of,
    event_id,
    note,
    notes,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqliteLedger]:
    ledger = open_sqlite_ledger(path, clock=utc_now)
    yield ledger
    ledger.close()


def writing_through(connection: Database, path: Path) -> Writer:
    file = OpenedFile(path)
    checkpointer = Checkpointer(partial(connect_for_writing, path), file)
    return Writer(connection, file, "ledger.db", checkpointer)


def batch(number: int, *, expected: int, blobs: Sequence[Blob] = ()) -> Batch:
    made = drafts(notes(number), blobs)
    return Batch(RUN, made, expected, 0, None, "process", blobs)


def test_a_full_disk_records_nothing_and_the_ledger_stays_usable(
    path: Path, ledger: SqliteLedger
) -> None:
    ledger.append(RUN, notes(1), expected=0)
    connection = connect_for_writing(path)
    writer = writing_through(connection, path)
    appender = Appender(writer)
    pages = connection.execute("PRAGMA page_count").get
    connection.execute(f"PRAGMA max_page_count = {pages + 2}").fetchall()
    blob = blob_of(os.urandom(100_000))
    with pytest.raises(LedgerWriteError, match="the disk is full"):
        appender.append(batch(2, expected=1, blobs=[blob]))
    assert len(list(ledger.read(RUN))) == 1
    with pytest.raises(BlobMissingError):
        ledger.blob(blob.digest)
    appender.append(batch(3, expected=1))
    connection.execute(f"PRAGMA max_page_count = {pages + 1000}").fetchall()
    appender.append(batch(2, expected=2, blobs=[blob]))
    writer.close()
    assert ledger.blob(blob.digest) == blob.stored
    assert first_broken(stored_events(path)) is None


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 512 KiB; only root may mount one."""
    mount = tmp_path / "disk"
    mount.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", mount],
        check=False,
        capture_output=True,
    )
    if made.returncode:
        pytest.skip("may not mount a file system")
    yield mount
    subprocess.run(["umount", mount], check=True)


def test_a_disk_that_is_really_full_records_nothing(tiny_disk: Path) -> None:
    ledger = open_sqlite_ledger(tiny_disk / "ledger.db", clock=utc_now)
    recorded = 0

    def append_until_full() -> None:
        nonlocal recorded
        while recorded < 1000:
            blob = blob_of(os.urandom(5_000))
            ledger.append(RUN, notes(recorded + 1), expected=recorded, blobs=[blob])
            recorded += 1

    with pytest.raises(LedgerWriteError, match="the disk is full"):
        append_until_full()
    assert recorded > 5
    assert len(list(ledger.read(RUN))) == recorded
    ledger.close()
    subprocess.run(["mount", "-o", "remount,size=4m", tiny_disk], check=True)
    again = open_sqlite_ledger(tiny_disk / "ledger.db", clock=utc_now)
    again.append(RUN, notes(recorded + 1), expected=recorded)
    again.close()
    assert first_broken(stored_events(tiny_disk / "ledger.db")) is None


def test_no_ledger_is_half_made_on_a_full_disk(tiny_disk: Path) -> None:
    filler = tiny_disk / "filler"
    filler.write_bytes(bytes(os.statvfs(tiny_disk).f_bavail * 4096))
    path = tiny_disk / "ledger.db"
    for _ in range(2):
        with pytest.raises((LedgerWriteError, LedgerUnusableError)):
            open_sqlite_ledger(path, clock=utc_now)
    filler.unlink()
    ledger = open_sqlite_ledger(path, clock=utc_now)
    ledger.append(RUN, notes(1), expected=0)
    ledger.close()
    assert first_broken(stored_events(path)) is None


def test_a_writer_that_blocks_all_others_is_waited_for_and_then_named(
    path: Path, ledger: SqliteLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.append(RUN, notes(1), expected=0)
    blocker = straight_to(path)
    blocker.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("wct_adapters.ledgers.sqlite.connections.PATIENCE", 0.2)
    begun = time.monotonic()
    with pytest.raises(LedgerWriteError, match="locked for"):
        ledger.append(RUN, notes(2), expected=1)
    assert time.monotonic() - begun >= 0.2
    assert len(list(ledger.read(RUN))) == 1
    blocker.execute("ROLLBACK")
    ledger.append(RUN, notes(2), expected=1)
    blocker.close()


def test_a_ledger_is_switched_to_its_journal_mode_once_others_let_it(
    path: Path,
) -> None:
    open_sqlite_ledger(path, clock=utc_now).close()
    blocker = straight_to(path)
    assert blocker.execute("PRAGMA journal_mode = DELETE").get == "delete"
    blocker.execute("BEGIN IMMEDIATE")
    release = Timer(0.05, blocker.execute, ["ROLLBACK"])
    release.start()
    ledger = open_sqlite_ledger(path, clock=utc_now)
    release.join()
    blocker.close()
    ledger.append(RUN, notes(1), expected=0)
    assert path.with_name("ledger.db-wal").stat().st_size > 0
    ledger.close()


def test_an_interrupt_leaves_no_transaction_open(
    path: Path, ledger: SqliteLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.append(RUN, notes(1), expected=0)

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("wct_adapters.ledgers.sqlite.append.chained", interrupted)
        with pytest.raises(KeyboardInterrupt):
            ledger.append(RUN, notes(2), expected=1)
    other = open_sqlite_ledger(path, clock=utc_now)
    other.append(RUN, notes(2), expected=1)
    other.close()
    ledger.append(RUN, notes(3), expected=2)


def test_a_transaction_that_was_left_open_does_not_stay(
    path: Path, ledger: SqliteLedger
) -> None:
    connection = connect_for_writing(path)
    connection.execute("BEGIN IMMEDIATE")
    writer = writing_through(connection, path)
    appender = Appender(writer)
    appender.append(batch(1, expected=0))
    ledger.append(RUN, notes(2), expected=1)
    writer.close()
    assert len(stored_events(path)) == 2


def test_an_event_is_recorded_once_however_often_it_is_retried_by_two(
    path: Path, ledger: SqliteLedger
) -> None:
    other = open_sqlite_ledger(path, clock=utc_now)
    first = ledger.append(RUN, notes(1, 2), expected=0)
    assert other.append(RUN, notes(1, 2), expected=0) == first
    assert other.append(RUN, notes(1, 2), expected=ANY_VERSION) == first
    other.append(RUN, [note(3)], expected=2)
    assert ledger.append(RUN, notes(1, 2), expected=0) == first
    other.close()
    assert [event.event_id for event in stored_events(path)] == [
        bytes.fromhex(event_id(number).replace("-", "")) for number in (1, 2, 3)
    ]
