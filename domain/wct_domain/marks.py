"""Which fields of a message our JSON Schemas mark, and content without them.

``x-wct-volatile`` marks what differs from run to run over the same input
(timestamps); it is left out of content digests. ``x-personal-data`` marks what may
hold personal data; it is masked in everything that is shown.
"""

from collections.abc import Iterator
from typing import Any, cast

MarkedFields = dict[str, Any]
"""Where a mark is set: field name to nested fields, ``True`` at a marked one.
``[]`` stands for the items of an array, ``*`` for any other member."""


def without(content: Any, fields: MarkedFields) -> Any:
    """Return ``content`` less the marked fields; parts without marks are shared."""
    if isinstance(content, dict):
        members = cast("dict[str, Any]", content)
        return (
            _without_any(members, fields) if "*" in fields else _less(members, fields)
        )
    if isinstance(content, list) and "[]" in fields:
        items = cast("list[Any]", content)
        inner = fields["[]"]
        return [without(item, inner) for item in items]
    return cast("Any", content)


def _less(members: dict[str, Any], fields: MarkedFields) -> dict[str, Any]:
    # Copied and then cut: results have many members and few marked ones.
    lasting = members.copy()
    for name, mark in fields.items():
        if name in lasting:
            if mark is True:
                del lasting[name]
            else:
                lasting[name] = without(lasting[name], mark)
    return lasting


def _without_any(members: dict[str, Any], fields: MarkedFields) -> dict[str, Any]:
    other = fields["*"]
    return {
        name: without(member, mark) if mark else member
        for name, member in members.items()
        if (mark := fields.get(name, other)) is not True
    }


def marked(schema: dict[str, Any], mark: str) -> MarkedFields:
    """Collect the fields of a JSON Schema that carry ``mark``, a keyword of ours.

    Local ``$ref``s are followed; a recursive schema once round.
    """
    return _marked(schema, schema, mark, ())


def _marked(
    node: Any, root: dict[str, Any], mark: str, seen: tuple[str, ...]
) -> MarkedFields:
    if not isinstance(node, dict):
        return {}
    here = cast("dict[str, Any]", node)
    reference = here.get("$ref")
    if isinstance(reference, str):
        if reference in seen:
            return {}
        return _marked(_target(root, reference), root, mark, (*seen, reference))
    fields: MarkedFields = {}
    properties: dict[str, Any] = here.get("properties") or {}
    for name, member in [*properties.items(), *_implied(here)]:
        if isinstance(member, dict) and member.get(mark):  # pyright: ignore[reportUnknownMemberType]  # JSON
            fields[name] = True
        elif nested := _marked(member, root, mark, seen):
            fields[name] = nested
    for part in ("allOf", "anyOf", "oneOf"):
        for alternative in here.get(part) or ():
            fields.update(_marked(alternative, root, mark, seen))
    return fields


def _implied(node: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if "items" in node:
        yield "[]", node["items"]
    if isinstance(node.get("additionalProperties"), dict):
        yield "*", node["additionalProperties"]


def _target(root: dict[str, Any], reference: str) -> Any:
    node: Any = root
    for step in reference.removeprefix("#/").split("/"):
        node = node.get(step, {}) if isinstance(node, dict) else {}  # pyright: ignore[reportUnknownMemberType,reportUnknownVariableType]  # JSON
    return node  # pyright: ignore[reportUnknownVariableType]  # JSON
