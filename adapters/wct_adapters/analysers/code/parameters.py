"""What a function takes, and what it returns, as far as its language lets it say so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from wct_adapters.analysers.code.parsing import Parsed

if TYPE_CHECKING:
    from tree_sitter import Node

_NO_PARAMETER = {
    *("comment", "line_comment", "block_comment", "ERROR"),
    *("keyword_separator", "positional_separator", "receiver_parameter"),
    "attribute_list",
}


def returned(node: Node, parsed: Parsed) -> str | None:
    for field in ("return_type", "result", "returns", "type"):
        if (found := node.child_by_field_name(field)) is not None:
            return _type(found, parsed)
    return None


def _type(node: Node, parsed: Parsed) -> str:
    return parsed.text(node).removeprefix(":").strip()  # TypeScript counts the colon


def parameters(node: Node, parsed: Parsed) -> Iterator[dict[str, Any]]:
    listed = node.child_by_field_name("parameters")
    if listed is None:
        single = node.child_by_field_name("parameter")  # x => …
        if single is not None:
            yield _parameter(parsed.text(single), None, None)
        return
    loose = listed.child_by_field_name("name")  # C#: `params string[] all` is no node
    kinds = [] if loose is None else listed.children_by_field_name("type")
    own = {each.id for each in (*kinds, loose) if each is not None}
    for child in listed.named_children:
        if child.type not in _NO_PARAMETER and child.id not in own:
            yield from _declared(child, parsed)
    if loose is not None:
        kind = _type(kinds[0], parsed) if kinds else None
        yield _parameter(parsed.text(loose), kind, None)


def _declared(node: Node, parsed: Parsed) -> Iterator[dict[str, Any]]:
    written = node.child_by_field_name("type")
    if written is None and node.type == "spread_parameter":
        written = _plain(node)[0]
    kind = None if written is None else _type(written, parsed)
    default = _default(node)
    value = None if default is None else parsed.text(default)
    names = node.children_by_field_name("name")  # Go: several of one type
    if not names:
        names = [_pattern(node)]
    for name in names:
        yield _parameter(parsed.text(name), kind, value)


def _pattern(node: Node) -> Node:
    for field in ("pattern", "left"):
        if (found := node.child_by_field_name(field)) is not None:
            return found
    if node.type == "typed_parameter":  # Python: the name has no name
        return _plain(node)[0]
    if node.type == "spread_parameter":  # Java
        return _plain(node)[-1]
    return node


def _plain(node: Node) -> list[Node]:
    """Return the parts of a parameter that is not quite like others."""
    return [each for each in node.named_children if each.type != "modifiers"] or [node]


def _default(node: Node) -> Node | None:
    for field in ("default_value", "value", "right"):
        if (found := node.child_by_field_name(field)) is not None:
            return found
    if node.type == "parameter" and node.child_count > 1:  # C#: name, "=", value
        last = node.child(node.child_count - 1)
        before = node.child(node.child_count - 2)
        if before.type == "=":
            return last
    return None


def _parameter(name: str, kind: str | None, value: str | None) -> dict[str, Any]:
    return {"name": name, "type": kind, "default_value": value}
