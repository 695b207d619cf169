"""What the bus promises to subscribers, and to the run that they observe."""

import gc
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wct_adapters.blinker_bus import BlinkerBus
from wct_adapters.identity import new_id, utc_now
from wct_adapters.ledgers.memory import MemoryLedger
from wct_domain.events import (
    ArtifactsCleared,
    Event,
    PluginNoted,
    RunCompleted,
    SubscriberFailed,
)
from wct_domain.executor.recorder import Recorder
from wct_domain.ports.ledger import Recorded
from wct_entrypoints.bootstrap.application import make_bus

DONE = RunCompleted(succeeded=0, failed=0, skipped=0)


class Stage:
    """A ledger, a bus, and one recorder per stream between them."""

    def __init__(self) -> None:
        self.ledger = MemoryLedger(utc_now)
        self.failures: list[tuple[str, int, str]] = []
        self.bus = BlinkerBus(
            history=lambda stream, after: self.ledger.read(stream, after=after),
            on_failure=lambda name, recorded, error: self.failures.append(
                (name, recorded.position, str(error))
            ),
        )
        self.recorders: dict[str, Recorder] = {}

    def record(self, *events: Event, stream: str = "run") -> None:
        if stream not in self.recorders:
            self.recorders[stream] = Recorder(
                self.ledger, stream, new_id=new_id, publish=self.bus.publish
            )
        self.recorders[stream].record(events)


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.bus.close()


def notes(number: int) -> list[Event]:
    return [PluginNoted(plugin="p", name=str(each), data={}) for each in range(number)]


def test_a_subscriber_is_told_the_kinds_it_wants_in_order(stage: Stage) -> None:
    told: list[Event] = []
    everything: list[int] = []
    stage.bus.subscribe(
        lambda r: told.append(_event(r)), RunCompleted, ArtifactsCleared
    )
    stage.bus.subscribe(lambda r: everything.append(r.position))
    stage.record(ArtifactsCleared(), *notes(3), DONE)
    assert stage.bus.drain(5) == []
    assert told == [ArtifactsCleared(), DONE]
    assert everything == [1, 2, 3, 4, 5]


def _event(recorded: Recorded) -> Any:
    return recorded.event


def test_a_subscriber_that_nobody_else_holds_keeps_being_told(stage: Stage) -> None:
    told: list[int] = []

    def subscribe() -> None:
        offset = 100
        stage.bus.subscribe(lambda r: told.append(r.position + offset))

    subscribe()
    gc.collect()
    stage.record(DONE)
    stage.bus.drain(5)
    assert told == [101]


def test_one_that_raises_is_reported_and_the_others_go_on(stage: Stage) -> None:
    told: list[int] = []

    def broken(recorded: Recorded) -> None:
        if recorded.position == 2:
            raise ValueError("cannot cope")
        told.append(-recorded.position)

    stage.bus.subscribe(broken, name="broken")
    stage.bus.subscribe(lambda r: told.append(r.position))
    stage.record(*notes(4))
    stage.bus.drain(5)
    assert stage.failures == [("broken", 2, "cannot cope")]
    assert sorted(told) == [-1, 1, 2, 3, 4]


def test_one_that_exits_the_process_ends_nothing_but_its_part_in_the_run(
    stage: Stage,
) -> None:
    told: list[tuple[str, int]] = []

    def leaves(recorded: Recorded) -> None:
        told.append((recorded.stream, recorded.position))
        if recorded.stream == "first":
            sys.exit(3)

    stage.bus.subscribe(leaves, name="leaves")
    stage.record(*notes(2), stream="first")
    assert stage.bus.drain(5) == []
    stage.record(*notes(1), stream="second")
    assert stage.bus.drain(5) == []
    assert told == [("first", 1), ("second", 1)]
    assert stage.failures == [("leaves", 1, "3")]


def test_one_that_raised_is_told_of_the_next_run_again(stage: Stage) -> None:
    told: list[tuple[str, int]] = []

    def broken(recorded: Recorded) -> None:
        told.append((recorded.stream, recorded.position))
        if recorded.stream == "first":
            raise ValueError

    stage.bus.subscribe(broken)
    stage.record(*notes(2), stream="first")
    stage.bus.drain(5)
    stage.record(*notes(2), stream="second")
    stage.bus.drain(5)
    assert told == [("first", 1), ("second", 1), ("second", 2)]


def test_one_that_hangs_delays_neither_the_run_nor_another(stage: Stage) -> None:
    go_on = threading.Event()
    told: list[int] = []

    def hangs(_recorded: Recorded) -> None:
        go_on.wait(30)

    stage.bus.subscribe(hangs, name="slow")
    stage.bus.subscribe(lambda r: told.append(r.position))
    before = time.monotonic()
    stage.record(*notes(50))
    assert stage.bus.drain(0.2) == ["slow"]
    assert told == list(range(1, 51))
    assert time.monotonic() - before < 10
    go_on.set()
    assert stage.bus.drain(5) == []


def test_what_does_not_fit_the_queue_is_read_back_from_the_ledger(stage: Stage) -> None:
    go_on = threading.Event()
    told: list[int] = []

    def slow(recorded: Recorded) -> None:
        go_on.wait(30)
        told.append(recorded.position)

    stage.bus.subscribe(slow, capacity=3)
    stage.record(*notes(20))
    go_on.set()
    stage.record(*notes(20))
    stage.bus.drain(5)
    assert told == list(range(1, 41))


