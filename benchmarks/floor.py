"""What a durable, hash-chained log costs at the least: the engine's measure.

Standard library only: a thread pool runs the steps, one writer thread appends to
SQLite (WAL, ``synchronous=NORMAL``), group commit by draining its queue. A step is
three events, each hashed with the one before it, and one artifact under its digest.
No schemas, no validation, no retries, no salt, no unique ids, no plug-ins, no runbook
file: a lower bound, not a rival.
"""

import hashlib
import json
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

Step = Callable[[dict[str, int]], dict[str, int]]
Batch = tuple[list[bytes], list[tuple[str, bytes]], "Future[None]"]


class FloorLog:
    """Appends from a thread of its own; ``append`` returns when it is committed."""

    def __init__(self, path: Path) -> None:
        self._queue: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._path = path
        self._hash = bytes(32)
        self._thread = threading.Thread(target=self._write)
        self._thread.start()

    def append(self, events: list[bytes], blobs: list[tuple[str, bytes]]) -> None:
        done: Future[None] = Future()
        self._queue.put((events, blobs, done))
        done.result()

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join()

    def _write(self) -> None:
        database = sqlite3.connect(self._path, isolation_level=None)
        database.execute("pragma journal_mode=wal")
        database.execute("pragma synchronous=normal")
        database.execute(
            "create table events (position integer primary key, data blob, hash blob)"
        )
        database.execute("create table blobs (digest text primary key, data blob)")
        while (first := self._queue.get()) is not None:
            batches = [first]
            while not self._queue.empty() and (more := self._queue.get()) is not None:
                batches.append(more)
            rows: list[tuple[bytes, bytes]] = []
            for events, _, _ in batches:
                for event in events:
                    self._hash = hashlib.sha256(self._hash + event).digest()
                    rows.append((event, self._hash))
            database.execute("begin immediate")
            database.executemany("insert into events (data, hash) values (?, ?)", rows)
            database.executemany(
                "insert or ignore into blobs values (?, ?)",
                [blob for _, blobs, _ in batches for blob in blobs],
            )
            database.execute("commit")
            for _, _, done in batches:
                done.set_result(None)
        database.close()


def run(path: Path, steps: int, step: Step, *, chain: bool, workers: int) -> None:
    """Run no-op steps, each after the one before it, or all at once."""
    log = FloorLog(path)

    def visit(number: int, given: dict[str, int]) -> dict[str, int]:
        log.append([_event("started", number)], [])
        result = step(given)
        data = json.dumps(result).encode()
        digest = hashlib.sha256(data).hexdigest()
        events = [_event("saved", number, digest), _event("completed", number, digest)]
        log.append(events, [(digest, data)])
        return result

    with ThreadPoolExecutor(workers) as pool:
        if chain:
            given = {"n": 0}
            for number in range(steps):
                given = pool.submit(visit, number, given).result()
        else:
            waiting = [pool.submit(visit, each, {"n": each}) for each in range(steps)]
            for future in waiting:
                future.result()
    log.close()


def _event(kind: str, step: int, digest: str | None = None) -> bytes:
    return json.dumps({"type": kind, "step": f"s{step}", "digest": digest}).encode()
