"""Kill runs at each point where something is recorded, resume them, and compare.

    python -m tests.crash.killed_runs --seed 7

prints one JSON object, and ends with 1 if something is wrong. A process that runs a
runbook stops after each append in turn and is killed there; ``wct resume`` goes on.
What is there in the end must be what an uninterrupted run leaves: states of steps,
artifacts, results. A step that had succeeded must not have been done again. Then runs
are killed that are resumed already, at random, with several steps at work.

``--planted`` has resuming do all steps again, to see that it is noticed.
"""

import argparse
import json
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.crash.writers import command, start
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.sqlite import open_sqlite_ledger
from wct_domain.archive import BlobReader, VolatileFields
from wct_domain.events import RunResumed, RunStarted, StepCompleted, StepStarted
from wct_domain.executor import core
from wct_domain.executor.recorder import Recorder
from wct_domain.marks import without
from wct_domain.ports.ledger import Ledger, Recorded
from wct_domain.projections.inventory import Inventory
from wct_domain.projections.results import error_text
from wct_domain.projections.run import Run
from wct_domain.resumption import resumption
from wct_entrypoints.bootstrap.schemas import RegisteredSchemas

FAULTS: Final = ("different", "done again", "not resumed")
_PAUSED: Final = "paused"


def _step(name: str, analyser: str | None, kind: str, **more: Any) -> dict[str, Any]:
    source = {} if "input_from" in more else {"connector": "letters"}
    return {
        "id": name,
        "name": name,
        "description": "",
        "analyser": analyser,
        "input_schema": "standard_input",
        "output_schema": kind,
        "save_output": True,
        **source,
        **more,
    }


_FILES: Final = "filesystem_connector"
_RUNBOOK: Final[dict[str, Any]] = {
    "name": "letters",
    "description": "steps of every kind",
    "connectors": [
        {"name": "letters", "type": _FILES, "properties": {"path": "letters"}},
        {"name": "nowhere", "type": _FILES, "properties": {"path": "nowhere"}},
    ],
    "analysers": [
        {"name": "data", "type": "personal_data_analyser"},
        {"name": "people", "type": "data_subject_analyser"},
    ],
    "execution": [
        _step("read", None, "standard_input"),
        _step("data", "data", "personal_data_finding", input_from="read"),
        _step("people", "people", "data_subject_finding"),
        _step("apart", "data", "personal_data_finding", timeout="10m"),
        _step(
            "broken",
            "data",
            "personal_data_finding",
            connector="nowhere",
            retry={"attempts": 2, "backoff": 0, "on": ["executor"]},
        ),
        _step("skipped", "data", "personal_data_finding", input_from="broken"),
    ],
}


def prepare(directory: Path) -> Path:
    """Write what a run reads; return where its ledger will be."""
    letters = directory / "letters"
    letters.mkdir(parents=True)
    for number in range(3):
        text = f"Dear customer {number}, write to ann{number}@example.org.\n"
        (letters / f"{number}.txt").write_text(text * 20)
    (directory / "letters.yaml").write_text(json.dumps(_RUNBOOK))
    return directory / "ledger.db"


def be_wct(
    path: Path,
    arguments: list[str],
    pause_after: int | None,
    planted: bool,
    tell: Callable[[str], None],
) -> None:
    """Be ``wct``, and stop for ever after so many appends to the run."""
    _pause(pause_after, tell)
    if planted:
        setattr(core, "resumption", _all_again)  # noqa: B010  # a fault, on purpose
    command(path, arguments, tell, must_work=False)


def _pause(after: int | None, tell: Callable[[str], None]) -> None:
    append: Callable[..., None] = vars(Recorder)["_append"]  # all of a run passes it
    done = 0

    def counted(recorder: Recorder, turns: object) -> None:
        nonlocal done
        append(recorder, turns)
        done += 1
        tell(f"appended {done}")
        if done == after:
            tell(_PAUSED)
            signal.pause()

    setattr(Recorder, "_append", counted)  # noqa: B010  # a checker would not have it


def _all_again(*given: Any, **named: Any) -> Any:
    opening = resumption(*given, **named)
    return opening._replace(redo=frozenset(opening.plan.steps))


def carry_out(
    path: Path,
    arguments: list[str],
    pause_after: int | None = None,
    *,
    planted: bool = False,
) -> list[str]:
    """Run a command in a process; kill it where it pauses. Return what it told."""
    told = path.with_name(f"told-{time.monotonic_ns()}")
    work = partial(be_wct, path, arguments, pause_after, planted)
    child = start(work, told)
    while not child.has_ended():
        if _PAUSED in told.read_text():
            child.kill()
            break
        time.sleep(0.001)
    return child.finish()


def appends(told: list[str]) -> int:
    return sum(1 for line in told if line.startswith("appended"))


