"""Runs that are gone on with: what is done again, and that nobody can tell after."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.unit.core.test_whole_runs import Setup
from tests.unit.core.toys import components, count_of, step, two_texts
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.memory import MemoryLedger
from wct_adapters.workers.threads import Threads
from wct_domain.commands import ExecuteRunbook, ResumeRunbook
from wct_domain.components import Components
from wct_domain.errors import (
    ErasedError,
    LedgerWriteError,
    ResumeError,
    RunbookChangedError,
    RunHeldError,
    WrongExpectedVersionError,
)
from wct_domain.events import (
    DataErased,
    RunCompleted,
    RunPruned,
    RunResumed,
    RunStarted,
    SourceRead,
    StepStarted,
)
from wct_domain.executor.outcome import LoadedRunbook, Outcome
from wct_domain.message import Message
from wct_domain.ports.ledger import ANY_VERSION, Ledger, NewEvent, Recorded
from wct_domain.projections.artifacts import Artifacts
from wct_domain.projections.run import Run
from wct_domain.projections.run_list import RunList
from wct_domain.projections.states import RunStatus, StepStatus
from wct_domain.runbook import parse_runbook
from wct_domain.schemas import Schema

RUN = "01900000-0000-7000-8000-00000000000a"
OTHER = "01900000-0000-7000-8000-00000000000b"

CHAIN: tuple[dict[str, Any], ...] = (
    step("read", analyser=None, output_schema="texts", save_output=True),
    step("count", input_from="read", save_output=True),
    step("again", input_from="count", save_output=True),
    step("aside"),
)


class Killed(MemoryLedger):
    """Takes so many appends, and none after: as if the process had been killed."""

    def __init__(self, appends: int) -> None:
        super().__init__(utc_now)
        self.left = appends

    def append(
        self, stream: str, events: Sequence[NewEvent], **how: Any
    ) -> tuple[Recorded, ...]:
        if self.left == 0:
            msg = "killed"
            raise LedgerWriteError(msg)
        self.left -= 1
        return super().append(stream, events, **how)


def begun(setup: Setup, run: str = RUN) -> Outcome:
    return setup.executor.dispatch(ExecuteRunbook(Path("runbook.yaml"), run))


def resumed(setup: Setup, **how: Any) -> Outcome:
    return setup.executor.dispatch(ResumeRunbook(RUN, **how))


def shown(ledger: Ledger, run: str) -> dict[str, Any]:
    """Everything of a run that may not depend on how often it was resumed."""
    history = list(ledger.read(run))
    state, artifacts = Run.of(history), Artifacts()
    for each in history:
        artifacts.apply(each.event)
    return {
        "status": state.status,
        "steps": {
            name: (each.status, each.result and each.result.content, each.items)
            for name, each in state.steps.items()
        },
        "artifacts": {
            name: saved.result.content for name, saved in artifacts.saved.items()
        },
    }


def starts(setup: Setup) -> list[str]:
    return [event.step for event in setup.history(StepStarted)]


def failing_until(
    mended: Callable[[], bool],
) -> Callable[[Schema, Message], Message]:
    def analyse(schema: Schema, message: Message) -> Message:
        if "count" in message.content and not mended():
            raise RuntimeError
        return count_of(schema, message)

    return analyse


@pytest.mark.parametrize("appends", range(1, 12))
def test_a_run_killed_at_any_point_ends_as_if_it_had_not_been(appends: int) -> None:
    ledger = Killed(appends)
    setup = Setup(*CHAIN, ledger=ledger, workers=1)
    with suppress(LedgerWriteError):
        begun(setup)
    killed = Run.of(ledger.read(RUN))
    ledger.left = -1
    succeeded = {
        name
        for name, each in killed.steps.items()
        if each.status is StepStatus.SUCCEEDED
    }
    before = len(starts(setup))
    if killed.status is RunStatus.COMPLETED:
        with pytest.raises(ResumeError, match="complete"):
            resumed(setup)
    else:
        outcome = resumed(setup)
        assert [each.step_id for each in outcome.results] == [s["id"] for s in CHAIN]
        assert set(starts(setup)[before:]) == {s["id"] for s in CHAIN} - succeeded
    begun(setup, OTHER)
    assert shown(ledger, RUN) == shown(ledger, OTHER)


def test_resumed_twice_it_still_ends_the_same() -> None:
    ledger = Killed(3)
    setup = Setup(*CHAIN, ledger=ledger, workers=1)
    with suppress(LedgerWriteError):
        begun(setup)
    ledger.left = 4
    with suppress(LedgerWriteError):
        resumed(setup)
    ledger.left = -1
    outcome = resumed(setup)
    assert [event.attempt for event in setup.history(RunResumed)] == [2, 3]
    assert outcome.run.attempt == 3
    begun(setup, OTHER)
    assert shown(ledger, RUN) == shown(ledger, OTHER)


def test_what_failed_and_what_was_skipped_for_it_is_done_again_and_nothing_else() -> (
    None
):
    mended: list[bool] = []
    installed = components(two_texts, failing_until(lambda: bool(mended)))
    setup = Setup(*CHAIN, installed=installed, workers=1)
    first = begun(setup)
    assert first.run.status is RunStatus.COMPLETED_WITH_FAILURES
    mended.append(True)
    outcome = resumed(setup)
    (claim,) = setup.history(RunResumed)
    assert claim.redo == ("again",)
    assert sorted(starts(setup)) == ["again", "again", "aside", "count", "read"]
    assert outcome.run.status is RunStatus.COMPLETED
    assert setup.history(RunCompleted)[-1] == RunCompleted(
        succeeded=4, failed=0, skipped=0
    )
    assert len(setup.history(SourceRead)) == 1


def test_from_a_step_on_all_that_reads_from_it_is_done_again() -> None:
    setup = Setup(*CHAIN, workers=1)
    begun(setup)
    resumed(setup, from_step="count")
    (claim,) = setup.history(RunResumed)
    assert claim.redo == ("count", "again")
    assert starts(setup)[4:] == ["count", "again"]


def test_a_complete_run_is_not_resumed_without_a_step_to_begin_from() -> None:
    setup = Setup(*CHAIN)
    begun(setup)
    with pytest.raises(ResumeError, match="--from STEP"):
        resumed(setup)
    with pytest.raises(ResumeError, match="no step 'nosuch'; its steps are read, "):
        resumed(setup, from_step="nosuch")
    assert setup.history(RunResumed) == []


def changed(setup: Setup, *steps: dict[str, Any], **analyser: Any) -> None:
    """Put another runbook in the place of the one that the run began with."""
    from tests.unit.core.toys import runbook  # a name of many here

    document = runbook(*steps)
    document["analysers"][0].update(analyser)
    loaded = LoadedRunbook(parse_runbook(document), b"another")
    setup.executor = type(setup.executor)(
        setup.equipment,
        read_runbook=lambda _path: loaded,
        make_workers=lambda: Threads(1),
        artifact_store=setup.executor.artifact_store,
    )


def test_a_changed_runbook_is_shown_and_must_be_accepted() -> None:
    setup = Setup(*CHAIN, workers=1)
    begun(setup)
    changed(setup, *CHAIN, properties={"limit": 7})
    with pytest.raises(RunbookChangedError) as caught:
        resumed(setup, from_step="again")
    assert caught.value.before != caught.value.now
    assert setup.history(RunResumed) == []
    resumed(setup, accept_changes=True)
    (claim,) = setup.history(RunResumed)
    assert claim.redo == ("count", "again", "aside")


def test_a_step_that_is_new_is_done_and_one_that_is_gone_is_forgotten() -> None:
    setup = Setup(*CHAIN, workers=1)
    begun(setup)
    changed(setup, *CHAIN[:2], step("new", input_from="count"))
    outcome = resumed(setup, accept_changes=True)
    assert [each.step_id for each in outcome.results] == ["read", "count", "new"]
    assert list(outcome.run.steps) == ["read", "count", "new"]


def test_another_description_alone_changes_nothing_that_was_done() -> None:
    setup = Setup(*CHAIN, workers=1)
    begun(setup)
    renamed = [{**each, "description": "in other words"} for each in CHAIN]
    changed(setup, *renamed)
    with pytest.raises(ResumeError, match="complete"):
        resumed(setup, accept_changes=True)


def test_a_run_that_somebody_is_at_work_on_is_left_alone() -> None:
    setup = Setup(*CHAIN)
    begun(setup)
    with setup.ledger.locks.hold(RUN), pytest.raises(RunHeldError):
        resumed(setup, from_step="read")
    assert setup.history(RunResumed) == []
    assert not setup.ledger.locks.is_held(RUN)


def test_who_was_overtaken_without_a_lock_claims_nothing() -> None:
    class Overtaken(MemoryLedger):
        def append(
            self, stream: str, events: Sequence[NewEvent], **how: Any
        ) -> tuple[Recorded, ...]:
            if isinstance(events[0].event, RunResumed):
                raise WrongExpectedVersionError(stream, 1, 2)
            return super().append(stream, events, **how)

    setup = Setup(*CHAIN, ledger=Overtaken(utc_now))
    begun(setup)
    with pytest.raises(RunHeldError, match="somebody else"):
        resumed(setup, from_step="read")


def test_a_run_is_held_from_before_its_first_event_to_after_its_last() -> None:
    held: list[bool] = []

    class Watching(MemoryLedger):
        def append(
            self, stream: str, events: Sequence[NewEvent], **how: Any
        ) -> tuple[Recorded, ...]:
            held.append(self.locks.is_held(RUN))
            return super().append(stream, events, **how)

    begun(Setup(*CHAIN, ledger=Watching(utc_now)))
    assert len(held) > 2
    assert all(held)


def test_a_run_that_is_not_there_cannot_be_resumed() -> None:
    with pytest.raises(ResumeError, match="no such run"):
        resumed(Setup(*CHAIN))


def test_what_was_pruned_or_erased_is_not_gone_on_with() -> None:
    setup = Setup(*CHAIN)
    begun(setup)
    started = setup.history(RunStarted)[0]
    pruned = RunPruned(positions=(), blobs=0, size=0)
    setup.ledger.append(RUN, [NewEvent(OTHER, pruned)], expected=ANY_VERSION)
    with pytest.raises(ResumeError, match="pruned"):
        resumed(setup, from_step="read")
    setup = Setup(*CHAIN)
    begun(setup)
    started = setup.history(RunStarted)[0]
    setup.ledger.keys.destroy([started.scope])
    erased = DataErased(scope=started.scope, blobs=1)
    setup.ledger.append(RUN, [NewEvent(OTHER, erased)], expected=ANY_VERSION)
    with pytest.raises(ErasedError):
        resumed(setup, from_step="read")


def test_a_resumed_run_seals_for_the_scope_that_it_began_with() -> None:
    setup = Setup(*CHAIN, workers=1)
    setup.executor.dispatch(
        ExecuteRunbook(Path("runbook.yaml"), RUN, erasure_scope="the shop")
    )
    resumed(setup, from_step="read")
    (started,) = setup.history(RunStarted)
    setup.ledger.keys.destroy([started.scope])
    (claim,) = setup.history(RunResumed)
    for reference in (started.document, claim.document):
        sealed = setup.ledger.blob(reference.blob)
        with pytest.raises(ErasedError):
            setup.ledger.keys.open(sealed)


def test_the_list_of_runs_says_how_the_last_attempt_ended() -> None:
    mended: list[bool] = []
    installed: Components = components(two_texts, failing_until(lambda: bool(mended)))
    setup = Setup(*CHAIN, installed=installed)
    begun(setup)
    mended.append(True)
    resumed(setup)
    (summary,) = RunList.of(setup.ledger.read_all()).newest_first
    assert summary.status is RunStatus.COMPLETED
