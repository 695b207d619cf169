"""Recording copies of a run: that one leaves, or that one is taken in."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Final, NamedTuple

from wct_domain.bundle import BLOBS, Members
from wct_domain.commands import NoteExport, NoteImport
from wct_domain.errors import (
    BlobDamagedError,
    ErasedError,
    LedgerWriteError,
    StreamTakenError,
    WrongExpectedVersionError,
)
from wct_domain.events import RunImported, RunStarted
from wct_domain.executor.shared_keys import keys_in
from wct_domain.executor.stream import Equipment, StreamAtWork, afterwards_of
from wct_domain.packing import parts_of, sealed_for
from wct_domain.ports.ledger import Blob, Ledger
from wct_domain.ports.sealed_log import StoredRow
from wct_domain.upcasting import decode
from wct_domain.verification.bundle import Checked
from wct_domain.verification.chains import references_in

ATTEMPTS: Final = 5  # others may append to the run at the same time


class Taken(NamedTuple):
    """What came of an import."""

    events: int  # that were stored; 0: the run was here already
    keys: int | None  # of blobs, kept to read them; None: none came, or not for us


def note_copy(equipment: Equipment, run: str, command: NoteExport | NoteImport) -> None:
    """Record in a run that has ended that there is a copy of it.

    Raises:
        LedgerWriteError: the run still goes on, or the ledger cannot be written.
    """
    for attempt in range(1, ATTEMPTS + 1):
        history = equipment.ledger.read(run)
        stream = StreamAtWork(run, equipment, history=history)
        if equipment.ledger.locks.is_held(run):
            msg = f"run {run} is going on: a copy can be made when it has ended"
            raise LedgerWriteError(msg)
        try:
            stream.dispatch(command)
        except WrongExpectedVersionError:
            if attempt == ATTEMPTS:
                raise
        else:
            return


def take_in(equipment: Equipment, checked: Checked, members: Members, by: str) -> Taken:
    """Take a run out of a bundle that is sound; doing it twice is harmless.

    A run that is here already stays as it is: what was erased of it stays away, and
    what the bundle has of later events is not added.

    Args:
        by: keyed pseudonym of who does it.

    Raises:
        BundleError: a key in it opens what no wct has stored; nothing was stored.
        StreamTakenError, EventIdReusedError: something else has the run's name or ids.
        LedgerWriteError: it could not be stored; doing it again goes on. Or it refers
            to what another run has stored.
    """
    ledger, manifest = equipment.ledger, checked.manifest
    streams: dict[str, list[StoredRow]] = {}
    for row in checked.rows:
        streams.setdefault(row.stream, []).append(row)
    names = set(members.names())
    keys = keys_in(ledger, checked, members)
    events = 0
    if not _is_here(ledger, streams[manifest.run]):
        blobs = {name: _blobs(rows, members, names) for name, rows in streams.items()}
        _refuse_others(ledger, manifest.run, streams, blobs)
        # The run last: it is what tells that all of it is here.
        for stream in sorted(streams, key=lambda name: name == manifest.run):
            events += ledger.import_rows(streams[stream], blobs[stream])
    ours = _is_ours(ledger, checked, taken_in=events > 0)
    if not (ours or _is_noted(ledger, streams[manifest.run])):
        signers = tuple(sorted(key.name for key in checked.verdict.signers))
        command = NoteImport(by, manifest.log, manifest.size, signers)
        note_copy(equipment, manifest.run, command)
    return Taken(events, None if keys is None else keys.keep())


def _is_here(ledger: Ledger, rows: Sequence[StoredRow]) -> bool:
    """Say whether a run was taken in, or recorded here; then with the same events.

    What was recorded in it since differs: there that it was exported, here that it
    was imported.
    """
    ours = list(islice(ledger.rows(stream=rows[0].stream), len(rows)))
    for here, there in zip(ours, rows, strict=False):
        if here.hash != there.hash:
            return here.type == RunImported.type
    return len(ours) == len(rows) or (bool(ours) and ours[-1].type == RunImported.type)


def _is_ours(ledger: Ledger, checked: Checked, *, taken_in: bool) -> bool:
    """Say whether a run was recorded here.

    Anybody can write the id of this ledger into a bundle, and sign that with a key of
    their own: what was not here is believed to be ours only by our own signature. And
    anybody who was given a run can sign it as theirs: it stays ours if we have its key.
    """
    if not taken_in and _has_key_here(ledger, checked):
        return True
    if checked.manifest.log not in (ledger.log_id, *ledger.former_ids):
        return False
    own = ledger.keys.verifier_keys()
    return not taken_in or not checked.verdict.signers.isdisjoint(own)


def _has_key_here(ledger: Ledger, checked: Checked) -> bool:
    started = next(row for row in checked.rows if row.stream == checked.manifest.run)
    scope = _scope(started)
    if scope is None:
        return False
    try:
        ledger.keys.sealer_of(scope).seal(b"")
    except ErasedError:
        return True
    except BlobDamagedError:  # there is none
        return False
    return True


def _is_noted(ledger: Ledger, rows: Sequence[StoredRow]) -> bool:
    """Say whether it is recorded that a run came to this ledger.

    What the bundle itself says of that is about another ledger, or made up.
    """
    theirs = iter(rows)
    same = True
    for here in ledger.rows(stream=rows[0].stream):
        there = next(theirs, None) if same else None
        same = there is not None and there.hash == here.hash
        if not same and here.type == RunImported.type:
            return True
    return False


def _refuse_others(
    ledger: Ledger,
    run: str,
    streams: Mapping[str, Sequence[StoredRow]],
    blobs: Mapping[str, Sequence[Blob]],
) -> None:
    """Refuse what would become part of another run, or have part in one.

    A sealed blob is of one run alone, with which it is erased or pruned, and whose
    readers its key is given to. A made-up bundle may name those of others.

    Raises:
        StreamTakenError: there is such a run, with other events.
        LedgerWriteError: another run has a blob that the bundle refers to.
    """
    here = {each.name for each in ledger.streams(run)}
    if run in here:
        raise StreamTakenError(run)
    here |= {each.name for each in ledger.streams(afterwards_of(run))}
    named = {blob.digest for name in streams.keys() - here for blob in blobs[name]}
    for name in streams.keys() - here:
        for row in streams[name]:
            named.update(references_in(row.type, row.payload or b""))
    known = {blob.digest for name in streams.keys() & here for blob in blobs[name]}
    alone = _scope(streams[run][0]) is not None
    for digest in sorted(ledger.maintenance.blob_sizes(named - known)):
        if alone or _is_sealed(ledger, digest):
            msg = (
                f"run {run} is not taken in: it refers to blob {digest}, which another "
                "run of this ledger has stored; import it into another ledger"
            )
            raise LedgerWriteError(msg)


def _scope(started: StoredRow) -> str | None:
    """Return the scope for which a run's blobs are sealed, and go; "": not known."""
    if started.payload is None:
        return ""
    event = decode(started.type, started.payload)
    return event.scope if isinstance(event, RunStarted) else ""


def _is_sealed(ledger: Ledger, digest: str) -> bool:
    stored = ledger.blob(digest)
    first = next(iter(parts_of(stored)), None)
    return sealed_for(stored if first is None else ledger.blob(first)) is not None


def _blobs(rows: Iterable[StoredRow], members: Members, names: set[str]) -> list[Blob]:
    found: dict[str, bytes] = {}
    for row in rows:
        for digest in references_in(row.type, row.payload or b""):
            if digest not in found and BLOBS + digest in names:
                found[digest] = stored = members.read(BLOBS + digest)
                for part in parts_of(stored):
                    found[part] = members.read(BLOBS + part)
    return [Blob(digest, stored) for digest, stored in found.items()]
