"""Paths: how they are shown, and which of them no connector may read."""

import os
from pathlib import Path

from wct_domain.ports.own_files import OWN_DIRECTORY, OwnFiles


def shown(path: str | Path) -> str:
    """Return a path as text; bytes of it that are not UTF-8 as backslash and hex."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def belongs_to_wct(path: Path, own: OwnFiles) -> bool:
    """Say whether wct wrote what is there, or the directory that it lies in."""
    real = Path(os.path.realpath(path))
    ours = {Path(os.path.realpath(each)) for each in own.paths}
    return OWN_DIRECTORY in real.parts or not ours.isdisjoint({real, *real.parents})


def as_path(value: object) -> Path:
    """Make a path of a property; pydantic itself refuses names that are not UTF-8.

    Raises:
        ValueError: it is neither a text nor a path.
    """
    match value:
        case Path():
            return value
        case str():
            return Path(value)
        case _:
            msg = "must be a text"
            raise ValueError(msg)
