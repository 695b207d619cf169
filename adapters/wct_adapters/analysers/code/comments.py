"""Comments of a file, and which of them document something."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from wct_adapters.analysers.code.parsing import Parsed

if TYPE_CHECKING:
    from tree_sitter import Node

_BETWEEN = 80  # bytes that may stand between a comment and what it documents
# Words such as "export default" or "public static", and at most one end of line.
_GLUE = re.compile(rb"[\w \t\r]*\n?[\w \t\r]*")
_MARGIN = 200  # bytes of a line that are looked at to see that it begins with a comment
_MOST_LINES = 100  # of a comment that is written line by line
_OPENING = re.compile(r"^(?:/\*[*!]*|//[/!]*|<!--|=begin|#+)[ \t]?")
_CLOSING = re.compile(r"[ \t]*(?:\*+/|-->|=end)$")
_GUTTER = re.compile(r"^[ \t]*\*?[ \t]?", re.MULTILINE)


class Comments:
    """All comments of a file, ready to be asked what they document."""

    def __init__(self, parsed: Parsed) -> None:
        self._data = parsed.data
        self._nodes = parsed.comments
        self._ends = [node.end_byte for node in self._nodes]
        self._documenting: set[int] = set()
        self._strings: dict[int, str] = {}  # by start: Python's documentation

    def documenting(self, node: Node) -> str | None:
        """Return the text that documents a definition, without comment signs."""
        if (string := _docstring(node)) is not None:
            text = self._data[string.start_byte : string.end_byte]
            plain = text.decode("utf-8", "replace").lstrip("rRuUbB").strip("\"'")
            self._strings[string.start_byte] = plain.strip()
            return self._strings[string.start_byte]
        block = self._block_before(node.start_byte)
        self._documenting.update(self._nodes[at].start_byte for at in block)
        if not block:
            return None
        return "\n".join(self._plain(self._nodes[at]) for at in block)

    def is_documentation(self, string: Node) -> bool:
        """Say whether a string literal is one, as far as ``documenting`` was asked."""
        return string.start_byte in self._strings

    def documents(self) -> list[dict[str, Any]]:
        """Return the comments; call it when all definitions have been asked about."""
        return [
            {
                "text": self._plain(node),
                "line_start": node.start_point.row + 1,
                "line_end": node.end_point.row + 1,
                "documents": node.start_byte in self._documenting,
            }
            for node in self._nodes
        ]

    def _block_before(self, start: int) -> range:
        """Return the comments that end where something starts: one, or lines."""
        last = bisect_right(self._ends, start) - 1
        if last < 0 or not self._leads_to(last, start):
            return range(0)
        first = last
        if self._is_line(last):
            while (
                first > 0
                and last - first < _MOST_LINES
                and self._is_line(first - 1)
                and self._row(first - 1) == self._row(first) - 1
                and self._opens_a_line(first - 1)
            ):
                first -= 1
        return range(first, last + 1)

    def _leads_to(self, at: int, start: int) -> bool:
        end = self._ends[at]
        if start - end > _BETWEEN or not self._opens_a_line(at):
            return False
        return _GLUE.fullmatch(self._data, end, start) is not None

    def _opens_a_line(self, at: int) -> bool:
        start = self._nodes[at].start_byte
        before = self._data[max(0, start - _MARGIN) : start]
        return not before.rpartition(b"\n")[2].strip()

    def _is_line(self, at: int) -> bool:
        return not self._data.startswith(b"/*", self._nodes[at].start_byte)

    def _row(self, at: int) -> int:
        return self._nodes[at].start_point.row

    def _plain(self, node: Node) -> str:
        text = self._data[node.start_byte : node.end_byte].decode("utf-8", "replace")
        inside = _CLOSING.sub("", _OPENING.sub("", text.strip()))
        if text.startswith("/*"):
            inside = _GUTTER.sub("", inside)
        return inside.strip()


def _docstring(node: Node) -> Node | None:
    """Return the string that a Python definition begins with."""
    if node.type not in {"function_definition", "class_definition"}:
        return None
    body = node.child_by_field_name("body")
    if body is None or body.type != "block" or body.named_child_count == 0:
        return None
    first = body.named_child(0)
    if first.type != "expression_statement" or first.named_child_count != 1:
        return None
    string = first.named_child(0)
    return string if string.type == "string" else None
