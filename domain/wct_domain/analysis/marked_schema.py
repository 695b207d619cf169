"""What a JSON Schema says of one place of a content: its mark, and what is inside.

A place is described by *views*: every schema that may hold there, by reference, as an
alternative or under a condition. The strictest of their marks counts. A mark that
stands where nothing of ours looks (``not``, ``propertyNames``, a keyword of others)
hides the place that has the keyword, and so does a reference that leads nowhere.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast
from urllib.parse import unquote

MARK = "x-personal-data"
NAME, EVIDENCE, HIDDEN = "name", "evidence", "content"
_STRICTNESS = {NAME: 1, EVIDENCE: 2}  # any other true value is strictest

Schema = Mapping[str, Any]
Views = list[Schema]

_LISTS = ("allOf", "anyOf", "oneOf")
_CONDITIONS = ("if", "then", "else")
_DEPENDENT = ("dependentSchemas", "dependencies")
_ITEMS = ("items", "prefixItems", "additionalItems", "unevaluatedItems", "contains")
_OTHER = ("additionalProperties", "unevaluatedProperties")
_FOLLOWED = {*_LISTS, *_CONDITIONS, *_DEPENDENT, *_ITEMS, *_OTHER} | {
    *("properties", "patternProperties", "$ref", MARK)
}
_NO_SCHEMAS = {"const", "default", "enum", "examples"}
_UNRESOLVED = ("$dynamicRef", "$recursiveRef")


class MarkedSchema:
    """A JSON Schema of which the places can be looked at."""

    def __init__(self, root: Schema) -> None:
        self._root = root
        self._libraries = {"definitions", "$defs", *_first_steps(root)}

    def views(self, nodes: Iterable[Any]) -> Views:
        """Return all that the ``nodes`` are put together from, themselves first."""
        return [view for node in nodes for view in self._views(node, ())]

    def mark(self, views: Views) -> str | None:
        """Return ``NAME``, ``EVIDENCE``, ``HIDDEN``, or None for what may be shown."""
        marks = [HIDDEN if self._hides(view) else view.get(MARK) for view in views]
        strictest = max(map(_strictness, marks), default=0)
        return (None, NAME, EVIDENCE, HIDDEN)[strictest]

    def _hides(self, view: Schema) -> bool:
        reference = view.get("$ref")
        if isinstance(reference, str) and self._target(reference) is None:
            return True
        return any(keyword in view for keyword in _UNRESOLVED) or any(
            _marks(inner)
            for keyword, inner in view.items()
            if keyword not in _FOLLOWED
            and keyword not in _NO_SCHEMAS
            and keyword not in self._libraries
        )

    def _views(self, node: Any, seen: tuple[int, ...]) -> Iterator[Schema]:
        if not isinstance(node, dict) or id(cast("object", node)) in seen:
            return
        here = cast("dict[str, Any]", node)
        seen = (*seen, id(here))
        yield here
        for part in self._parts(here):
            yield from self._views(part, seen)

    def _parts(self, here: Schema) -> Iterator[Any]:
        if isinstance(here.get("$ref"), str):
            yield self._target(here["$ref"])
        for keyword in _LISTS:
            yield from here.get(keyword) or ()
        for keyword in _CONDITIONS:
            yield here.get(keyword)
        for keyword in _DEPENDENT:
            yield from _members(here.get(keyword)).values()

    def _target(self, reference: str) -> Any:
        if reference != "#" and not reference.startswith("#/"):
            return None  # another document, or a name given by $anchor
        node: Any = self._root
        for step in unquote(reference).split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            if isinstance(node, list):
                items = cast("list[Any]", node)
                known = name.isdecimal() and int(name) < len(items)
                node = items[int(name)] if known else None
            else:
                node = _members(node).get(name)
        return node


def patterns(views: Views) -> dict[str, re.Pattern[str] | None]:
    """Return the expressions of all ``patternProperties``, compiled.

    One that Python cannot read becomes None.
    """
    texts = (text for view in views for text in _members(view.get("patternProperties")))
    return {text: _compiled(text) for text in texts}


def declared(views: Views) -> dict[str, None]:
    """Return the names under ``properties``, in their order."""
    return {name: None for view in views for name in _members(view.get("properties"))}


def member(
    views: Views, name: str, known: Mapping[str, re.Pattern[str] | None]
) -> list[Any]:
    """Return the schemas of the member ``name``; none if nobody declares it.

    ``known`` are the ``patterns`` of the views. One that Python cannot read is taken
    to fit, with content that is hidden.
    """
    found: list[Any] = []
    for view in views:
        properties = _members(view.get("properties"))
        own = [properties[name]] if name in properties else []
        for text, node in _members(view.get("patternProperties")).items():
            pattern = known[text]
            if pattern is None:
                own.append({MARK: HIDDEN})
            elif pattern.search(name):
                own.append(node)
        other = view.get("additionalProperties")
        found += own or ([other] if isinstance(other, dict) else [])
    return found or _all(views, "unevaluatedProperties")


def other_members(views: Views) -> list[Any]:
    """Return the schemas of members that no ``properties`` names."""
    return _all(views, *_OTHER)


def items(views: Views) -> tuple[list[list[Any]], list[Any]]:
    """Return the schemas of the first items, one by one, and those of all others."""
    heads = [_heads(view) for view in views]
    rest = [_all([view], *_ITEMS) for view in views]
    # What some item has to be may be any item.
    some = [_all([view], "contains") for view in views]
    first = [
        [
            node
            for head, others, any_item in zip(heads, rest, some, strict=True)
            for node in ([head[at], *any_item] if at < len(head) else others)
        ]
        for at in range(max(map(len, heads), default=0))
    ]
    return first, [node for others in rest for node in others]


def uses_mark(node: Any) -> bool:
    """Say whether a mark is set anywhere, even to ``false``."""
    if isinstance(node, dict):
        members = cast("dict[str, Any]", node)
        return MARK in members or any(map(uses_mark, members.values()))
    return isinstance(node, list) and any(map(uses_mark, cast("list[Any]", node)))


def _marks(node: Any) -> bool:
    if isinstance(node, dict):
        members = cast("dict[str, Any]", node)
        return bool(members.get(MARK)) or any(map(_marks, members.values()))
    return isinstance(node, list) and any(map(_marks, cast("list[Any]", node)))


def _strictness(mark: object) -> int:
    if not mark:
        return 0
    return _STRICTNESS.get(mark, 3) if isinstance(mark, str) else 3


def _heads(view: Schema) -> list[Any]:
    for keyword in ("prefixItems", "items"):
        if isinstance(view.get(keyword), list):
            return cast("list[Any]", view[keyword])
    return []


def _all(views: Views, *keywords: str) -> list[Any]:
    return [
        view[keyword]
        for view in views
        for keyword in keywords
        if isinstance(view.get(keyword), dict)
    ]


def _members(node: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", node) if isinstance(node, dict) else {}


def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except re.error:
        return None


def _first_steps(node: Any) -> Iterator[str]:
    """Yield the keyword under which each ``$ref`` finds what it refers to."""
    if isinstance(node, dict):
        members = cast("dict[str, Any]", node)
        reference = members.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/"):
            yield reference.split("/")[1]
        for inner in members.values():
            yield from _first_steps(inner)
    elif isinstance(node, list):
        for inner in cast("list[Any]", node):
            yield from _first_steps(inner)
