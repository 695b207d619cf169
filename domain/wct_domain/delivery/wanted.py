"""Which of the events in a ledger a subscriber is told."""

from collections.abc import Iterable

from wct_domain.events import Event, SubscriberFailed, SubscriberParked
from wct_domain.ports.ledger import Recorded
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
    """

    def __init__(self, subscriber: str, kinds: Iterable[type[Event]]) -> None:
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
        return not self._kinds or type(recorded.event) in self._kinds
