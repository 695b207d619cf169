"""Files that a command was still writing when it was killed."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import Final

from wct_domain.projections.timeline import size
from wct_entrypoints.cli.doctor_lines import Check, Level, Line
from wct_entrypoints.cli.outputs import DEFAULT_DIRECTORY

AGE: Final = 600
"""Seconds after which nobody is still writing what a command gives its name to last."""

_DRAFT: Final = re.compile(
    r"\.wct-[a-z0-9_]{8}"  # bundles and results, as tempfile names them
    r"|.+\.[0-9]+\.part(-wal|-shm|-journal)?"  # backups and restored ledgers
)


def leftover_checks(ledger: Path | str) -> dict[str, Check]:
    """Return the check of the directories where commands write by default.

    Args:
        ledger: a path, or the URL of a database, beside which nothing is written.
    """
    places = [Path(), DEFAULT_DIRECTORY]
    if isinstance(ledger, Path):
        places.append(ledger.parent)
    return {"leftovers": lambda: _leftovers(places)}


def _leftovers(places: list[Path]) -> Iterator[Line]:
    for place in dict.fromkeys(path.resolve() for path in places if path.is_dir()):
        for path in sorted(place.iterdir()):
            if _DRAFT.fullmatch(path.name) and path.is_file() and _is_old(path):
                where = path if place != Path.cwd() else Path(path.name)
                large = path.stat().st_size
                yield Line(
                    "leftovers",
                    f"{where} was not written to its end ({size(large)}): its command "
                    "was killed",
                    Level.WARNING,
                    f"rm {quote(str(where))}",
                    {"path": str(where), "size": large},
                )


def _is_old(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > AGE
