"""A ledger that lives as long as its process: for tests and runs without a file."""

from uuid import uuid4

from wct_adapters.ledgers.facade import Parts
from wct_adapters.ledgers.in_order import LedgerInOrder
from wct_adapters.ledgers.keys import KeyRing
from wct_adapters.ledgers.memory.contents import Contents
from wct_adapters.ledgers.memory.locks import MemoryLocks
from wct_adapters.ledgers.memory.operations import MemoryMaintenance
from wct_adapters.ledgers.memory.reading import MemoryReading, MemorySealed
from wct_adapters.ledgers.memory.subscribers import MemoryCursors
from wct_adapters.ledgers.memory.writing import MemoryWriting
from wct_adapters.ledgers.safes import MemorySafe
from wct_domain.ports.clock import Clock


class MemoryLedger(LedgerInOrder):
    """Keeps rows as the SQLite ledger does, payloads encoded and hashes chained.

    So nobody can change what is stored through an object that was appended or read,
    and what works here works on a file. Its keys are random: digests of two memory
    ledgers never agree.
    """

    def __init__(self, clock: Clock) -> None:
        self._contents = contents = Contents()
        log_id = str(uuid4())
        writing = MemoryWriting(contents)
        super().__init__(
            Parts(
                "memory",
                log_id,
                (),
                MemoryReading(contents),
                MemorySealed(contents),
                writing,
                KeyRing(MemorySafe(), log_id),
                MemoryMaintenance(contents),
                MemoryLocks(),
                MemoryCursors(contents, log_id, writing.refuse_if_closed),
                clock,
            )
        )
