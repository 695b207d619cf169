"""What a PostgreSQL ledger does beyond what every ledger promises."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors

from tests.postgres import Server
from tests.waiting import until
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.postgres import (
    PostgresLedger,
    connections,
    open_postgres_ledger,
    transactions,
)
from wct_domain.errors import LedgerUnusableError, LedgerWriteError, RunHeldError
from wct_domain.ports.ledger import ANY_VERSION, NewEvent
from wct_domain.projections.run_list import LIFECYCLE
from wct_domain.testing.ledger_samples import (
    DONE,
    OTHER,
    RUN,
    blob_of,
    event_id,
    notes,
    sealed,
)

_OURS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'wct'
"""


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def opened(url: str, keys: Path) -> PostgresLedger:
    return open_postgres_ledger(url, clock=utc_now, keys=lambda _: keys)


@pytest.fixture
def ledger(postgres_url: str, keys: Path) -> Iterator[PostgresLedger]:
    with closing(opened(postgres_url, keys)) as ledger:
        yield ledger


@pytest.fixture
def beside(postgres_url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection to the ledger's database without our code."""
    with closing(psycopg.connect(postgres_url, autocommit=True)) as connection:
        yield connection


def ids(ledger: PostgresLedger) -> list[str]:
    return [recorded.id for recorded in ledger.read(RUN)]


# Durability


def test_each_class_of_durability_is_committed_as_it_says(
    ledger: PostgresLedger, beside: psycopg.Connection[Any]
) -> None:
    beside.execute("CREATE TABLE wct_test_commits (how text)")
    beside.execute(
        "CREATE FUNCTION wct_test_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO wct_test_commits VALUES (current_setting('synchronous_commit')); "
        "RETURN NULL; END $$"
    )
    beside.execute(
        "CREATE TRIGGER note AFTER INSERT ON wct.events "
        "EXECUTE FUNCTION wct_test_note()"
    )
    ledger.append(RUN, notes(1), expected=0)
    ledger.append(RUN, [*notes(2), NewEvent(event_id(3), DONE)], expected=1)
    ledger.append(RUN, notes(4), expected=3)
    found = beside.execute("SELECT how FROM wct_test_commits").fetchall()
    assert [how for (how,) in found] == ["off", "on", "off"]


# Concurrency


def test_processes_that_append_to_one_stream_wait_for_each_other(
    postgres_url: str, keys: Path
) -> None:
    opened(postgres_url, keys).close()

    def work(worker: int) -> None:
        with closing(opened(postgres_url, keys)) as own:
            for turn in range(20):
                number = 1 + (worker * 20 + turn) * 2
                own.append(RUN, notes(number, number + 1), expected=ANY_VERSION)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    with closing(opened(postgres_url, keys)) as ledger:
        assert [r.position for r in ledger.read(RUN)] == list(range(1, 241))
        numbers = [int(each[-12:], 16) for each in ids(ledger)]
        assert sealed(ledger, 240) == 240
        assert [r.id for r in ledger.read_all()] == ids(ledger)
    assert all(b == a + 1 for a, b in zip(*[iter(numbers)] * 2, strict=True))


def test_blobs_that_several_store_at_once_do_not_block_them_for_ever(
    postgres_url: str, keys: Path
) -> None:
    opened(postgres_url, keys).close()
    blobs = [blob_of(bytes([n]) * 1000) for n in range(30)]

    def work(worker: int) -> None:
        with closing(opened(postgres_url, keys)) as own:
            for turn in range(10):
                mine = blobs[turn::2] if worker % 2 else blobs[::-1]
                number = 1 + worker * 10 + turn
                own.append(f"of {worker}", notes(number), expected=turn, blobs=mine)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    with closing(opened(postgres_url, keys)) as ledger:
        assert len(list(ledger.blob_digests())) == 30


# Connections that go


def test_a_connection_that_was_lost_is_made_again(
    ledger: PostgresLedger, beside: psycopg.Connection[Any]
) -> None:
    ledger.append(RUN, notes(1), expected=0)
    assert ids(ledger) == [event_id(1)]
    for number in (2, 3):
        beside.execute(_OURS)
        assert len(ids(ledger)) == number - 1
        beside.execute(_OURS)
        ledger.append(RUN, notes(number), expected=number - 1)
    assert ids(ledger) == [event_id(n) for n in (1, 2, 3)]


@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize("expected", [1, ANY_VERSION])
def test_a_commit_whose_answer_is_lost_is_recorded_once(
    ledger: PostgresLedger,
    monkeypatch: pytest.MonkeyPatch,
    committed: bool,
    expected: int | None,
) -> None:
    first = ledger.append(RUN, notes(1), expected=0)
    real: Any = psycopg.Connection.execute
    losses = iter([True])

    def execute(self: psycopg.Connection[Any], sql: Any, *more: Any, **how: Any) -> Any:
        if sql == "COMMIT" and next(losses, False):
            if committed:
                real(self, sql, *more, **how)
            with suppress(psycopg.Error):
                real(self, "SELECT pg_terminate_backend(pg_backend_pid())")
            raise errors.AdminShutdown("the answer is lost")
        return real(self, sql, *more, **how)

    monkeypatch.setattr(psycopg.Connection, "execute", execute)
    second = ledger.append(RUN, notes(2, 3), expected=expected)
    assert next(losses, None) is None
    assert [r.position for r in second] == [2, 3]
    assert tuple(ledger.read(RUN)) == (*first, *second)
    (third,) = ledger.append(RUN, notes(4), expected=3)
    assert third.position == 4


def test_a_server_that_stays_away_stops_the_writer_with_one_line(
    ledger: PostgresLedger, postgres_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "OUTAGE", 0.3)
    ledger.append(RUN, [NewEvent(event_id(1), DONE)], expected=0)  # class power
    postgres_server.stop()  # as a crash does
    try:
        with pytest.raises(LedgerWriteError, match="no server is listening") as caught:
            ledger.append(RUN, notes(2), expected=1)
        assert "\n" not in str(caught.value)
        with pytest.raises(LedgerUnusableError, match="no server is listening"):
            ids(ledger)
        with pytest.raises(LedgerWriteError):
            ledger.append(RUN, notes(2), expected=1)
    finally:
        postgres_server.start()
    assert ids(ledger) == [event_id(1)]
    ledger.append(RUN, notes(2), expected=1)
    assert ids(ledger) == [event_id(1), event_id(2)]


def test_an_interrupted_append_leaves_no_transaction_open(
    ledger: PostgresLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.append(RUN, notes(1), expected=0)
    real: Any = psycopg.Connection.execute

    def execute(self: psycopg.Connection[Any], sql: Any, *more: Any, **how: Any) -> Any:
        found = real(self, sql, *more, **how)
        if "INSERT INTO wct.events" in sql:
            raise KeyboardInterrupt
        return found

    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Connection, "execute", execute)
        with pytest.raises(KeyboardInterrupt):
            ledger.append(RUN, notes(2), expected=1)
    assert ids(ledger) == [event_id(1)]
    ledger.append(OTHER, notes(3), expected=0)
    assert sealed(ledger, 2) == 2


def test_a_crash_of_the_server_takes_at_most_the_last_events_of_class_process(
    ledger: PostgresLedger, postgres_server: Server
) -> None:
    ledger.append(RUN, [*notes(1), NewEvent(event_id(2), DONE)], expected=0)
    for number in range(3, 23):
        ledger.append(RUN, notes(number), expected=number - 1)
    written = ids(ledger)
    postgres_server.stop()
    postgres_server.start()
    left = ids(ledger)
    assert len(left) >= 2
    assert left == written[: len(left)]
    ledger.append(RUN, notes(99), expected=len(left))
    assert ids(ledger) == [*left, event_id(99)]


# Runs at work


def test_the_lock_of_a_run_is_seen_by_all_and_free_when_its_session_ends(
    ledger: PostgresLedger,
    beside: psycopg.Connection[Any],
    postgres_url: str,
    keys: Path,
) -> None:
    with closing(opened(postgres_url, keys)) as other:
        assert not other.locks.is_held(RUN)
        with ledger.locks.hold(RUN):
            assert other.locks.is_held(RUN)
            assert not other.locks.is_held(OTHER)
            with pytest.raises(RunHeldError):
                other.locks.hold(RUN).__enter__()
            ledger.append(RUN, notes(1), expected=0)
            assert sealed(ledger, 1) == 1  # no transaction is open
            beside.execute(_OURS)  # as if the process had been killed
            assert until(lambda: not other.locks.is_held(RUN))  # a server takes time
        with other.locks.hold(RUN):
            assert ledger.locks.is_held(RUN)
        assert not ledger.locks.is_held(RUN)


@pytest.fixture
def plans(
    ledger: PostgresLedger,
    beside: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> list[str]:
    """How the server carries out what the ledger asks of its events from here on."""
    asked: list[str] = []
    fetch = connections.Channel.fetch

    def noting(self: Any, sql: Any, parameters: Any = ()) -> list[Any]:
        if "wct.events" in sql:
            plan = beside.execute(b"EXPLAIN " + sql.encode(), parameters).fetchall()
            asked.append("\n".join(line for (line,) in plan))
        return fetch(self, sql, parameters)

    monkeypatch.setattr(connections.Channel, "fetch", noting)
    return asked


def test_runs_are_listed_without_a_look_at_their_steps(
    ledger: PostgresLedger, beside: psycopg.Connection[Any], plans: list[str]
) -> None:
    many = [*notes(*range(1, 1000)), NewEvent(event_id(0), DONE)]
    ledger.append(RUN, many, expected=0)
    beside.execute("ANALYZE wct.events")
    found = list(ledger.read_all(types=LIFECYCLE, settled=False))
    assert [r.id for r in found] == [event_id(0)]
    assert plans
    assert all("run_level_events" in plan for plan in plans)


def test_a_page_costs_a_page_on_tables_that_are_not_analysed_yet(
    ledger: PostgresLedger, plans: list[str]
) -> None:
    for first in range(1, 20_001, 1000):
        ledger.append(RUN, notes(*range(first, first + 1000)), expected=first - 1)
    assert sealed(ledger, 20_000) == 20_000
    plans.clear()
    assert len(list(ledger.read_all())) == 20_000
    assert not any("Sort" in plan for plan in plans)
    assert len(list(ledger.read(RUN))) == 20_000
    assert len(list(ledger.rows())) == 20_000
    assert len(list(ledger.rows(stream=RUN))) == 20_000
    assert len(list(ledger.sealed_hashes(0, 20_000))) == 20_000
    assert len(plans) > 5 * 19
    wholes = [plan for plan in plans if "Seq Scan on events" in plan]
    assert len(wholes) <= 1  # a verifier counts them, once
    assert all("Aggregate" in plan for plan in wholes)


# Work on the whole


def test_room_is_measured_and_given_back(ledger: PostgresLedger) -> None:
    digests = [f"{n:064x}" for n in range(3)]
    blobs = [blob_of(bytes([n]) * 500_000) for n in range(3)]
    ledger.append(RUN, notes(1), expected=0, blobs=blobs)
    sizes = ledger.maintenance.blob_sizes([blobs[0].digest, digests[0]])
    assert sizes == {blobs[0].digest: 500_000}
    before = ledger.maintenance.space()
    assert before.ledger > 1_500_000
    assert (before.log, before.free) == (0, None)
    ledger.append(RUN, notes(2), expected=1, forget=[b.digest for b in blobs])
    assert ledger.maintenance.compact() >= 1_400_000
    assert ledger.maintenance.space().ledger < before.ledger - 1_400_000
    assert ids(ledger) == [event_id(1), event_id(2)]


def test_a_copy_is_left_to_the_servers_own_tools(
    ledger: PostgresLedger, tmp_path: Path
) -> None:
    with pytest.raises(LedgerUnusableError, match="pg_dump"):
        ledger.maintenance.backup(tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_no_password_is_in_what_a_ledger_says_of_itself(
    postgres_server: Server, tmp_path: Path
) -> None:
    name = postgres_server.new_database()
    url = f"postgresql://postgres:hidden@127.0.0.1:{postgres_server.port}/{name}"
    with closing(opened(url, tmp_path / "keys")) as ledger:
        assert ledger.location == url.replace(":hidden", "")
        with pytest.raises(LedgerUnusableError) as caught:
            ledger.seal_of(RUN, 1)
    assert "hidden" not in str(caught.value)
