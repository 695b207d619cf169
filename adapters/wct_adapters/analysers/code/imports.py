"""What a file imports: modules of others, and files of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from wct_adapters.analysers.code.parsing import Parsed

if TYPE_CHECKING:
    from tree_sitter import Node

Import = dict[str, Any]

_QUOTED = re.compile(r"""^[a-zA-Z@$]*("{1,3}|'{1,3}|`)(.*?)\1$""", re.DOTALL)


def imports(parsed: Parsed) -> list[Import]:
    """Return them in the order of the file, modules as they are written there."""
    return [
        found for node in parsed.imports for found in _READERS[node.type](node, parsed)
    ]


def unquoted(text: str) -> str:
    """Take the quotes off, with the letters that may stand before them."""
    match = _QUOTED.match(text)
    return match[2] if match else text


def _import(
    node: Node,
    module: str,
    kind: str,
    alias: str | None = None,
    names: list[str] | None = None,
) -> Import:
    return {
        "module": module,
        "alias": alias,
        "names": names or [],
        "line": node.start_point.row + 1,
        "type": kind,
    }


def _php_use(node: Node, parsed: Parsed) -> Iterator[Import]:
    group = node.child_by_field_name("body")
    prefix = ""
    if group is not None:
        prefix = "".join(
            f"{parsed.text(each)}\\"
            for each in node.named_children
            if each.type == "namespace_name"
        )
    for clause in (group or node).named_children:
        if clause.type == "namespace_use_clause" and clause.named_child_count:
            alias = clause.child_by_field_name("alias")
            module = prefix + parsed.text(clause.named_child(0))
            name = None if alias is None else parsed.text(alias)
            yield _import(clause, module, "use", name)


def _php_file(node: Node, parsed: Parsed) -> Iterator[Import]:
    if node.named_child_count:
        path = unquoted(parsed.text(node.named_child(0)).strip("() "))
        yield _import(node, path, node.type.removesuffix("_expression"))


def _statement(node: Node, parsed: Parsed) -> Iterator[Import]:
    """``import`` begins a statement in Python and in JavaScript."""
    names = node.children_by_field_name("name")
    return _python(names, parsed) if names else _script(node, parsed)


def _script(node: Node, parsed: Parsed) -> Iterator[Import]:
    source = node.child_by_field_name("source")
    clauses = node.named_children
    if source is None and clauses and clauses[0].type == "import_require_clause":
        source = clauses[0].child_by_field_name("source")
    if source is None:
        return
    names = [
        parsed.text(name)
        for clause in clauses
        if clause.type in {"import_clause", "export_clause"}
        for name in _specified(clause)
    ]
    alias = _star(clauses, parsed)
    yield _import(node, unquoted(parsed.text(source)), "import", alias, names)


def _specified(clause: Node) -> Iterator[Node]:
    for each in clause.named_children:
        if each.type == "identifier":
            yield each
        elif each.type in {"named_imports", "export_specifier"}:
            specifiers = each.named_children if each.type == "named_imports" else [each]
            for specifier in specifiers:
                name = specifier.child_by_field_name("name")
                if name is not None:
                    yield name


def _star(clauses: list[Node], parsed: Parsed) -> str | None:
    for clause in clauses:
        for each in clause.named_children:
            if each.type == "namespace_import" and each.named_child_count:
                return parsed.text(each.named_child(0))
    return None


def _call(node: Node, parsed: Parsed) -> Iterator[Import]:
    """A call that imports: of JavaScript's and Ruby's functions that do."""
    arguments = node.child_by_field_name("arguments")
    called = node.child_by_field_name("function") or node.child_by_field_name("method")
    if arguments is None or called is None:
        return
    strings = [each for each in arguments.named_children if each.type == "string"]
    if not strings:
        return
    word = parsed.text(called)
    path = unquoted(parsed.text(strings[0]))
    if word == "require_relative" and not path.startswith("."):
        path = f"./{path}"  # a file of its own, and not a package of that name
    kind = {"import": "import", "load": "include"}.get(word, "require")
    yield _import(node, path, kind)


def _python(names: list[Node], parsed: Parsed) -> Iterator[Import]:
    for name in names:
        module, alias = _aliased(name, parsed)
        yield _import(name, module, "import", alias)


def _python_from(node: Node, parsed: Parsed) -> Iterator[Import]:
    module = node.child_by_field_name("module_name")
    if module is None:
        return
    names = [_aliased(name, parsed)[0] for name in node.children_by_field_name("name")]
    yield _import(node, parsed.text(module), "import", None, names)


def _aliased(node: Node, parsed: Parsed) -> tuple[str, str | None]:
    if node.type != "aliased_import":
        return parsed.text(node), None
    name = node.child_by_field_name("name")
    alias = node.child_by_field_name("alias")
    return (
        parsed.text(node if name is None else name),
        None if alias is None else parsed.text(alias),
    )


def _java(node: Node, parsed: Parsed) -> Iterator[Import]:
    parts = [parsed.text(each) for each in node.named_children if each.is_named]
    words = [part for part in parts if not part.startswith(("/*", "//"))]
    if words:
        yield _import(node, ".".join(words), "import")


def _go(node: Node, parsed: Parsed) -> Iterator[Import]:
    path, name = node.child_by_field_name("path"), node.child_by_field_name("name")
    if path is not None:
        alias = None if name is None else parsed.text(name)
        yield _import(node, unquoted(parsed.text(path)), "import", alias)


def _csharp(node: Node, parsed: Parsed) -> Iterator[Import]:
    name = node.child_by_field_name("name")
    targets = [
        each for each in node.named_children if name is None or each.id != name.id
    ]
    if targets:
        alias = None if name is None else parsed.text(name)
        yield _import(node, parsed.text(targets[-1]), "use", alias)


_READERS: dict[str, Callable[[Node, Parsed], Iterator[Import]]] = {
    "namespace_use_declaration": _php_use,
    "require_expression": _php_file,
    "require_once_expression": _php_file,
    "include_expression": _php_file,
    "include_once_expression": _php_file,
    "import_statement": _statement,
    "export_statement": _script,
    "call_expression": _call,
    "call": _call,
    "import_from_statement": _python_from,
    "import_declaration": _java,
    "import_spec": _go,
    "using_directive": _csharp,
}
