"""Puts a run together for a bundle."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from wct_domain.bundle import (
    BLOBS,
    CHECKPOINT,
    CONSISTENCY,
    EVENTS,
    LARGEST,
    MANIFEST,
    MASKED,
    PROOF,
    SHARED,
    VERIFIERS,
    Consistency,
    Listed,
    Manifest,
    Member,
    about,
    consistency_member,
    events_member,
    listed,
    proof_member,
)
from wct_domain.errors import BlobMissingError, BundleError
from wct_domain.events import RunImported
from wct_domain.merkle import Frontier, consistency_proof
from wct_domain.multiproof import multiproof
from wct_domain.notes import Checkpoint, Note, sign
from wct_domain.packing import parts_of
from wct_domain.ports.ledger import Ledger
from wct_domain.ports.sealed_log import StoredCheckpoint, StoredRow
from wct_domain.verification.chains import references_in
from wct_domain.verification.run import streams_of_run

_HEAD = 256  # bytes of a sealed blob that tell its key, and more


def bundle_members(
    ledger: Ledger,
    run: str,
    checkpoint: StoredCheckpoint,
    *,
    reader: str | None = None,
    masked: bytes | None = None,
    kept: Sequence[str] = (),
) -> Iterator[Member]:
    """Yield the members of a bundle, the manifest last.

    The same ledger, run and checkpoint give the same members, but for shared keys:
    these are encrypted with chance.

    Args:
        checkpoint: what is in the bundle is what it covers of the run.
        reader: public key of who may open what is sealed: the keys of this run's
            blobs are shared, and no others.
        masked: what the run found, for everybody to read.
        kept: checkpoints from elsewhere that are proven to be older states.

    Raises:
        BundleError: a member would be too large, or a checkpoint of ``kept`` is newer.
        ErasedError: there is something sealed, and its key is destroyed.
    """
    log = Checkpoint.parse(Note.parse(checkpoint.note).text).origin.partition("/")[2]
    rows = _rows(ledger, run, checkpoint.size)
    digests = _blobs(ledger, rows)
    manifest: dict[str, Listed] = {}

    def member(name: str, content: bytes) -> Member:
        if len(content) > LARGEST:
            msg = (
                f"run {run} is too large for a bundle: {name} has {len(content)} bytes"
            )
            raise BundleError(msg)
        manifest[name] = listed(content)
        return Member(name, content)

    signer = ledger.keys.signer  # made now, if it is the first
    verifiers = [*ledger.keys.verifier_keys(), signer.key]
    lines = "".join(f"{key}\n" for key in dict.fromkeys(verifiers))
    yield member(VERIFIERS, lines.encode())
    yield member(CHECKPOINT, checkpoint.note.encode())
    yield member(EVENTS, events_member(rows))
    leaves = [row.seal - 1 for row in rows]
    hashes = ledger.sealed_hashes(0, checkpoint.size)
    yield member(PROOF, proof_member(multiproof(leaves, checkpoint.size, hashes)))
    if kept:
        proofs = [_consistency(ledger, note, checkpoint.size) for note in kept]
        yield member(CONSISTENCY, consistency_member(proofs))
    reader_id = None
    if reader is not None:
        heads = _heads(ledger, digests)
        shared = ledger.keys.share(
            *(heads, reader, about(log, run)),
            only_accepted=any(row.type == RunImported.type for row in rows),
        )
        reader_id = reader.split("+")[1]
        yield member(SHARED, shared)
    if masked is not None:
        yield member(MASKED, masked)
    every = {each for digest, parts in digests.items() for each in (digest, *parts)}
    for digest in sorted(every):
        yield member(BLOBS + digest, ledger.blob(digest))
    others = (each for each in (*ledger.former_ids, ledger.log_id) if each != log)
    text = Manifest(
        log=log,
        former=tuple(others),
        run=run,
        size=checkpoint.size,
        readable_by=reader_id,
        members=manifest,
    ).text()
    yield Member(MANIFEST, str(sign(text, signer.key, signer.sign)).encode())


def _rows(ledger: Ledger, run: str, size: int) -> list[StoredRow]:
    rows = [
        row
        for stream in streams_of_run(ledger, run)
        for row in ledger.rows(stream=stream)
        if row.seal <= size
    ]
    return sorted(rows, key=lambda row: row.seal)


def _blobs(ledger: Ledger, rows: Collection[StoredRow]) -> dict[str, list[str]]:
    """Map each blob that is there to its parts."""
    found: dict[str, list[str]] = {}
    for row in rows:
        for digest in references_in(row.type, row.payload or b""):
            if digest in found:
                continue
            try:
                found[digest] = parts_of(ledger.blob(digest))
            except BlobMissingError:
                continue  # erased or pruned; verification knows whether it may be
    return found


def _heads(ledger: Ledger, digests: Mapping[str, Sequence[str]]) -> list[bytes]:
    """Return the beginnings of what is sealed; of a cut one, that of its first part."""
    firsts = (parts[0] if parts else digest for digest, parts in digests.items())
    heads = (ledger.blob(digest)[:_HEAD] for digest in firsts)
    return [head for head in heads if head[:1] == b"\x03"]


def _consistency(ledger: Ledger, note: str, size: int) -> Consistency:
    kept = Checkpoint.parse(Note.parse(note).text)
    if not 0 < kept.size <= size:
        msg = f"the kept checkpoint is at {kept.size} events, the bundle's at {size}"
        raise BundleError(msg)

    def subtree(start: int, end: int) -> bytes:
        tree = Frontier()
        tree.extend(ledger.sealed_hashes(start, end))
        return tree.root

    proof = consistency_proof(kept.size, size, subtree)
    return Consistency(size=kept.size, proof=[node.hex() for node in proof])
