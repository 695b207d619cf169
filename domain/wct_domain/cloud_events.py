"""Recorded events as CloudEvents 1.0, for programs that are not wct.

The envelope is the JSON format of CloudEvents in structured mode, one object a line,
with the extensions ``sequence`` (of the stream), ``correlationid`` and ``causationid``.
See https://github.com/cloudevents/spec.
"""

from urllib.parse import quote

from pydantic_core import to_json

from wct_domain.events import AnyEvent, PrunedEvent, UnknownEvent
from wct_domain.ports.cursors import Cursor
from wct_domain.ports.ledger import Recorded
from wct_domain.upcasting import encode

TYPE_PREFIX = "wct."
"""Before the wire name: ``wct.step.completed/1``."""

_DIGITS = 10  # of a sequence, which receivers order as text
_IN_URN = "/:@!$&'()*+,;="  # RFC 8141: may stand as they are, beside letters and digits


def cloud_event(
    recorded: Recorded, log_id: str, *, cursor: Cursor | None = None
) -> bytes:
    """Write an event as a CloudEvent: JSON in UTF-8, without a line break.

    ``source`` and ``id`` together name an event for ever; a receiver that has seen
    them may drop what comes again. Of an event whose payload was pruned there is no
    ``data``.

    Args:
        log_id: of the ledger, whose streams are sources of their own.
        cursor: where a reader of the ledger stands behind this event, as an extension.
    """
    event = recorded.event
    envelope = {
        "specversion": "1.0",
        "id": recorded.id,
        "source": source_of(recorded.stream, log_id),
        "type": TYPE_PREFIX + event.type,
        "time": recorded.at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
    }
    if subject := step_of(event):
        envelope["subject"] = subject
    envelope["sequence"] = f"{recorded.position:0{_DIGITS}}"
    envelope["correlationid"] = recorded.correlation_id
    if recorded.causation_id is not None:
        envelope["causationid"] = recorded.causation_id
    if cursor is not None:
        envelope["cursor"] = cursor
    head = to_json(envelope)[:-1]
    data = stored_data(event)
    if data is None:
        return head + b"}"
    return head + b',"datacontenttype":"application/json","data":' + data + b"}"


def source_of(stream: str, log_id: str) -> str:
    """Name a stream for everybody: ``urn:wct:<log id>:<stream>``."""
    return f"urn:wct:{quote(log_id)}:{quote(stream, safe=_IN_URN)}"


def step_of(event: AnyEvent) -> str | None:
    """Return the id of the step that an event is about; None if it is about none.

    An artifact has the id of the step that made it.
    """
    if isinstance(event, UnknownEvent):
        found = event.data.get("step")
        return found if isinstance(found, str) else None
    found = getattr(event, "step", None)
    return getattr(event, "artifact", None) if found is None else found


def stored_data(event: AnyEvent) -> bytes | None:
    """Return the payload as it is stored, JSON; None if it was pruned."""
    match event:
        case UnknownEvent():
            return to_json(event.data)
        case PrunedEvent():
            return None
        case _:
            return encode(event)
