"""The rows of wct's own, on real ledgers, and while processes run runbooks."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.e2e.processes import Wct
from tests.one_note import write_one_note
from tests.unit.projections.histories import NOON
from tests.unit.projections.test_kept_runs import RECORDABLE, everything
from wct_adapters.identity import new_id, utc_now
from wct_adapters.ledgers.sqlite import open_sqlite_ledger
from wct_domain.delivery.own import OWN, keep_up
from wct_domain.delivery.rebuilding import rebuild
from wct_domain.errors import RunHeldError
from wct_domain.events import Event, RunStarted
from wct_domain.ports.ledger import ANY_VERSION, Ledger, NewEvent
from wct_domain.projections import found_index
from wct_domain.projections.kept_runs import NAME, list_runs
from wct_domain.projections.run_list import LIFECYCLE, RunList
from wct_entrypoints.bootstrap.delivery import delivery_tools

RUNS = 5  # of each process
# Rows are made after each run, not only when many wait.
MANY_RUNS = f"""
import sys
from wct_entrypoints.cli import main, own_rows
own_rows.WORTH_IT = 1
for _ in range({RUNS}):
    try:
        main.main(["run", "runbook.yaml", "--quiet", "--ledger", "ledger.db"])
    except SystemExit as done:
        if done.code:
            raise
"""


class Clock:
    """May be set back."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(
    request: pytest.FixtureRequest, tmp_path: Path, clock: Clock
) -> Iterator[Ledger]:
    if request.param == "sqlite":
        opened: Ledger = open_sqlite_ledger(tmp_path / "ledger.db", clock=clock)
    else:
        from wct_adapters.ledgers.postgres import open_postgres_ledger

        url: str = request.getfixturevalue("postgres_url")
        keys = tmp_path / "ledger.keys"
        opened = open_postgres_ledger(url, clock=clock, keys=lambda _: keys)
    with closing(opened):
        yield opened


