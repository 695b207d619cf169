"""The message bus, on blinker.

Blinker finds who listens to an event class. What it does not promise is ours: each
subscriber is told in the order of the log, on a thread of its own, and what it
raises, or how long it takes, is nobody else's business. References are strong: a
closure that nobody else holds keeps being told.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from threading import Condition, Thread
from time import monotonic
from typing import Any, TypeAlias

from blinker import ANY, Signal

from wct_domain.events import Event
from wct_domain.ports.bus import Subscriber
from wct_domain.ports.ledger import Recorded
from wct_domain.ports.transports import Transport

History: TypeAlias = Callable[[str, int], Iterator[Recorded]]
"""Reads a stream after a position, from the ledger."""

OnFailure: TypeAlias = Callable[[str, Recorded, BaseException], None]
"""Is told which subscriber raised, on which event, and what."""

Offer: TypeAlias = Callable[[Recorded], None]
"""Hands an event to one queue."""

CAPACITY = 1024  # events that wait in memory for one subscriber
_AT_ONCE = 64  # events that a subscriber's thread takes from its queue


class BlinkerBus:
    """Hands recorded events to subscribers' queues; never waits for one of them."""

    def __init__(self, *, history: History, on_failure: OnFailure) -> None:
        self._history = history
        self._on_failure = on_failure
        self._signal = Signal()
        self._subscriptions: list[Subscription] = []
        # By class of event: to find them again takes blinker 1 µs for each.
        self._offers: dict[type[Any], tuple[Offer, ...]] = {}

    def subscribe(
        self,
        subscriber: Subscriber,
        *kinds: type[Event],
        name: str | None = None,
        capacity: int = CAPACITY,
    ) -> "Subscription":
        """Tell ``subscriber`` of the given kinds of event; of all, if none is given.

        Args:
            name: under which its failures are recorded; its qualified name by default.
            capacity: events that may wait in memory. What comes beyond it is read
                back from the ledger, so nothing is lost and nobody waits.
        """
        subscription = Subscription(
            subscriber,
            kinds=frozenset(kinds),
            name=name or _qualified(subscriber),
            capacity=capacity,
            history=self._history,
            on_failure=self._on_failure,
        )
        for sender in kinds or (ANY,):
            self._signal.connect(subscription.offer, sender=sender, weak=False)
        self._offers = {}
        self._subscriptions.append(subscription)
        return subscription

    def publish(self, recorded: Recorded) -> None:
        """Hand an event to the queues of those who want it."""
        kind = type(recorded.event)
        offers = self._offers.get(kind)
        if offers is None:
            offers = self._offers[kind] = tuple(self._signal.receivers_for(kind))
        for offer in offers:
            offer(recorded)

    def drain(self, seconds: float) -> list[str]:
        """Wait until every subscriber was told everything, at most so long.

        Returns:
            Names of the subscribers that were not done in time.
        """
        until = monotonic() + seconds
        return [
            each.name
            for each in self._subscriptions
            if not each.wait(max(0.0, until - monotonic()))
        ]

    def close(self) -> None:
        """Tell nobody anything more."""
        for subscription in self._subscriptions:
            subscription.close()


