"""Values of JSON with the personal data taken out, whatever is known about them.

None, true and false stay. Names of members lose the values that detectors know.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from wct_domain.analysis.masked_text import mask_evidence, mask_length_only, mask_text

_RAW_DATA = frozenset(
    {
        *("body", "cell", "content", "evidence", "example", "examples", "excerpt"),
        *("line", "lines", "match", "matched_text", "matches", "quote", "quotes"),
        *("raw", "raw_content", "raw_value", "row", "rows", "sample", "samples"),
        *("snippet", "snippets", "text", "value", "values"),
    }
)
_PLACES = frozenset({"line", "lines", "row", "rows"})  # if they are numbers
_LEAST_DIGITS = 8  # of a number that could be a value: a telephone number, a card


def hide(value: Any, patterns: Sequence[str] | None) -> Any:
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
            shown[free_name(mask_text(name), shown)] = hide(member, patterns)
        return shown
    if isinstance(value, list):
        return [hide(item, patterns) for item in cast("list[Any]", value)]
    if value is None or isinstance(value, bool):
        return value
    return mask_length_only(str(value))


def mask_names(value: Any, text: Callable[[str], str]) -> Any:
    """Take values out of all text and numbers of ``value``, and out of its names."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, dict):
        shown: dict[str, Any] = {}
        for name, member in cast("dict[str, Any]", value).items():
            shown[free_name(text(name), shown)] = mask_names(member, text)
        return shown
    if isinstance(value, list):
        return [mask_names(item, text) for item in cast("list[Any]", value)]
    return mask_unknown(value)


def mask_unknown(value: Any) -> Any:
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, dict):
        shown: dict[str, Any] = {}
        for name, member in cast("dict[str, Any]", value).items():
            add_unknown(name, member, shown)
        return shown
    if isinstance(value, list):
        return [mask_unknown(item) for item in cast("list[Any]", value)]
    if isinstance(value, int) and not isinstance(value, bool):
        digits = str(value)
        masked = mask_text(digits) if len(digits) >= _LEAST_DIGITS else digits
        return value if masked == digits else masked
    return value


def add_unknown(name: str, member: Any, shown: dict[str, Any]) -> None:
    kind = name.lower()
    raw = kind in _RAW_DATA and not (kind in _PLACES and isinstance(member, int))
    masked = hide(member, None) if raw else mask_unknown(member)
    shown[free_name(mask_text(name), shown)] = masked


def free_name(name: str, taken: Mapping[str, Any]) -> str:
    """Keep apart names that became equal by masking."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free
