"""Whether a file of settings may have come with what is scanned.

Subscribers are code, programs and addresses. Whoever proposes a change to a repository
that is scanned must not get any of them used by that scan: a pull request must not run
code in CI.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from wct_domain.runbook import Runbook


def scanned_paths(runbook: Runbook) -> Iterator[Path]:
    """Yield the files and directories that connectors are pointed at.

    Whatever a connector calls its property: a text that is the name of something on
    the disk counts.
    """
    for connector in runbook.connectors:
        for text in _texts(connector.properties):
            try:
                path = Path(text)
                if path.exists():
                    yield path
            except (OSError, ValueError):  # too long, or no name of a file at all
                continue


def comes_with(file: Path, scanned: Iterable[Path]) -> Path | None:
    """Return the scanned tree that a file stands in; None if it stands elsewhere.

    A tree is a directory that is scanned, or the Git repository around what is. A link
    to a file stands in two places, and either counts.
    """
    places = _places(file)
    for path in scanned:
        tree = repository_of(path) or path.resolve()
        if any(place == tree or tree in place.parents for place in places):
            return tree
    return None


def repository_around(file: Path) -> Path | None:
    """Return the root of the Git repository that a file is in; None if in none."""
    found = (repository_of(place) for place in _places(file))
    return next((tree for tree in found if tree is not None), None)


def repository_of(path: Path) -> Path | None:
    """Return the root of the Git repository that a path is in; None if in none."""
    whole = path.resolve()
    for directory in (whole, *whole.parents):
        if (directory / ".git").exists():
            return directory
    return None


def _places(file: Path) -> tuple[Path, Path]:
    """Return the directories that a file, and what it is a link to, stand in."""
    return file.parent.resolve(), file.resolve().parent


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for member in cast("Mapping[Any, object]", value).values():
            yield from _texts(member)
    elif isinstance(value, (list, tuple)):
        for member in cast("Iterable[object]", value):
            yield from _texts(member)
