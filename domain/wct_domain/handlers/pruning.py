"""How it is recorded that a stream was pruned."""

from itertools import chain

from wct_domain.archive import BlobDraft
from wct_domain.commands import PruneStream
from wct_domain.events import RunPruned
from wct_domain.handlers.tools import Events


def prune_stream(command: PruneStream, draft: BlobDraft) -> Events:
    """Have payloads and blobs go in the transaction that says so; once."""
    if not command.positions and not command.digests:
        return
    draft.redact(
        chain.from_iterable(range(first, last + 1) for first, last in command.positions)
    )
    draft.forget(command.digests)
    yield (
        RunPruned(
            positions=command.positions,
            blobs=len(command.digests),
            size=command.size,
        ),
    )
