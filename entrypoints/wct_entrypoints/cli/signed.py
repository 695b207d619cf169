"""How far a run is signed: the checkpoint that its end brought, and what says so."""

from base64 import b64encode

from wct_domain.checkpoints import checkpoint_over
from wct_domain.errors import CheckpointError, LedgerUnusableError
from wct_domain.events import PrunedEvent, RunCompleted, RunFailed, RunInterrupted
from wct_domain.ports.ledger import Ledger
from wct_domain.ports.sealed_log import StoredCheckpoint

_ENDS = (RunCompleted, RunFailed, RunInterrupted)
_END_TYPES = {kind.type for kind in _ENDS}


def checkpoint_of(ledger: Ledger, run: str) -> StoredCheckpoint | None:
    """Return the first checkpoint that covers the end of a run, or what there is of it.

    What is recorded after the end, as that evidence was shown, may be signed later.
    """
    last = 0
    for recorded in ledger.read(run):
        event = recorded.event
        ends = isinstance(event, _ENDS) or (
            isinstance(event, PrunedEvent) and event.type in _END_TYPES
        )
        if ends or not last:
            last = recorded.position
    try:
        return checkpoint_over(ledger, run, last)
    except LedgerUnusableError:  # there is no such run
        return None


def note_of(ledger: Ledger, run: str) -> str:
    """Return that checkpoint as a signed note.

    Raises:
        CheckpointError: there is none yet.
    """
    found = checkpoint_of(ledger, run)
    if found is None:
        msg = f"run {run} is not signed yet: the next run signs it, or 'wct verify'"
        raise CheckpointError(msg)
    return found.note


def signed_text(checkpoint: StoredCheckpoint | None) -> str:
    """Say it in a line."""
    if checkpoint is None:
        return "pending: the next run signs it, or 'wct verify'"
    root = b64encode(checkpoint.root).decode()
    return f"checkpoint at {checkpoint.size} events, root {root}"
