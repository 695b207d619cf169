"""Which blobs an event refers to."""

from collections.abc import Iterator
from typing import cast

from pydantic import BaseModel

from wct_domain.digests import Reference
from wct_domain.events import AnyEvent, UnknownEvent


def referred_by(event: AnyEvent) -> Iterator[str]:
    """Yield the digest of each blob that an event names.

    A blob that is cut into parts names these itself
    (:func:`wct_domain.packing.parts_of`). A pruned event names nothing any more.
    """
    if isinstance(event, UnknownEvent):
        yield from _within(event.data)
    elif isinstance(event, BaseModel):
        for value in event.__dict__.values():
            if isinstance(value, Reference):
                yield value.blob


def _within(value: object) -> Iterator[str]:
    """Find references of a newer wct: the form of a reference is for ever."""
    if isinstance(value, dict):
        members = cast("dict[str, object]", value)
        blob = members.get("blob")
        if members.keys() == {"blob", "content"} and isinstance(blob, str):
            yield blob
        for member in members.values():
            yield from _within(member)
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            yield from _within(item)
