"""Pruning: what an old run has stored goes, and what is said of the run stays."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from tests.unit.core.recorded_runs import LARGE, ProcessEndedError, Setup
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.memory import MemoryLedger
from wct_domain.archive import BlobReader
from wct_domain.checkpoints import add_checkpoint
from wct_domain.commands import PruneStream
from wct_domain.errors import (
    BlobMissingError,
    ErasedError,
    RunHeldError,
    WrongExpectedVersionError,
)
from wct_domain.events import (
    ArtifactsCleared,
    PrunedEvent,
    RunCompleted,
    RunPruned,
    RunStarted,
    StepCompleted,
)
from wct_domain.executor.pruning import destroy_unused_keys, prunable, prune, runs_in
from wct_domain.executor.stream import afterwards_of
from wct_domain.projections.retention import due, is_kept, ranges
from wct_domain.projections.run_list import RunSummary
from wct_domain.projections.states import RunStatus
from wct_domain.testing.scenario import Scenario
from wct_domain.upcasting import CURRENT
from wct_domain.verification import Trust, verify_ledger
from wct_entrypoints.bootstrap.signing import signature_fits

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def verified(setup: Setup) -> tuple[bool, int, int]:
    trust = Trust(signature_fits, own=setup.ledger.keys.verifier_keys())
    verdict = verify_ledger(setup.ledger, trust)
    return verdict.sound, verdict.pruned, verdict.dropped


def listed(*hours: int | None) -> list[RunSummary]:
    """Runs, newest first: the hours before noon at which they ended; None: open."""
    return [
        RunSummary(
            run=str(number),
            runbook="r",
            steps=0,
            started_at=NOON - timedelta(days=number),
            ended_at=None if each is None else NOON - each * HOUR,
            status=RunStatus.RUNNING if each is None else RunStatus.COMPLETED,
        )
        for number, each in enumerate(hours)
    ]


def test_payloads_and_blobs_go_in_the_event_that_says_so() -> None:
    scenario = Scenario(MemoryLedger(utc_now), past=[ArtifactsCleared()] * 3)
    scenario.when(PruneStream(((1, 1), (3, 3)), ("0" * 64,), 20)).then(
        RunPruned(positions=((1, 1), (3, 3)), blobs=1, size=20)
    )
    kept = [each.event for each in scenario.ledger.read(scenario.stream.run.id or "")]
    assert kept == []
    stream = scenario.stream.recorder.stream
    assert [each.event for each in scenario.ledger.read(stream)][:3] == [
        PrunedEvent(ArtifactsCleared.type),
        ArtifactsCleared(),
        PrunedEvent(ArtifactsCleared.type),
    ]


def test_where_nothing_is_to_go_nothing_is_recorded() -> None:
    scenario = Scenario(MemoryLedger(utc_now), past=[ArtifactsCleared()])
    scenario.when(PruneStream((), (), 0)).then()


def test_a_pruned_run_keeps_what_is_said_of_it_as_a_whole() -> None:
    setup = Setup()
    run, other = setup.run(), setup.run()
    before = setup.events(run)
    had = prunable(setup.tools, run)
    assert prune(setup.tools, run) == had
    assert (had.payloads, had.blobs) == (len(before) - 2, setup.left_of(other))
    assert had.size > had.payloads * 16
    after = setup.events(run)
    assert [each.type for each in after[:-1]] == [each.type for each in before]
    assert (after[0], after[-2]) == (before[0], before[-1])
    assert isinstance(after[0], RunStarted)
    assert isinstance(after[-2], RunCompleted)
    assert all(isinstance(each, PrunedEvent) for each in after[1:-2])
    assert after[-1] == RunPruned(
        positions=((2, len(before) - 1),), blobs=had.blobs, size=had.size
    )
    assert setup.state(run).status is RunStatus.COMPLETED
    assert setup.left_of(run) == 0
    assert setup.left_of(other) > 0


def test_a_pruned_ledger_verifies_and_says_what_was_pruned() -> None:
    setup = Setup()
    runs = [setup.run(saved=LARGE) for _ in range(2)]
    had = [prune(setup.tools, run) for run in runs]
    # What runs began with still names their runbooks, which are gone.
    assert verified(setup) == (True, sum(each.payloads for each in had), len(runs))


def test_what_was_saved_after_the_run_goes_with_it() -> None:
    setup = Setup()
    run = setup.run(saved=LARGE)
    (stream,) = setup.ledger.streams(afterwards_of(run))
    had = prune(setup.tools, run)
    assert had.size > 1 << 20
    assert setup.events(stream.name)[-1].type == RunPruned.type
    assert list(setup.ledger.blob_digests()) == []
    add_checkpoint(setup.ledger, setup.ledger.keys, utc_now)
    assert verified(setup)[0]


def test_pruning_again_drops_nothing_and_records_nothing() -> None:
    setup = Setup()
    run = setup.run()
    prune(setup.tools, run)
    before = setup.events(run)
    assert prune(setup.tools, run) == (0, 0, 0)
    assert setup.events(run) == before


def test_the_key_of_a_pruned_run_is_destroyed() -> None:
    setup = Setup()
    run, other = setup.run(), setup.run()
    results = {
        each: next(e for e in setup.events(each) if isinstance(e, StepCompleted)).result
        for each in (run, other)
    }
    sealed = setup.ledger.blob(results[run].blob)
    prune(setup.tools, run)
    destroy_unused_keys(setup.ledger)
    with pytest.raises(ErasedError):
        setup.ledger.keys.open(sealed)
    blobs = BlobReader(setup.ledger, setup.ledger.keys)
    with pytest.raises(BlobMissingError):
        blobs.message(results[run])
    assert blobs.message(results[other]).content


def test_a_key_that_another_run_needs_stays() -> None:
    setup = Setup()
    first, second = setup.run("shop"), setup.run("shop")
    result = next(e for e in setup.events(second) if isinstance(e, StepCompleted))
    scope = setup.ledger.keys.scope_of("name/shop")
    prune(setup.tools, first)
    destroy_unused_keys(setup.ledger)
    assert BlobReader(setup.ledger, setup.ledger.keys).message(result.result).content
    assert setup.ledger.keys.scope_of("name/shop") == scope
    prune(setup.tools, second)
    destroy_unused_keys(setup.ledger)
    assert setup.ledger.keys.scope_of("name/shop") != scope


def test_a_key_that_another_ledger_has_too_stays() -> None:
    setup = Setup()
    run = setup.run()
    result = next(e for e in setup.events(run) if isinstance(e, StepCompleted))
    sealed = setup.ledger.blob(result.result.blob)
    setup.ledger.keys.are_shared = lambda: True  # type: ignore[method-assign]  # a copy
    prune(setup.tools, run)
    assert not destroy_unused_keys(setup.ledger)
    assert setup.ledger.keys.open(sealed)


@pytest.mark.parametrize("left", range(3))
def test_pruning_that_was_cut_short_goes_on_from_there(left: int) -> None:
    setup = Setup()
    run = setup.run(saved=LARGE)
    had = prunable(setup.tools, run)
    setup.ledger.left = left  # its streams, then the keys

    def work() -> None:
        prune(setup.tools, run)
        destroy_unused_keys(setup.ledger)

    with pytest.raises(ProcessEndedError):
        work()
    setup.ledger.left = None
    assert verified(setup)[0]
    rest = prune(setup.tools, run)
    destroy_unused_keys(setup.ledger)
    assert rest == had if left == 0 else rest.blobs < had.blobs
    assert setup.left_of(run) == 0
    scope = runs_in(setup.ledger).scopes[run]
    assert setup.ledger.keys.scope_of(f"run/{run}") != scope


def test_what_is_recorded_meanwhile_is_pruned_too() -> None:
    setup = Setup()
    run = setup.run()
    append = setup.ledger.append
    spoiled: list[str] = []

    def spoil(stream: str, *given: object, **named: object) -> object:
        if not spoiled:
            spoiled.append(stream)
            raise WrongExpectedVersionError(stream, 1, 2)
        return append(stream, *given, **named)

    setup.ledger.append = spoil  # type: ignore[method-assign]  # another's append came first
    assert prune(setup.tools, run).payloads > 0
    assert setup.left_of(run) == 0


def test_an_erased_run_can_be_pruned_and_a_pruned_one_erased() -> None:
    setup = Setup()
    first, second = setup.run(), setup.run()
    setup.erase_run(first)
    assert prune(setup.tools, first).blobs == 0
    prune(setup.tools, second)
    assert setup.erase_run(second) == 0
    assert setup.state(first).is_erased
    assert setup.state(second).is_erased
    assert verified(setup)[0]


def test_runs_are_due_by_the_moment_of_their_end() -> None:
    runs = listed(1, None, 3, 2)
    chosen = due(runs, ended_before=NOON - 2 * HOUR)
    assert [run.run for run in chosen.runs] == ["2"]
    assert [run.run for run in chosen.open] == ["1"]


def test_a_run_whose_process_was_killed_is_due_by_the_moment_of_its_start() -> None:
    runs = listed(None, None)
    for run in runs:
        run.status = RunStatus.ABANDONED
    chosen = due(runs, ended_before=NOON - 2 * HOUR)
    assert [run.run for run in chosen.runs] == ["1"]
    assert chosen.open == ()


def test_a_run_that_somebody_is_at_work_on_is_not_pruned() -> None:
    setup = Setup()
    run = setup.run()
    before = setup.events(run)
    with setup.ledger.locks.hold(run), pytest.raises(RunHeldError):
        prune(setup.tools, run)
    assert setup.events(run) == before
    assert prune(setup.tools, run).payloads > 0


@pytest.mark.parametrize(("keep", "left"), [(0, "320"), (1, "32"), (2, "3"), (9, "")])
def test_the_newest_runs_that_ended_are_kept(keep: int, left: str) -> None:
    chosen = due(listed(1, None, 3, 2), keep=keep)
    assert "".join(run.run for run in chosen.runs) == left


def test_what_is_kept_is_what_tells_of_a_run_as_a_whole() -> None:
    assert {wire.partition(".")[0] for wire in CURRENT if is_kept(wire)} == {
        "run",
        "erasure",
        "data",
        "evidence",
    }


@for_all(st.sets(st.integers(1, 60)))
def test_ranges_are_the_shortest_way_to_write_positions(wanted: set[int]) -> None:
    found = ranges(sorted(wanted))
    assert {p for first, last in found for p in range(first, last + 1)} == wanted
    assert all(last + 1 < first for (_, last), (first, _) in pairwise(found))
