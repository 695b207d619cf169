"""What the SQLite ledger does beyond its port: the file, and what can go wrong."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import apsw
import pytest

from tests.ledger_checks import first_broken, is_gapless, stored_events
from tests.ledger_forgery import straight_to, without_triggers
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.sqlite import SqliteLedger, open_sqlite_ledger
from wct_domain.events import UnknownEvent
from wct_domain.ports.ledger import ANY_VERSION
from wct_domain.testing.ledger_samples import (
    OTHER,
    RUN,
    blob_of,
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
