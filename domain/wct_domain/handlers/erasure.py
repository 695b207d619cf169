"""How the erasure of a run's data is recorded."""

from wct_domain.archive import BlobDraft
from wct_domain.commands import EraseBlobs, RequestErasure
from wct_domain.events import DataErased, ErasureRequested
from wct_domain.handlers.tools import Events
from wct_domain.projections.run import Run


def request_erasure(command: RequestErasure, run: Run) -> Events:
    """Record what is about to happen, once: a request that is open says it already."""
    if run.erasure is not None and not run.is_erased:
        return
    yield (
        ErasureRequested(
            scope=command.scope,
            reason=command.reason,
            by=command.by,
            reference=command.reference,
        ),
    )


def erase_blobs(command: EraseBlobs, draft: BlobDraft) -> Events:
    """Have blobs go in the transaction that says so."""
    draft.forget(command.digests)
    yield (DataErased(scope=command.scope, blobs=len(command.digests)),)
