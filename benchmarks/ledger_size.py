"""Bytes on disk per step in a SQLite ledger: a step's lifecycle, without its blobs."""

import hashlib
import random
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from benchmarks import record
from wct_adapters.identity import new_id, utc_now
from wct_adapters.ledgers.sqlite import open_sqlite_ledger
from wct_domain.digests import Reference
from wct_domain.events import ArtifactSaved, Event, StepCompleted, StepStarted
from wct_domain.ports.ledger import EventLog, NewEvent

STEPS = 2000
GOAL = 1024  # bytes per step

_VERBS = ("read", "scan", "classify", "find", "check")
_NOUNS = ("files", "customers", "orders", "personal_data", "subjects", "support_logs")
_SCHEMAS = (
    "standard_input/1.0.0",
    "personal_data_finding/1.0.0",
    "data_subject_finding/1.0.0",
)


def append_step(log: EventLog, run: str, chance: random.Random, *, saves: bool) -> None:
    """Append what the engine appends for a step, in its two commits."""
    step = f"{chance.choice(_VERBS)}_{chance.choice(_NOUNS)}"
    started = NewEvent(
        new_id(),
        StepStarted(step=step, at=utc_now(), seed=chance.getrandbits(32)),
        new_id(),
    )
    result = Reference(blob=_digest(chance), content=_digest(chance))
    items, size = chance.randrange(1000), chance.randrange(500_000)
    done: list[Event] = [
        StepCompleted(
            step=step,
            duration=timedelta(seconds=chance.random()).microseconds,
            input_schema=chance.choice(_SCHEMAS),
            output_schema=chance.choice(_SCHEMAS),
            items=items,
            result=result,
        )
    ]
    if saves:
        done.insert(
            0, ArtifactSaved(artifact=step, result=result, items=items, size=size)
        )
    log.append(run, [started], expected=None)
    ended = [NewEvent(new_id(), event, started.id) for event in done]
    log.append(run, ended, expected=None)


def bytes_per_step(*, saves: bool) -> float:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "ledger.db"
        chance = random.Random(7)
        open_sqlite_ledger(path, clock=utc_now).close()
        empty = path.stat().st_size
        ledger = open_sqlite_ledger(path, clock=utc_now)
        run = new_id()
        for _ in range(STEPS):
            append_step(ledger, run, chance, saves=saves)
        ledger.close()  # the last connection: all is in the file itself
        return (path.stat().st_size - empty) / STEPS


def _digest(chance: random.Random) -> str:
    return hashlib.sha256(chance.randbytes(8)).hexdigest()


def main(argv: list[str]) -> int:
    del argv
    figures = {
        "step_bytes": round(bytes_per_step(saves=False)),
        "saving_step_bytes": round(bytes_per_step(saves=True)),
    }
    for name, figure in figures.items():
        print(f"{name:20} {figure:6} bytes (goal: at most {GOAL})")
    record(figures)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