@settings(max_examples=30)
@given(
    batches=st.lists(
        st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(1, 5)), max_size=12
    ),
    capacity=st.integers(1, 4),
    pause=st.booleans(),
)
def test_each_stream_is_told_whole_and_in_order_whatever_the_load(
    batches: list[tuple[str, int]],
    capacity: int,
    pause: bool,  # Hypothesis fills it
) -> None:
    stage = Stage()
    told: dict[str, list[int]] = {}
    ticks = count()

    def subscriber(recorded: Recorded) -> None:
        if pause and next(ticks) % 3 == 0:
            time.sleep(0.001)
        told.setdefault(recorded.stream, []).append(recorded.position)

    stage.bus.subscribe(subscriber, capacity=capacity)
    for stream, number in batches:
        stage.record(*notes(number), stream=stream)
    assert stage.bus.drain(10) == []
    stage.bus.close()
    assert told == {
        stream.name: list(range(1, stream.version + 1))
        for stream in stage.ledger.streams()
    }


def test_an_event_that_is_read_back_before_it_is_published_is_told_once() -> None:
    ledger = MemoryLedger(utc_now)
    told: list[int] = []
    taken, go_on = threading.Event(), threading.Event()

    def subscriber(recorded: Recorded) -> None:
        taken.set()
        go_on.wait(10)
        told.append(recorded.position)

    bus = make_bus(ledger)
    bus.subscribe(subscriber, capacity=1)
    recorder = Recorder(ledger, "run", new_id=new_id)
    first, second, third, fourth = recorder.record(tuple(notes(4)))
    bus.publish(first)
    assert taken.wait(10)
    bus.publish(second)  # fills the queue
    bus.publish(third)  # does not fit: it will be read back, and the fourth with it
    go_on.set()
    assert bus.drain(10) == []
    bus.publish(fourth)
    assert bus.drain(10) == []
    bus.close()
    assert told == [1, 2, 3, 4]


def test_a_failure_is_recorded_outside_the_run_and_without_its_text() -> None:
    ledger = MemoryLedger(utc_now)
    bus = make_bus(ledger)

    def leaks(_recorded: Recorded) -> None:
        raise ValueError("jane.doe@example.com")

    bus.subscribe(leaks, name="leaky")
    recorder = Recorder(ledger, "run", new_id=new_id, publish=bus.publish)
    (recorded,) = recorder.record((DONE,))
    bus.drain(5)
    (failed,) = ledger.read("subscriber/leaky")
    assert failed.event == SubscriberFailed(
        subscriber="leaky", run="run", position=1, error="ValueError"
    )
    assert failed.causation_id == recorded.id
    assert [each.event for each in ledger.read("run")] == [DONE]


def test_once_closed_nobody_is_told_what_was_taken_from_the_queue(
    stage: Stage,
) -> None:
    told: list[int] = []
    first, closed = threading.Event(), threading.Event()

    def slow(recorded: Recorded) -> None:
        told.append(recorded.position)
        first.set()
        closed.wait(5)

    subscription = stage.bus.subscribe(slow)
    stage.record(*notes(20))
    assert first.wait(5)
    stage.bus.close()
    closed.set()
    assert subscription.wait(5)
    assert told == [1]


def note(number: int) -> PluginNoted:
    return PluginNoted(plugin="p", name=str(number), data={})


class Parcels:
    """A transport that notes what it is handed at once."""

    def __init__(self) -> None:
        self.parcels: list[list[tuple[str, int]]] = []
        self.begun, self.may_go_on = threading.Event(), threading.Event()
        self.refuses = False

    def __call__(self, recorded: Recorded) -> None:
        raise AssertionError("a transport is handed several")

    def batch(self, events: Sequence[Recorded]) -> None:
        self.parcels.append([(each.stream, each.position) for each in events])
        self.begun.set()
        assert self.may_go_on.wait(10)
        if self.refuses:
            raise ConnectionError("refused")

    def close(self) -> None:
        self.may_go_on.set()


@pytest.mark.parametrize("capacity", [1, 1024])
def test_a_transport_is_handed_what_has_gathered_in_order(
    stage: Stage, capacity: int
) -> None:
    parcels = Parcels()
    stage.bus.subscribe(parcels, PluginNoted, capacity=capacity)

    stage.record(note(0))
    assert parcels.begun.wait(10)
    for number in range(1, 30):
        stage.record(ArtifactsCleared(), note(number))
    parcels.may_go_on.set()

    assert stage.bus.drain(10) == []
    told = [each for parcel in parcels.parcels for each in parcel]
    assert told == [("run", 1), *(("run", 1 + 2 * each) for each in range(1, 30))]
    assert len(parcels.parcels) < 5


def test_a_parcel_is_of_one_stream_and_its_failure_too(stage: Stage) -> None:
    parcels = Parcels()
    stage.bus.subscribe(parcels, name="parcels")
    stage.record(note(0), stream="a")
    assert parcels.begun.wait(10)
    stage.record(note(1), note(2), stream="a")
    stage.record(note(3), note(4), stream="b")
    parcels.refuses = True
    parcels.may_go_on.set()

    assert stage.bus.drain(10) == []
    # The first parcel failed, and with it the rest of its stream.
    assert parcels.parcels == [[("a", 1)], [("b", 1), ("b", 2)]]
    assert [(name, position) for name, position, _ in stage.failures] == [
        ("parcels", 1),
        ("parcels", 1),
    ]
