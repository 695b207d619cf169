"""Excerpts of a text around what was found in it.

Offsets come from the scanned bytes, so an excerpt is cut exactly at its match in any
script; windows are counted in characters, not bytes.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import islice
from typing import NamedTuple

WINDOWS: Mapping[str, int] = {"small": 50, "medium": 100, "large": 200}
"""Characters shown on each side of a match, by context size."""

_UTF8_LONGEST = 4  # bytes of one character
_TRIES = 16  # per excerpt wanted, so that a file of equal lines does not cost a scan


class Excerpt(NamedTuple):
    """A piece of a text; ``start`` is where its match begins, in bytes."""

    content: str
    start: int


# Excerpt(...) and Excerpt._make run Python code for every excerpt; this does not.
_excerpt: Callable[[tuple[str, int]], Excerpt] = partial(
    tuple.__new__,  # pyright: ignore[reportUnknownMemberType]  # generic without a type
    Excerpt,
)


class Text:
    """A text as the matcher reads it, UTF-8, from which excerpts can be cut.

    Lone surrogates, which UTF-8 cannot hold, become question marks.
    """

    __slots__ = ("_ascii", "_lines", "_offsets", "data")

    def __init__(self, content: str) -> None:
        self.data = content.encode("utf-8", "replace")
        self._ascii = content if content.isascii() else None
        self._offsets, self._lines = [0], [1]  # bytes whose line is known, in order

    def place(self, start: int) -> tuple[int, int]:
        """Return line and column of a byte, in characters; both count from 1."""
        # From the nearest place that is known: what is found stands close together,
        # and mostly near the beginning.
        data, offsets, lines = self.data, self._offsets, self._lines
        at = bisect_right(offsets, start)
        known, line = offsets[at - 1], lines[at - 1]
        if at < len(offsets) and offsets[at] - start < start - known:
            line = lines[at] - data.count(b"\n", start, offsets[at])
        elif start > known:
            line += data.count(b"\n", known, start)
        if start > known:
            offsets.insert(at, start)
            lines.insert(at, line)
        begin = data.rfind(b"\n", 0, start) + 1
        if self._ascii is not None:
            return line, start - begin + 1
        return line, len(data[begin:start].decode("utf-8", "ignore")) + 1

    def excerpt(self, start: int, end: int, width: int) -> str:
        """Return bytes ``start`` to ``end`` with ``width`` characters on each side.

        White space at the ends is cut off; ``...`` says that the text goes on.
        """
        if self._ascii is not None:
            # Without the long way round by bytes: most of what is scanned is ASCII.
            first, last = start - width, end + width
            middle = self._ascii[max(0, first) : last]
        else:
            before = _tail(self.data, start, width)
            after = _head(self.data, end, width)
            middle = f"{before}{self.data[start:end].decode('utf-8', 'ignore')}{after}"
            first, last = start - len(before.encode()), end + len(after.encode())
        opening = "..." if first > 0 else ""
        closing = "..." if last < len(self.data) else ""
        return f"{opening}{middle.strip()}{closing}"


def _tail(data: bytes, end: int, width: int) -> str:
    # The slice may begin inside a character, whose rest is then no UTF-8: left out.
    return data[max(0, end - _UTF8_LONGEST * width) : end].decode("utf-8", "ignore")[
        -width:
    ]


def _head(data: bytes, start: int, width: int) -> str:
    return data[start : start + _UTF8_LONGEST * width].decode("utf-8", "ignore")[:width]


def excerpts(
    text: Text, spans: Iterable[tuple[int, int, int]], width: int, most: int
) -> list[Excerpt]:
    """Cut up to ``most`` different excerpts around the first ``spans``, sorted.

    A span is (start, end, …) in bytes. Windows may overlap; equal ones count once,
    with the first of their matches.
    """
    found: dict[str, int] = {}
    for start, end, _ in islice(spans, _TRIES * most):
        found.setdefault(text.excerpt(start, end, width), start)
        if len(found) == most:
            break
    return [*map(_excerpt, sorted(found.items()))]
