"""Readers and seals of a PostgreSQL ledger, while transactions end out of order."""

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Any

import psycopg
import pytest

from tests.postgres import Server, open_transaction
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.postgres import PostgresLedger, open_postgres_ledger
from wct_domain.checkpoints import add_checkpoint, checkpoint_over
from wct_domain.ports.cursors import Cursor
from wct_domain.ports.ledger import ANY_VERSION, Ledger
from wct_domain.testing.ledger_samples import OTHER, RUN, event_id, note, notes

# What a transaction does that appends one event like the one before, and lingers.
_COPY = """
INSERT INTO wct.events (
    stream, position, event_id, type, recorded_at, salt, payload, hash
)
SELECT stream, position + 1, %s, type, recorded_at, salt, payload, hash
FROM wct.events ORDER BY global_position DESC LIMIT 1
"""
_NAIVE = """
SELECT global_position, event_id FROM wct.events
WHERE global_position > %s ORDER BY global_position
"""


@pytest.fixture
def url(postgres_url: str) -> str:
    return postgres_url


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def opened(url: str, keys: Path) -> PostgresLedger:
    return open_postgres_ledger(url, clock=utc_now, keys=lambda _: keys)


@pytest.fixture
def ledger(url: str, keys: Path) -> Iterator[PostgresLedger]:
    with closing(opened(url, keys)) as ledger:
        yield ledger


def raw_id(number: int) -> bytes:
    return bytes.fromhex(event_id(number).replace("-", ""))


def follow(ledger: Ledger, cursor: Cursor | None, seen: list[str]) -> Cursor | None:
    for recorded in ledger.read_all(after=cursor):
        seen.append(recorded.id)
        cursor = ledger.cursor(recorded)
    return cursor


def test_an_append_that_ends_late_is_missed_by_a_naive_reader_and_not_by_ours(
    ledger: PostgresLedger, url: str
) -> None:
    seen: list[str] = []
    ledger.append(RUN, notes(1), expected=0)
    cursor = follow(ledger, None, seen)
    with (
        closing(psycopg.connect(url)) as slow,
        closing(psycopg.connect(url, autocommit=True)) as naive,
    ):
        slow.execute(_COPY, (raw_id(2),))
        ledger.append(OTHER, notes(3), expected=0)
        found = naive.execute(_NAIVE, (1,)).fetchall()
        assert [each for _, each in found] == [raw_id(3)]
        cursor = follow(ledger, cursor, seen)
        assert seen == [event_id(1)]
        slow.commit()
        later = naive.execute(_NAIVE, (found[-1][0],)).fetchall()
        assert later == []  # so event 2 is missed
    follow(ledger, cursor, seen)
    assert seen == [event_id(1), event_id(2), event_id(3)]


def test_eight_writers_and_those_who_give_up_lose_and_double_nothing(
    ledger: PostgresLedger, url: str, keys: Path
) -> None:
    writers, batches = 8, 40
    over = Flag()

    def write(worker: int) -> None:
        chance = random.Random(worker)
        with closing(opened(url, keys)) as own:
            for turn in range(batches):
                number = 1 + (worker * batches + turn) * 2
                stream = f"of {chance.randrange(5)}"
                own.append(stream, notes(number, number + 1), expected=ANY_VERSION)

    def give_up() -> None:
        chance = random.Random(99)
        with closing(psycopg.connect(url)) as own:
            while not over.is_set():
                own.execute("INSERT INTO wct.streams (name) VALUES ('never')")
                time.sleep(chance.random() / 100)
                own.rollback()

    seen: list[str] = []
    cursor: Cursor | None = None
    spoiler = Thread(target=give_up)
    spoiler.start()
    try:
        with ThreadPoolExecutor(writers) as pool:
            done = [pool.submit(write, worker) for worker in range(writers)]
            while not all(each.done() for each in done):
                cursor = follow(ledger, cursor, seen)
            for each in done:
                each.result()
    finally:
        over.set()
        spoiler.join()
    assert ledger.seal(patience=5) == writers * batches * 2
    follow(ledger, cursor, seen)
    expected = {event_id(n) for n in range(1, writers * batches * 2 + 1)}
    assert len(seen) == len(expected)
    assert set(seen) == expected
    assert [r.id for r in ledger.read_all()] == seen  # and always in this order
    assert [row.id for row in ledger.rows()] == seen
    assert [row.seal for row in ledger.rows()] == list(range(1, len(seen) + 1))
    for stream in ledger.streams():
        positions = [r.position for r in ledger.read_all() if r.stream == stream.name]
        assert positions == list(range(1, stream.version + 1))


