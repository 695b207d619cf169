"""A ledger as files: where it is, who may do what with it, and the room there is."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from wct_domain.ports.own_files import OWN_DIRECTORY
from wct_domain.projections.timeline import size
from wct_entrypoints.bootstrap.diagnosis import (
    format_of,
    refuse_unfit_place,
    refuse_unwritable_file,
)
from wct_entrypoints.bootstrap.ledgers import key_store, ledger_files
from wct_entrypoints.cli.doctor_lines import Check, Level, Line

LONG_LOG: Final = 128 << 20
"""Bytes of a write-ahead log. At 64 MiB writers begin to wait for it to be emptied."""

NO_ROOM: Final = 16 << 20
"""Bytes of free disk with which the next run may not be recorded to its end."""

LITTLE_ROOM: Final = 256 << 20


def file_checks(path: Path, *, named: bool) -> dict[str, Check]:
    """Return the checks that only look at files.

    Args:
        named: somebody said that the ledger is here, so it should be.
    """
    checks: dict[str, Check] = {"place": lambda: _place(path, named=named)}
    if is_there(path):
        checks["format"] = lambda: _format(path)
        checks["permissions"] = lambda: _permissions(path)
        checks["log"] = lambda: _log(path)
    return checks | {"disk": lambda: _disk(path)}


def is_there(path: Path) -> bool:
    """Say whether there is a file that may be a ledger."""
    return path.is_file() and path.stat().st_size > 0


def _place(path: Path, *, named: bool) -> Iterator[Line]:
    refuse_unfit_place(path)
    if is_there(path):
        yield Line("place", f"{path}, on a local disk", facts={"path": str(path)})
    elif key_store(path).exists():
        yield Line(
            "place",
            f"{path} is gone; its keys are there",
            Level.ERROR,
            "put the ledger back, or restore a backup: wct ledger restore FILE",
        )
    elif named:
        yield Line(
            "place",
            f"{path} does not exist",
            Level.WARNING,
            "'wct run RUNBOOK' makes it; or name another with --ledger or WCT_LEDGER",
        )
    else:
        yield Line("place", f"{path} is not there yet: 'wct run RUNBOOK' makes it")


def _format(path: Path) -> Iterator[Line]:
    found, written = format_of(path)
    facts = {"format": found, "written": written}
    if found == written:
        yield Line("format", str(found), facts=facts)
    elif found is None:
        text = "it is an empty database"
        yield Line("format", text, Level.ERROR, "name another file", facts)
    elif found > written:
        text = f"{found}; this wct writes {written}: it can be read, not written"
        yield Line("format", text, Level.WARNING, "install a newer wct", facts)
    else:
        text = f"{found} is of a wct before the first release and cannot be written"
        way_out = "use another ledger; keep this one to read"
        yield Line("format", text, Level.WARNING, way_out, facts)


def _permissions(path: Path) -> Iterator[Line]:
    refuse_unwritable_file(path)
    sound = True
    *files, _keys = ledger_files(path)  # of the keys there are checks of their own
    for each in filter(Path.exists, files):
        for line in (*_too_open(each), *too_closed(each)):
            sound = False
            yield line
    directory = path.absolute().parent
    mode = _mode(directory)
    own = directory.name == OWN_DIRECTORY
    if mode & (0o022 if own else 0o002) and not mode & stat.S_ISVTX:
        sound = False
        yield Line(
            "permissions",
            f"others may replace files in {directory} (mode {mode:03o})",
            Level.WARNING,
            f"chmod {'700' if own else 'o-w'} {directory}",
            {"path": str(directory), "mode": f"{mode:03o}"},
        )
    if sound:
        yield Line("permissions", f"for its owner (mode {_mode(path):03o})")


def _too_open(path: Path) -> Iterator[Line]:
    if (mode := _mode(path)) & 0o077:
        yield Line(
            "permissions",
            f"others may read or write {path} (mode {mode:03o})",
            Level.WARNING,
            f"chmod {'700' if path.is_dir() else '600'} {path}",
            {"path": str(path), "mode": f"{mode:03o}"},
        )


def too_closed(path: Path) -> Iterator[Line]:
    """Say that a file's owner may not use it; root, who asks, may use any."""
    mode, needed = _mode(path), 0o700 if path.is_dir() else 0o600
    if mode & needed != needed:
        yield Line(
            "permissions",
            f"its owner may not read and write {path} (mode {mode:03o})",
            Level.WARNING,
            f"chmod {needed:o} {path}",
            {"path": str(path), "mode": f"{mode:03o}"},
        )


def _log(path: Path) -> Iterator[Line]:
    log = path.with_name(path.name + "-wal")
    length = log.stat().st_size if log.exists() else 0
    facts = {"size": length}
    if length > LONG_LOG:
        yield Line(
            "log",
            f"{size(length)} wait to be moved into the ledger",
            Level.WARNING,
            "a process that reads for long holds them back: end it; the next run "
            "does the rest",
            facts,
        )
    else:
        yield Line("log", size(length) if length else "empty", facts=facts)


def _disk(path: Path) -> Iterator[Line]:
    directory = path.absolute().parent
    while not directory.is_dir():
        directory = directory.parent
    disk = os.statvfs(directory)
    free = disk.f_bavail * disk.f_frsize
    used = path.stat().st_size if path.is_file() else 0
    facts = {"free": free}
    way_out = "free some space; 'wct ledger prune' drops what old runs have stored"
    if free < NO_ROOM:
        yield Line("disk", f"{size(free)} free", Level.ERROR, way_out, facts)
    elif free < LITTLE_ROOM:
        yield Line("disk", f"{size(free)} free", Level.WARNING, way_out, facts)
    elif free < used:
        text = f"{size(free)} free: too little for a copy, or to compact the ledger"
        yield Line("disk", text, Level.WARNING, way_out, facts)
    else:
        yield Line("disk", f"{size(free)} free", facts=facts)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
