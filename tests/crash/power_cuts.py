"""Cut the power under a ledger, at random points, and look what is on the disk.

    python -m tests.crash.power_cuts --images 5000 --seed 7

prints one JSON object, and ends with 1 if something is wrong. A writer's history is
recorded with every write and sync; after a random operation the disk is taken as it
would be found: writes that were not synced are lost, torn or reordered. The ledger
opens what is left. It must be exactly the state after one of the appends, that append
or a later one that was acknowledged with an event of the class ``power``; keys must be
there, and gone where they were destroyed; the next append must work.

``--planted`` puts a known fault in, to see that it is found.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from unittest.mock import patch

from tests.crash.disk import LOSSES, Disk, Operation, Told
from tests.crash.histories import random_history
from tests.crash.promises import FAULTS, Promises, broken_promises
from tests.crash.recording import Recorder, recorded_disk
from wct_adapters.ledgers import facade
from wct_domain.events import Durability
from wct_domain.ports.ledger import NewEvent

STEPS: Final = 40  # of a history
CUTS: Final = 60  # images of a history
LEDGER: Final = "ledger.db"
_MEMORY: Final = Path("/dev/shm")  # nothing there need survive

LIES: Final[dict[str, Callable[[str], bool]]] = {
    "log not synced": lambda name: name.endswith("-wal"),
    "database not synced": lambda name: name == LEDGER,
    "keys not synced": lambda name: ".keys" in name,
    "names not synced": lambda name: name == "directory",
}
"""Planted faults of the disk: syncs that are believed and do nothing."""

PLANTED: Final = (*LIES, "power as process")


def history(path: Path, chance: random.Random, planted: str | None) -> list[Operation]:
    """Let a ledger live; return all that it did to the disk, and all it promised."""
    recorder = Recorder(LIES.get(planted or "", lambda name: False))
    with ExitStack() as stack:
        if planted == "power as process":
            stack.enter_context(patch.object(facade, "durability_of", _process))
        stack.enter_context(recorded_disk(recorder))
        stack.enter_context(random_history(path, chance, STEPS, recorder.told))
        return list(recorder.operations)


def _process(events: Iterable[NewEvent]) -> Durability:
    return "process"


def images(
    operations: list[Operation], chance: random.Random
) -> Iterator[tuple[str, Promises, dict[str, bytes]]]:
    """Cut at random points; yield how, what had been promised, and what is left."""
    whole = [each.what for each in operations if isinstance(each, Told)]
    cuts = Counter(chance.randrange(len(operations)) for _ in range(CUTS))
    disk = Disk()
    told: list[object] = []
    for number, operation in enumerate(operations):
        disk.take(operation)
        if isinstance(operation, Told):
            told.append(operation.what)
        for _ in range(cuts[number]):
            loss = chance.choice(LOSSES)
            yield loss, Promises(told, whole), disk.after_a_cut(loss, chance)


def examine(files: dict[str, bytes], promises: Promises) -> dict[str, str]:
    with TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as directory:
        for name, content in files.items():
            Path(directory, name).write_bytes(content)
        return broken_promises(Path(directory, LEDGER), promises)


def cut(
    wanted: int, chance: random.Random, planted: str | None, until: float
) -> tuple[Counter[str], list[str]]:
    """Examine as many images; count them and their faults, and tell some of those."""
    counts: Counter[str] = Counter(dict.fromkeys(("images", "histories", *FAULTS), 0))
    seen: list[str] = []
    distinct: set[int] = set()
    while counts["images"] < wanted and time.monotonic() < until:
        counts["histories"] += 1
        with TemporaryDirectory() as directory:
            operations = history(Path(directory, LEDGER), chance, planted)
        counts["operations"] += len(operations)
        for loss, promises, files in images(operations, chance):
            counts["images"] += 1
            counts[f"images {loss}"] += 1
            distinct.add(hash(tuple(sorted(files.items()))))
            faults = examine(files, promises)
            counts.update(faults.keys())
            seen += [f"{loss}: {name}: {what}" for name, what in faults.items()]
    counts["distinct"] = len(distinct)
    return counts, seen[:10]


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=3600, help="stop after")
    parser.add_argument("--planted", choices=PLANTED)
    parser.add_argument(
        "--seed", type=int, default=random.SystemRandom().getrandbits(32)
    )
    options = parser.parse_args(argv)
    begun = time.monotonic()
    counts, seen = cut(
        options.images,
        random.Random(options.seed),
        options.planted,
        begun + options.seconds,
    )
    report = {
        "seed": options.seed,
        "seconds": round(time.monotonic() - begun, 1),
        **counts,
        "seen": seen,
    }
    print(json.dumps(report))
    return int(any(counts[fault] for fault in FAULTS))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
