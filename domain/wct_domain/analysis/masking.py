"""Messages with the personal data taken out, for exporters and the command line.

Our JSON Schemas say what may be shown:

* what is marked ``x-personal-data: evidence`` keeps the term that was found, anything
  else that is marked keeps its length only;
* what is declared and not marked is shown;
* what is not declared is unknown: under a name that tells of raw data (``content``,
  ``value`` …) it keeps its length only, elsewhere it loses the values that detectors
  know. So is the whole content of a schema that uses the mark nowhere, because its
  author has not thought of it (``x-personal-data: false`` says that they have).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from wct_domain.analysis.masked_text import mask_evidence, mask_length_only, mask_text

__all__ = ["mask_content", "mask_text"]

MARK = "x-personal-data"

_RAW_DATA = frozenset(
    {
        *("body", "cell", "content", "evidence", "example", "examples", "excerpt"),
        *("line", "lines", "match", "matched_text", "matches", "quote", "quotes"),
        *("raw", "raw_content", "raw_value", "row", "rows", "sample", "samples"),
        *("snippet", "snippets", "text", "value", "values"),
    }
)
_SCALARS = frozenset({str, int, float, bool, type(None)})
_PLACES = frozenset({"line", "lines", "row", "rows"})  # if they are numbers
_LEAST_DIGITS = 8  # of a number that could be a value: a telephone number, a card

_Schema = Mapping[str, Any]


def mask_content(schema: _Schema | None, content: Any) -> Any:
    """Return a copy of a message's content that may be shown.

    ``schema`` is the JSON Schema behind the content; None if nobody knows it.
    Masking what is masked changes nothing.
    """
    if schema is None or not _uses_mark(schema):
        return _unknown(content)
    return _Plan.of(schema).masked(content, ())


class _Plan:
    """What to do with the values at one place of a schema, compiled once."""

    __slots__ = ("_all_clear", "_fields", "_item", "_mark", "_other", "clear")

    def __init__(self, mark: object) -> None:
        self._mark = mark
        self.clear = not mark  # text and numbers here may be shown as they are
        self._fields: dict[str, _Plan] = {}
        self._item: _Plan | None = None
        self._other: _Plan | None = None
        self._all_clear = True  # so are those in all fields

    @classmethod
    def of(cls, schema: _Schema) -> "_Plan":
        return _Compiler(schema).plan([schema])

    def fill(
        self,
        fields: dict[str, "_Plan"],
        item: "_Plan | None",
        other: "_Plan | None",
    ) -> None:
        """Complete a plan that others, or itself, may already refer to."""
        self._fields, self._item, self._other = fields, item, other
        self._all_clear = all(plan.clear for plan in fields.values())

    def masked(self, value: Any, patterns: Sequence[str]) -> Any:
        if self._mark:
            return _hidden(value, patterns if self._mark == "evidence" else None)
        if isinstance(value, dict):
            return self._masked_members(cast("dict[str, Any]", value), patterns)
        if isinstance(value, list):
            items, plan = cast("list[Any]", value), self._item
            if plan is None:
                return [_unknown(item) for item in items]
            if plan.clear and _SCALARS.issuperset(map(type, items)):
                return [*items]
            return [plan.masked(item, patterns) for item in items]
        return value

    def _masked_members(
        self, members: dict[str, Any], patterns: Sequence[str]
    ) -> dict[str, Any]:
        if self._may_be_shown(members):
            return {**members}
        fields, shown = self._fields, dict[str, Any]()
        if "matched_patterns" in fields:
            patterns = _patterns(members)
        for name, member in members.items():
            plan = fields.get(name)
            if plan is not None:
                # Most members are text that may be shown: no call for these.
                known = plan.clear and member.__class__ in _SCALARS
                shown[name] = member if known else plan.masked(member, patterns)
            elif self._other is not None:
                free = _free(mask_text(name), shown)
                shown[free] = self._other.masked(member, patterns)
            else:
                _add_unknown(name, member, shown)
        return shown

    def _may_be_shown(self, members: dict[str, Any]) -> bool:
        """Say whether all members are declared, unmarked, and text or numbers."""
        return (
            self._all_clear
            and self._fields.keys() >= members.keys()
            and _SCALARS.issuperset(map(type, members.values()))
        )


class _Compiler:
    """Turns a JSON Schema into plans; schemas may refer to themselves."""

    def __init__(self, root: _Schema) -> None:
        self._root = root
        self._plans: dict[tuple[int, ...], _Plan] = {}

    def plan(self, nodes: Iterable[Any]) -> _Plan:
        """Return the plan for a place at which all of ``nodes`` may hold."""
        here = [view for node in nodes for view in self._views(node, ())]
        key = tuple(map(id, here))
        if key not in self._plans:
            mark = next((view[MARK] for view in here if view.get(MARK)), None)
            plan = self._plans[key] = _Plan(mark)
            plan.fill(
                fields=self._fields(here),
                item=self._nested(here, "items"),
                other=self._nested(here, "additionalProperties"),
            )
        return self._plans[key]

    def _views(self, node: Any, seen: tuple[int, ...]) -> Iterator[_Schema]:
        """Yield a schema and all that it is put together from."""
        if not isinstance(node, dict) or id(cast("object", node)) in seen:
            return
        here = cast("dict[str, Any]", node)
        seen = (*seen, id(here))
        yield here
        if isinstance(here.get("$ref"), str):
            yield from self._views(self._target(here["$ref"]), seen)
        for part in ("allOf", "anyOf", "oneOf"):
            for alternative in here.get(part) or ():
                yield from self._views(alternative, seen)

    def _fields(self, views: list[_Schema]) -> dict[str, _Plan]:
        declared: dict[str, list[Any]] = {}
        for view in views:
            properties: dict[str, Any] = view.get("properties") or {}
            for name, node in properties.items():
                declared.setdefault(name, []).append(node)
        return {name: self.plan(nodes) for name, nodes in declared.items()}

    def _nested(self, views: list[_Schema], keyword: str) -> _Plan | None:
        nodes = [view[keyword] for view in views if isinstance(view.get(keyword), dict)]
        return self.plan(nodes) if nodes else None

    def _target(self, reference: str) -> Any:
        node: Any = self._root
        for step in reference.removeprefix("#").split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            node = cast("_Schema", node).get(name) if isinstance(node, dict) else None
        return node


def _uses_mark(node: Any) -> bool:
    if isinstance(node, dict):
        members = cast("dict[str, Any]", node)
        return MARK in members or any(map(_uses_mark, members.values()))
    return isinstance(node, list) and any(map(_uses_mark, cast("list[Any]", node)))


def _patterns(members: Mapping[str, Any]) -> Sequence[str]:
    found = members.get("matched_patterns")
    if not isinstance(found, list):
        return ()
    return [each for each in cast("list[Any]", found) if isinstance(each, str)]


def _hidden(value: Any, patterns: Sequence[str] | None) -> Any:
    """Hide a value: all but its length, or but ``patterns`` where it is evidence."""
    if isinstance(value, str):
        return (
            mask_length_only(value)
            if patterns is None
            else mask_evidence(value, patterns)
        )
    if isinstance(value, dict):
        shown: dict[str, Any] = {}
        for name, member in cast("dict[str, Any]", value).items():
            shown[_free(mask_text(name), shown)] = _hidden(member, patterns)
        return shown
    if isinstance(value, list):
        return [_hidden(item, patterns) for item in cast("list[Any]", value)]
    if value is None or isinstance(value, bool):
        return value
    return mask_length_only(str(value))


def _unknown(value: Any) -> Any:
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, dict):
        shown: dict[str, Any] = {}
        for name, member in cast("dict[str, Any]", value).items():
            _add_unknown(name, member, shown)
        return shown
    if isinstance(value, list):
        return [_unknown(item) for item in cast("list[Any]", value)]
    if isinstance(value, int) and not isinstance(value, bool):
        digits = str(value)
        masked = mask_text(digits) if len(digits) >= _LEAST_DIGITS else digits
        return value if masked == digits else masked
    return value


def _add_unknown(name: str, member: Any, shown: dict[str, Any]) -> None:
    kind = name.lower()
    raw = kind in _RAW_DATA and not (kind in _PLACES and isinstance(member, int))
    masked = _hidden(member, None) if raw else _unknown(member)
    shown[_free(mask_text(name), shown)] = masked


def _free(name: str, taken: Mapping[str, Any]) -> str:
    """Keep apart names that became equal by masking."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free
