"""Lines of a diagnosis, and checks that cannot disturb each other."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from wct_domain.errors import WctError


class Level(StrEnum):
    """How bad it is. Only an error changes the exit status."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class Line(NamedTuple):
    """What one check found; ``facts`` are for programs: bytes, seconds, ids."""

    check: str
    text: str
    level: Level = Level.OK
    way_out: str | None = None
    facts: Mapping[str, Any] = MappingProxyType({})


class Group(NamedTuple):
    """Lines that belong together."""

    title: str
    lines: tuple[Line, ...]


Check = Callable[[], Iterable[Line]]


def group(title: str, checks: Mapping[str, Check]) -> Group:
    """Make each check; one that fails is a line, and stops no other."""
    lines: list[Line] = []
    for name, check in checks.items():
        try:
            lines += check()
        except Exception as error:  # noqa: BLE001  # whatever is wrong, the rest is said
            lines.append(failed(name, error))
    return Group(title, tuple(lines))


def failed(check: str, error: Exception) -> Line:
    """Say that a check found an error, or could not be made."""
    if isinstance(error, WctError):
        what, _, way_out = str(error).partition("; ")
        return Line(check, what, Level.ERROR, way_out or None)
    reason = error.strerror if isinstance(error, OSError) else None
    text = f"cannot be looked at: {reason or type(error).__name__}"
    return Line(check, text, Level.ERROR, "check the disk and its permissions")
