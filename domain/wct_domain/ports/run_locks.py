"""Which runs a living process is at work on: held by the system, never recorded.

An event that says so would stay when its process is killed; a lock is free at once.
"""

from contextlib import AbstractContextManager
from typing import Protocol


class RunLocks(Protocol):
    """One lock for each run of a ledger."""

    def hold(self, run: str) -> AbstractContextManager[None]:
        """Hold the lock of a run until the context ends, or the process.

        Raises:
            RunHeldError: somebody else holds it, in this process or another.
            LedgerWriteError: there is no way to hold it.
        """
        ...

    def is_held(self, run: str) -> bool:
        """Say whether anybody holds it now.

        Raises:
            LedgerUnusableError: that cannot be told; the text says why.
        """
        ...
