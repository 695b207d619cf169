"""Signed statements on how far the ledger has come, at the price of what is new."""

import re
from datetime import UTC, datetime
from typing import Final

from wct_domain.errors import LedgerUnusableError
from wct_domain.merkle import Frontier
from wct_domain.notes import Checkpoint, sign
from wct_domain.ports.clock import Clock
from wct_domain.ports.keys import Keys
from wct_domain.ports.sealed_log import SealedLog, StoredCheckpoint


def origin_of(log_id: str) -> str:
    """First line of a checkpoint of this log."""
    return f"wct/{log_id}"


def signed_text(checkpoint: Checkpoint, at: datetime, after: int = 0) -> str:
    """What is signed of a checkpoint: also when, and after which other one.

    Args:
        after: size of the checkpoint before it, so that none can go unnoticed; 0:
            there is none.
    """
    moment = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    return f"{checkpoint}at {moment}\nafter {after}\n"


def predecessor(text: str) -> int:
    """Size of the checkpoint before the one with this text; 0: it says none."""
    found = _AFTER.search(text)
    return int(found[1]) if found else 0


_AFTER: Final = re.compile("^after (0|[1-9][0-9]{0,18})$", re.MULTILINE)

PATIENCE: Final = 2.0
"""Seconds that an event which was just appended may take to be sealed."""


def add_checkpoint(
    log: SealedLog, keys: Keys, clock: Clock, *, patience: float = PATIENCE
) -> StoredCheckpoint | None:
    """Sign the root over all sealed events, and keep it in the ledger.

    Args:
        patience: seconds to wait for events that are there and cannot be sealed yet.

    Returns:
        The checkpoint, which is the last one where nothing was sealed since; None
        where nothing was ever sealed.

    Raises:
        LedgerUnusableError: keys or the last checkpoint cannot be read.
        LedgerWriteError: it is not kept.
    """
    size = log.seal(patience=patience)
    last = log.last_checkpoint()
    if last is not None and last.size >= size:
        return last
    if size == 0:
        return None
    tree = Frontier() if last is None else _grown_from(last)
    tree.extend(log.sealed_hashes(tree.size, size))
    signer, at = keys.signer, clock()
    stated = Checkpoint(origin_of(log.log_id), tree.size, tree.root)
    text = signed_text(stated, at, 0 if last is None else last.size)
    note = str(sign(text, signer.key, signer.sign))
    made = StoredCheckpoint(tree.size, tree.root, note, tree.to_bytes(), at)
    log.add_checkpoint(made)
    return made


def checkpoint_over(
    log: SealedLog, stream: str, position: int
) -> StoredCheckpoint | None:
    """Return the first checkpoint that covers an event; None while there is none.

    Raises:
        LedgerUnusableError: there is no such event.
    """
    seal = log.seal_of(stream, position)
    return None if seal is None else next(log.checkpoints(since=seal), None)


def _grown_from(last: StoredCheckpoint) -> Frontier:
    try:
        return Frontier.from_bytes(last.frontier)
    except ValueError as error:
        msg = (
            f"the checkpoint at {last.size} events is damaged, no other can be made "
            "from it; run 'wct verify', and restore a backup"
        )
        raise LedgerUnusableError(msg) from error
