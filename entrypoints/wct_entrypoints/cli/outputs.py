"""Where the results of a run go, decided and tried before the run."""

import errno
import os
import stat
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from wct_domain.errors import ExportError
from wct_entrypoints.bootstrap.files import write_document

DEFAULT_DIRECTORY = Path("outputs")
_SUFFIX = "_analysis_results.json"
_SHORT = 18  # characters of a UUIDv7: its millisecond, and 12 bits beyond


class Output(NamedTuple):
    """The file that results are written to, and what else there is wct's own."""

    path: Path
    own: tuple[Path, ...]

    def check(self) -> None:
        """Try whether the file could be written; leave nothing behind.

        Raises:
            ExportError: it could not; the text says why, and what to do.
        """
        try:
            _try_to_write(self.path)
        except OSError as error:
            msg = (
                f"Failed to save analysis results to {self.path}: "
                f"{error.strerror or error}; choose another place with --output-dir "
                "or --output"
            )
            raise ExportError(msg) from error

    def write(self, document: dict[str, Any]) -> None:
        """Write the results, whole or not at all.

        Raises:
            ExportError: as above.
        """
        write_document(document, self.path)


def choose_output(
    directory: Path | None, file: Path | None, *, run: str, at: datetime
) -> Output:
    """Choose the file: ``file`` in ``directory``, or a name that no other run has.

    An absolute ``file`` is taken as it is. The default directory belongs to wct as a
    whole; of any other only files that are named as results are.

    Raises:
        ExportError: ``file`` is a directory's name, such as ``.``.
    """
    place = directory or DEFAULT_DIRECTORY
    if file is not None and not file.name:
        msg = f"--output '{file}' names no file"
        raise ExportError(msg)
    name = file or Path(f"{at:%Y%m%d%H%M%S}_{run[:_SHORT]}{_SUFFIX}")
    path = place / name
    earlier = [place] if directory is None else [*_results_in(place)]
    return Output(path, (path, *earlier))


def _results_in(directory: Path) -> list[Path]:
    try:
        return sorted(directory.glob(f"*{_SUFFIX}"))
    except OSError:
        return []


def _try_to_write(path: Path) -> None:
    try:
        kind = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        kind = stat.S_IFREG  # what it will be
    if stat.S_ISDIR(kind) or path.name == "..":
        raise IsADirectoryError(0, "it is a directory")
    if not stat.S_ISREG(kind):
        return  # a device or a pipe, which opening might block
    parent = path.parent
    while not os.path.lexists(parent) and parent != parent.parent:
        parent = parent.parent
    if not parent.is_dir():
        raise NotADirectoryError(0, f"{parent} is not a directory")
    if len(os.fsencode(path.name)) > os.pathconf(parent, "PC_NAME_MAX"):
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
    with tempfile.TemporaryFile(dir=parent) as file:
        # More than a block: a full disk lets files be made, but not be filled.
        file.write(b"\0" * 16_384)
