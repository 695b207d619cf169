"""A small ledger to verify, and copies of it that somebody has changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from wct_adapters.ledgers.ciphers import signature_fits
from wct_adapters.ledgers.memory import MemoryLedger
from wct_domain.checkpoints import add_checkpoint
from wct_domain.digests import Reference, blob_digest
from wct_domain.errors import BlobDamagedError, BlobMissingError
from wct_domain.events import ArtifactSaved, RunCompleted, RunStarted, StepStarted
from wct_domain.notes import VerifierKey
from wct_domain.ports.ledger import Blob, NewEvent, Recorded, Stream
from wct_domain.ports.sealed_log import StoredCheckpoint, StoredRow
from wct_domain.testing.ledger_samples import OTHER, RUN, event_id
from wct_domain.verification import Trust, Verdict, verify_ledger

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
AFTERWARDS = f"artifacts/{RUN}/01980000-0000-7000-8000-00000000cccc"
DONE = RunCompleted(succeeded=1, failed=0, skipped=0)


def noon() -> datetime:
    return NOON


def began(number: int, cause: str | None = None) -> NewEvent:
    event = StepStarted(step=f"step {number}", at=NOON, seed=number)
    return NewEvent(event_id(number), event, cause)


def started(number: int) -> NewEvent:
    document = Reference(blob=blob_digest(DOCUMENT), content="0" * 64)
    event = RunStarted(runbook="notes", steps=(), document=document)
    return NewEvent(event_id(number), event)


def saved(number: int, stored: bytes, cause: str | None = None) -> NewEvent:
    reference = Reference(blob=blob_digest(stored), content="0" * 64)
    event = ArtifactSaved(artifact="a", result=reference, items=1, size=len(stored))
    return NewEvent(event_id(number), event, cause)


def blob(stored: bytes) -> Blob:
    return Blob(blob_digest(stored), stored)


DOCUMENT = b"\x00document"
WHOLE = b"\x00whole"
PARTS = (b"\x00first", b"second")
LIST = b"\x02" + b"".join(bytes.fromhex(blob_digest(part)) for part in PARTS)
LATER = b"\x00later"


def recorded_ledger() -> MemoryLedger:
    """Two runs, an artifact saved after the first, and two checkpoints."""
    ledger = MemoryLedger(noon)
    first = [started(1), saved(2, WHOLE)]
    ledger.append(RUN, first, expected=0, blobs=[blob(WHOLE), blob(DOCUMENT)])
    add_checkpoint(ledger, ledger.keys, noon)
    parts = [blob(LIST), *map(blob, PARTS)]
    ledger.append(OTHER, [started(3), saved(4, LIST)], expected=0, blobs=parts)
    ledger.append(RUN, [NewEvent(event_id(5), DONE)], expected=2)
    late = saved(6, LATER, event_id(1))
    ledger.append(
        AFTERWARDS, [late], expected=0, blobs=[blob(LATER)], correlation_id=RUN
    )
    add_checkpoint(ledger, ledger.keys, noon)
    ledger.append(OTHER, [NewEvent(event_id(7), DONE)], expected=2)
    return ledger


@dataclass
class Stored:
    """What a ledger has stored, for anybody to change."""

    log_id: str
    keys: list[VerifierKey]
    history: list[StoredRow]
    blobs: dict[str, bytes]
    signed: list[StoredCheckpoint]
    former_ids: tuple[str, ...] = ()
    news: dict[str, list[Recorded]] = field(default_factory=dict[str, list[Recorded]])

    @classmethod
    def of(cls, ledger: MemoryLedger) -> "Stored":
        return cls(
            ledger.log_id,
            ledger.keys.verifier_keys(),
            list(ledger.rows()),
            {digest: ledger.blob(digest) for digest in ledger.blob_digests()},
            list(ledger.checkpoints()),
        )

    def seal(self) -> int:
        return max((row.seal for row in self.history), default=0)

    def sealed_hashes(self, after: int, upto: int) -> Iterator[bytes]:
        return (row.hash for row in self.history if after < row.seal <= upto)

    def rows(self, *, after: int = 0, stream: str | None = None) -> Iterator[StoredRow]:
        for row in self.history:
            if row.seal > after and stream in (None, row.stream):
                yield row

    def streams(self, prefix: str = "") -> list[Stream]:
        last = {row.stream: row for row in self.history}
        return [
            Stream(name, row.position, row.hash)
            for name, row in sorted(last.items())
            if name.startswith(prefix)
        ]

    def read(self, stream: str, *, after: int = 0) -> Iterator[Recorded]:
        news = self.news.get(stream, [])
        return (each for each in news if each.position > after)

    def blob(self, digest: str) -> bytes:
        if digest not in self.blobs:
            raise BlobMissingError(digest)
        if blob_digest(self.blobs[digest]) != digest:
            raise BlobDamagedError(digest)
        return self.blobs[digest]

    def blob_digests(self) -> Iterator[str]:
        return iter(self.blobs)

    def checkpoints(self, *, since: int = 0) -> Iterator[StoredCheckpoint]:
        return (each for each in self.signed if each.size >= since)

    def change(self, index: int, change: Callable[[StoredRow], StoredRow]) -> None:
        self.history[index] = change(self.history[index])


def trust(stored: Stored, *given: VerifierKey) -> Trust:
    return Trust(signature_fits, given, stored.keys)


def verdict_on(stored: Stored, *kept: str) -> Verdict:
    return verify_ledger(stored, trust(stored), kept=kept)


def places(verdict: Verdict) -> list[str]:
    return [flaw.place for flaw in verdict.flaws]