MOVES: st.SearchStrategy[list[tuple[int, Event, int] | str]] = st.lists(
    st.tuples(st.integers(0, 2), RECORDABLE, st.integers(-3, 9))
    | st.sampled_from(["keep up", "rebuild", "forget", "lose all"]),
    max_size=20,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(moves=MOVES)
def test_rows_and_what_follows_them_are_what_the_fold_of_the_log_is(
    ledger: Ledger, clock: Clock, moves: list[tuple[int, Event, int] | str]
) -> None:
    # One ledger for all examples, which only grows: each has runs of its own.
    runs = [new_id() for _ in range(3)]
    begun: set[str] = set()
    for move in moves:
        match move:
            case "keep up":
                keep_up(delivery_tools(ledger))
            case "rebuild":
                rebuild(OWN[0], delivery_tools(ledger))
            case "forget":
                ledger.cursors.forget(runs[0])
            case "lose all":
                ledger.cursors.remove(NAME)
            case str():
                raise AssertionError(move)
            case number, event, seconds:
                run = runs[number]
                if isinstance(event, RunStarted) and run in begun:
                    continue  # twice in one run would be the end of the rows for all
                clock.now += timedelta(seconds=seconds)
                ledger.append(run, [NewEvent(new_id(), event)], expected=ANY_VERSION)
                begun |= {run} if isinstance(event, RunStarted) else set()
        assert_as_in_the_log(ledger)


def assert_as_in_the_log(ledger: Ledger) -> None:
    folded = RunList.of(ledger.read_all(types=LIFECYCLE, settled=False))
    assert everything(list_runs(ledger)) == everything(folded)


def test_rows_made_anew_while_processes_run_runbooks_lose_nothing(
    tmp_path: Path,
) -> None:
    write_one_note(tmp_path)
    path = tmp_path / "ledger.db"
    with closing(open_sqlite_ledger(path, clock=utc_now)) as ledger:
        processes = [
            subprocess.Popen(
                [sys.executable, "-W", "error", "-c", MANY_RUNS],
                cwd=tmp_path,
                env=Wct(tmp_path).environment(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                encoding="utf-8",
            )
            for _ in range(2)
        ]
        rebuilt = 0
        while any(each.poll() is None for each in processes):
            with suppress(RunHeldError):
                rebuild(OWN[0], delivery_tools(ledger))
                rebuilt += 1
            assert_as_in_order(ledger)
        for each in processes:
            _, said = each.communicate()
            assert (each.returncode, said) == (0, "")
        assert rebuilt > 1
        keep_up(delivery_tools(ledger))
        assert len(list_runs(ledger)) == 2 * RUNS
        (count,) = ledger.cursors.rows(NAME, prefix="/")
        assert count.value == {"runs": 2 * RUNS}
        assert len(list(ledger.cursors.rows(NAME))) == 2 * RUNS + 1
        assert_as_in_the_log(ledger)


def assert_as_in_order(ledger: Ledger) -> None:
    """Whatever is recorded in between comes last: the list only grows."""
    before = list_runs(ledger).newest_first[::-1]
    folded = RunList.of(ledger.read_all(types=LIFECYCLE)).newest_first[::-1]
    names = [each.run for each in folded]
    assert [each.run for each in before] == names[: len(before)]


def test_commands_use_the_rows_and_doctor_says_how_they_are(tmp_path: Path) -> None:
    write_one_note(tmp_path)
    wct = Wct(tmp_path)
    assert wct("run", "runbook.yaml", "--quiet").returncode == 0
    assert "run list" in wct("doctor").stdout
    done = wct("rebuild", "--json")
    assert json.loads(done.stdout) == [
        {"name": NAME, "told": 2},
        {"name": found_index.NAME, "told": 2},
    ]
    assert row_line(wct) == ("ok", "up to date")
    listed = wct("runs", "--json").stdout
    with closing(open_sqlite_ledger(usual_ledger(tmp_path), clock=utc_now)) as ledger:
        standing = ledger.cursors.standing(NAME)
        assert standing is not None
        (kept,) = (each for each in ledger.cursors.rows(NAME) if each.key[0] != "/")
        tampered = [(kept.stream, kept_row(kept.key, {**kept.value, "runbook": "x"}))]
        ledger.cursors.move(standing, standing, rows=tampered)
    assert row_line(wct)[0] == "warning"
    assert wct("rebuild", NAME).returncode == 0
    assert row_line(wct) == ("ok", "up to date")
    assert wct("runs", "--json").stdout == listed


def kept_row(key: str, value: dict[str, Any]) -> Any:
    from wct_domain.ports.cursors import Row

    return Row(key, value)


def usual_ledger(directory: Path) -> Path:
    (found,) = directory.rglob("*.db")
    return found


def row_line(wct: Wct) -> tuple[str, str]:
    checks = json.loads(wct("doctor", "--json").stdout)["checks"]
    (line,) = [each for each in checks if each["check"] == "run list"]
    return line["level"], line["text"]


def test_what_is_erased_or_forgotten_stays_in_the_list(tmp_path: Path) -> None:
    write_one_note(tmp_path)
    wct = Wct(tmp_path)
    for _ in range(2):
        assert wct("run", "runbook.yaml", "--quiet").returncode == 0
    assert wct("rebuild").returncode == 0
    erased = wct("erase", "latest", "--reason", "art17", "--yes")
    assert erased.returncode == 0, erased.stderr
    newest, oldest = json.loads(wct("runs", "--json").stdout)
    assert newest["erased_at"] is not None
    assert oldest["erased_at"] is None
    with closing(open_sqlite_ledger(usual_ledger(tmp_path), clock=utc_now)) as ledger:
        assert len(list(ledger.cursors.rows(NAME))) == 3
        keep_up(delivery_tools(ledger))
        assert_as_in_the_log(ledger)
