"""A ledger to tamper with, and what somebody outside has kept of it."""

import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import apsw

from wct_adapters.identity import new_id, utc_now
from wct_adapters.ledgers.ciphers import SigningKey
from wct_adapters.ledgers.sqlite import open_sqlite_ledger
from wct_domain.checkpoints import add_checkpoint
from wct_domain.digests import Reference, blob_digest
from wct_domain.events import (
    ArtifactSaved,
    DataErased,
    ErasureRequested,
    Event,
    PlannedStep,
    RunCompleted,
    RunPruned,
    RunStarted,
    SourceRead,
    StepCompleted,
    StepStarted,
    SubscriberFailed,
)
from wct_domain.notes import VerifierKey
from wct_domain.ports.ledger import Blob, Ledger, NewEvent

RUNS: Final = 5
ERASED, PRUNED = 1, 2  # of the runs
_CONTENT: Final = "0" * 64


class Victim(NamedTuple):
    """A ledger as a file without triggers, its key store, and what was kept of it."""

    database: bytes
    keys: bytes
    kept: str  # the note of the last checkpoint
    key: VerifierKey
    signing: SigningKey  # what a thief of the key store has
    dump: "Dump"
    gone: dict[str, bytes]  # blobs that were erased, for whoever has a backup


Dump = dict[str, list[tuple[Any, ...]]]
"""All rows by table, as far as they are part of the record."""


def make_victim(seed: int) -> Victim:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "ledger.db"
        ledger = open_sqlite_ledger(path, clock=utc_now)
        gone = _fill(ledger, random.Random(seed))
        last = ledger.last_checkpoint()
        assert last is not None
        signer = ledger.keys.signer
        assert isinstance(signer, SigningKey)
        ledger.close()
        _strip(path)
        database = path.read_bytes()
        keys = path.with_name("ledger.db.keys").read_bytes()
        dump = dump_of(path)
    return Victim(database, keys, last.note, signer.key, signer, dump, gone)


def dump_of(path: Path) -> Dump:
    """Read everything that is part of the record, in the form that it is meant in.

    Not part of it: names that nobody uses, and what says the same in another way
    (a correlation with the event's own stream, a digest beside its payload).
    """
    connection: Any = apsw.Connection(str(path))
    try:
        return {name: list(connection.execute(sql)) for name, sql in _DUMPS.items()}
    finally:
        connection.close()


_DUMPS: Final = {
    "events": (
        "SELECT global_position, s.name, position, event_id, t.name, recorded_at, "
        "coalesce(nullif(nullif(correlation, s.name), ''), ''), causation, salt, "
        "payload, CASE WHEN payload IS NULL THEN payload_digest END, hash "
        "FROM events e LEFT JOIN streams s ON s.id = e.stream "
        "LEFT JOIN types t ON t.id = e.type ORDER BY 1"
    ),
    "blobs": "SELECT digest, stored FROM blobs ORDER BY 1",
    "checkpoints": "SELECT size, root, note, frontier, at FROM checkpoints ORDER BY 1",
    "log_meta": "SELECT value FROM log_meta WHERE key = 'log_id'",
}


def _fill(ledger: Ledger, chance: random.Random) -> dict[str, bytes]:
    runs = [new_id() for _ in range(RUNS)]
    blobs: dict[str, list[Blob]] = {}
    for run in runs:
        blobs[run] = _run(ledger, run, chance)
        add_checkpoint(ledger, ledger.keys, utc_now)
    erased, pruned = runs[ERASED], runs[PRUNED]
    scope = ledger.keys.scope_of(f"run/{erased}")
    _append(ledger, erased, ErasureRequested(scope=scope, reason="art17", by=scope))
    ledger.keys.destroy([scope])
    digests = [blob.digest for blob in blobs[erased]]
    fact = DataErased(scope=scope, blobs=len(digests))
    _append(ledger, erased, fact, forget=digests)
    digests = [blob.digest for blob in blobs[pruned]]
    gone = RunPruned(positions=((1, 9),), blobs=len(digests), size=1)
    _append(ledger, pruned, gone, forget=digests, redact=range(1, 10))
    failed = SubscriberFailed(subscriber="x", run=runs[0], position=1, error="OSError")
    _append(ledger, "subscriber/x", failed, correlation_id=runs[0])
    add_checkpoint(ledger, ledger.keys, utc_now)
    return {blob.digest: blob.stored for blob in (*blobs[erased], *blobs[pruned])}


def _run(ledger: Ledger, run: str, chance: random.Random) -> list[Blob]:
    sealer = ledger.keys.sealer(f"run/{run}")
    blobs = [_blob(sealer.seal(b"\0" + chance.randbytes(90))) for _ in range(3)]
    document, first, second = [
        Reference(blob=blob.digest, content=_CONTENT) for blob in blobs
    ]
    started = RunStarted(
        runbook="books",
        steps=(PlannedStep(id="a", connector="files", saves=True),),
        document=document,
        scope=sealer.scope,
    )
    _append(ledger, run, started, blobs=blobs[:1])
    for step, result in (("a", first), ("b", second)):
        at, schema = utc_now(), "standard_input/1.0.0"
        _append(ledger, run, StepStarted(step=step, at=at, seed=chance.randrange(99)))
        _append(
            ledger,
            run,
            SourceRead(
                step=step,
                connector="files",
                output_schema=schema,
                items=1,
                size=chance.randrange(999),
                content=_CONTENT,
            ),
            ArtifactSaved(artifact=step, result=result, items=1, size=90),
            StepCompleted(
                step=step,
                duration=chance.randrange(999),
                input_schema=schema,
                output_schema=schema,
                items=1,
                result=result,
            ),
            blobs=[blob for blob in blobs if blob.digest == result.blob],
        )
    _append(ledger, run, RunCompleted(succeeded=2, failed=0, skipped=0))
    return blobs


def _append(ledger: Ledger, stream: str, *facts: Event, **how: Any) -> None:
    before = list(ledger.read(stream))
    cause = before[-1].id if before else None
    events = [NewEvent(new_id(), fact, cause) for fact in facts]
    ledger.append(stream, events, expected=len(before), **how)


def _blob(stored: bytes) -> Blob:
    return Blob(blob_digest(stored), stored)


def _strip(path: Path) -> None:
    """Take away what only guards against accidents."""
    connection: Any = apsw.Connection(str(path))
    triggers = "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
    for (name,) in list(connection.execute(triggers)):
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("PRAGMA journal_mode = DELETE").fetchall()
    connection.close()
