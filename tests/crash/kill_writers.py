"""Kill processes that write one ledger, at random points, and look what is left.

    python -m tests.crash.kill_writers --seconds 60 --seed 7

prints one JSON object. Nothing may be lost that a writer was told is recorded, no batch
may be there in part, and the next process must be able to go on.
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

from tests.crash.writers import Writer, examine, keep_appending, start

ROUNDS_PER_LEDGER = 6
LONGEST_LIFE = 0.08  # seconds; a new ledger is open after about 0.02


def start_and_kill(path: Path, chance: random.Random, name: str) -> list[list[str]]:
    """Start one to four writers, kill each at a time of its own; what each told."""
    doomed: list[tuple[float, Writer]] = []
    for number in range(chance.randint(1, 4)):
        work = partial(
            keep_appending, path, f"{name}.{number}", chance.getrandbits(32), 100_000
        )
        end = time.monotonic() + chance.uniform(0, LONGEST_LIFE)
        doomed.append((end, start(work, path.with_name(f"{name}.{number}"))))
    for end, writer in sorted(doomed):
        time.sleep(max(0.0, end - time.monotonic()))
        writer.kill()
    return [writer.finish() for _, writer in doomed]


def torture_one_ledger(path: Path, chance: random.Random) -> Counter[str]:
    """Have several generations of writers killed; examine the ledger after each."""
    counts: Counter[str] = Counter()
    told: list[str] = []
    for generation in range(ROUNDS_PER_LEDGER):
        reports = start_and_kill(path, chance, str(generation))
        counts["kills"] += len(reports)
        told += [line for report in reports for line in report]
        found = examine(path, told)
        counts.update(found.faults())
        counts["stored"] = found.stored
    counts["acknowledged"] = len(told)
    return counts


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument(
        "--seed", type=int, default=random.SystemRandom().getrandbits(32)
    )
    options = parser.parse_args(argv)
    chance = random.Random(options.seed)
    end = time.monotonic() + options.seconds
    counts: Counter[str] = Counter()
    while time.monotonic() < end:
        with TemporaryDirectory() as directory:
            counts.update(torture_one_ledger(Path(directory) / "ledger.db", chance))
    print(json.dumps({"seed": options.seed, **counts}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
