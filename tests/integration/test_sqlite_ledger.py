"""What the SQLite ledger does beyond its port: the file, and what can go wrong."""

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Timer

import apsw
import pytest

from tests.ledger_checks import first_broken, is_gapless, stored_events
from tests.ledger_forgery import straight_to, without_triggers
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
from wct_domain.events import UnknownEvent
from wct_domain.ports.ledger import ANY_VERSION, Blob
from wct_domain.testing.ledger_samples import (
    OTHER,
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


# The file


def test_the_file_holds_exactly_the_bytes_that_were_hashed(
    path: Path, ledger: SqliteLedger
) -> None:
    for number in range(1, 8):
        stream = (RUN, OTHER)[number % 2]
        ledger.append(stream, notes(number), expected=ANY_VERSION)
    ledger.append("subscriber/ü", notes(9, 10), expected=0, correlation_id=RUN)
    events = stored_events(path)
    assert first_broken(events) is None
    assert is_gapless(events)
    assert [event.hash for event in events] == [r.hash for r in ledger.read_all()]
    assert events[0].payload == (b'{"plugin":"contract","name":"1","data":{"text":""}}')


def test_a_ledger_is_the_same_after_it_was_closed(path: Path) -> None:
    first = open_sqlite_ledger(path, clock=utc_now)
    recorded = first.append(RUN, notes(1, 2), expected=0, blobs=[blob_of(b"kept")])
    key = first.keys.content_key
    first.close()
    assert sorted(each.name for each in path.parent.iterdir()) == [
        "ledger.db",
        "ledger.db.keys",
    ]
    second = open_sqlite_ledger(path, clock=utc_now)
    assert tuple(second.read(RUN)) == recorded
    assert second.keys.content_key == key
    assert second.blob(blob_of(b"kept").digest) == b"kept"
    (third,) = second.append(RUN, notes(3), expected=2)
    assert third.position == third.global_position == 3
    second.close()
    assert first_broken(stored_events(path)) is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE events SET payload = '{}'",
        "DELETE FROM events",
        "UPDATE streams SET name = 'another'",
        "DELETE FROM streams",
        "UPDATE types SET name = 'another/1'",
        "DELETE FROM types",
    ],
)
def test_the_database_itself_refuses_to_change_facts(
    path: Path, ledger: SqliteLedger, change: str
) -> None:
    ledger.append(RUN, notes(1), expected=0)
    connection = straight_to(path)
    with pytest.raises(apsw.ConstraintError):
        connection.execute(change)
    connection.close()


FORGERIES = (
    "UPDATE events SET payload = CAST('{}' AS BLOB) WHERE position = 2",
    "UPDATE events SET salt = zeroblob(16) WHERE position = 2",
    "UPDATE events SET recorded_at = recorded_at + 1 WHERE position = 2",
    "UPDATE events SET event_id = zeroblob(16) WHERE position = 2",
    "UPDATE events SET causation = zeroblob(16) WHERE position = 2",
    "UPDATE events SET correlation = 'another' WHERE position = 2",
    "UPDATE events SET hash = zeroblob(32) WHERE position = 2",
    "UPDATE events SET type = type - 1 WHERE position = 2",
    "UPDATE events SET position = 9 WHERE position = 2",
    "UPDATE streams SET name = 'another'",
    "UPDATE types SET name = 'plugin.noted/2' WHERE name = 'plugin.noted/1'",
    "DELETE FROM events WHERE position = 2",
    "DELETE FROM events WHERE position = 1",
)


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_breaks_the_chain(
    path: Path, ledger: SqliteLedger, forgery: str
) -> None:
    ledger.append(RUN, notes(1, 2, 3), expected=0)
    ledger.close()
    assert first_broken(stored_events(path)) is None
    connection = without_triggers(path)
    connection.execute(forgery)
    connection.close()
    assert first_broken(stored_events(path)) is not None


def test_an_event_of_a_newer_wct_is_kept_as_it_is(
    path: Path, ledger: SqliteLedger
) -> None:
    ledger.append(RUN, notes(1, 2), expected=0)
    connection = without_triggers(path)
    connection.execute("UPDATE types SET name = 'x.y/1' WHERE name = 'plugin.noted/1'")
    connection.close()
    ledger.close()
    again = open_sqlite_ledger(path, clock=utc_now)
    first, _ = again.read(RUN)
    assert isinstance(first.event, UnknownEvent)
    assert first.event.type == "x.y/1"
    assert first.event.data["name"] == "1"
    (third,) = again.append(RUN, notes(3), expected=2)
    assert third.position == 3
    assert [r.event.type for r in again.read_all(types=["x.y/1"])] == ["x.y/1"] * 2
    again.close()


def test_the_readable_view_shows_names_time_and_text(
    path: Path, ledger: SqliteLedger
) -> None:
    (recorded,) = ledger.append(RUN, notes(1), expected=0)
    connection = straight_to(path)
    row = connection.execute("SELECT * FROM readable_events").get
    connection.close()
    at = recorded.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    payload = '{"plugin":"contract","name":"1","data":{"text":""}}'
    assert row == (1, RUN, 1, "plugin.noted/1", at, payload)


# Reading beside writing


def test_a_paused_reader_keeps_no_transaction_open(
    path: Path, ledger: SqliteLedger
) -> None:
    ledger.append(RUN, notes(*range(1, 1200)), expected=0)
    reader = ledger.read_all()
    list(islice(reader, 5))
    connection = straight_to(path)
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").get
    connection.close()
    assert busy == 0
    assert len(list(reader)) == 1194


def test_an_append_does_not_wait_for_readers(path: Path, ledger: SqliteLedger) -> None:
    ledger.append(RUN, notes(1), expected=0)
    connection = straight_to(path)
    connection.execute("BEGIN; SELECT * FROM events").fetchall()
    ledger.append(RUN, notes(2), expected=1)
    connection.close()


def test_what_others_have_appended_is_seen(path: Path, ledger: SqliteLedger) -> None:
    other = open_sqlite_ledger(path, clock=utc_now)
    for number in range(1, 9):
        writer = (ledger, other)[number % 2]
        writer.append(RUN, notes(number), expected=number - 1)
        assert len(list(ledger.read(RUN))) == number
    other.close()
    events = stored_events(path)
    assert is_gapless(events)
    assert first_broken(events) is None


# What can go wrong


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
