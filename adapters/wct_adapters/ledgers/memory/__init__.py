"""The ledger in memory."""

from wct_adapters.ledgers.memory.ledger import MemoryLedger

__all__ = ["MemoryLedger"]
