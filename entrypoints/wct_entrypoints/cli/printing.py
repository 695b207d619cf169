"""How commands print: tables, JSON, times; safe for a terminal, useful in a pipe."""

import os
import re
import shutil
import sys
import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from unicodedata import combining, east_asian_width

import click
from pydantic_core import to_json

from wct_domain.errors import ExportError
from wct_entrypoints.cli.shared import printable

_GAP = "  "
_NARROWEST = 7  # columns that a cut cell keeps
_AT_A_TIME = 1 << 16  # characters: writing each line alone would cost more than it
# Control characters of the upper half, and those that reorder text or break lines:
# JSON lets them stand for themselves, a terminal obeys them.
_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_COLOURS: Mapping[str, str] = {
    "completed": "green",
    "completed with failures": "yellow",
    "failed": "red",
    "interrupted": "yellow",
    "running": "cyan",
    "skipped": "yellow",
    "succeeded": "green",
    "ok": "green",
    "warning": "yellow",
    "error": "red",
    "✓": "green",
    "✗ failed": "red",
}


def print_json(value: Any, *, indent: int | None = 2) -> None:
    """Print one JSON document, in UTF-8 whatever the locale says."""
    print_json_lines([to_json(value, indent=indent)])


def print_json_lines(documents: Iterable[bytes]) -> None:
    """Print what is JSON already, one document a line."""
    print_lines(map(_harmless, documents), encoding="utf-8")


def print_lines(lines: Iterable[str], encoding: str | None = None) -> None:
    """Print many lines, some at a time; in the locale's encoding by default."""
    waiting: list[str] = []
    size = 0
    for line in lines:
        waiting.append(line)
        size += len(line)
        if size > _AT_A_TIME:
            _echo(waiting, encoding)
            waiting, size = [], 0
    if waiting:
        _echo(waiting, encoding)


def table_lines(
    rows: Sequence[Sequence[str]],
    *,
    right: Collection[int] = (),
    statuses: int | None = None,
    flexible: Sequence[int] = (),
    indent: int = 0,
) -> Iterator[str]:
    """Lay rows out in columns, one line each.

    Args:
        right: columns of numbers.
        statuses: the column that is coloured, on a terminal.
        flexible: columns that are cut where a terminal is too narrow, the first of
            them first. In a pipe nothing is cut.
        indent: blanks before each line.
    """
    if not rows:
        return
    cells = [[*map(printable, row)] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    room = terminal_width()
    for column in flexible:
        if room is None:
            break
        excess = indent + sum(widths) + len(_GAP) * (len(widths) - 1) - room
        narrow = min(_NARROWEST, widths[column])
        widths[column] = max(narrow, widths[column] - max(0, excess))
    for row in cells:
        placed = [
            _cell(cell, width, to_the_right=column in right)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        if statuses is not None:
            placed[statuses] = painted(placed[statuses])
        yield (" " * indent + _GAP.join(placed)).rstrip()


def wrapped(head: str, text: str) -> str:
    """Put ``text`` behind ``head``; on a terminal its further lines are indented."""
    text = printable(text)
    if (room := terminal_width()) is not None:
        width = max(20, room - len(head))
        pieces = textwrap.wrap(text, width, break_on_hyphens=False)
        text = ("\n" + " " * len(head)).join(pieces)
    return head + text


def terminal_width() -> int | None:
    """Columns of the terminal that stdout is; None if it is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def painted(text: str) -> str:
    """Colour a status, where that is wanted: see https://no-color.org."""
    word = text.strip()
    colour = _COLOURS.get(word.partition(",")[0])  # "completed, erased"
    if colour is None or not is_coloured():
        return text
    return text.replace(word, click.style(word, fg=colour))


def tinted(text: str, status: str) -> str:
    """Colour a whole text as a status is coloured; ask ``is_coloured`` before."""
    return click.style(text, fg=_COLOURS[status])


def is_coloured() -> bool:
    """Whether anybody sees colours, and nobody asked for none."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not plain and sys.stdout.isatty()


def local(at: datetime) -> str:
    """Write a moment for people: ``2026-11-22 15:44:34``, in the local time zone."""
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


def utc(at: datetime | None) -> str | None:
    """Write a moment for programs: ISO 8601 with microseconds and offset."""
    return None if at is None else at.isoformat(timespec="microseconds")


def in_seconds(microseconds: int | None) -> float | None:
    """Convert a recorded duration for programs."""
    return None if microseconds is None else microseconds / 1_000_000


def _echo(lines: list[str], encoding: str | None) -> None:
    text = "\n".join(lines)
    try:
        click.echo(text.encode(encoding) if encoding else text)
    except OSError as error:
        # What is left in the buffer would fail once more when the process ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise
        msg = f"the output cannot be written: {error.strerror}"
        raise ExportError(msg) from error


def _harmless(document: bytes) -> str:
    return _UNSAFE.sub(lambda sign: f"\\u{ord(sign[0]):04x}", document.decode())


def _cell(text: str, width: int, *, to_the_right: bool) -> str:
    while _width(text) > width:
        text = text.removesuffix("…")[:-1] + "…"
    blanks = " " * (width - _width(text))
    return blanks + text if to_the_right else text + blanks


def _width(text: str) -> int:
    """Columns that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if combining(sign) else 2 if east_asian_width(sign) in "WF" else 1
        for sign in text
    )
