"""Lengths of time as people write them in a runbook: ``90``, ``90s``, ``5m``."""

import re
from typing import Annotated, Final, TypeAlias

from pydantic import BeforeValidator, WithJsonSchema

LONGEST: Final = 30 * 86_400.0  # seconds
_UNITS: Final = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_TEXT = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([smh]?)", re.ASCII)


def seconds_of(value: object) -> float:
    """Return the seconds that a number, or a text such as ``5m``, stands for.

    Raises:
        ValueError: it is neither, or not above 0 and at most 30 days.
    """
    if isinstance(value, str) and (found := _TEXT.fullmatch(value.strip())):
        seconds = float(found[1]) * _UNITS[found[2]]
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        seconds = float(value) if abs(value) <= LONGEST else LONGEST + 1
    else:
        seconds = 0.0
    if not 0 < seconds <= LONGEST:  # false for what is not a number, too
        msg = (
            "Must be seconds, or a text such as '90s', '5m' or '2h'; "
            "above 0, and 30 days at most"
        )
        raise ValueError(msg)
    return seconds


def in_words(seconds: float) -> str:
    """Write seconds as they are told of a limit: ``90 s``, ``0.5 s``."""
    return f"{seconds:.10g} s"


Seconds: TypeAlias = Annotated[
    float,
    BeforeValidator(seconds_of),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "maximum": LONGEST},
                {"type": "string", "pattern": r"^ *[0-9]+(\.[0-9]+)? ?[smh]? *$"},
            ]
        }
    ),
]
"""A field of a runbook: seconds, however they were written."""
