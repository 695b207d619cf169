"""Rows of subscribers as text, and what becomes of them in one transaction."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from wct_domain.ports.cursors import Row

FIRST_REVISIONS: Final = 2**40
"""One by chance is the first: a subscriber that begins again is not taken for the one
that was removed."""

SMALLEST: Final = "\x01"
"""Of what a key may have: with it appended, a key becomes the next one that may be."""


class NewText(NamedTuple):
    """What is to be stored of one row; ``value`` None: the row goes."""

    key: str
    stream: str  # of the event that changed it last
    value: str | None  # JSON


def new_texts(
    changes: Sequence[tuple[str, Row]], stored: Callable[[str], str | None]
) -> list[NewText]:
    """Apply changes in their order; return each row that they touch, once.

    Args:
        changes: each with the stream of its event.
        stored: looks up the value of a row; None where there is none.

    Raises:
        ValueError: a value is no JSON, or a key cannot be stored.
    """
    values: dict[str, dict[str, Any] | None] = {}
    streams: dict[str, str] = {}
    for stream, row in changes:
        if row.key not in values:
            found = stored(_checked(row.key))
            values[row.key] = None if found is None else json.loads(found)
        values[row.key] = row.applied_to(values[row.key])
        streams[row.key] = stream
    return [NewText(key, streams[key], _text(key, values[key])) for key in values]


def _checked(key: str) -> str:
    """Refuse what not every database can store as text."""
    if "\0" in key or (not key.isprintable() and not _is_utf8(key)):
        msg = f"{key!r} cannot be the key of a row: it is not text"
        raise ValueError(msg)
    return key


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text(key: str, value: dict[str, Any] | None) -> str | None:
    if value is None:
        return None
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        # Not the library's text, which may quote the value.
        msg = f"the row '{key}' has a value that is no JSON ({type(error).__name__})"
        raise ValueError(msg) from None