def test_a_transaction_of_another_database_holds_back_who_keeps_a_cursor_only(
    ledger: PostgresLedger, postgres_server: Server
) -> None:
    with open_transaction(postgres_server) as holder:
        appended = ledger.append(RUN, notes(1, 2), expected=0)
        assert list(ledger.read_all()) == []
        assert tuple(ledger.read(RUN)) == appended
        assert tuple(ledger.read_all(settled=False)) == appended
        assert ledger.seal(patience=0.05) == 0
        assert ledger.seal_of(RUN, 2) is None
        horizon = ledger.maintenance.horizon()
        assert horizon is not None
        assert horizon.waiting == 2
        assert 0 < horizon.seconds < 60
        (held,) = horizon.holders
        assert held.pid == holder.info.backend_pid
        assert (held.application, held.database) == ("lingers", "postgres")
        assert 0 < held.seconds < 60
        assert "not to be seen" not in repr(horizon)
    assert tuple(ledger.read_all()) == appended
    assert ledger.seal() == 2
    assert ledger.seal_of(RUN, 2) == 2
    assert ledger.maintenance.horizon() == (0, 0.0, ())


def test_a_prepared_transaction_that_was_forgotten_is_named(
    ledger: PostgresLedger, postgres_server: Server, url: str
) -> None:
    with closing(psycopg.connect(url)) as own:
        own.execute("SELECT pg_current_xact_id()")
        own.execute("PREPARE TRANSACTION 'forgotten'")
    try:
        ledger.append(RUN, notes(1), expected=0)
        horizon = ledger.maintenance.horizon()
        assert horizon is not None
        ((pid, _, application, _),) = horizon.holders
        assert (pid, application) == (None, "prepared transaction")
    finally:
        with closing(psycopg.connect(url, autocommit=True)) as own:
            own.execute("ROLLBACK PREPARED 'forgotten'")


def test_a_checkpoint_waits_for_an_open_transaction_to_end(
    ledger: PostgresLedger, postgres_server: Server
) -> None:
    with open_transaction(postgres_server) as holder:
        ledger.append(RUN, notes(1, 2), expected=0)

        def end() -> None:
            time.sleep(0.2)
            holder.execute("COMMIT")
            holder.execute("BEGIN")

        ending = Thread(target=end)
        ending.start()
        made = add_checkpoint(ledger, ledger.keys, utc_now)
        ending.join()
    assert made is not None
    assert made.size == 2
    assert checkpoint_over(ledger, RUN, 2) == made


def test_a_checkpoint_that_cannot_wait_longer_is_made_by_the_next_one(
    ledger: PostgresLedger, postgres_server: Server
) -> None:
    with open_transaction(postgres_server):
        ledger.append(RUN, notes(1, 2), expected=0)
        start = time.monotonic()
        assert add_checkpoint(ledger, ledger.keys, utc_now, patience=0.2) is None
        assert 0.1 < time.monotonic() - start < 1
        assert checkpoint_over(ledger, RUN, 2) is None
    ledger.append(OTHER, notes(3), expected=0)
    add_checkpoint(ledger, ledger.keys, utc_now)
    found = checkpoint_over(ledger, RUN, 2)
    assert found is not None
    assert found.size == 3


def test_sealing_waits_for_what_was_there_and_for_nothing_newer(
    ledger: PostgresLedger, postgres_server: Server
) -> None:
    ledger.append(RUN, notes(1), expected=0)
    with open_transaction(postgres_server):
        start = time.monotonic()
        assert ledger.seal(patience=5) == 1
        assert time.monotonic() - start < 1


def test_sealers_at_the_same_time_leave_no_gap(url: str, keys: Path) -> None:
    def work(worker: int) -> None:
        with closing(opened(url, keys)) as own:
            for turn in range(15):
                own.append(f"of {worker}", [note(worker * 100 + turn)], expected=turn)
                own.seal()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    with closing(opened(url, keys)) as ledger:
        assert ledger.seal(patience=5) == 60
        rows = list(ledger.rows())
    assert [row.seal for row in rows] == list(range(1, 61))
    assert len({row.id for row in rows}) == 60


def test_a_reader_only_seals_nothing(ledger: PostgresLedger, url: str) -> None:
    ledger.append(RUN, notes(1), expected=0)
    with closing(
        open_postgres_ledger(
            url, clock=utc_now, keys=lambda _: Path("/nowhere"), read_only=True
        )
    ) as reader:
        assert reader.seal() == 0
        assert list(reader.rows()) == []
        ledger.seal()
        assert reader.seal() == 1


def test_no_transaction_is_open_between_two_pages(
    ledger: PostgresLedger, postgres_server: Server
) -> None:
    ledger.append(RUN, notes(*range(1, 1501)), expected=0)
    reader = ledger.read_all()
    next(reader)
    with closing(postgres_server.connect()) as watcher:
        states: list[Any] = watcher.execute(
            "SELECT state FROM pg_stat_activity WHERE application_name = 'wct'"
        ).fetchall()
    assert states
    assert {state for (state,) in states} == {"idle"}
