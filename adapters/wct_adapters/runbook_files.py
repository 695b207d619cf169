"""Runbook files: YAML in, plain data out, and where in the file a thing stands."""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple, cast

import yaml

from wct_domain.errors import RunbookLoadError

LARGEST = 10_000_000  # bytes
MOST_VALUES = 2_000_000  # after aliases are followed; far above any real runbook

DEEPEST = 500  # levels of nesting

_BRACKET = re.compile(r"[\[\]{}]")
_NESTING = {"[": 1, "{": 1, "]": -1, "}": -1}
_INDENTATION = re.compile(r"^[ ?-]+", re.MULTILINE)

# The C parser is ten times as fast; the wheels of PyYAML bring it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class RunbookTextError(RunbookLoadError):
    """A runbook file is not what it should be from a line on; None: nobody knows."""

    def __init__(self, message: str, line: int | None) -> None:
        super().__init__(message)
        self.line = line


class RunbookFile(NamedTuple):
    """A parsed file, with the bytes that it was parsed from."""

    document: object
    source: bytes


def read_runbook_file(path: Path, *, noun: str = "runbook") -> RunbookFile:
    """Read a runbook file as plain data; tags that would make objects are refused.

    Args:
        noun: what errors call it, where it is another file of the user's.

    Raises:
        RunbookLoadError: missing, unreadable, too large, not UTF-8, not YAML, or
            YAML whose aliases multiply beyond reason.
    """
    try:
        with path.open("rb") as file:
            source = file.read(LARGEST + 1)
    except OSError as error:
        msg = f"Cannot read file {path}: {error.strerror or error}"
        raise RunbookLoadError(msg) from error
    if len(source) > LARGEST:
        msg = (
            f"Failed to load {noun} {path}: it is larger than "
            f"{LARGEST // 1_000_000} MB; is this the right file?"
        )
        raise RunbookLoadError(msg)
    text = _text(path, source, noun)
    try:
        _refuse_deep_nesting(path, text)
        document: object = yaml.load(text, Loader=_Loader)  # noqa: S506  # a safe one
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        place, line = _place(error, text)
        msg = f"Invalid YAML in {path}: {place}{_problem(error)}"
        raise RunbookTextError(msg, line) from error
    if "&" in text:
        _refuse_alias_bombs(path, document)
    return RunbookFile(document, source)


def _text(path: Path, source: bytes, noun: str) -> str:
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        msg = (
            f"Failed to load {noun} {path}: line {line} is not UTF-8 text "
            f"(byte {error.start}); save the file as UTF-8"
        )
        raise RunbookTextError(msg, line) from error


def _problem(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    problem = getattr(error, "problem", None)
    if problem is None:
        # A reader error, or a scalar that looks like a date and is none.
        problem = getattr(error, "reason", None) or str(error)
    return str(problem)


def _place(error: Exception, text: str) -> tuple[str, int | None]:
    """Say where an error is, to stand before it, and its line, if that is known."""
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        line: int = mark.line + 1
        return f"line {line}, column {mark.column + 1}: ", line
    if isinstance(error, yaml.reader.ReaderError):
        # Of the C parser it counts bytes.
        line = text.encode().count(b"\n", 0, error.position) + 1
        return f"line {line}: ", line
    return "", None


def _refuse_deep_nesting(path: Path, text: str) -> None:
    """Protect the C parser, which a few ten thousand levels crash with the process.

    The bound is cheap and too high; only where it is exceeded are levels counted.
    """
    flow = max(
        accumulate(_NESTING[found] for found in _BRACKET.findall(text)), default=0
    )
    block = max((len(found) for found in _INDENTATION.findall(text)), default=0)
    if flow + block <= DEEPEST:
        return
    level = 0
    for event in yaml.parse(text, Loader=_Loader):
        level += isinstance(event, yaml.CollectionStartEvent)
        level -= isinstance(event, yaml.CollectionEndEvent)
        if level > DEEPEST:
            line = event.start_mark.line + 1 if event.start_mark else None
            place = "" if line is None else f"line {line}: "
            msg = f"Invalid YAML in {path}: {place}it is nested too deeply"
            raise RunbookTextError(msg, line)


def _refuse_alias_bombs(path: Path, document: object) -> None:
    """Count the values that aliases expand to, without expanding them."""
    sizes: dict[int, int] = {}
    open_now: set[int] = set()

    def size(value: object) -> int:
        members = list(_members(value))
        if not members:
            return 1
        key = id(value)
        if key in open_now:
            msg = f"Invalid YAML in {path}: an alias refers to what contains it"
            raise RunbookLoadError(msg)
        if key not in sizes:
            open_now.add(key)
            sizes[key] = 1 + sum(size(member) for member in members)
            open_now.discard(key)
        return sizes[key]

    if size(document) > MOST_VALUES:
        msg = (
            f"Invalid YAML in {path}: its aliases expand to more than "
            f"{MOST_VALUES:,} values"
        )
        raise RunbookLoadError(msg)


def _members(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from cast("dict[object, object]", value).values()
    elif isinstance(value, list):
        yield from cast("list[object]", value)


Location = tuple[str | int, ...]


def line_of(source: bytes, location: Location) -> int | None:
    """Find the line of a field, or of the nearest thing around it; None if unknown."""
    return lines_of(source, [location])[0]


def lines_of(source: bytes, locations: Sequence[Location]) -> list[int | None]:
    """Find the line of each field, or of the nearest thing around it.

    A location is a path of keys and list indices. The file is parsed again: this is
    for messages only. A line is None where the file is not YAML.
    """
    try:
        node = yaml.compose(source.decode("utf-8-sig"), Loader=_Loader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        node = None
    return [None if node is None else _line(node, each) for each in locations]


def _line(node: yaml.Node, location: Location) -> int:
    line: int = node.start_mark.line + 1
    for step in location:
        key, value = _child(node, step)
        if value is None:
            break
        line = (key or value).start_mark.line + 1
        node = value
    return line


def _child(
    node: yaml.Node, step: str | int
) -> tuple[yaml.Node | None, yaml.Node | None]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key, value
    elif (
        isinstance(node, yaml.SequenceNode)
        and isinstance(step, int)
        and step < len(node.value)
    ):
        return None, node.value[step]
    return None, None


def duplicate_keys(source: bytes) -> list[tuple[Location, int]]:
    """List keys that stand twice in one mapping, where YAML silently takes the last.

    Each with its location and its line.
    """
    node = yaml.compose(source.decode("utf-8-sig"), Loader=_Loader)
    return [] if node is None else list(_duplicates(node, (), set()))


def _duplicates(
    node: yaml.Node, location: Location, seen_nodes: set[int]
) -> Iterator[tuple[Location, int]]:
    if id(node) in seen_nodes:
        return
    seen_nodes.add(id(node))
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            here = (*location, str(key.value))
            if key.value in seen:
                yield here, key.start_mark.line + 1
            seen.add(key.value)
            yield from _duplicates(value, here, seen_nodes)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _duplicates(value, (*location, index), seen_nodes)
