"""Whole runs: scheduling, sharing, stopping; what the ledger has afterwards."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.core.toys import components, count_of, runbook, step, two_texts
from wct_adapters.identity import new_id, utc_now
from wct_adapters.ledgers.memory import MemoryLedger
from wct_adapters.workers.threads import Threads
from wct_domain.archive import BlobReader
from wct_domain.commands import ExecuteRunbook
from wct_domain.components import Components
from wct_domain.errors import ExecutorError, LedgerWriteError, RunbookLoadError
from wct_domain.events import (
    ArtifactsCleared,
    RunCompleted,
    RunFailed,
    RunInterrupted,
    RunStarted,
    SourceRead,
    StepStarted,
)
from wct_domain.executor.artifact_store import RecordedArtifactStore
from wct_domain.executor.core import RunbookExecutor
from wct_domain.executor.mirror import Mirror
from wct_domain.executor.outcome import LoadedRunbook, Outcome, RunInterruptedError
from wct_domain.executor.stream import Equipment, StreamAtWork
from wct_domain.message import Message
from wct_domain.ports.bus import SilentBus
from wct_domain.ports.clock import Clock
from wct_domain.ports.ledger import Ledger, Recorded
from wct_domain.ports.sealed_log import StoredCheckpoint
from wct_domain.projections.artifacts import Artifacts
from wct_domain.projections.run import Run
from wct_domain.projections.states import RunStatus
from wct_domain.runbook import parse_runbook
from wct_domain.schemas import Schema
from wct_domain.testing.scenario import AnySchema


class Setup:
    """An executor over a memory ledger, with a runbook that is in memory too."""

    def __init__(
        self,
        *steps: dict[str, Any],
        installed: Components | None = None,
        ledger: Ledger | None = None,
        workers: int = 2,
        mirror: Any = None,
        clock: Clock = utc_now,
    ) -> None:
        self.ledger = ledger or MemoryLedger(utc_now)
        self.equipment = Equipment(
            ledger=self.ledger,
            bus=SilentBus(),
            schemas=AnySchema(),
            components=installed or components(),
            clock=clock,
            timer=time.perf_counter_ns,
            new_id=new_id,
            versions={"wct": "test"},
        )
        loaded = LoadedRunbook(parse_runbook(runbook(*steps)), b"runbook")
        self.mirror_failures: list[Exception] = []
        self.executor = RunbookExecutor(
            self.equipment,
            read_runbook=lambda _path: loaded,
            make_workers=lambda: Threads(workers),
            artifact_store=RecordedArtifactStore(
                StreamAtWork("private", self.equipment), AnySchema()
            ),
            mirror=mirror and Mirror(mirror, self.mirror_failures.append),
        )

    def run(self) -> Outcome:
        return self.executor.dispatch(ExecuteRunbook(Path("runbook.yaml")))

    def history(self, kind: type | None = None) -> list[Any]:
        return [
            each.event
            for each in self.ledger.read_all()
            if kind is None or isinstance(each.event, kind)
        ]


def counts(outcome: Outcome) -> list[Any]:
    return [result.data.get("count") for result in outcome.results]


def test_results_keep_the_order_of_the_file_whatever_order_steps_ran_in() -> None:
    setup = Setup(
        step("last", input_from="middle"),
        step("middle", input_from="start", save_output=True),
        step("start", save_output=True),
    )
    outcome = setup.run()
    assert counts(outcome) == [4, 3, 2]
    assert [event.step for event in setup.history(StepStarted)] == [
        "start",
        "middle",
        "last",
    ]


def test_a_run_is_started_cleared_visited_and_completed_in_one_stream() -> None:
    setup = Setup(step("a", save_output=True), step("b", input_from="a"))
    outcome = setup.run()
    events = setup.history()
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[1], ArtifactsCleared)
    assert events[-1] == RunCompleted(succeeded=2, failed=0, skipped=0)
    assert [stream.name for stream in setup.ledger.streams()] == [outcome.run.id]
    assert outcome.run.status is RunStatus.COMPLETED


def test_a_connector_is_read_once_and_each_step_gets_a_copy_of_its_own() -> None:
    reads: list[Schema] = []

    def read(schema: Schema) -> Message:
        reads.append(schema)
        return two_texts(schema)

    def greedy(schema: Schema, message: Message) -> Message:
        taken = message.content["data"].pop()
        return Message("m", {"count": len(message.content["data"]), "x": taken}, schema)

    setup = Setup(
        *(step(name) for name in "abcde"), installed=components(read, greedy), workers=4
    )
    assert counts(setup.run()) == [1] * 5
    assert len(reads) == 1
    assert len(setup.history(SourceRead)) == 1


def test_a_connector_that_keeps_what_it_read_finds_it_unchanged() -> None:
    kept = Message("read", {"data": ["one", "two"]}, None)

    def greedy(schema: Schema, message: Message) -> Message:
        message.content["data"].pop()
        return Message("m", {"count": 0}, schema)

    setup = Setup(step("a"), installed=components(lambda _schema: kept, greedy))
    setup.run()
    assert kept.content == {"data": ["one", "two"]}


def test_a_system_without_more_threads_slows_a_run_and_does_not_hang_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start = threading.Thread.start

    def only_the_first(thread: threading.Thread) -> None:
        if thread.name.startswith("wct-step-") and thread.name != "wct-step-1":
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", only_the_first)
    setup = Setup(*(step(name) for name in "abcd"), workers=4)
    assert counts(setup.run()) == [2, 2, 2, 2]


def test_a_signal_that_comes_with_the_end_of_the_last_step_is_not_lost() -> None:
    setup = Setup(step("a"))

    def interrupts(schema: Schema, message: Message) -> Message:
        assert setup.executor.interrupt("SIGTERM")
        return count_of(schema, message)

    setup.equipment.components.analysers.update(
        components(analyse=interrupts).analysers
    )
    with pytest.raises(RunInterruptedError):
        setup.run()
    assert isinstance(setup.history()[-1], RunInterrupted)


def test_independent_steps_run_at_the_same_time() -> None:
    together = threading.Barrier(3, timeout=10)

    def meets(schema: Schema, message: Message) -> Message:
        together.wait()
        return count_of(schema, message)

    setup = Setup(
        *(step(name) for name in "abc"), installed=components(analyse=meets), workers=3
    )
    assert counts(setup.run()) == [2, 2, 2]


def test_what_depends_on_a_failed_saving_step_is_skipped_with_the_cause() -> None:
    def broken(_schema: Schema, _message: Message) -> Message:
        raise ValueError("no luck")

    setup = Setup(
        step("a", save_output=True),
        step("b", input_from="a", save_output=True),
        step("c", input_from="b"),
        installed=components(analyse=broken),
    )
    outcome = setup.run()
    assert [result.error_message for result in outcome.results] == [
        "no luck",
        "Step 'Step b' depends on 'a' which failed: no luck",
        "Step 'Step c' depends on 'a' which failed: no luck",
    ]
    assert setup.history(RunCompleted) == [
        RunCompleted(succeeded=0, failed=1, skipped=2)
    ]
    assert outcome.run.status is RunStatus.COMPLETED_WITH_FAILURES


def test_a_runbook_that_does_not_load_records_no_run() -> None:
    setup = Setup(step("a"))

    def missing(path: Path) -> LoadedRunbook:
        raise RunbookLoadError(f"Cannot read file {path}: No such file or directory")

    setup.executor._read_runbook = missing  # pyright: ignore[reportPrivateUsage]  # a reader that fails
    with pytest.raises(ExecutorError, match=r"^Failed to load runbook runbook\.yaml: "):
        setup.run()
    assert not setup.history()


def test_a_cycle_records_no_run() -> None:
    setup = Setup(step("a", input_from="b"), step("b", input_from="a"))
    with pytest.raises(ExecutorError, match="involving 'a'"):
        setup.run()
    assert not setup.history()


def interrupted_while_stuck(setup: Setup, stuck: threading.Event) -> Exception:
    """Run until a step hangs, interrupt, and return what that raised."""
    caught: list[Exception] = []

    def run() -> None:
        try:
            setup.run()
        except RunInterruptedError as error:
            caught.append(error)

    running = threading.Thread(target=run)
    running.start()
    assert stuck.wait(10)
    assert setup.executor.interrupt("SIGTERM")
    running.join(10)
    return caught[0]


def test_an_interrupted_run_names_the_steps_in_flight_and_records_nothing_after() -> (
    None
):
    stuck, go_on = threading.Event(), threading.Event()

    def hangs(schema: Schema, message: Message) -> Message:
        if message.content.get("data") is None:
            stuck.set()
            go_on.wait(10)
        return count_of(schema, message)

    setup = Setup(
        step("a", save_output=True),
        step("b", input_from="a", save_output=True),
        step("c", input_from="b"),
        installed=components(analyse=hangs),
    )
    error = interrupted_while_stuck(setup, stuck)
    assert isinstance(error, RunInterruptedError)
    assert (error.signal, error.in_flight) == ("SIGTERM", ("b",))
    assert signed_events(setup.ledger) == len(setup.history())
    go_on.set()
    time.sleep(0.05)  # the hanging step ends now, and must not get its word in
    assert setup.history()[-1] == RunInterrupted(signal="SIGTERM", in_flight=("b",))
    assert Run.of(setup.ledger.read_all()).status is RunStatus.INTERRUPTED
    assert not setup.executor.interrupt("SIGINT")


def signed_events(ledger: Ledger) -> int:
    checkpoint = ledger.last_checkpoint()
    return 0 if checkpoint is None else checkpoint.size


def test_a_completed_run_ends_with_a_checkpoint_over_all_of_it() -> None:
    setup = Setup(step("a"))
    outcome = setup.run()
    assert outcome.checkpoint == setup.ledger.last_checkpoint()
    assert signed_events(setup.ledger) == len(setup.history())


class Unsigned(MemoryLedger):
    """Keeps no checkpoint."""

    def add_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        raise LedgerWriteError(f"the disk is full at {checkpoint.size}")


def test_a_run_that_cannot_be_signed_is_pending() -> None:
    setup = Setup(step("a"), ledger=Unsigned(utc_now))
    assert setup.run().checkpoint is None


def test_that_an_interrupted_run_cannot_be_signed_does_not_hide_why_it_ended() -> None:
    def interrupts(schema: Schema, message: Message) -> Message:
        setup.executor.interrupt("SIGTERM")
        return count_of(schema, message)

    setup = Setup(
        step("a"),
        installed=components(analyse=interrupts),
        ledger=Unsigned(utc_now),
    )
    with pytest.raises(RunInterruptedError):
        setup.run()


def test_a_failed_run_is_signed_too() -> None:
    def leaves(_schema: Schema, _message: Message) -> Message:
        raise SystemExit(7)

    setup = Setup(step("a"), installed=components(analyse=leaves))
    with pytest.raises(SystemExit):
        setup.run()
    assert isinstance(setup.history()[-1], RunFailed)
    assert signed_events(setup.ledger) == len(setup.history())


class FailingLedger(MemoryLedger):
    """Has room for so many appends."""

    def __init__(self, room: int) -> None:
        super().__init__(utc_now)
        self.room = room

    def append(
        self, stream: str, events: Any, *, expected: int | None, **kwargs: Any
    ) -> tuple[Recorded, ...]:
        if self.room == 0:
            raise LedgerWriteError("the disk is full: 3 events were not recorded")
        self.room -= 1
        return super().append(stream, events, expected=expected, **kwargs)


def chain(length: int) -> list[dict[str, Any]]:
    first = step("s0", save_output=True)
    rest = (
        step(f"s{number}", input_from=f"s{number - 1}", save_output=True)
        for number in range(1, length)
    )
    return [first, *rest]


@settings(max_examples=25)
@given(room=st.integers(0, 11))
def test_a_ledger_that_fails_stops_the_run_after_a_whole_prefix(room: int) -> None:
    setup = Setup(*chain(4), ledger=FailingLedger(room))
    with suppress(LedgerWriteError):
        setup.run()
    kinds = [type(event).__name__ for event in setup.history()]
    reference = Setup(*chain(4))
    reference.run()
    assert (
        kinds == [type(event).__name__ for event in reference.history()][: len(kinds)]
    )
    assert setup.history(RunFailed) == []


def test_a_bug_in_wct_itself_is_recorded_as_a_failed_run() -> None:
    def broken_clock() -> datetime:
        raise AssertionError("a bug")

    setup = Setup(step("a"), clock=broken_clock)
    with pytest.raises(AssertionError):
        setup.run()
    assert isinstance(setup.history()[-1], RunFailed)
    assert Run.of(setup.ledger.read_all()).status is RunStatus.FAILED


class ForeignStore:
    """A foreign store that keeps what it is told, unless it fails."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.kept: dict[str, Message] = {}

    def save(self, step_id: str, message: Message) -> None:
        if self.fails:
            raise OSError("no such bucket")
        self.kept[step_id] = message

    def clear(self) -> None:
        self.kept.clear()