def run(path: Path, pause_after: int | None = None, workers: int = 1) -> list[str]:
    arguments = ["run", "letters.yaml", "--max-workers", str(workers), "--quiet"]
    return carry_out(path, arguments, pause_after)


def resume(
    path: Path, pause_after: int | None = None, workers: int = 1, *, planted: bool
) -> list[str]:
    arguments = ["resume", "latest", "--max-workers", str(workers), "--quiet"]
    return carry_out(path, arguments, pause_after, planted=planted)


def left(path: Path) -> dict[str, Any]:
    """Say what a run has left: of each step how it ended, and with what."""
    ledger = open_sqlite_ledger(path, clock=utc_now, read_only=True)
    try:
        history = _history(ledger)
        state, inventory = Run.of(history), Inventory()
        for recorded in history:
            inventory.apply(recorded)
        blobs = BlobReader(ledger, ledger.keys)
        volatile = VolatileFields(RegisteredSchemas())

        def content(reference: Any) -> Any:
            message = blobs.message(reference)
            return without(message.content, volatile.of(message.schema))

        return {
            "status": state.status,
            "steps": {
                name: (
                    *(step.status, step.code, step.because, step.items, step.saved),
                    *(step.input_schema, step.output_schema, step.truncated),
                    error_text(step.message, blobs),
                    content(step.result) if step.result else None,
                )
                for name, step in state.steps.items()
            },
            "artifacts": {
                name: content(kept.result)
                for name, kept in inventory.kept.items()
                if kept.saved
            },
        }
    finally:
        ledger.close()


def _history(ledger: Ledger) -> list[Recorded]:
    (name,) = (each.name for each in ledger.streams() if "/" not in each.name)
    return list(ledger.read(name))


def done_again(path: Path) -> list[str]:
    """Name steps that were begun again though they had succeeded."""
    ledger = open_sqlite_ledger(path, clock=utc_now, read_only=True)
    try:
        return list(_done_again(_history(ledger)))
    finally:
        ledger.close()


def _done_again(history: list[Recorded]) -> Iterator[str]:
    succeeded: set[str] = set()
    planned: set[str] = set()
    for recorded in history:
        match event := recorded.event:
            case RunStarted():
                planned = {step.id for step in event.steps}
            case RunResumed():
                yield from set(event.redo) ^ (planned - succeeded)
            case StepCompleted():
                succeeded.add(event.step)
            case StepStarted() if event.step in succeeded:
                yield event.step
            case _:
                pass


def kill_and_resume(
    directory: Path,
    expected: dict[str, Any],
    kills: list[int],
    workers: int = 1,
    *,
    planted: bool = False,
) -> Counter[str]:
    """Kill a run, and who resumes it, after so many appends; look what is left."""
    path = prepare(directory)
    counts = Counter({"kills": 1})
    run(path, kills[0], workers)
    for after in kills[1:]:
        told = resume(path, after, workers, planted=planted)
        counts["kills"] += _PAUSED in told
    resume(path, workers=workers, planted=planted)
    found = left(path)
    counts["different"] += found != expected
    counts["not resumed"] += found["status"] != expected["status"]
    counts["done again"] += len(done_again(path))
    if found != expected:
        print(f"{directory}: killed after {kills}, {workers} at once", file=sys.stderr)
        for name in expected["steps"]:
            if found["steps"].get(name) != expected["steps"][name]:
                print(f"  {name}: {found['steps'].get(name)}"[:300], file=sys.stderr)
    return counts


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="of random kills")
    parser.add_argument("--sample", type=int, help="boundaries to try; default: all")
    parser.add_argument("--planted", action="store_true")
    parser.add_argument(
        "--seed", type=int, default=random.SystemRandom().getrandbits(32)
    )
    options = parser.parse_args(argv)
    chance = random.Random(options.seed)
    begun = time.monotonic()
    with TemporaryDirectory() as name:
        directory = Path(name)
        path = prepare(directory / "whole")
        count = appends(run(path))
        expected = left(path)
        counts = Counter({"boundaries": count})
        points = list(range(1, count + 1))
        if options.sample is not None:
            points = sorted(chance.sample(points, min(options.sample, count)))

        def tried(kills: list[int], workers: int = 1) -> None:
            where = directory / str(counts["runs"])
            counts["runs"] += 1
            counts.update(
                kill_and_resume(
                    where, expected, kills, workers, planted=options.planted
                )
            )

        for point in points:
            tried([point])
        until = time.monotonic() + options.seconds
        while time.monotonic() < until:
            kills = [chance.randint(1, count) for _ in range(chance.randint(1, 3))]
            tried(kills, chance.randint(1, 4))
    seconds = round(time.monotonic() - begun, 1)
    zeros = dict.fromkeys(FAULTS, 0)
    print(json.dumps({"seed": options.seed, "seconds": seconds, **zeros, **counts}))
    return int(any(counts[fault] for fault in FAULTS))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
