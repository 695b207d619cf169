"""Events to tell a subscriber of, without a ledger."""

from datetime import UTC, datetime

from wct_domain.events import AnyEvent, PluginNoted
from wct_domain.ports.ledger import Recorded

RUN = "01900000-0000-7000-8000-000000000001"
LOG = "0b54e2f2-7c53-4b8e-9d58-5a3f6b1d1c11"


def event_id(position: int) -> str:
    return f"01900000-0000-7000-8000-{position:012d}"


def told(position: int = 1, event: AnyEvent | None = None) -> Recorded:
    """An event of a run, with an id of its own."""
    return Recorded(
        RUN,
        position,
        position,
        event_id(position),
        datetime(2026, 11, 22, 12, tzinfo=UTC),
        RUN,
        None,
        b"\0" * 32,
        event or PluginNoted(plugin="p", name="n", data={"number": position}),
    )


def several(number: int, filler: str = "") -> list[Recorded]:
    return [
        told(each, PluginNoted(plugin="p", name="n", data={"filler": filler}))
        for each in range(1, number + 1)
    ]