class Subscription:
    """One subscriber with its queue and its thread.

    A subscriber that raises is told nothing more of that stream; of the next one
    it is told again.
    """

    def __init__(
        self,
        subscriber: Subscriber,
        *,
        kinds: frozenset[type[Event]],
        name: str,
        capacity: int,
        history: History,
        on_failure: OnFailure,
    ) -> None:
        self.name = name
        self._subscriber = subscriber
        # Who hands events over outside of the process is given several at a time.
        self._transport = subscriber if isinstance(subscriber, Transport) else None
        self._kinds = kinds
        self._capacity = capacity
        self._history = history
        self._on_failure = on_failure
        self._changed = Condition()
        self._queue: deque[Recorded] = deque()
        # Streams that must be caught up with from the ledger, after which position.
        self._behind: dict[str, int] = {}
        self._offered: dict[str, int] = {}
        # Last position dealt with: what is read back may not have been offered yet.
        self._reached: dict[str, int] = {}
        self._failed: set[str] = set()
        self._busy = False
        self._closed = False
        self._thread: Thread | None = None

    def offer(self, recorded: Recorded) -> None:
        """Queue an event; called under the lock of the stream's writer."""
        with self._changed:
            if self._closed or recorded.stream in self._failed:
                return
            if recorded.position <= self._reached.get(recorded.stream, 0):
                return
            self._offered[recorded.stream] = recorded.position
            if self._behind or len(self._queue) >= self._capacity:
                # All that follows waits in the ledger too, or it would overtake.
                self._behind.setdefault(recorded.stream, recorded.position - 1)
            else:
                self._queue.append(recorded)
            if self._thread is None:
                self._thread = Thread(
                    target=self._deliver, name=f"wct-sub-{self.name}", daemon=True
                )
                self._thread.start()
            if not self._busy:
                # Once: a thread that is awake looks for more before it sleeps.
                self._busy = True
                self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Wait until nothing is left to tell, at most so long; say whether it is so."""
        with self._changed:
            return self._changed.wait_for(self._is_idle, seconds)

    def close(self) -> None:
        """Drop what waits and end the thread."""
        with self._changed:
            self._closed = True
            self._queue.clear()
            self._behind.clear()
            self._changed.notify_all()

    def _is_idle(self) -> bool:
        return not (self._queue or self._behind or self._busy)

    def _deliver(self) -> None:
        while True:
            with self._changed:
                if not (self._queue or self._behind):
                    self._busy = False
                    self._changed.notify_all()
                    self._changed.wait_for(
                        lambda: self._closed or self._queue or self._behind
                    )
                if self._closed:
                    self._busy = False
                    self._changed.notify_all()
                    return
                self._busy = True
                number = min(len(self._queue), _AT_ONCE)
                waiting = [self._queue.popleft() for _ in range(number)]
            self._tell_all(waiting)
            if not waiting:
                self._catch_up()

    def _catch_up(self) -> None:
        with self._changed:
            stream, after = next(iter(self._behind.items()))
        gathered: list[Recorded] = []
        try:
            for recorded in self._history(stream, after):
                after = recorded.position
                if not self._kinds or type(recorded.event) in self._kinds:
                    gathered.append(recorded)
                if len(gathered) >= (_AT_ONCE if self._transport else 1):
                    self._tell_all(gathered)
                    gathered = []
                if self._closed or stream in self._failed:
                    break
            self._tell_all(gathered)
        except Exception:  # noqa: BLE001  # the ledger is gone: the run itself will say so
            with self._changed:
                self._failed.add(stream)
        with self._changed:
            caught_up = after >= self._offered.get(stream, 0)
            if caught_up or stream in self._failed or self._closed:
                self._behind.pop(stream, None)
            else:
                self._behind[stream] = after

    def _passes(self, recorded: Recorded) -> bool:
        """Move on to this event; say no if it was dealt with before.

        Without the lock: only this thread moves on. Who offers an event that is just
        being passed queues it, and it is found to be passed when its turn comes.
        """
        if recorded.position <= self._reached.get(recorded.stream, 0):
            return False
        self._reached[recorded.stream] = recorded.position
        return True

    def _tell_all(self, events: Sequence[Recorded]) -> None:
        if self._transport is None:
            for each in events:
                if self._goes_on(each):
                    self._tell((each,), self._subscriber, each)
            return
        for _, of_stream in groupby(events, attrgetter("stream")):
            told = list(filter(self._goes_on, of_stream))
            if told:
                self._tell(told, self._transport.batch, told)

    def _goes_on(self, recorded: Recorded) -> bool:
        if self._closed or recorded.stream in self._failed:
            return False
        return self._passes(recorded)

    def _tell(
        self, events: Sequence[Recorded], tell: Callable[[Any], object], what: Any
    ) -> None:
        try:
            tell(what)
        except BaseException as error:  # noqa: BLE001  # the one place where observers end
            # sys.exit() among them, which would end this thread and nothing else.
            with self._changed:
                self._failed.add(events[0].stream)
            self._report(events[0], error)

    def _report(self, recorded: Recorded, error: BaseException) -> None:
        if self._closed:
            return  # it was left behind, which is known, and the ledger may be closed
        try:
            self._on_failure(self.name, recorded, error)
        except Exception:  # noqa: BLE001  # nobody is left to tell
            return


def _qualified(subscriber: Subscriber) -> str:
    named: Any = subscriber if hasattr(subscriber, "__qualname__") else type(subscriber)
    return f"{named.__module__}:{named.__qualname__}"
