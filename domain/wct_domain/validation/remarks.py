"""What validation has to say about a runbook, and where."""

from collections.abc import Collection
from typing import Literal, NamedTuple, TypeAlias

Location: TypeAlias = tuple[str | int, ...]
"""The path through the document: keys and list indices; empty for the whole."""

Level: TypeAlias = Literal["error", "warning"]


class Remark(NamedTuple):
    """One thing that is wrong (the step, or the run, will fail) or looks wrong.

    ``stops_run``: ``wct run`` refuses the runbook. Other errors are known before the
    run, but fail only the step that they concern. ``line`` is set where it is known
    from elsewhere than the location. Values of properties are in none of the texts.
    """

    level: Level
    location: Location
    message: str
    way_out: str = ""
    stops_run: bool = False
    line: int | None = None

    @property
    def field(self) -> str:
        """The location for people, as in the texts of validation errors."""
        return " -> ".join(map(str, self.location)) or "root"

    @property
    def text(self) -> str:
        """Message and way out, as one line."""
        return f"{self.message}; {self.way_out}" if self.way_out else self.message


def error(
    location: Location, message: str, way_out: str = "", *, stops_run: bool = False
) -> Remark:
    return Remark("error", location, message, way_out, stops_run)


def warning(location: Location, message: str, way_out: str = "") -> Remark:
    return Remark("warning", location, message, way_out)


def did_you_mean(name: str, known: Collection[str]) -> str:
    """Suggest the known name that looks most like a wrong one; empty if none does."""
    # Here, because a runbook without a mistake does not need it.
    from difflib import get_close_matches  # noqa: PLC0415  # start-up time

    similar = get_close_matches(name, known, n=1) or [
        each for each in sorted(known) if _is_part(name.lower(), each.lower())
    ]
    return f"did you mean '{similar[0]}'?" if similar else ""


def _is_part(name: str, of: str) -> bool:
    # Such as `mysql` for `mysql_connector`, which is too short to be close.
    return len(name) > 2 and (name in of or of in name)
