"""Events that tell of a run as a whole are found without a look at its steps."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from wct_adapters.identity import utc_now
from wct_adapters.ledgers.sqlite import SqliteLedger, open_sqlite_ledger, read
from wct_domain.events import StepSkipped
from wct_domain.ports.ledger import ANY_VERSION, NewEvent
from wct_domain.projections.run_list import LIFECYCLE
from wct_domain.testing.ledger_samples import (
    DONE,
    RUN,
    event_id,
    foreign_rows,
    notes,
)
from wct_domain.upcasting import CURRENT


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqliteLedger]:
    opened = open_sqlite_ledger(path, clock=utc_now)
    yield opened
    opened.close()


def numbers(path: Path) -> dict[str, int]:
    connection: Any = apsw.Connection(str(path))
    try:
        return dict(connection.execute("SELECT name, id FROM types"))
    finally:
        connection.close()


def plan(path: Path, sql: str, *bindings: object) -> str:
    connection: Any = apsw.Connection(str(path))
    try:
        rows = connection.execute(f"EXPLAIN QUERY PLAN {sql}", bindings)
        return "; ".join(row[-1] for row in rows)
    finally:
        connection.close()


def test_types_of_whole_runs_have_small_numbers(
    path: Path, ledger: SqliteLedger
) -> None:
    assert ledger.seal() == 0
    found = numbers(path)
    assert set(found) == set(CURRENT)
    small = {name for name, number in found.items() if number < 64}
    assert small == {
        name
        for name in CURRENT
        if name.startswith(("run.", "erasure.", "data.", "evidence."))
    }
    assert small >= set(LIFECYCLE)


def test_types_that_come_later_are_numbered_likewise(
    path: Path, ledger: SqliteLedger
) -> None:
    before = numbers(path)
    rows = [
        foreign_rows(f"stream {kind}", number, kind=kind)
        for number, kind in enumerate(("run.moved/1", "step.retried/1"), 1)
    ]
    for each in rows:
        ledger.import_rows(each, [])
    after = numbers(path)
    assert before.items() < after.items()
    assert after["run.moved/1"] == max(n for n in before.values() if n < 64) + 1
    assert after["step.retried/1"] == max(before.values()) + 1
    for kind, number in (("run.moved/1", 1), ("step.retried/1", 2)):
        assert [r.id for r in ledger.read_all(types=[kind])] == [event_id(number)]


def test_more_types_of_whole_runs_than_there_are_small_numbers_are_found_too(
    path: Path, ledger: SqliteLedger
) -> None:
    kinds = [f"run.of_the_future_{number}/1" for number in range(1, 71)]
    for number, kind in enumerate(kinds, 1):
        ledger.import_rows(foreign_rows(kind, number, kind=kind), [])
    found = numbers(path)
    assert {found[kind] < 64 for kind in kinds} == {True, False}
    assert len(set(found.values())) == len(found)
    assert len(list(ledger.read_all(types=kinds))) == 70


def test_runs_are_listed_by_an_index(path: Path, ledger: SqliteLedger) -> None:
    ledger.append(RUN, notes(1), expected=0)
    found = plan(path, read.OF_RUNS, 0, "[1, 2]")
    assert "run_level_events" in found
    assert "TEMP B-TREE" not in found
    steps = plan(path, read.OF_TYPES, 0, "[64]")
    assert "run_level_events" not in steps


def test_listing_runs_reads_no_page_of_their_steps(
    path: Path, ledger: SqliteLedger
) -> None:
    for run in range(20):
        first = 1 + run * 1000
        batch = notes(*range(first, first + 500))
        batch.append(NewEvent(event_id(first + 999), DONE))
        ledger.append(f"run {run}", batch, expected=0)
    ledger.close()
    few = pages_read(path, read.OF_RUNS, "[1, 2, 3, 4, 5, 6, 7, 8, 9]")
    all_of_them = pages_read(path, read.OF_TYPES, "[64, 65, 66, 67, 68, 69, 70]")
    assert few < 60
    assert all_of_them > 5 * few


def pages_read(path: Path, sql: str, types: str) -> int:
    connection: Any = apsw.Connection(str(path))
    try:
        position = 0
        while page := connection.execute(sql, (position, types)).fetchall():
            position = page[-1][0]
        return int(connection.status(apsw.SQLITE_DBSTATUS_CACHE_MISS)[0])
    finally:
        connection.close()


def test_what_tells_of_a_run_comes_in_its_order_with_and_without_steps(
    ledger: SqliteLedger,
) -> None:
    reference = "00" * 32
    skipped = StepSkipped.model_validate(
        {
            "step": "s",
            "code": "c",
            "because": "b",
            "message": {"blob": reference, "content": reference},
        }
    )
    for number in range(1, 31):
        event = DONE if number % 3 == 0 else skipped
        ledger.append(RUN, [NewEvent(event_id(number), event)], expected=ANY_VERSION)
    both = [r.id for r in ledger.read_all(types=[DONE.type, skipped.type])]
    assert both == [event_id(number) for number in range(1, 31)]
    ended = [r.id for r in ledger.read_all(types=LIFECYCLE)]
    assert ended == [event_id(number) for number in range(3, 31, 3)]
