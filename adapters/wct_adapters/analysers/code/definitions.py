"""What a file defines: functions with their parameters, and classes with methods."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from wct_adapters.analysers.code.comments import Comments
from wct_adapters.analysers.code.imports import unquoted
from wct_adapters.analysers.code.parameters import parameters, returned
from wct_adapters.analysers.code.parsing import Parsed

if TYPE_CHECKING:
    from tree_sitter import Node

Definition = dict[str, Any]

_VISIBILITIES = ("public", "private", "protected")
_MODIFIERS = {
    *("visibility_modifier", "accessibility_modifier", "static_modifier"),
    *("modifier", "modifiers", "static"),
}
_KINDS = {"type_spec": "struct", "variable_declarator": "class"}
_KIND = re.compile(
    r"^(?:abstract_)?(class|interface|trait|enum|struct|record|module)(?:_|$)"
)
_INHERITED = {"argument_list": "extends", "base_clause": "extends"} | {
    **dict.fromkeys(("superclass", "extends_clause", "base_list"), "extends"),
    **dict.fromkeys(("extends_type_clause", "extends_interfaces"), "extends"),
    **dict.fromkeys(("class_interface_clause", "implements_clause"), "implements"),
    "super_interfaces": "implements",
}


def definitions(
    parsed: Parsed, comments: Comments
) -> tuple[list[Definition], list[Definition]]:
    """Return functions and classes, in the order of the file.

    A method is among the functions, and among the methods of its class as well: of
    the innermost thing that is around it, if that is a class.
    """
    functions: list[Definition] = []
    classes: list[Definition] = []
    around: list[tuple[int, Definition | None]] = []  # end, and the class if it is one
    for node, is_class in _in_order(parsed):
        while around and around[-1][0] <= node.start_byte:
            around.pop()
        if is_class:
            definition = _class(node, parsed, comments)
            if definition is not None:
                classes.append(definition)
            around.append((node.end_byte, definition))
            continue
        definition = _function(node, parsed, comments)
        if definition is not None:
            functions.append(definition)
            owner = around[-1][1] if around else None
            if owner is not None:
                # A copy: who changes one of them does not change the other.
                owner["methods"].append({**definition})
        around.append((node.end_byte, None))
    return functions, classes


def _in_order(parsed: Parsed) -> list[tuple[Node, bool]]:
    both = [(node, False) for node in parsed.functions]
    both += [(node, True) for node in parsed.classes]
    both.sort(key=lambda each: (each[0].start_byte, -each[0].end_byte))
    return both


def _function(node: Node, parsed: Parsed, comments: Comments) -> Definition | None:
    named = _name(node)
    if named is None:
        return None
    # `const f = (x) => …`: the name is outside, all else inside of the function.
    body = node.child_by_field_name("value") or node
    visibility, is_static = _modifiers(node, parsed)
    definition: Definition = {
        "name": unquoted(parsed.text(named)),  # JavaScript: {'name': function () …}
        "line_start": node.start_point.row + 1,
        "line_end": node.end_point.row + 1,
        "parameters": list(parameters(body, parsed)),
        "return_type": returned(body, parsed),
        "visibility": visibility,
        "is_static": is_static or node.type == "singleton_method",
    }
    return _with_docs(definition, node, comments)


def _class(node: Node, parsed: Parsed, comments: Comments) -> Definition | None:
    named = _name(node)
    if named is None:
        return None
    extends, implements = _ancestors(node.child_by_field_name("value") or node, parsed)
    definition: Definition = {
        "name": parsed.text(named),
        "kind": _kind(node),
        "line_start": node.start_point.row + 1,
        "line_end": node.end_point.row + 1,
        "extends": ", ".join(extends) or None,
        "implements": implements,
        "methods": [],
    }
    return _with_docs(definition, node, comments)


def _with_docs(definition: Definition, node: Node, comments: Comments) -> Definition:
    if (text := comments.documenting(node)) is not None:
        definition["docstring"] = text
    return definition


def _name(node: Node) -> Node | None:
    for field in ("name", "property", "key"):
        if (found := node.child_by_field_name(field)) is not None:
            return found
    return None  # a class or a function without one: nobody can ask for it


def _kind(node: Node) -> str:
    if node.type == "type_spec":
        written = node.child_by_field_name("type")
        if written is not None and written.type == "interface_type":
            return "interface"
    if node.type in _KINDS:
        return _KINDS[node.type]
    match = _KIND.match(node.type)
    return match[1] if match else "class"


def _modifiers(node: Node, parsed: Parsed) -> tuple[str | None, bool]:
    words: set[str] = set()
    for child in node.children:
        if child.type == "modifiers":  # Java: annotations stand there too
            words.update(each.type for each in child.children)
        elif child.type in _MODIFIERS:
            words.add(parsed.text(child))
    visibility = next((each for each in _VISIBILITIES if each in words), None)
    return visibility, "static" in words


def _ancestors(node: Node, parsed: Parsed) -> tuple[list[str], list[str]]:
    found: dict[str, list[str]] = {"extends": [], "implements": []}
    for child in node.named_children:
        if child.type == "class_heritage":
            clauses = [each for each in child.named_children if each.type in _INHERITED]
            for clause in clauses:
                found[_INHERITED[clause.type]] += _listed(clause, parsed)
            if not clauses:  # JavaScript: an expression
                found["extends"] += _listed(child, parsed)
        elif child.type in _INHERITED:
            found[_INHERITED[child.type]] += _listed(child, parsed)
    if node.type in {"class_declaration", "record_declaration", "struct_declaration"}:
        return _apart(found["extends"], found["implements"])
    return found["extends"], found["implements"]


def _apart(extends: list[str], implements: list[str]) -> tuple[list[str], list[str]]:
    """C# lists a class and interfaces together; of classes there is one, and first."""
    if len(extends) > 1:
        return extends[:1], [*extends[1:], *implements]
    return extends, implements


def _listed(node: Node, parsed: Parsed) -> Iterator[str]:
    for child in node.named_children:
        if child.type == "type_list":
            yield from (parsed.text(each) for each in child.named_children)
        elif child.type not in {"keyword_argument", "type_arguments", "comment"}:
            yield parsed.text(child)
