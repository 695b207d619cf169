"""CPU seconds to read and fold 100,000 recorded events: one long run, and many runs.

The events are those that the engine records for steps that read, analyse and save;
they are read back from a memory ledger and from a SQLite file, decoded and validated,
and folded: one run into its state and into its artifacts, all runs into their list.
"""

import gc
import hashlib
import random
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from time import process_time

from benchmarks import record
from wct_adapters.identity import new_id, utc_now
from wct_adapters.ledgers.memory import MemoryLedger
from wct_adapters.ledgers.sqlite import open_sqlite_ledger
from wct_domain.digests import Reference
from wct_domain.events import (
    ArtifactSaved,
    ArtifactsCleared,
    Event,
    PlannedStep,
    RunCompleted,
    RunStarted,
    SourceRead,
    StepCompleted,
    StepStarted,
)
from wct_domain.ports.ledger import EventLog, Ledger, NewEvent, Recorded
from wct_domain.projections.artifacts import Artifacts
from wct_domain.projections.run import Run
from wct_domain.projections.run_list import LIFECYCLE, RunList
from wct_domain.projections.states import RunStatus, StepStatus

GOAL = 1.0  # CPU seconds
EVENTS = 100_000
LONG = 24_999  # steps of the one long run: four events each, and four of its own
SHORT = 3_571  # runs of the list, each of six steps
ROUNDS = 3

_DATA, _FOUND = "standard_input/1.0.0", "personal_data_finding/1.0.0"


def events_of_a_run(
    steps: int,
    chance: random.Random,
    reference: Callable[[random.Random], Reference] | None = None,
) -> Iterator[Event]:
    """Yield what the engine records when all steps succeed.

    Args:
        reference: chooses what an event refers to; by default blobs that nobody has.
    """
    refer = reference or _reference
    names = [f"scan_{number:05}" for number in range(steps)]
    planned = (
        PlannedStep(id=name, connector="files", analyser="scan", saves=True)
        for name in names
    )
    yield RunStarted(
        runbook="synthetic",
        steps=tuple(planned),
        versions={"wct": "0.1.0"},
        document=refer(chance),
    )
    yield ArtifactsCleared()
    for name in names:
        yield from _events_of_a_step(name, chance, refer)
    yield RunCompleted(succeeded=steps, failed=0, skipped=0)


def _events_of_a_step(
    name: str, chance: random.Random, refer: Callable[[random.Random], Reference]
) -> Iterator[Event]:
    items, size = chance.randrange(1000), chance.randrange(500_000)
    result = refer(chance)
    yield StepStarted(step=name, at=utc_now(), seed=chance.getrandbits(32))
    yield SourceRead(
        step=name,
        connector="files",
        output_schema=_DATA,
        items=items,
        size=size,
        content=_digest(chance),
    )
    yield ArtifactSaved(artifact=name, result=result, items=items, size=size)
    yield StepCompleted(
        step=name,
        duration=chance.randrange(1_000_000),
        input_schema=_DATA,
        output_schema=_FOUND,
        items=items,
        result=result,
    )


def _reference(chance: random.Random) -> Reference:
    return Reference(blob=_digest(chance), content=_digest(chance))


def _digest(chance: random.Random) -> str:
    return hashlib.sha256(chance.randbytes(8)).hexdigest()


def append_run(log: EventLog, steps: int, chance: random.Random) -> str:
    """Record a run; each event but the first is caused by the one before it."""
    run, cause = new_id(), None
    batch: list[NewEvent] = []
    for event in events_of_a_run(steps, chance):
        batch.append(NewEvent(new_id(), event, cause))
        cause = batch[-1].id
    for start in range(0, len(batch), 1000):
        log.append(run, batch[start : start + 1000], expected=start)
    return run


def cpu_seconds(work: Callable[[], None]) -> float:
    """Least of some rounds, each as if the process had just begun."""
    best = float("inf")
    for _ in range(ROUNDS):
        gc.collect()
        gc.freeze()  # what a fresh process would not have, it would not look through
        begun = process_time()
        work()
        best = min(best, process_time() - begun)
        gc.unfreeze()
    return best


def fold_run(history: Iterable[Recorded], steps: int) -> None:
    run = Run.of(history)
    if (run.status, run.count(StepStatus.SUCCEEDED)) != (RunStatus.COMPLETED, steps):
        raise SystemExit("the fold of the long run is wrong")


def fold_artifacts(history: Iterable[Recorded], steps: int) -> None:
    artifacts = Artifacts()
    for recorded in history:
        artifacts.apply(recorded.event)
    if len(artifacts.saved) != steps:
        raise SystemExit("the fold of the long run's artifacts is wrong")


def fold_list(history: Iterable[Recorded], runs: int) -> None:
    found = RunList.of(history).newest_first
    if len(found) != runs:
        raise SystemExit("the list of runs is wrong")


def figures(ledger: Ledger, kind: str) -> dict[str, float]:
    chance = random.Random(7)
    long = append_run(ledger, LONG, chance)
    for _ in range(SHORT):
        append_run(ledger, 6, chance)
    runs = SHORT + 1
    found = {
        f"{kind}_run_s": cpu_seconds(lambda: fold_run(ledger.read(long), LONG)),
        f"{kind}_artifacts_s": cpu_seconds(
            lambda: fold_artifacts(ledger.read(long), LONG)
        ),
        f"{kind}_runs_s": cpu_seconds(
            lambda: fold_list(ledger.read_all(types=LIFECYCLE), runs)
        ),
    }
    recorded = list(ledger.read(long))
    found[f"{kind}_fold_alone_s"] = cpu_seconds(lambda: fold_run(recorded, LONG))
    return found


def main(argv: list[str]) -> int:
    del argv
    found = figures(MemoryLedger(utc_now), "memory")
    with tempfile.TemporaryDirectory() as scratch:
        ledger = open_sqlite_ledger(Path(scratch) / "ledger.db", clock=utc_now)
        found |= figures(ledger, "sqlite")
        ledger.close()
    for name, figure in found.items():
        print(f"{name:22} {figure:6.2f} CPU seconds (goal: at most {GOAL})")
    record(found)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
