"""Kill processes that use one ledger, at random points, and look what is left.

    python -m tests.crash.kill_writers --kills 2000 --seed 7

prints one JSON object, and ends with 1 if something is wrong. One to eight processes
append, run a runbook, erase, or follow with a cursor, until each is killed. Nothing may
be lost that a writer was told is recorded, no batch may be there in part, a reader that
goes on from its cursor must miss nothing and see nothing twice, the ledger must verify,
and the next process must be able to go on.

``--planted`` has the reader remember its cursor wrongly, to see that it is noticed.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.crash.examining import FAULTS, examine
from tests.crash.writers import (
    Work,
    Writer,
    command,
    keep_appending,
    keep_reading,
    start,
)
from tests.ledger_checks import stored_events
from wct_adapters.ledgers.rows import id_text

ROUNDS_PER_LEDGER: Final = 6
LONGEST_LIFE: Final = 0.12  # seconds; a new ledger is open after about 0.02
LONGEST_COMMAND: Final = 0.5  # seconds; it has to be imported first
OF_THE_READER: Final = ("missed", "seen twice", "never there")
PLANTED: Final = ("forgetful", "hasty")

_RUNBOOK: Final[dict[str, Any]] = {
    "name": "letters",
    "description": "one small step",
    "connectors": [
        {"name": "files", "type": "filesystem_connector", "properties": {"path": "."}}
    ],
    "analysers": [{"name": "data", "type": "personal_data_analyser", "properties": {}}],
    "execution": [
        {
            "id": "scan",
            "name": "scan",
            "description": "",
            "connector": "files",
            "analyser": "data",
            "input_schema": "standard_input",
            "output_schema": "personal_data_finding",
        }
    ],
}


def work_of(path: Path, chance: random.Random, name: str) -> tuple[float, Work]:
    """Choose what a process does, and for how long it may."""
    kind = chance.random()
    if kind > 0.1:
        seed = chance.getrandbits(32)
        life = chance.uniform(0, LONGEST_LIFE)
        return life, partial(keep_appending, path, name, seed, 100_000)
    life = chance.uniform(0, LONGEST_COMMAND)
    if kind > 0.03:
        return life, partial(command, path, ["run", str(path.parent / "letters.yaml")])
    erase = ["erase", "latest", "--reason", "other", "--yes", "--even-if-running"]
    return life, partial(command, path, erase, must_work=False)


def start_and_kill(
    path: Path, chance: random.Random, name: str, planted: str | None
) -> list[list[str]]:
    """Start one to eight processes and a reader, kill each; what each of them told."""
    reader = start(partial(keep_reading, path, planted), path.with_name("reader"))
    doomed: list[tuple[float, Writer]] = []
    for number in range(chance.randint(1, 8)):
        own = f"{name}.{number}"
        life, work = work_of(path, chance, own)
        doomed.append((time.monotonic() + life, start(work, path.with_name(own))))
    for end, writer in sorted(doomed):
        time.sleep(max(0.0, end - time.monotonic()))
        writer.kill()
    reader.kill()
    reader.finish()
    return [writer.finish() for _, writer in doomed]


def torture_one_ledger(
    directory: Path, chance: random.Random, planted: str | None
) -> Counter[str]:
    """Have several generations of writers killed; examine the ledger after each."""
    path = directory / "ledger.db"
    (directory / "letters.yaml").write_text(json.dumps(_RUNBOOK))
    counts: Counter[str] = Counter()
    told: list[str] = []
    for generation in range(ROUNDS_PER_LEDGER):
        reports = start_and_kill(path, chance, str(generation), planted)
        counts["kills"] += len(reports) + 1  # and the reader
        told += [line for report in reports for line in report]
        found = examine(path, told)
        counts.update(found.faults())
        for line in found.errors:
            print(line, file=sys.stderr)
        counts["stored"] = found.stored
    counts["acknowledged"] = len(told)
    counts.update(_seen_by_the_reader(path, planted))
    return counts


def _seen_by_the_reader(path: Path, planted: str | None) -> dict[str, int]:
    """Let the reader, killed as often as the others, come to the end."""
    if not path.exists() or not path.stat().st_size:
        return {}
    reader = start(
        partial(keep_reading, path, planted, to_the_end=True), path.with_name("reader")
    )
    seen = Counter(line.split(" ", 1)[1] for line in reader.finish())
    there = {
        f"{e.stream} {e.position} {id_text(e.event_id)}" for e in stored_events(path)
    }
    wrong = (there - seen.keys(), list((seen - Counter(seen.keys())).elements()))
    found = (*wrong, seen.keys() - there)
    return dict(zip(OF_THE_READER, map(len, found), strict=True))


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600, help="stop after")
    parser.add_argument("--kills", type=int, default=2000, help="stop after")
    parser.add_argument("--planted", choices=PLANTED)
    parser.add_argument(
        "--seed", type=int, default=random.SystemRandom().getrandbits(32)
    )
    options = parser.parse_args(argv)
    chance = random.Random(options.seed)
    begun = time.monotonic()
    counts: Counter[str] = Counter()
    while (
        time.monotonic() - begun < options.seconds and counts["kills"] < options.kills
    ):
        with TemporaryDirectory() as directory:
            counts.update(torture_one_ledger(Path(directory), chance, options.planted))
    seconds = round(time.monotonic() - begun, 1)
    print(json.dumps({"seed": options.seed, "seconds": seconds, **counts}))
    return int(any(counts[fault] for fault in (*FAULTS, *OF_THE_READER)))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
