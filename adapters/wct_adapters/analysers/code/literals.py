"""String literals of a file, with their places."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from wct_adapters.analysers.code.comments import Comments
from wct_adapters.analysers.code.imports import unquoted
from wct_adapters.analysers.code.parsing import Parsed

if TYPE_CHECKING:
    from tree_sitter import Node

_BODIES = {"heredoc_body", "nowdoc_body"}
LONGEST = 2000
"""Characters of a literal that are kept; what is longer says so."""


def literals(parsed: Parsed, comments: Comments) -> list[dict[str, Any]]:
    """Return the literals that say something, in the order of the file.

    Values are as written, without quotes: escapes stay, and so do the names of
    variables in a template. Empty ones are left out, and so is Python's documentation,
    which is a comment to everybody but the interpreter.
    """
    nodes = [node for node in parsed.strings if not comments.is_documentation(node)]
    columns = _columns(parsed.data, nodes)
    found: list[dict[str, Any]] = []
    for node, begins in zip(nodes, columns, strict=True):
        column = begins
        value, is_cut = _value(node, parsed.data)
        line = node.start_point.row + 1
        if node.type in _BODIES and value.startswith(("\n", "\r\n")):
            # It begins with the end of the line on which it was announced.
            value, line, column = value.partition("\n")[2], line + 1, 1
        if value.strip():
            literal: dict[str, Any] = {"value": value, "line": line, "column": column}
            found.append({**literal, "cut": True} if is_cut else literal)
    return found


def _value(node: Node, data: bytes) -> tuple[str, bool]:
    start, end = node.start_byte, node.end_byte
    if node.type in _BODIES and node.child_count:
        last = node.child(node.child_count - 1)
        if last.type == "heredoc_end":  # Ruby counts it
            end = last.start_byte
    if end - start <= LONGEST:
        return unquoted(data[start:end].decode("utf-8", "replace")), False
    # Four bytes are the longest character; the quotes at the end are cut off, too.
    text = data[start : start + 4 * LONGEST].decode("utf-8", "ignore")
    return text.lstrip("\"'`")[:LONGEST], True


def _columns(data: bytes, nodes: Iterable[Node]) -> list[int]:
    """Return where in its line each node begins: in characters, from 1.

    The parser counts bytes. Each stretch between two nodes is decoded once, so that a
    file of one long line takes no longer than others.
    """
    if data.isascii():
        return [node.start_point.column + 1 for node in nodes]
    columns: list[int] = []
    row, at, characters = -1, 0, 0
    for node in nodes:
        start, point = node.start_byte, node.start_point
        if point.row != row:
            row, at, characters = point.row, start - point.column, 0
        characters += len(data[at:start].decode("utf-8", "replace"))
        at = start
        columns.append(characters + 1)
    return columns