def test_a_foreign_store_is_told_of_artifacts_and_its_failure_is_not_the_runs() -> None:
    told, failing = ForeignStore(), ForeignStore(fails=True)
    assert counts(Setup(*chain(3), mirror=told).run()) == [2, 3, 4]
    assert {name: m.content["count"] for name, m in told.kept.items()} == {
        "s0": 2,
        "s1": 3,
        "s2": 4,
    }
    setup = Setup(*chain(3), mirror=failing)
    assert counts(setup.run()) == [2, 3, 4]
    causes = [type(each.__cause__) for each in setup.mirror_failures]
    assert causes == [OSError, OSError, OSError]


def graphs() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Runbooks of any shape: each step reads the connector or another step."""

    @st.composite
    def build(draw: Callable[[Any], Any]) -> list[dict[str, Any]]:
        number = draw(st.integers(1, 8))
        steps: list[dict[str, Any]] = []
        for index in range(number):
            source = draw(st.integers(-1, index - 1))
            origin = {} if source < 0 else {"input_from": f"s{source}"}
            saves = draw(st.booleans())
            steps.append(step(f"s{index}", save_output=saves, **origin))
        shuffled: list[dict[str, Any]] = draw(st.permutations(steps))
        return shuffled

    return build()


@settings(max_examples=40)
@given(steps=graphs(), workers=st.integers(1, 4))
def test_folding_the_ledger_anew_gives_the_run_and_the_store_that_were_live(
    steps: list[dict[str, Any]], workers: int
) -> None:
    setup = Setup(*steps, workers=workers)
    outcome = setup.run()
    history = list(setup.ledger.read(outcome.run.id))
    anew = Artifacts()
    for recorded in history:
        anew.apply(recorded.event)
    live = {s["id"] for s in steps if setup.executor.artifact_store.exists(s["id"])}
    assert set(anew.saved) == live
    folded = Run.of(history)
    assert dict(folded.steps) == dict(outcome.run.steps)
    assert folded.status is outcome.run.status
    assert [each.position for each in history] == list(range(1, len(history) + 1))
    blobs = BlobReader(setup.ledger, setup.ledger.keys)
    for name, saved in anew.saved.items():
        assert blobs.message(saved.result) == setup.executor.artifact_store.get(name)


def test_an_event_never_precedes_its_cause() -> None:
    setup = Setup(*chain(4), step("other"))
    setup.run()
    seen: set[str] = set()
    history: list[Recorded] = list(setup.ledger.read_all())
    for recorded in history:
        assert recorded.causation_id is None or recorded.causation_id in seen
        seen.add(recorded.id)
    assert [each.causation_id for each in history].count(None) == 2  # the first append


def test_two_runs_over_the_same_input_have_the_same_content_references() -> None:
    ledger = MemoryLedger(utc_now)
    for _ in range(2):
        Setup(*chain(3), ledger=ledger).run()
    first, second = (
        [
            state.result.content
            for state in Run.of(ledger.read(s.name)).steps.values()
            if state.result
        ]
        for s in ledger.streams()
        if s.name != "private"
    )
    assert len(first) == 3
    assert first == second
