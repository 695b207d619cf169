"""One source file as the schema ``source_code`` describes it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from wct_adapters.analysers.code.comments import Comments
from wct_adapters.analysers.code.definitions import definitions
from wct_adapters.analysers.code.grammars import Grammar
from wct_adapters.analysers.code.imports import imports
from wct_adapters.analysers.code.literals import literals
from wct_adapters.analysers.code.parsing import Parsed, parse

if TYPE_CHECKING:
    from tree_sitter import Node

LISTED = 20
"""Places of a file that are listed where it could not be parsed; all are counted."""


def parsed_file(path: str, text: str, data: bytes, grammar: Grammar) -> dict[str, Any]:
    """Describe a file, with everything that version 1.1.0 has room for.

    ``data`` is ``text`` in UTF-8.

    Raises:
        ParserError: the grammar is not installed, or gave up.
    """
    parsed = parse(grammar, data)
    comments = Comments(parsed)
    functions, classes = definitions(parsed, comments)
    return {
        "file_path": path,
        "language": grammar.language,
        "raw_content": text,
        "functions": functions,
        "classes": classes,
        "imports": imports(parsed),
        "literals": literals(parsed, comments),
        "comments": comments.documents(),
        "not_parsed": _not_parsed(parsed),
        "metadata": {
            "file_size": len(data),
            "line_count": len(text.splitlines()),
            "digest": f"sha256:{hashlib.sha256(data).hexdigest()}",
        },
    }


def as_first_version(file: dict[str, Any]) -> dict[str, Any]:
    """Leave out what version 1.0.0 does not know."""
    later = {"literals", "comments", "not_parsed"}
    first = {name: value for name, value in file.items() if name not in later}
    first["classes"] = [
        {name: value for name, value in each.items() if name != "kind"}
        for each in file["classes"]
    ]
    first["imports"] = [
        {name: value for name, value in each.items() if name != "names"}
        for each in file["imports"]
    ]
    first["metadata"] = {**file["metadata"]}
    del first["metadata"]["digest"]
    return first


def _not_parsed(parsed: Parsed) -> dict[str, Any]:
    """Say where the grammar lost its way; what stands around it was read."""
    places = _outermost(parsed.errors)
    return {
        "count": len(places),
        "lines": [
            {"line_start": node.start_point.row + 1, "line_end": node.end_point.row + 1}
            for node in places[:LISTED]
        ],
    }


def _outermost(nodes: list[Node]) -> list[Node]:
    found: list[Node] = []
    end = -1
    for node in nodes:  # in order, outer before inner
        if node.start_byte >= end:
            found.append(node)
            end = max(node.end_byte, node.start_byte + 1)
    return found
