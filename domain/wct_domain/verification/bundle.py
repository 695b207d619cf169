"""Verifies a bundle alone: no ledger, no key store, another machine."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from wct_domain.bundle import (
    BLOBS,
    CHECKPOINT,
    EVENTS,
    MANIFEST,
    VERIFIERS,
    Manifest,
    Members,
    listed,
    rows_of,
)
from wct_domain.checkpoints import origin_of
from wct_domain.digests import blob_digest
from wct_domain.errors import (
    BlobDamagedError,
    BlobMissingError,
    BundleError,
    CheckpointError,
)
from wct_domain.events import DataErased, ErasureRequested, RunStarted
from wct_domain.notes import Checkpoint, Note, VerifierKey, Verify
from wct_domain.ports.sealed_log import StoredRow
from wct_domain.upcasting import decode
from wct_domain.verification.blobs import Blobs
from wct_domain.verification.chains import Chains
from wct_domain.verification.forms import check_forms
from wct_domain.verification.proofs import check_kept, check_tree
from wct_domain.verification.signatures import Trust, origins_of
from wct_domain.verification.verdict import Verdict


class Checked(NamedTuple):
    """What came of a bundle, and what is in it where that could be read."""

    verdict: Verdict
    trust: Trust
    manifest: Manifest
    rows: list[StoredRow]


class BundledBlobs:
    """The blobs of a bundle."""

    def __init__(self, members: Members, names: Collection[str]) -> None:
        self._members = members
        self._names = names

    def blob(self, digest: str) -> bytes:
        """See :class:`wct_domain.ports.ledger.BlobStore`."""
        stored = self.unverified(digest)
        if blob_digest(stored) != digest:
            raise BlobDamagedError(digest)
        return stored

    def unverified(self, digest: str) -> bytes:
        """Return a blob whatever its digest is. Raises BlobMissingError."""
        if BLOBS + digest not in self._names:
            raise BlobMissingError(digest)
        return self._members.read(BLOBS + digest)


def verify_bundle(
    members: Members,
    given: Sequence[VerifierKey],
    fits: Verify,
    *,
    kept: Sequence[str] = (),
) -> Checked:
    """Recompute everything in a bundle, up to the root that its checkpoint signs.

    Args:
        given: keys that are trusted; without any, those in the bundle are believed.
        kept: checkpoints from elsewhere; each must be the bundle's, or an older one
            from which the bundle has a consistency proof.

    Raises:
        BundleError: it is not a bundle, so that there is nothing to verify.
        CheckpointError: a note of ``kept`` is not one.
    """
    manifest, note = Manifest.parse(members.read(MANIFEST))
    names = set(members.names())
    verdict = Verdict(manifest.log, manifest.run, size=manifest.size)
    _check_members(members, manifest, names, verdict)
    trust = Trust(fits, given, _own_keys(members))
    _check_signature(note, trust, verdict)
    checkpoint = _checkpoint(members, manifest, trust, verdict)
    rows = list(rows_of(members.read(EVENTS)))
    _check_events(members, names, manifest, rows, verdict)
    if checkpoint is not None:
        verdict.root = checkpoint.root
        check_tree(members, checkpoint, rows, verdict)
        origins = origins_of(manifest.log, manifest.former)
        check_kept(members, (checkpoint, origins), kept, trust, verdict)
    verdict.unsigned = 0 if verdict.signed else len(rows)
    return Checked(verdict, trust, manifest, rows)


def _check_members(
    members: Members, manifest: Manifest, names: set[str], verdict: Verdict
) -> None:
    for name in sorted(manifest.members.keys() - names):
        verdict.blame(name, "is missing")
    for name in sorted(names - manifest.members.keys() - {MANIFEST}):
        verdict.blame(name, "is not in the manifest")
    for name in sorted(manifest.members.keys() & names):
        if listed(members.read(name)) != manifest.members[name]:
            verdict.blame(name, "was changed: the manifest has another digest")


def _own_keys(members: Members) -> list[VerifierKey]:
    try:
        lines = members.read(VERIFIERS).decode().splitlines()
        return [VerifierKey.parse(line) for line in lines]
    except (UnicodeDecodeError, CheckpointError) as error:
        msg = f"{VERIFIERS} is not a list of verifier keys"
        raise BundleError(msg) from error


def _check_signature(note: Note, trust: Trust, verdict: Verdict) -> None:
    try:
        signers = trust.signers(note, trusted=True)
    except CheckpointError as error:
        verdict.blame(MANIFEST, str(error))
    else:
        verdict.signers.update(signers)


def _checkpoint(
    members: Members, manifest: Manifest, trust: Trust, verdict: Verdict
) -> Checkpoint | None:
    try:
        note = members.read(CHECKPOINT).decode()
        found, signers = trust.opened(note, (origin_of(manifest.log),), trusted=True)
    except (UnicodeDecodeError, CheckpointError) as error:
        verdict.blame(CHECKPOINT, str(error))
        return None
    if found.size != manifest.size:
        verdict.blame(CHECKPOINT, "is not the one that the manifest names")
    verdict.checkpoints, verdict.signed = 1, found.size
    verdict.signers.update(signers)
    return found


def _check_events(
    members: Members,
    names: set[str],
    manifest: Manifest,
    rows: list[StoredRow],
    verdict: Verdict,
) -> None:
    chains = Chains(verdict, numbered=False)
    verdict.events = chains.take(rows, lambda _: None)
    verdict.streams = len(chains.of)
    _check_streams(chains, manifest.run, verdict)
    _check_meaning(rows, manifest.run, verdict)
    store = BundledBlobs(members, names)
    blobs = Blobs(store, chains, verdict)
    blobs.check()
    check_forms(store.unverified, chains, verdict)
    present = (name.removeprefix(BLOBS) for name in names if name.startswith(BLOBS))
    for digest in sorted(blobs.unreferenced(present)):
        verdict.blame(BLOBS + digest, "no event refers to it")
    chains.check_payloads()
    blobs.judge_missing()


def _check_streams(chains: Chains, name: str, verdict: Verdict) -> None:
    run = chains.of.get(name)
    if run is None or "/" in name:
        verdict.blame(EVENTS, f"has no event of a run {name}")
    for chain in chains.of.values():
        belongs = chain.name.startswith(f"artifacts/{name}/")
        if chain is not run and not (belongs and chains.home_of(chain) is run):
            verdict.blame(EVENTS, f"stream {chain.name} is none of this run")


def _check_meaning(rows: Sequence[StoredRow], run: str, verdict: Verdict) -> None:
    """Blame what would be no event of this run to who takes it in.

    In a ledger no hash need be wrong for that; a bundle may be made up by anybody. An
    erasure that was begun would be finished there, with the key of whatever it names.
    """
    open_erasures: dict[str, str] = {}  # by stream
    for row in rows:
        place = f"event {row.position} of {row.stream}"
        if row.correlation_id != run:
            verdict.blame(place, "belongs to another run")
        if (row.stream, row.position) == (run, 1) and not _starts(row):
            verdict.blame(place, "does not start a run")
        if row.payload is not None:
            try:
                event = decode(row.type, row.payload)
            except ValueError:
                verdict.blame(place, f"cannot be read as {row.type}")
                continue
            if isinstance(event, ErasureRequested):
                open_erasures.setdefault(row.stream, place)
            elif isinstance(event, DataErased):
                open_erasures.pop(row.stream, None)
    for place in open_erasures.values():
        verdict.blame(place, "asks for an erasure that is not done")


def _starts(row: StoredRow) -> bool:
    return row.type.partition("/")[0] == RunStarted.type.partition("/")[0]
