"""Where two documents differ: runbooks as recorded, versions, properties."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, NamedTuple, cast

_ABSENT: Final = object()
_NAMES: Final = ("id", "name")


class Difference(NamedTuple):
    """One place where two documents differ; None: it is not there, or null."""

    place: str  # "analysers -> scan -> properties -> ruleset"
    before: Any
    after: Any


def differences(
    before: Any, after: Any, place: str = "", *, but: Collection[str] = ()
) -> Iterator[Difference]:
    """Yield every place where two JSON documents differ, in the order of their keys.

    Members of lists that have an id, or a name, are matched by it: their order is no
    difference. ``but`` names keys that are of no account, at any depth.
    """
    one, other = _members(before), _members(after)
    if one is None or other is None:
        if before is not _ABSENT and after is not _ABSENT and before == after:
            return
        yield Difference(place, _given(before), _given(after))
        return
    for key in dict.fromkeys([*one, *other]):
        if key in but:
            continue
        inner = f"{place} -> {key}" if place else key
        left, right = one.get(key, _ABSENT), other.get(key, _ABSENT)
        if left is _ABSENT or right is _ABSENT:
            yield Difference(inner, _given(left), _given(right))
        else:
            yield from differences(left, right, inner, but=but)


def _members(value: Any) -> Mapping[str, Any] | None:
    """Return what a document consists of, by name; None for what has no names."""
    if isinstance(value, dict):
        return {str(k): v for k, v in cast("dict[Any, Any]", value).items()}
    if isinstance(value, list):
        items = cast("list[Any]", value)
        names = [_name(item) for item in items]
        if None not in names and len({*names}) == len(names):
            return dict(zip(cast("list[str]", names), items, strict=True))
    return None


def _name(item: Any) -> str | None:
    if not isinstance(item, dict):
        return None
    members = cast("dict[str, Any]", item)
    return next((str(members[key]) for key in _NAMES if key in members), None)


def _given(value: Any) -> Any:
    return None if value is _ABSENT else value
