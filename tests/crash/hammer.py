"""Many processes write one ledger at full speed while one follows it.

    python -m tests.crash.hammer --writers 8 --batches 200

prints one JSON object. All start on a ledger that is not there yet.
"""

import argparse
import json
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.crash.examining import examine
from tests.crash.writers import Writer, keep_appending, start
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.sqlite import open_sqlite_ledger
from wct_domain.errors import LedgerUnusableError
from wct_domain.ports.ledger import Ledger


def open_when_there(path: Path) -> Ledger:
    while True:
        try:
            return open_sqlite_ledger(path, clock=utc_now, read_only=True)
        except LedgerUnusableError:  # the first of the writers is still making it
            time.sleep(0.001)


def follow(path: Path, writers: list[Writer]) -> tuple[list[str], list[str]]:
    """Read from a cursor until all writers are done; what was seen, what they told."""
    reader = open_when_there(path)
    seen: list[str] = []
    cursor = None
    done = False
    while True:
        for recorded in reader.read_all(after=cursor):
            seen.append(f"{recorded.stream} {recorded.position} {recorded.id}")
            cursor = reader.cursor(recorded)
        if done:
            break
        done = all(writer.has_ended() for writer in writers)
    reader.close()
    return seen, [line for writer in writers for line in writer.finish()]


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--batches", type=int, default=100)
    options = parser.parse_args(argv)
    with TemporaryDirectory() as directory:
        path = Path(directory) / "ledger.db"
        begun = time.monotonic()
        writers = [
            start(
                partial(keep_appending, path, str(n), n, options.batches),
                path.with_name(str(n)),
            )
            for n in range(options.writers)
        ]
        seen, told = follow(path, writers)
        found = examine(path, told)
        report = {
            "seconds": round(time.monotonic() - begun, 3),
            "recorded": len(told),
            "stored": found.stored,
            "missed": len(set(told) - set(seen)),
            "seen twice": len(seen) - len(set(seen)),
        }
    print(json.dumps({**report, **found.faults()}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
