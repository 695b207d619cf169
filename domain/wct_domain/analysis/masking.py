"""Messages with the personal data taken out, for exporters and the command line.

Our JSON Schemas say what may be shown:

* what is marked ``x-personal-data: evidence`` keeps the term that was found; what is
  marked ``name`` (a path, a column) loses the values that detectors know; anything else
  that is marked keeps its length only;
* what is declared and not marked is shown;
* what is not declared is unknown: under a name that tells of raw data (``content``,
  ``value`` …) it keeps its length only, elsewhere it loses the values that detectors
  know. So is the whole content of a schema that uses the mark nowhere, because its
  author has not thought of it (``x-personal-data: false`` says that they have).
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, cast

from wct_domain.analysis.marked_schema import (
    EVIDENCE,
    NAME,
    MarkedSchema,
    Schema,
    Views,
    declared,
    other_members,
    uses_mark,
)
from wct_domain.analysis.marked_schema import items as items_of
from wct_domain.analysis.marked_schema import member as member_of
from wct_domain.analysis.marked_schema import patterns as patterns_of
from wct_domain.analysis.masked_text import mask_text
from wct_domain.analysis.masked_values import (
    add_unknown,
    free_name,
    hide,
    mask_names,
    mask_unknown,
)

__all__ = ["mask_content", "mask_text"]

_SCALARS = frozenset({str, int, float, bool, type(None)})


def mask_content(schema: Schema | None, content: Any) -> Any:
    """Return a copy of a message's content that may be shown.

    ``schema`` is the JSON Schema behind the content; None if nobody knows it.
    Masking what is masked changes nothing.
    """
    if schema is None or not uses_mark(schema):
        return mask_unknown(content)
    return _Compiler(schema).plan([schema]).masked(content, ())


class _Plan:
    """What to do with the values at one place of a schema, compiled once.

    ``masked`` is the method that the mark asks for: with one call less for each of
    the many values of a result.
    """

    __slots__ = (
        *("_all_clear", "_fields", "_has_patterns", "_heads", "_item", "_other"),
        *("_patterned", "_text", "clear", "masked"),
    )

    def __init__(self, mark: str | None, text: Callable[[str], str]) -> None:
        self._text = text
        self.clear = mark is None  # text and numbers here may be shown as they are
        self.masked: Callable[[Any, Sequence[str]], Any]
        if mark is None:
            self.masked = self._inside
        elif mark == NAME:
            self.masked = self._name
        else:
            self.masked = hide if mark == EVIDENCE else _hide_all
        self._fields: dict[str, _Plan] = {}
        self._heads: list[_Plan] = []
        self._item: _Plan | None = None
        self._other: _Plan | None = None
        self._patterned: Callable[[str], _Plan | None] | None = None
        self._all_clear = True  # so are those in all fields
        self._has_patterns = False

    def fill(
        self,
        fields: dict[str, "_Plan"],
        items: "tuple[list[_Plan], _Plan | None]",
        other: "_Plan | None",
        patterned: "Callable[[str], _Plan | None] | None",
    ) -> None:
        """Complete a plan that others, or itself, may already refer to."""
        self._fields, self._other, self._patterned = fields, other, patterned
        self._heads, self._item = items
        self._all_clear = all(plan.clear for plan in fields.values())
        self._has_patterns = "matched_patterns" in fields

    def _name(self, value: Any, patterns: Sequence[str]) -> Any:
        if isinstance(value, str):
            return self._text(value)
        return mask_names(self._inside(value, patterns), self._text)

    def _inside(self, value: Any, patterns: Sequence[str]) -> Any:
        if isinstance(value, dict):
            return self._masked_members(value, patterns)  # pyright: ignore[reportUnknownArgumentType]  # JSON; a cast is a call
        if isinstance(value, list):
            return self._masked_items(value, patterns)  # pyright: ignore[reportUnknownArgumentType]  # as above
        return value

    def _masked_items(self, items: list[Any], patterns: Sequence[str]) -> list[Any]:
        if self._heads:
            heads = len(self._heads)
            first = [
                plan.masked(item, patterns)
                for plan, item in zip(self._heads, items[:heads], strict=False)
            ]
            return first + self._masked_rest(items[heads:], patterns)
        return self._masked_rest(items, patterns)

    def _masked_rest(self, items: list[Any], patterns: Sequence[str]) -> list[Any]:
        plan = self._item
        if plan is None:
            return [mask_unknown(item) for item in items]
        if plan.clear and _SCALARS.issuperset(map(type, items)):
            return [*items]
        masked = plan.masked
        return [masked(item, patterns) for item in items]

    def _masked_members(
        self, members: dict[str, Any], patterns: Sequence[str]
    ) -> dict[str, Any]:
        if self._all_clear and self._may_be_shown(members):
            return {**members}
        if self._has_patterns:
            patterns = _patterns(members)
        fields = self._fields
        if not fields.keys() >= members.keys():
            return self._masked_with_others(members, patterns)
        shown = members.copy()
        for name, member in members.items():
            plan = fields[name]
            # Most members are text that may be shown: no call for these.
            if member.__class__ not in _SCALARS or not plan.clear:
                shown[name] = plan.masked(member, patterns)
        return shown

    def _masked_with_others(
        self, members: dict[str, Any], patterns: Sequence[str]
    ) -> dict[str, Any]:
        """Mask members of which some are not declared; ``patterns`` are their own."""
        shown: dict[str, Any] = {}
        for name, member in members.items():
            plan = self._fields.get(name)
            if plan is None:
                self._add_other(name, member, shown, patterns)
            else:
                shown[name] = plan.masked(member, patterns)
        return shown

    def _add_other(
        self, name: str, member: Any, shown: dict[str, Any], patterns: Sequence[str]
    ) -> None:
        free, plan = free_name(self._text(name), shown), self._other
        if self._patterned is not None:
            if free != name:
                # Who masks this again cannot tell any more which pattern it fitted.
                shown[free] = hide(member, None)
                return
            plan = self._patterned(name)
        if plan is None:
            add_unknown(name, member, shown)
        else:
            shown[free] = plan.masked(member, patterns)

    def _may_be_shown(self, members: dict[str, Any]) -> bool:
        """Say whether all members are declared, and text or numbers."""
        return self._fields.keys() >= members.keys() and _SCALARS.issuperset(
            map(type, members.values())
        )


class _Compiler:
    """Turns a JSON Schema into plans; schemas may refer to themselves."""

    def __init__(self, root: Schema) -> None:
        self._schema = MarkedSchema(root)
        self._plans: dict[tuple[int, ...], _Plan] = {}
        self._kept: list[Any] = []  # plans go by identity: no node may be freed
        # Sources repeat from finding to finding, and looking into them takes time.
        self._text = cache(mask_text)

    def plan(self, nodes: list[Any]) -> _Plan:
        """Return the plan for a place at which all of ``nodes`` may hold."""
        here = self._schema.views(nodes)
        key = tuple(map(id, here))
        if key not in self._plans:
            self._kept.append(nodes)
            plan = _Plan(self._schema.mark(here), self._text)
            self._plans[key] = plan
            self._fill(plan, here)
        return self._plans[key]

    def _fill(self, plan: _Plan, here: Views) -> None:
        known = patterns_of(here)
        heads, rest = items_of(here)

        @cache
        def patterned(name: str) -> _Plan | None:
            return self._plan_if(member_of(here, name, known))

        plan.fill(
            fields={
                name: self.plan(member_of(here, name, known)) for name in declared(here)
            },
            items=([self.plan(nodes) for nodes in heads], self._plan_if(rest)),
            other=self._plan_if(other_members(here)),
            patterned=patterned if known else None,
        )

    def _plan_if(self, nodes: list[Any]) -> _Plan | None:
        return self.plan(nodes) if nodes else None


def _hide_all(value: Any, _patterns: Sequence[str]) -> Any:
    return hide(value, None)


def _patterns(members: Mapping[str, Any]) -> Sequence[str]:
    found = members.get("matched_patterns")
    if not isinstance(found, list):
        return ()
    return [each for each in cast("list[Any]", found) if isinstance(each, str)]
