"""Content that pydantic's writer of JSON and ``json`` write alike, byte for byte.

pydantic's takes a third of the time, but writes floats, dates and keys that are no text
in a way of its own, and more than JSON has.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple, cast

from wct_domain.marks import MarkedFields

_TEXT = frozenset({str})
_PLAIN = frozenset({str, bool, type(None)})
_WIDE = 1 << 63


class NotPlainError(ValueError):
    """There is something in the content that the two may write differently."""


def is_plain(value: object) -> bool:
    """Say whether content is made of text, numbers without fraction, true and false.

    Exact types only: whoever derives one may have it written differently.
    """
    kind = value.__class__
    if kind is dict:
        members = cast("dict[Any, Any]", value)
        if not _TEXT.issuperset(map(type, members)):
            return False
        inner: Iterable[Any] = members.values()
    elif kind is list:
        inner = cast("list[Any]", value)
    else:
        return kind in _PLAIN or (kind is int and abs(cast("int", value)) < _WIDE)
    for each in inner:
        if each.__class__ not in _PLAIN and not is_plain(each):
            return False
    return True


def arranged(content: Any, fields: MarkedFields) -> Any:
    """Return plain content less the marked fields, all keys in order.

    Written as it is, that is its canonical form. Parts that are so already are shared.

    Raises:
        NotPlainError: it is not plain (the marked fields included), or fields are
            marked whatever their name.
    """
    return _Arrangement().of(content, fields)


class _Shape(NamedTuple):
    """What becomes of objects with the same keys at places with the same marks."""

    kept: list[tuple[str, MarkedFields]]  # in order, with what is marked inside
    dropped: list[str]
    is_arranged: bool


class _Arrangement:
    """Findings have few sets of keys: the order of each is found once."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[int, tuple[str, ...]], _Shape] = {}

    def of(self, value: Any, fields: MarkedFields) -> Any:
        kind = value.__class__
        if kind is dict:
            return self._members(value, fields)
        if kind is list:
            if _PLAIN.issuperset(map(type, value)):
                return value
            inner = fields.get("[]", _NONE)
            return [self.of(item, inner) for item in value]
        if kind is int and -_WIDE < value < _WIDE:
            return value
        if kind in _PLAIN:
            return value
        raise NotPlainError

    def _members(self, members: dict[str, Any], fields: MarkedFields) -> dict[str, Any]:
        names = tuple(members)
        key = id(fields), names
        shape = self._shapes.get(key)
        if shape is None:
            shape = self._shapes[key] = _shape(names, fields)
        kept, dropped, is_arranged = shape
        if is_arranged and _PLAIN.issuperset(map(type, members.values())):
            return members
        for name in dropped:
            if not is_plain(members[name]):
                raise NotPlainError
        lasting: dict[str, Any] = {}
        for name, inner in kept:
            member = members[name]
            if member.__class__ in _PLAIN:
                lasting[name] = member
            else:
                lasting[name] = self.of(member, inner)
        return lasting


_NONE: MarkedFields = {}


def _shape(names: tuple[str, ...], fields: MarkedFields) -> _Shape:
    if "*" in fields or not _TEXT.issuperset(map(type, names)):
        raise NotPlainError
    kept = [
        (name, fields.get(name, _NONE))
        for name in sorted(names)
        if fields.get(name) is not True
    ]
    dropped = [name for name in names if fields.get(name) is True]
    return _Shape(kept, dropped, [name for name, _ in kept] == [*names])
