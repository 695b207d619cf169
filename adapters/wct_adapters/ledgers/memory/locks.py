"""Locks of runs that only this process knows."""

from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock

from wct_adapters.ledgers.held import held
from wct_domain.ports.run_locks import RunLocks


class MemoryLocks(RunLocks):
    """For a ledger in memory, which no other process can see."""

    def __init__(self) -> None:
        self._held: set[str] = set()
        self._lock = Lock()

    @contextmanager
    def hold(self, run: str) -> Generator[None]:
        with self._lock:
            if run in self._held:
                raise held(run, " in this process")
            self._held.add(run)
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(run)

    def is_held(self, run: str) -> bool:
        return run in self._held
