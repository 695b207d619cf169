"""The single writer of a stream."""

from collections.abc import Callable, Sequence
from itertools import chain, count
from threading import Barrier, Thread
from typing import Any

import pytest

from wct_adapters.identity import utc_now
from wct_adapters.ledgers.memory import MemoryLedger
from wct_domain.errors import (
    BlobMissingError,
    LedgerWriteError,
    WrongExpectedVersionError,
)
from wct_domain.events import ArtifactsCleared, PluginNoted, RunCompleted
from wct_domain.executor.recorder import Causes, Recorder
from wct_domain.ports.ledger import Blob, NewEvent, Recorded

GIVEN = "0aaaaaaa-0000-7000-8000-000000000000"
CLEARED = ArtifactsCleared()
DONE = RunCompleted(succeeded=0, failed=0, skipped=0)


class CountingLedger(MemoryLedger):
    """Knows how many appends it served, and can be made to fail."""

    def __init__(self) -> None:
        super().__init__(utc_now)
        self.appends = 0
        self.full = False
        self.entered: Barrier | None = None

    def append(
        self, stream: str, events: Sequence[NewEvent], **kwargs: Any
    ) -> tuple[Recorded, ...]:
        self.appends += 1
        if self.full:
            raise LedgerWriteError("the disk is full")
        if self.entered is not None:
            entered, self.entered = self.entered, None
            entered.wait()
        return super().append(stream, events, **kwargs)


def recorder(ledger: MemoryLedger, **kwargs: Any) -> Recorder:
    ids = (f"00000000-0000-7000-8000-{number:012x}" for number in count(1))
    return Recorder(ledger, "run", new_id=lambda: next(ids), **kwargs)


def note_in(names: list[str]) -> Callable[[Recorded], None]:
    return lambda recorded: names.append(type(recorded.event).__name__)


def test_a_batch_is_folded_and_published_in_order_before_record_returns() -> None:
    folded: list[str] = []
    told: list[str] = []
    writer = recorder(
        CountingLedger(),
        folds=[note_in(folded)],
        publish=note_in(told),
    )
    writer.record((CLEARED, DONE))
    assert folded == told == ["ArtifactsCleared", "RunCompleted"]


def test_batches_that_wait_are_committed_together_each_one_whole() -> None:
    ledger = CountingLedger()
    writer = recorder(ledger)
    entered = Barrier(2)
    ledger.entered = entered
    results: dict[int, tuple[Recorded, ...]] = {}

    def note(number: int) -> None:
        events = tuple(
            PluginNoted(plugin=str(number), name=name, data={}) for name in "ab"
        )
        results[number] = writer.record(events)

    threads = [Thread(target=note, args=(number,)) for number in range(8)]
    threads[0].start()
    while ledger.appends == 0:  # the first is inside append, and waits at the barrier
        pass
    for thread in threads[1:]:
        thread.start()
    while len(writer._waiting) < 7:  # pyright: ignore[reportPrivateUsage]  # the only sign that all wait
        pass
    entered.wait()
    for thread in threads:
        thread.join()
    assert ledger.appends == 2
    positions = [[each.position for each in results[number]] for number in range(8)]
    assert all(second == first + 1 for first, second in positions)
    assert sorted(chain.from_iterable(positions)) == list(range(1, 17))


def test_after_a_failed_append_nothing_more_is_recorded() -> None:
    ledger = CountingLedger()
    writer = recorder(ledger)
    writer.record((CLEARED,))
    ledger.full = True
    with pytest.raises(LedgerWriteError, match="disk is full"):
        writer.record((CLEARED,))
    ledger.full = False
    with pytest.raises(LedgerWriteError, match="disk is full"):
        writer.record((DONE,))
    assert [each.event for each in ledger.read("run")] == [CLEARED]


def test_a_stream_that_somebody_else_appended_to_is_left_alone() -> None:
    ledger = CountingLedger()
    writer = recorder(ledger)
    foreign = NewEvent(GIVEN, CLEARED)
    ledger.append("run", [foreign], expected=0)
    with pytest.raises(WrongExpectedVersionError):
        writer.record((DONE,))
    assert [each.id for each in ledger.read("run")] == [foreign.id]


def test_a_closed_record_refuses_and_says_why() -> None:
    ledger = CountingLedger()
    writer = recorder(ledger)
    (last,) = writer.close(lambda: ((DONE,), ()), GIVEN, "the run was interrupted")
    with pytest.raises(LedgerWriteError, match="the run was interrupted"):
        writer.record((CLEARED,), (Blob("0" * 64, b"x"),))
    assert [each.event for each in ledger.read("run")] == [DONE]
    assert last.causation_id == GIVEN
    with pytest.raises(BlobMissingError):
        ledger.blob("0" * 64)


def test_nothing_comes_between_what_the_last_batch_sees_and_its_append() -> None:
    ledger = CountingLedger()
    folded: list[str] = []
    writer = recorder(ledger, folds=[note_in(folded)])
    refused: list[LedgerWriteError] = []

    def late() -> None:
        try:
            writer.record((CLEARED,))
        except LedgerWriteError as error:
            refused.append(error)

    threads = [Thread(target=late) for _ in range(8)]
    seen: list[int] = []

    def last() -> tuple[tuple[RunCompleted], tuple[()]]:
        for thread in threads:
            thread.start()  # they wait for the writer, or in its queue
        seen.append(len(folded))
        return (DONE,), ()

    writer.record((CLEARED,))
    writer.close(last, None, "the run was interrupted")
    for thread in threads:
        thread.join()

    assert seen == [1]
    assert [each.event for each in ledger.read("run")] == [CLEARED, DONE]
    assert len(refused) == 8


def test_a_handlers_first_event_causes_its_later_ones() -> None:
    writer = recorder(CountingLedger())
    causes = Causes(GIVEN)
    first = writer.record((CLEARED,), cause=causes.now)
    causes.after(first)
    second = writer.record((CLEARED,), cause=causes.now)
    causes.after(second)
    third = writer.record((DONE,), cause=causes.now)
    assert [each.causation_id for each in (*first, *second, *third)] == [
        GIVEN,
        first[0].id,
        first[0].id,
    ]
