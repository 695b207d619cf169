"""Excerpts of a text around what was found in it.

Offsets come from the scanned bytes, so an excerpt is cut exactly at its match in any
script; windows are counted in characters, not bytes.
"""

from collections.abc import Iterable, Mapping
from itertools import islice

WINDOWS: Mapping[str, int] = {"small": 50, "medium": 100, "large": 200}
"""Characters shown on each side of a match, by context size."""

_UTF8_LONGEST = 4  # bytes of one character
_TRIES = 16  # per excerpt wanted, so that a file of equal lines does not cost a scan


class Text:
    """A text as the matcher reads it, UTF-8, from which excerpts can be cut.

    Lone surrogates, which UTF-8 cannot hold, become question marks.
    """

    __slots__ = ("_ascii", "data")

    def __init__(self, content: str) -> None:
        self.data = content.encode("utf-8", "replace")
        self._ascii = content if content.isascii() else None

    def excerpt(self, start: int, end: int, width: int) -> str:
        """Return bytes ``start`` to ``end`` with ``width`` characters on each side.

        White space at the ends is cut off; ``...`` says that the text goes on.
        """
        if self._ascii is not None:
            # Without the long way round by bytes: most of what is scanned is ASCII.
            first, last = max(0, start - width), end + width
            middle = self._ascii[first:last]
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
) -> list[str]:
    """Cut up to ``most`` different excerpts around the first ``spans``, sorted.

    A span is (start, end, …) in bytes. Windows may overlap; equal ones count once.
    """
    found: dict[str, None] = {}
    for start, end, _ in islice(spans, _TRIES * most):
        found[text.excerpt(start, end, width)] = None
        if len(found) == most:
            break
    return sorted(found)
