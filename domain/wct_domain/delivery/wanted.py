"""Which of the events in a ledger a subscriber is told."""

from collections.abc import Iterable

from wct_domain.events import (
    Event,
    RunImported,
    SubscriberFailed,
    SubscriberParked,
)
from wct_domain.ports.ledger import EventLog, Recorded
from wct_domain.subscribers import DeclaredSubscriber
from wct_domain.upcasting import CURRENT, UPCASTERS

OWN_STREAMS = "subscriber/"
"""Begins the name of each stream that tells of a subscriber."""

_OF_SUBSCRIBERS = (SubscriberFailed, SubscriberParked)


def stream_of(subscriber: str) -> str:
    """Name the stream that tells of a subscriber."""
    return OWN_STREAMS + subscriber


class Wanted:
    """What one subscriber has asked for.

    Nobody is told of its own failures; and of others' only who asks for these events
    by their class: else two that fail would tell each other for ever.

    Args:
        news_in: the ledger, for who wants no event that happened long ago: of a run
            that was imported, that it was is news, and what follows.
    """

    def __init__(
        self,
        subscriber: str,
        kinds: Iterable[type[Event]],
        news_in: EventLog | None = None,
    ) -> None:
        self._news_in = news_in
        self._imported: dict[str, int] = {}  # by run: the position that says so, or 0
        self._kinds = frozenset(kinds)
        self._of_others = not self._kinds.isdisjoint(_OF_SUBSCRIBERS)
        self._own = stream_of(subscriber)

    @property
    def types(self) -> list[str] | None:
        """Wire names to read, those of older versions among them; None: all."""
        if not self._kinds:
            return None
        stems = {each.type.partition("/")[0] for each in self._kinds}
        known = (*CURRENT, *UPCASTERS)
        return [wire for wire in known if wire.partition("/")[0] in stems]

    def includes(self, recorded: Recorded) -> bool:
        """Whether the subscriber is told this event."""
        if recorded.stream.startswith(OWN_STREAMS) and (
            not self._of_others or recorded.stream == self._own
        ):
            return False
        if self._kinds and type(recorded.event) not in self._kinds:
            return False
        return self._news_in is None or self._is_news(recorded, self._news_in)

    def _is_news(self, recorded: Recorded, ledger: EventLog) -> bool:
        run = recorded.correlation_id
        if run not in self._imported:  # read once for each run
            self._imported[run] = _imported_at(run, ledger)
        imported_at = self._imported[run]
        if recorded.stream == run:
            return recorded.position >= imported_at
        return not imported_at


def _imported_at(run: str, ledger: EventLog) -> int:
    """Return where a run says that it was imported, behind what came with it; or 0."""
    for recorded in ledger.read(run):
        if isinstance(recorded.event, RunImported):
            return recorded.position
    return 0


def wanted_by(subscriber: DeclaredSubscriber, ledger: EventLog) -> Wanted:
    """Return what a subscriber has asked for, of what is recorded."""
    news_in = ledger if subscriber.on_replay == "skip" else None
    return Wanted(subscriber.name, subscriber.types, news_in)
