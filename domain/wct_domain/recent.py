"""What was stored a moment ago, as it was before it was sealed."""

from threading import Lock
from typing import Final

ROOM: Final = 4 << 20  # bytes, in all
LARGEST: Final = 64 << 10  # bytes that one of them may have


class RecentBlobs:
    """Bodies of the blobs that a run has stored last, in little memory.

    Most artifacts are read by the very next step, and all results when the run has
    ended: reading a small one back costs more than all else that a step without work
    takes (0.09 of 0.6 ms). What is here is never changed, only parsed anew.
    """

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}
        self._size = 0
        self._lock = Lock()

    def keep(self, digest: str, body: bytes) -> None:
        """Keep a body under the digest of the blob that it became, if it is small."""
        if len(body) > LARGEST:
            return
        with self._lock:
            if digest not in self._bodies:
                self._bodies[digest] = body
                self._size += len(body)
            while self._size > ROOM:
                self._size -= len(self._bodies.pop(next(iter(self._bodies))))

    def get(self, digest: str) -> bytes | None:
        """Return a body; None if it is not among the last."""
        return self._bodies.get(digest)

    def clear(self) -> None:
        """Forget all of them: from now on only the ledger answers."""
        with self._lock:
            self._bodies.clear()
            self._size = 0
