"""A world in which events are recorded and delivered, and processes may end."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from wct_adapters.ledgers.memory import MemoryLedger
from wct_adapters.ledgers.memory.subscribers import MemoryCursors
from wct_domain.delivery.backfill import backfill
from wct_domain.delivery.lag import Lag, lag_of
from wct_domain.delivery.patience import Patience
from wct_domain.delivery.rebuilding import rebuild
from wct_domain.delivery.redriving import Redriven, retry_parked
from wct_domain.delivery.session import delivering
from wct_domain.delivery.tools import Pass, Tools
from wct_domain.errors import DeliveryError
from wct_domain.events import AnyEvent, Event, PluginNoted
from wct_domain.ports.bus import Subscriber
from wct_domain.ports.cursors import Cursors, Parked, Row, Standing
from wct_domain.ports.ledger import ANY_VERSION, NewEvent, Recorded
from wct_domain.subscribers import DeclaredSubscriber

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
NAME = "chat"


class Ended(BaseException):
    """The process has ended: nothing that follows takes place."""


class MortalLedger(MemoryLedger):
    """Keeps no cursor for a process that has ended."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        self.ended = False
        self.writes = 0
        self._mortal = MortalCursors(self._contents, self.log_id, lambda: None)
        self._mortal.ledger = self

    @property
    def cursors(self) -> Cursors:
        return self._mortal


class MortalCursors(MemoryCursors):
    """Of such a ledger."""

    ledger: MortalLedger

    def move(self, before: Standing, after: Standing, **kwargs: Any) -> Standing:
        if self.ledger.ended:
            raise Ended
        self.ledger.writes += 1
        return super().move(before, after, **kwargs)


class Receiver:
    """Takes events, unless it was told what to do about one: by position."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.seen: list[Recorded] = []
        self.calls = 0
        self.troubles: dict[int, list[BaseException | str]] = {}

    def __call__(self, recorded: Recorded) -> None:
        self.calls += 1
        self._world.stop_after -= 1
        trouble = self.troubles.get(recorded.position, [])
        match trouble.pop(0) if trouble else None:
            case None:
                pass
            case "dies":
                self._world.ledger.ended = True
                return
            case "dies after":
                self._world.ledger.ended = True
            case "always":
                trouble.append("always")
                raise OSError("quotes: jane@example.com")
            case "always dies":
                trouble.append("always dies")
                self._world.ledger.ended = True
                return
            case BaseException() as error:
                raise error
            case other:
                raise AssertionError(other)
        self.seen.append(recorded)

    @property
    def told(self) -> list[tuple[str, int]]:
        return [(each.stream, each.position) for each in self.seen]


class BatchReceiver(Receiver):
    """A transport: takes batches as a whole, up to the first event that is trouble."""

    def batch(self, events: Sequence[Recorded]) -> None:
        for recorded in events:
            self(recorded)
            if self._world.ledger.ended:
                return

    def close(self) -> None:
        pass


class World:
    """One ledger, one subscriber, a clock that is wound by hand."""

    def __init__(self, patience: Patience = Patience()) -> None:  # noqa: B008  # frozen
        self.now = NOON
        self.ledger = MortalLedger(lambda: self.now)
        self.receiver = Receiver(self)
        self.patience = patience
        self.stop_after = 10**9  # calls of the receiver
        self.seconds = 0.0
        self._ids = count(1)

    def new_id(self) -> str:
        return f"01980000-0000-7000-8000-{next(self._ids):012x}"

    def records(self, run: str, number: int = 1) -> list[Recorded]:
        """Record so many events of a run, one by one."""
        return [
            self.record(run, PluginNoted(plugin="test", name=run, data={}))
            for _ in range(number)
        ]

    def record(self, run: str, event: Event) -> Recorded:
        new = NewEvent(self.new_id(), event)
        (recorded,) = self.ledger.append(run, [new], expected=ANY_VERSION)
        return recorded

    def tools(self) -> Tools:
        return Tools(
            self.ledger,
            lambda: self.now,
            self.new_id,
            self._timer,
            lambda: self.ledger.ended or self.stop_after <= 0,
            self.patience,
        )

    def subscriber(self, call: Subscriber | None = None, **given: Any) -> Any:
        declared = DeclaredSubscriber(NAME, call or self.receiver, (), "skip", "")
        return declared._replace(**given)

    def delivers(self, call: Subscriber | None = None, **given: Any) -> Pass:
        """One process delivers what it can, and ends."""
        subscriber = self.subscriber(call, **given)
        done = Pass(0, ())
        with suppress(Ended), delivering(subscriber, self.tools()) as delivery:
            done = delivery.go_on()
        self.ledger.ended = False
        return done

    def delivers_all(self, call: Subscriber | None = None, **given: Any) -> None:
        """Deliver again and again, after each pause, until nothing is left."""
        for _ in range(1000):
            done = self.delivers(call, **given)
            self.later(7200)
            if not done.told and done.again_at is None and not self.is_waiting:
                return
        raise AssertionError

    @property
    def is_waiting(self) -> bool:
        standing = self.standing
        return standing.handed is not None or standing.attempt is not None

    def retries_parked(self, call: Subscriber | None = None, **given: Any) -> Redriven:
        redriven = Redriven(0, ())
        with suppress(Ended):
            redriven = retry_parked(self.subscriber(call, **given), self.tools())
        self.ledger.ended = False
        return redriven

    def rebuilds(self, call: Subscriber, **given: Any) -> int:
        return rebuild(
            self.subscriber(call, **{"on_replay": "run", **given}), self.tools()
        )

    def backfills(self, run: str, **given: Any) -> int:
        return backfill(self.subscriber(**given), run, self.tools())

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @property
    def standing(self) -> Standing:
        found = self.ledger.cursors.standing(NAME)
        assert found is not None
        return found

    @property
    def parked(self) -> list[Parked]:
        return self.ledger.cursors.parked(NAME)

    @property
    def lag(self) -> Lag:
        return lag_of(self.subscriber(), self.ledger)

    @property
    def rows(self) -> dict[str, dict[str, Any]]:
        return {each.key: each.value for each in self.ledger.cursors.rows(NAME)}

    def notes(self) -> list[AnyEvent]:
        """What was recorded of the subscriber itself."""
        return [each.event for each in self.ledger.read(f"subscriber/{NAME}")]

    def _timer(self) -> float:
        return self.seconds


def events_per_run(recorded: Recorded) -> Iterable[Row]:
    """A subscriber that is a pure function."""
    return [Row(recorded.stream, {"events": 1, "last": recorded.position}, "add")]


def refused(
    retry_after: float | None = None, *, for_good: bool = False
) -> DeliveryError:
    return DeliveryError(
        "chat answers 503", retryable=not for_good, retry_after=retry_after
    )
