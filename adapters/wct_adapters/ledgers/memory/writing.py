"""Adding to a ledger in memory."""

from collections.abc import Sequence

from wct_adapters.ledgers.batch import Batch, as_recorded, chained, first_recorded
from wct_adapters.ledgers.facade import Writing
from wct_adapters.ledgers.intake import is_here, placed, refuse_no_chain
from wct_adapters.ledgers.memory.contents import Contents
from wct_domain.errors import EventIdReusedError, LedgerWriteError
from wct_domain.ports.ledger import Blob, Recorded
from wct_domain.ports.sealed_log import StoredCheckpoint, StoredRow


class MemoryWriting(Writing):
    """One thread at a time."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents

    def append(self, batch: Batch) -> tuple[Recorded, ...]:
        held = self._contents
        with held.lock:
            self.refuse_if_closed()
            tip = held.tip(batch.stream)
            ids = {draft.event_id for draft in batch.drafts}
            known = {each: held.by_id[each] for each in ids & held.by_id.keys()}
            rows = first_recorded(batch, known, tip)
            if not rows:
                wrong = batch.wrong_at(tip)
                if wrong is not None:
                    raise wrong
                rows = chained(batch, tip, after=len(held.rows))
                held.redact(batch.stream, batch.redact)
                held.store(batch.stream, rows, batch.blobs)
                for digest in batch.forget:
                    held.blobs.pop(digest, None)
        return as_recorded(batch, rows)

    def seal(self, patience: float) -> None:
        """Do nothing: rows are in order, and an event's place is its number."""

    def add_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        self.refuse_if_closed()
        self._contents.checkpoints.setdefault(checkpoint.size, checkpoint)

    def import_rows(self, rows: Sequence[StoredRow], blobs: Sequence[Blob]) -> int:
        stream = refuse_no_chain(rows)
        held = self._contents
        with held.lock:
            self.refuse_if_closed()
            known = held.of_stream.get(stream, [])
            hashes = [row.hash for row in known[: len(rows)]]
            if is_here(rows, hashes, at_all=bool(known)):
                return 0
            taken = placed(rows, len(held.names), after=len(held.rows))
            ids = {row.event_id for row in taken}
            if len(ids) < len(taken) or not ids.isdisjoint(held.by_id):
                msg = f"an event of stream '{stream}' has an id that is taken here"
                raise EventIdReusedError(msg)
            held.store(stream, taken, blobs)
        return len(rows)

    def close(self) -> None:
        self._contents.closed = True

    def refuse_if_closed(self) -> None:
        """Refuse to write to a ledger that was closed.

        Raises:
            LedgerWriteError
        """
        if self._contents.closed:
            msg = "the ledger in memory is closed; nothing was recorded"
            raise LedgerWriteError(msg)
