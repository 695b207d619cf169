"""Whatever happens to a subscriber, it is told everything, in order, at last."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.delivering import BatchReceiver, Receiver, World, refused
from wct_domain.ports.cursors import Row
from wct_domain.ports.ledger import Recorded

RUNS = ("a", "b", "c")
TROUBLES = st.sampled_from(
    ["refused", "raises", "for good", "dies", "dies after", "exits"]
)


class Troubled(Receiver):
    """Has trouble with events by their id; once for each trouble."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.of_event: dict[str, list[str]] = {}

    def __call__(self, recorded: Recorded) -> None:
        trouble = self.of_event.get(recorded.id, [])
        match trouble.pop(0) if trouble else None:
            case None:
                self.seen.append(recorded)
            case "refused":
                raise refused()
            case "for good":
                raise refused(for_good=True)
            case "raises":
                raise ValueError
            case "exits":
                raise SystemExit
            case "dies":
                self._world.ledger.ended = True
            case _:
                self.seen.append(recorded)
                self._world.ledger.ended = True


class TroubledBatches(Troubled, BatchReceiver):
    """The same, told a batch at a time."""


class Deliveries(RuleBasedStateMachine):
    """Events are recorded, and processes deliver them, well or badly."""

    events = Bundle("events")

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.world.delivers()
        self.one = Troubled(self.world)
        self.batches = TroubledBatches(self.world)
        self.world.delivers(self.batches, name="batches")
        self.recorded: list[Recorded] = []
        self.calls_left = 0

    @rule(target=events, run=st.sampled_from(RUNS), number=st.integers(1, 3))
    def record(self, run: str, number: int) -> tuple[Recorded, ...]:
        recorded = self.world.records(run, number)
        self.recorded += recorded
        return tuple(recorded)

    @rule(events=events, troubles=st.lists(TROUBLES, min_size=1, max_size=6))
    def trouble(self, events: tuple[Recorded, ...], troubles: list[str]) -> None:
        self.one.of_event[events[0].id] = list(troubles)
        self.batches.of_event[events[-1].id] = list(troubles)

    @rule(stop_after=st.integers(1, 9), in_batches=st.booleans())
    def deliver(self, stop_after: int, in_batches: bool) -> None:
        if in_batches:
            self.world.delivers(self.batches, name="batches")
            return
        self.calls_left = stop_after
        self.world.delivers(self._counting)
        self.world.stop_after = 10**9

    def _counting(self, recorded: Recorded) -> list[Row]:
        self.calls_left -= 1
        if not self.calls_left:
            self.world.stop_after = 0
        self.one(recorded)
        return [Row(recorded.stream, {"events": 1}, "add")]

    @rule(seconds=st.sampled_from([0.3, 1.0, 5.0, 4000.0]))
    def wait(self, seconds: float) -> None:
        self.world.later(seconds)

    @rule(in_batches=st.booleans())
    def retry(self, in_batches: bool) -> None:
        if in_batches:
            self.world.retries_parked(self.batches, name="batches")
        else:
            self.world.retries_parked(self._counting)

    @invariant()
    def each_run_is_told_in_order(self) -> None:
        for receiver in (self.one, self.batches):
            for run in RUNS:
                first = dict.fromkeys(
                    each.position for each in receiver.seen if each.stream == run
                )
                assert list(first) == [*range(1, len(first) + 1)]

    def teardown(self) -> None:
        """When all troubles are over, all is told: nothing missed, rows as they are."""
        self.one.of_event.clear()
        self.batches.of_event.clear()
        for in_batches in (False, True):
            # After a pause, and after what was parked was taken.
            for _ in range(3):
                self.world.later(7200)
                self.deliver(0, in_batches)
                self.retry(in_batches)
        everything = {each.id for each in self.recorded}
        for receiver in (self.one, self.batches):
            assert {each.id for each in receiver.seen} == everything
        self.each_run_is_told_in_order()
        rows = {key: row["events"] for key, row in self.world.rows.items()}
        runs = [each.stream for each in self.recorded]
        assert rows == {run: runs.count(run) for run in set(runs)}


def test_nothing_is_missed_and_rows_count_once() -> None:
    run_state_machine_as_test(
        Deliveries,
        settings=settings(max_examples=60, stateful_step_count=30, deadline=None),
    )
