"""From stored bytes to current events, and back.

Old versions are lifted one step at a time by pure functions from dict to dict, so
that projections know current events only.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeAlias, cast, get_args

from pydantic_core import from_json

from wct_domain.events import Event, UnknownEvent

Upcaster = Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]
"""Takes the data of one (name, version); returns the next version's type and data."""

Decoder: TypeAlias = Callable[[bytes], Event | UnknownEvent]
"""Makes an event of a payload; raises as ``decode``."""

CURRENT: Mapping[str, type[Event]] = {kind.type: kind for kind in get_args(Event)}
"""Wire name to model, for every event that this wct writes."""

UPCASTERS: Mapping[str, Upcaster] = {}
"""Wire name of each older version to the function that lifts it by one."""


def check_chains(
    upcasters: Mapping[str, Upcaster], current: Mapping[str, type[Event]]
) -> None:
    """Refuse upcasters that lead nowhere, at import and not at the first old event.

    An upcaster must start at a version that is not current, and the versions of a
    name must follow one another without a gap up to the current one.

    Raises:
        ValueError: names the wire name whose chain is broken.
    """
    for wire in upcasters:
        name, _, version = wire.partition("/")
        following = f"{name}/{int(version) + 1}"
        if wire in current or not (following in upcasters or following in current):
            msg = f"upcaster of {wire} does not lead to a current event"
            raise ValueError(msg)


check_chains(UPCASTERS, CURRENT)


def encode(event: Event) -> bytes:
    """Serialise to the JSON that is stored: fields at their default are left out."""
    return event.__pydantic_serializer__.to_json(event, exclude_defaults=True)


def decode(
    wire: str, payload: bytes, upcasters: Mapping[str, Upcaster] = UPCASTERS
) -> Event | UnknownEvent:
    """Make an event of a stored type and payload, whatever version it is of.

    Raises:
        pydantic.ValidationError: the payload is not what the type says.
    """
    model = CURRENT.get(wire)
    if model is not None:
        return cast("Event", model.__pydantic_validator__.validate_json(payload))
    data: dict[str, Any] = from_json(payload)
    while wire in upcasters:
        wire, data = upcasters[wire](data)
    model = CURRENT.get(wire)
    if model is None:
        return UnknownEvent(type=wire, data=data)
    return model.model_validate(data)


def decoder_of(wire: str) -> Decoder:
    """Return ``decode`` for one type: what its events have in common is done once."""
    model = CURRENT.get(wire)
    if model is None:
        return partial(decode, wire)
    return cast("Decoder", model.__pydantic_validator__.validate_json)
