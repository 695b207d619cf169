"""Which run is meant: ids, beginnings of them, and 'latest'."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.projections.histories import began, started
from wct_adapters.identity import new_id
from wct_adapters.ledgers.memory import MemoryLedger
from wct_domain.errors import RunNotFoundError
from wct_domain.ports.ledger import Ledger, NewEvent
from wct_entrypoints.cli.ledger_access import find_run, short_names

ONE = "019ab2c4-7d10-7a51-9f2e-4c1d5b6a7e80"
TWO = "019ab2c4-7d11-7000-8000-000000000000"
LATER = "019ab2d0-0000-7000-8000-000000000000"


def ledger_of(*runs: str) -> Ledger:
    """Make a ledger in which these runs have started, in this order."""
    seconds = count()
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    ledger = MemoryLedger(lambda: noon + timedelta(seconds=next(seconds)))
    for run in runs:
        ledger.append(run, [NewEvent(new_id(), started("a"))], expected=0)
    failure = [NewEvent(new_id(), began("a"))]
    ledger.append("subscriber/zeal", failure, expected=0)
    return ledger


@pytest.mark.parametrize(
    "wanted",
    [
        ONE,
        ONE.upper(),
        ONE.replace("-", ""),
        "019ab2c4-7d10",
        "019ab2c47d10",
        "019AB2C4-7D10-7",
    ],
)
def test_an_id_and_its_beginnings_are_understood(wanted: str) -> None:
    assert find_run(ledger_of(ONE, TWO), wanted) == ONE


def test_the_latest_is_the_one_whose_id_is() -> None:
    assert find_run(ledger_of(LATER, ONE), "latest") == LATER


def test_where_ids_do_not_tell_the_time_the_latest_started_last() -> None:
    assert find_run(ledger_of("nightly-9", "nightly-1"), "latest") == "nightly-1"


def test_an_id_may_be_the_beginning_of_another() -> None:
    assert find_run(ledger_of("nightly", "nightly-1"), "nightly") == "nightly"


def refusal(ledger: Ledger, wanted: str) -> str:
    with pytest.raises(RunNotFoundError) as caught:
        find_run(ledger, wanted)
    return str(caught.value)


def test_runs_of_which_each_could_be_meant_are_named() -> None:
    assert refusal(ledger_of(ONE, TWO, LATER), "019ab2c4-7d1") == (
        "2 runs begin with '019ab2c4-7d1': 019ab2c4-7d11, 019ab2c4-7d10; "
        "type more of the one that you mean"
    )


@pytest.mark.parametrize("wanted", ["ffff", "", "subscriber/zeal", "latest?"])
def test_where_no_run_is_meant_the_newest_are_named(wanted: str) -> None:
    assert refusal(ledger_of(ONE, TWO, LATER), wanted) == (
        f"no run in ledger 'memory' begins with '{wanted}'; the newest there: "
        "019ab2d0, 019ab2c4-7d11, 019ab2c4-7d10 ('wct runs' lists all)"
    )


def test_where_there_is_no_run_it_says_so() -> None:
    assert refusal(ledger_of(), "latest") == (
        "there is no run in ledger 'memory' yet; 'wct run RUNBOOK' records one"
    )
    assert refusal(ledger_of(), "01") == (
        "no run in ledger 'memory' begins with '01'; it has none yet"
    )


@given(st.sets(st.uuids(), min_size=1, max_size=8))
def test_a_short_name_finds_its_run(ids: Iterable[object]) -> None:
    ledger = ledger_of(*map(str, ids))
    for run, name in short_names(ledger).items():
        assert find_run(ledger, name) == run
