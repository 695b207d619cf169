"""From text to the nodes that matter: one parse, one walk, in linear time.

Nodes are never asked for their parents, siblings or texts: each such question walks
through the children of a node again, which makes large classes take hours. Places
(byte offsets) tell all of that as well.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from wct_adapters.analysers.code.grammars import Grammar, loaded
from wct_adapters.analysers.code.kinds import Part, part_of
from wct_domain.errors import ParserError

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

PATIENCE = 30.0
"""Seconds of processor time for one file. Real code takes a tenth of a second per MB;
text that was made to be ambiguous may take hours."""

_CHUNK = 1 << 16
_LONGEST = 400  # bytes of a name, a type or a default value


class Parsed(NamedTuple):
    """A file's bytes, and its nodes by what they are, in the order of the file."""

    data: bytes
    functions: list[Node]
    classes: list[Node]
    imports: list[Node]
    strings: list[Node]
    comments: list[Node]
    errors: list[Node]

    def text(self, node: Node) -> str:
        """Return what is written there; long texts end in ``…``."""
        start, end = node.start_byte, node.end_byte
        if end - start > _LONGEST:
            cut = self.data[start : start + _LONGEST].decode("utf-8", "ignore")
            return f"{cut}…"
        return self.data[start:end].decode("utf-8", "replace")


def parse(grammar: Grammar, data: bytes, patience: float = PATIENCE) -> Parsed:
    """Read UTF-8 text, whatever it holds; what does not parse is under ``errors``.

    Raises:
        ParserError: the grammar is not installed, or ``patience`` ran out.
    """
    language, parts = loaded(grammar)
    # After `loaded`, which says what to install where the package is missing.
    from tree_sitter import Parser  # noqa: PLC0415 - an extra

    until = time.thread_time() + patience

    def is_late(_offset: int, _has_error: bool) -> bool:
        return time.thread_time() > until

    def chunk(offset: int, _place: object) -> bytes:
        return data[offset : offset + _CHUNK]

    try:
        tree = Parser(language).parse(chunk, progress_callback=is_late)
    except ValueError:  # all that it says of having been stopped
        msg = f"not parsed after {patience:g} seconds"
        raise ParserError(msg) from None
    parsed = Parsed(data, [], [], [], [], [], [])
    _collect(tree, parts, parsed)
    return parsed


def _collect(
    tree: Tree, parts: Mapping[int, tuple[Part, bool]], parsed: Parsed
) -> None:
    """Put the nodes that matter where they belong: in order, outer before inner.

    A cursor walks; the grammar's own queries take hours where one broken place holds
    very many signs.
    """
    found: dict[Part, list[Node]] = {
        "function": parsed.functions,
        "class": parsed.classes,
        "import": parsed.imports,
        "string": parsed.strings,
        "comment": parsed.comments,
    }
    is_broken = tree.root_node.has_error
    cursor = tree.walk()
    while True:
        node = cursor.node
        if node is None:
            return
        known = parts.get(node.kind_id)
        if known is not None:
            part, needs_look = known
            if not needs_look:
                found[part].append(node)
            elif (is_one := part_of(node, part, parsed.text)) is not None:
                found[is_one].append(node)
        if is_broken and (node.is_error or node.is_missing):
            parsed.errors.append(node)
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
