"""``${NAME}`` in the properties of a runbook: a value that the environment has.

``${NAME}`` is the variable's value, ``${NAME:-text}`` the text where it is not set or
empty, and ``$${NAME}`` is ``${NAME}`` itself. A text that came from the environment
is taken for a secret: it is recorded as it is written in the file, with a keyed digest,
and errors show what is written in place of it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, Self, cast

_REFERENCE: Final = re.compile(
    r"\$\$(?=\{)|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^{}]*))?\}"
)
_SECTIONS: Final = ("connectors", "analysers")
_SHORTEST: Final = 4  # characters: what is shorter stands in texts by chance

Location = tuple[str | int, ...]


class FromEnvironment(str):
    """A text of a runbook with a value of the environment in it."""

    __slots__ = ("written",)

    written: str
    """What the file has in its place."""

    def __new__(cls, value: str, written: str) -> Self:
        """Make the text; ``written`` is what the file has in its place."""
        made = super().__new__(cls, value)
        made.written = written
        return made

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        """Survive being copied, as parsing a runbook does."""
        return type(self), (str(self), self.written)


class Unset(NamedTuple):
    """A variable that is not set, and the place in the document that names it."""

    name: str
    location: Location

    @property
    def message(self) -> str:
        return f"environment variable {self.name} is not set"

    @property
    def way_out(self) -> str:
        return f"set it, or write ${{{self.name}:-DEFAULT}}"


class Substituted(NamedTuple):
    """A document with values in place of what names them."""

    document: object
    unset: tuple[Unset, ...]


class _Taken:
    """What this process has taken from the environment, by value."""

    written: Final[dict[str, str]] = {}


def substituted(document: object, environ: Mapping[str, str]) -> Substituted:
    """Replace what properties of connectors and analysers name.

    What is not set stays as it is written. Anything else in the document is left
    alone: names of steps and schemas are the same everywhere.
    """
    if not isinstance(document, dict):
        return Substituted(document, ())
    unset: list[Unset] = []
    whole = dict(cast("dict[Any, Any]", document))
    for section in _SECTIONS:
        entries = whole.get(section)
        if isinstance(entries, list):
            whole[section] = [
                _entry(each, (section, index), environ, unset)
                for index, each in enumerate(cast("list[Any]", entries))
            ]
    steps = whole.get("execution")
    if isinstance(steps, list):
        whole["execution"] = [
            _step(each, ("execution", index), environ, unset)
            for index, each in enumerate(cast("list[Any]", steps))
        ]
    return Substituted(whole, tuple(unset))


def as_written(text: str) -> str:
    """Return ``text`` with values of the environment as the file writes them."""
    for value in sorted([*_Taken.written], key=len, reverse=True):
        if value in text:
            text = text.replace(value, _Taken.written[value])
    return text


def keep_to_itself(value: str, written: str) -> None:
    """Have ``as_written`` replace a value, however it came into this process."""
    if len(value) >= _SHORTEST:
        _Taken.written[value] = written


def _step(
    step: object, place: Location, environ: Mapping[str, str], unset: list[Unset]
) -> Any:
    """Replace what an inline connector names; nothing else of a step."""
    members = cast("dict[str, Any]", step)
    if not isinstance(step, dict) or not isinstance(members.get("connector"), dict):
        return cast("object", step)
    connector = _entry(members["connector"], (*place, "connector"), environ, unset)
    return {**members, "connector": connector}


def _entry(
    entry: object, place: Location, environ: Mapping[str, str], unset: list[Unset]
) -> Any:
    members = cast("dict[str, Any]", entry)
    if not isinstance(entry, dict) or "properties" not in members:
        return cast("object", entry)
    properties = _value(members["properties"], (*place, "properties"), environ, unset)
    return {**members, "properties": properties}


def _value(
    value: Any, place: Location, environ: Mapping[str, str], unset: list[Unset]
) -> Any:
    if isinstance(value, str):
        return _text(value, place, environ, unset)
    if isinstance(value, dict):
        return {
            name: _value(member, (*place, str(name)), environ, unset)
            for name, member in cast("dict[Any, Any]", value).items()
        }
    if isinstance(value, list):
        return [
            _value(member, (*place, index), environ, unset)
            for index, member in enumerate(cast("list[Any]", value))
        ]
    return value


def _text(
    text: str, place: Location, environ: Mapping[str, str], unset: list[Unset]
) -> str:
    if "${" not in text:
        return text
    pieces = list(_pieces(text, place, environ, unset))
    made = "".join(piece for piece, _ in pieces)
    if not any(taken for _, taken in pieces):
        return made
    for piece, taken in pieces:
        if taken:
            keep_to_itself(piece, taken)
    return FromEnvironment(made, text)


def _pieces(
    text: str, place: Location, environ: Mapping[str, str], unset: list[Unset]
) -> Iterator[tuple[str, str]]:
    """Cut a text: each piece with what is written for it, if it was taken."""
    at = 0
    for found in _REFERENCE.finditer(text):
        yield text[at : found.start()], ""
        at = found.end()
        name, default = found["name"], found["default"]
        if name is None:
            yield "$", ""
        elif value := environ.get(name):
            yield value, f"${{{name}}}"
        elif default is not None:
            yield default, ""
        else:
            unset.append(Unset(name, place))
            yield found[0], ""
    yield text[at:], ""
