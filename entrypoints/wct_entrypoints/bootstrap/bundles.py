"""Runs that leave a ledger as bundles, and come back from them."""

import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

from wct_adapters.bundles import BundleFile, write_bundle
from wct_adapters.identity import utc_now
from wct_domain.bundle import Member, Members
from wct_domain.bundling import bundle_members
from wct_domain.checkpoints import add_checkpoint
from wct_domain.commands import NoteExport
from wct_domain.components import Components
from wct_domain.errors import CheckpointError, ExportError
from wct_domain.executor.copies import Taken, note_copy, take_in
from wct_domain.executor.stream import Equipment
from wct_domain.ports.bus import SilentBus
from wct_domain.ports.ledger import Ledger
from wct_domain.ports.sealed_log import StoredCheckpoint
from wct_domain.verification.bundle import Checked
from wct_entrypoints.bootstrap.application import equipment
from wct_entrypoints.bootstrap.identity import acting_user
from wct_entrypoints.bootstrap.schemas import RegisteredSchemas

__all__ = ["BundleFile", "export_run", "import_run", "signed_to_the_end"]


def signed_to_the_end(ledger: Ledger, run: str) -> StoredCheckpoint:
    """Return a checkpoint over all of a run; it is made if there is none.

    Raises:
        CheckpointError: it cannot be made yet.
        LedgerError: it cannot be made.
    """
    made = add_checkpoint(ledger, ledger.keys, utc_now)
    seal = ledger.seal_of(run, ledger.streams(run)[0].version)
    if made is None or seal is None or made.size < seal:
        msg = (
            f"run {run} cannot be signed yet: another process has a transaction open; "
            "try again"
        )
        raise CheckpointError(msg)
    return made


def export_run(
    ledger: Ledger,
    run: str,
    checkpoint: StoredCheckpoint,
    target: Path | BinaryIO,
    *,
    reader: str | None = None,
    masked: bytes | None = None,
    kept: Sequence[str] = (),
) -> int:
    """Write a bundle; that it was made is recorded before anything is written.

    A file is there whole or not at all, readable for its owner only.

    Returns:
        The bytes written.

    Raises:
        CheckpointError: the reader's key is none.
        LedgerError: it could not be recorded, so nothing was written; or not read.
        ExportError, BundleError: it could not be written.
        BrokenPipeError: nobody reads it any more.
    """
    if reader is not None:
        ledger.keys.share((), reader, b"")  # refuses what is no key, before all else
    note = NoteExport(
        by=acting_user(ledger.keys),
        size=checkpoint.size,
        readable_by=None if reader is None else reader.split("+")[1],
        masked=masked is not None,
    )

    def members() -> Iterable[Member]:
        note_copy(_equipment(ledger), run, note)
        return bundle_members(
            ledger, run, checkpoint, reader=reader, masked=masked, kept=kept
        )

    try:
        if isinstance(target, Path):
            return _write_file(target, members)
        size = write_bundle(target, members())
        target.flush()
    except BrokenPipeError:  # the reader has left, as with any other output
        raise
    except OSError as error:
        msg = f"the bundle cannot be written: {error.strerror or error}"
        raise ExportError(msg) from error
    return size


def import_run(ledger: Ledger, checked: Checked, members: Members) -> Taken:
    """Take a run in out of a bundle that was verified. Raises as ``take_in``."""
    return take_in(_equipment(ledger), checked, members, acting_user(ledger.keys))


def _write_file(path: Path, members: Callable[[], Iterable[Member]]) -> int:
    target = Path(os.path.realpath(path))
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".wct-")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            size = write_bundle(file, members())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return size


def _equipment(ledger: Ledger) -> Equipment:
    return equipment(ledger, SilentBus(), RegisteredSchemas(), Components())
