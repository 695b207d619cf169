"""Which nodes of each language's syntax tree matter, by the names of its grammar.

Some names need a look inside: a ``call`` may import something, and mostly does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tree_sitter import Node

Part = Literal["function", "class", "import", "string", "comment"]
Kinds = Mapping[str, Part]

Look = Callable[["Node", Callable[["Node"], str]], bool]
"""Says of a node whether it is what its kind may be; is given what reads its text."""


def _kinds(**parts: str) -> dict[str, Part]:
    """Spell out ``function="a b"`` as ``{"a": "function", "b": "function"}``."""
    known: dict[str, Part] = {
        "function": "function",
        "class_": "class",
        "import_": "import",
        "string": "string",
        "comment": "comment",
    }
    return {
        name: known[part] for part, names in parts.items() for name in names.split()
    }


PHP = _kinds(
    function="function_definition method_declaration",
    class_="class_declaration interface_declaration trait_declaration enum_declaration",
    import_="namespace_use_declaration require_expression require_once_expression "
    "include_expression include_once_expression",
    string="string encapsed_string heredoc_body nowdoc_body",
    comment="comment",
)
JAVASCRIPT = _kinds(
    function="function_declaration generator_function_declaration method_definition "
    "pair field_definition",
    class_="class_declaration variable_declarator",
    import_="import_statement export_statement call_expression",
    string="string template_string",
    comment="comment html_comment",
)
TYPESCRIPT = JAVASCRIPT | _kinds(
    function="public_field_definition abstract_method_signature method_signature "
    "function_signature",
    class_="abstract_class_declaration interface_declaration enum_declaration",
)
PYTHON = _kinds(
    function="function_definition",
    class_="class_definition",
    import_="import_statement import_from_statement",
    string="string",
    comment="comment",
)
JAVA = _kinds(
    function="method_declaration constructor_declaration "
    "compact_constructor_declaration",
    class_="class_declaration interface_declaration enum_declaration "
    "record_declaration annotation_type_declaration",
    import_="import_declaration",
    string="string_literal",
    comment="line_comment block_comment",
)
GO = _kinds(
    function="function_declaration method_declaration",
    class_="type_spec",
    import_="import_spec",
    string="interpreted_string_literal raw_string_literal",
    comment="comment",
)
CSHARP = _kinds(
    function="method_declaration constructor_declaration local_function_statement",
    class_="class_declaration interface_declaration struct_declaration "
    "record_declaration enum_declaration",
    import_="using_directive",
    string="string_literal verbatim_string_literal raw_string_literal "
    "interpolated_string_expression",
    comment="comment",
)
RUBY = _kinds(
    function="method singleton_method",
    class_="class module",
    import_="call",
    string="string heredoc_body",
    comment="comment",
)

_CALLABLE = {"arrow_function", "function_expression", "generator_function"}


def part_of(node: Node, part: Part, text: Callable[[Node], str]) -> Part | None:
    """Return what a node is, which by its kind may be ``part``; or None."""
    kind = node.type
    if kind == "variable_declarator":
        value = _type_of(node, "value")
        if value in _CALLABLE:
            return "function"
        return "class" if value == "class" else None
    look = _LOOKS.get(kind)
    return part if look is None or look(node, text) else None


def _type_of(node: Node, field: str) -> str | None:
    found = node.child_by_field_name(field)
    return None if found is None else found.type


def _holds_function(node: Node, _text: object) -> bool:
    return _type_of(node, "value") in _CALLABLE


def _exports_of_others(node: Node, _text: object) -> bool:
    return node.child_by_field_name("source") is not None


def _shapes(node: Node, _text: object) -> bool:
    return _type_of(node, "type") in {"struct_type", "interface_type"}


def _calls_import(node: Node, text: Callable[[Node], str]) -> bool:
    called = node.child_by_field_name("function")
    if called is None or called.type not in {"identifier", "import"}:
        return False
    return text(called) in {"require", "import"}


def _calls_require(node: Node, text: Callable[[Node], str]) -> bool:
    called = node.child_by_field_name("method")
    if called is None or node.child_by_field_name("receiver") is not None:
        return False
    return text(called) in {"require", "require_relative", "load"}


_LOOKS: Mapping[str, Look] = {
    "pair": _holds_function,
    "field_definition": _holds_function,
    "public_field_definition": _holds_function,
    "export_statement": _exports_of_others,
    "type_spec": _shapes,
    "call_expression": _calls_import,
    "call": _calls_require,
}
MAY_BE = frozenset((*_LOOKS, "variable_declarator"))
"""Kinds that need a look; all others are what they are."""
