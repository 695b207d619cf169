"""Events as lines: for people, as JSON, and as CloudEvents."""

from collections.abc import Callable
from datetime import date
from typing import TypeAlias

from pydantic_core import to_json

from wct_domain.cloud_events import cloud_event, stored_data
from wct_domain.ports.ledger import Ledger, Recorded
from wct_domain.projections.timeline import describe
from wct_domain.upcasting import CURRENT
from wct_entrypoints.cli.ledger_access import short_names
from wct_entrypoints.cli.printing import utc, wrapped
from wct_entrypoints.cli.shared import printable

Document: TypeAlias = Callable[[Recorded], bytes]
"""Writes an event as one line of JSON."""

_LONGEST = max(map(len, CURRENT))  # wire name
_TIME = 13  # characters of a UUIDv7 that are its time, in ms


def documents(ledger: Ledger, form: str) -> Document:
    """Choose how events are written for programs: ``json`` or ``cloudevents``."""
    log_id = ledger.log_id
    if form == "cloudevents":
        return lambda each: cloud_event(each, log_id, cursor=ledger.cursor(each))
    return lambda each: _document(each, ledger.cursor(each))


def _document(recorded: Recorded, cursor: str) -> bytes:
    data = stored_data(recorded.event)
    envelope = to_json(
        {
            "run": recorded.stream,
            "position": recorded.position,
            "global_position": recorded.global_position,
            "cursor": cursor,
            "id": recorded.id,
            "type": recorded.event.type,
            "recorded_at": utc(recorded.at),
            "correlation_id": recorded.correlation_id,
            "causation_id": recorded.causation_id,
        }
    )
    return envelope[:-1] + b',"data":' + (b"null" if data is None else data) + b"}"


class TextLines:
    """Writes events for people; is told all events of a stream, in order.

    Args:
        verbose: with date and offset, the event's id, and what caused it.
        name_streams: each line begins with its run, as short as commands take it.
    """

    def __init__(self, ledger: Ledger, *, verbose: bool, name_streams: bool) -> None:
        self._ledger = ledger
        self._verbose = verbose
        self._name_streams = name_streams
        self._first_day: date | None = None
        self._positions: dict[str, int] = {}  # by event id, of one stream
        self._names: dict[str, str] = {}  # by stream

    def note(self, recorded: Recorded) -> None:
        """See an event that may not be shown, but that others may tell of."""
        if self._first_day is None:
            self._first_day = recorded.at.astimezone().date()
        if self._verbose and not self._name_streams:
            self._positions[recorded.id] = recorded.position

    def line(self, recorded: Recorded) -> str:
        at = recorded.at.astimezone()
        text = describe(recorded.event)
        if self._verbose:
            time = at.isoformat(timespec="milliseconds")
            text = f"{text} ({self._remarks(recorded)})"
        else:
            day = "" if at.date() == self._first_day else f"{at:%Y-%m-%d} "
            time = day + at.time().isoformat("milliseconds")
        wire = printable(recorded.event.type)
        head = f"{recorded.position:>4}  {time}  {wire:<{_LONGEST}}  "
        if self._name_streams:
            head = f"{printable(self._name(recorded.stream)):<{_TIME}}  {head}"
        return wrapped(head, text)

    def _remarks(self, recorded: Recorded) -> str:
        cause = recorded.causation_id
        if cause is None:
            return f"id {recorded.id}"
        return f"id {recorded.id}, caused by {self._positions.get(cause, cause)}"

    def _name(self, stream: str) -> str:
        if stream not in self._names:
            shortest = short_names(self._ledger).get(stream, stream)
            # With all of the time: runs that begin in a moment will have other names.
            self._names[stream] = max(shortest, stream[:_TIME], key=len)
        return self._names[stream]
