"""What a bundle brings to prove that its events are in the tree that was signed."""

from collections.abc import Sequence

from wct_domain.bundle import (
    CONSISTENCY,
    EVENTS,
    PROOF,
    Members,
    consistencies_of,
    nodes_of,
)
from wct_domain.errors import CheckpointError
from wct_domain.merkle import verify_consistency
from wct_domain.multiproof import root_from
from wct_domain.notes import Checkpoint, Note
from wct_domain.ports.sealed_log import StoredRow
from wct_domain.verification.signatures import Trust
from wct_domain.verification.verdict import Verdict


def check_tree(
    members: Members,
    checkpoint: Checkpoint,
    rows: Sequence[StoredRow],
    verdict: Verdict,
) -> None:
    """Blame what keeps the events from being in the tree of the checkpoint."""
    leaves = {row.seal - 1: row.hash for row in rows}
    if len(leaves) != len(rows) or list(leaves) != sorted(leaves):
        verdict.blame(EVENTS, "its events are not in the order of the ledger")
    try:
        root = root_from(leaves, checkpoint.size, nodes_of(members.read(PROOF)))
    except ValueError as error:
        verdict.blame(PROOF, str(error))
        return
    if root != checkpoint.root:
        what = "these events are not in the tree that the checkpoint signs"
        verdict.blame(PROOF, what)


def check_kept(
    members: Members,
    stated: tuple[Checkpoint, Sequence[str]],
    kept: Sequence[str],
    trust: Trust,
    verdict: Verdict,
) -> None:
    """Blame kept checkpoints that are not of the history that the bundle is of.

    Args:
        stated: the bundle's checkpoint, and the origins that others may have: a ledger
            that was restored from a backup goes on under another id. To name a former
            one proves nothing; that its tree is the beginning of this one does.
    """
    checkpoint, origins = stated
    proofs: dict[int, list[bytes]] = {}
    if CONSISTENCY in members.names():
        proofs = consistencies_of(members.read(CONSISTENCY))
    for note in kept:
        size = Checkpoint.parse(Note.parse(note).text).size
        place = f"kept checkpoint at {size}"
        verdict.kept += 1
        try:
            older, _ = trust.opened(note, origins, trusted=True)
        except CheckpointError as error:
            verdict.blame(place, str(error))
            continue
        if size != checkpoint.size and size not in proofs:
            what = (
                f"the bundle's is at {checkpoint.size}, and has no proof from this "
                "one: export again with --checkpoint"
            )
            verdict.blame(place, what)
        elif not verify_consistency(
            size,
            checkpoint.size,
            older.root,
            checkpoint.root,
            proofs.get(size, []) if size != checkpoint.size else [],
        ):
            verdict.blame(place, "the bundle is of another history than this one")
