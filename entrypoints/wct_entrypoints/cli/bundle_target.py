"""Where ``wct export`` writes to, and what is there already."""

import os
import sys
from pathlib import Path
from typing import BinaryIO

from wct_domain.bundle import MANIFEST, Manifest
from wct_domain.errors import BundleError, ExportError

STANDARD_OUTPUT = "-"


def target_of(output: str, run: str, *, force: bool) -> Path | BinaryIO:
    """Return where a bundle of a run goes.

    An earlier bundle of the same run is replaced, as by any command that is repeated;
    anything else that is there is somebody's, and stays.

    Args:
        force: whatever file is there may be replaced.

    Raises:
        ExportError: it cannot go there; the text says why.
    """
    if output == STANDARD_OUTPUT:
        return sys.stdout.buffer
    path = Path(output)
    if path.is_dir():
        msg = f"'{output}' is a directory: name a file in it"
        raise ExportError(msg)
    if not path.parent.is_dir():
        msg = f"there is no directory '{path.parent}' for '{path.name}': make it first"
        raise ExportError(msg)
    if not os.path.lexists(path):
        return path
    if path.exists() and not path.is_file():
        msg = f"'{output}' is no regular file; '-' writes to standard output"
        raise ExportError(msg)
    if not force and path.exists() and not _is_bundle_of(path, run):
        msg = (
            f"'{output}' is there already, and is no bundle of run {run}: name another "
            "file, or replace it with --force"
        )
        raise ExportError(msg)
    return path


def _is_bundle_of(path: Path, run: str) -> bool:
    from wct_entrypoints.bootstrap.bundles import BundleFile

    try:
        found = BundleFile(path)
    except (BundleError, OSError):
        return False
    try:
        return Manifest.parse(found.read(MANIFEST))[0].run == run
    except BundleError:
        return False
    finally:
        found.close()
