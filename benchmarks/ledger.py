"""A ledger of 1,000,000 events: append, replay, verify and erase, beside eventsourcing.

All are CPU seconds of one process, on a SQLite file. The events are those that the
engine records for runs of 1,000 events, appended 100 at a time with unique ids, salts
and the hash chain. ``eventsourcing`` records the same data, without ids or a chain: it
cannot do more. Replay decodes and validates each event; "bare" is SQLite's own fetch
of the same columns, page by page; verification is compared with that fetch and
SHA-256 over the same bytes.

    python -m benchmarks.ledger --events 100000 --rounds 5
"""

import argparse
import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import apsw

from benchmarks import record, rival
from benchmarks.ledger_events import BLOBS, RUN_EVENTS, batches
from wct_adapters.identity import new_id, utc_now
from wct_adapters.ledgers.ciphers import signature_fits
from wct_adapters.ledgers.sqlite import open_sqlite_ledger
from wct_domain.checkpoints import add_checkpoint
from wct_domain.events import ArtifactsCleared
from wct_domain.ports.ledger import Ledger, NewEvent
from wct_domain.verification import Trust, verify_ledger

EVENTS = 1_000_000
ROOT = Path(__file__).parents[1]

_COLUMNS = (
    "SELECT global_position, streams.name, position, event_id, types.name, "
    "recorded_at, correlation, causation, salt, payload, payload_digest, hash "
    "FROM events CROSS JOIN streams ON streams.id = stream "
    "CROSS JOIN types ON types.id = events.type "
    "WHERE global_position > ? ORDER BY global_position LIMIT 1000"
)
_TWO_COLUMNS = (
    "SELECT global_position, hash FROM events "
    "WHERE global_position > ? ORDER BY global_position LIMIT 1000"
)
_HEADER = bytes(240)  # about as long as the headers are
_LETTER = "Write to anna.example@example.com, or call +49 30 901820.\n"


class Cost(NamedTuple):
    cpu: float  # seconds
    wall: float


@contextmanager
def spent() -> Generator[list[Cost]]:
    """Measure the block, as if the process had just begun."""
    gc.collect()
    gc.freeze()
    found: list[Cost] = []
    cpu, wall = time.process_time(), time.perf_counter()
    yield found
    found.append(Cost(time.process_time() - cpu, time.perf_counter() - wall))
    gc.unfreeze()


def append(ledger: Ledger, events: int) -> Cost:
    """Append everything; only the appends are measured."""
    cpu = wall = 0.0
    first = [NewEvent(new_id(), ArtifactsCleared()) for _ in range(RUN_EVENTS)]
    ledger.append(new_id(), first, expected=0, blobs=BLOBS)
    for stream, expected, batch in batches(events - RUN_EVENTS):
        before = time.process_time(), time.perf_counter()
        ledger.append(stream, batch, expected=expected)
        cpu += time.process_time() - before[0]
        wall += time.perf_counter() - before[1]
    return Cost(cpu, wall)


def replay(ledger: Ledger) -> int:
    return sum(1 for _ in ledger.read_all())


def columns(ledger: Ledger) -> int:
    """Read what a checkpoint needs of each event: its place and its hash."""
    return sum(1 for _ in ledger.sealed_hashes(0, ledger.seal()))


def rows(ledger: Ledger) -> int:
    """Read all columns as a verifier takes them: ids as text, names for numbers."""
    return sum(1 for _ in ledger.rows())


def bare_columns(path: Path) -> int:
    """Fetch the same columns as ``columns`` in pages with nothing around it."""
    connection: Any = apsw.Connection(str(path))
    after = count = 0
    while page := connection.execute(_TWO_COLUMNS, (after,)).fetchall():
        after = page[-1][0]
        count += sum(1 for _ in page)
    connection.close()
    return count


def bare_fetch(path: Path, each: Callable[[Any], None] | None = None) -> int:
    """Fetch all columns in pages with nothing around it."""
    connection: Any = apsw.Connection(str(path))
    after = count = 0
    while page := connection.execute(_COLUMNS, (after,)).fetchall():
        after = page[-1][0]
        count += len(page)
        if each is not None:
            for row in page:
                each(row)
    connection.close()
    return count


def hash_row(row: Any) -> None:
    """Hash as many bytes as verification does for one event."""
    digest = sha256(row[8] + row[9]).digest()
    link = sha256(row[11] + _HEADER + digest).digest()
    leaf = sha256(b"\0" + link).digest()
    sha256(b"\1" + leaf + leaf).digest()


def verify(ledger: Ledger, events: int) -> None:
    trust = Trust(signature_fits, own=ledger.keys.verifier_keys())
    verdict = verify_ledger(ledger, trust)
    if not verdict.sound or verdict.events != events:
        raise SystemExit(f"the ledger does not verify: {verdict.flaws[:1]}")


def erase(path: Path) -> Cost:
    """Run a runbook over one letter, and have ``wct erase`` forget it again."""
    letters = path.parent / "letters"
    letters.mkdir()
    (letters / "letter.txt").write_text(_LETTER)
    sample = (ROOT / "samples" / "file_content_analysis.yaml").read_text()
    runbook = path.parent / "letters.yaml"
    runbook.write_text(sample.replace("./samples/shop", str(letters)))
    _wct("run", str(runbook), "--ledger", str(path))
    return _wct("erase", "latest", "--reason", "other", "--yes", "--ledger", str(path))


def _wct(*arguments: str) -> Cost:
    """Run the command line as a process of its own; start-up is part of the cost."""
    code = "from wct_entrypoints.cli import main; main()"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    before, wall = os.times(), time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    after = os.times()
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    return Cost(cpu, time.perf_counter() - wall)


def figures_of(directory: Path, events: int, rounds: int) -> dict[str, float]:
    path = directory / "ledger.db"
    ledger = open_sqlite_ledger(path, clock=utc_now)
    appended = append(ledger, events)
    costs: dict[str, Cost] = {}

    def measure(name: str, work: Callable[[], object]) -> None:
        with spent() as found:
            work()
        costs[name] = found[0]

    measure("checkpoint", lambda: add_checkpoint(ledger, ledger.keys, utc_now))
    for _ in range(rounds):  # the best of each counts
        for name, work in (
            ("bare fetch", lambda: bare_fetch(path)),
            ("bare columns", lambda: bare_columns(path)),
            ("columns", lambda: columns(ledger)),
            ("rows", lambda: rows(ledger)),
            ("replay", lambda: replay(ledger)),
            ("fetch and SHA-256", lambda: bare_fetch(path, hash_row)),
            ("verify", lambda: verify(ledger, events)),
        ):
            best = costs.get(name)
            measure(name, work)
            costs[name] = min(costs[name], best or costs[name])
    ledger.close()
    erased = erase(path)
    millions = events / 1_000_000
    found = {
        "append_events_per_cpu_s": (events - RUN_EVENTS) / appended.cpu,
        "append_events_per_s": (events - RUN_EVENTS) / appended.wall,
        "file_bytes_per_event": path.stat().st_size / events,
        **{
            f"{name.replace(' ', '_').replace('-', '')}_cpu_s_per_million": cost.cpu
            / millions
            for name, cost in costs.items()
        },
        "columns_ratio": costs["columns"].cpu / costs["bare columns"].cpu,
        "rows_ratio": costs["rows"].cpu / costs["bare fetch"].cpu,
        "replay_ratio": costs["replay"].cpu / costs["bare fetch"].cpu,
        "verify_ratio": costs["verify"].cpu / costs["fetch and SHA-256"].cpu,
        "erase_wall_s": erased.wall,
        "erase_cpu_s": erased.cpu,
    }
    return found | rival.figures_of(directory, events, rounds)


GOALS = {
    "append_events_per_cpu_s": "at least 50,000",
    "replay_cpu_s_per_million": "at most 3",
    "columns_ratio": "at most 1.2",
    "verify_cpu_s_per_million": "about 5",
    "verify_ratio": "at most 3",
    "erase_wall_s": "at most 1, start-up included",
}


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--rounds", type=int, default=3, help="of reading")
    options = parser.parse_args(argv)
    events = options.events // RUN_EVENTS * RUN_EVENTS
    with tempfile.TemporaryDirectory() as directory:
        found = figures_of(Path(directory), events, options.rounds)
    for name, figure in found.items():
        goal = f" (goal: {GOALS[name]})" if name in GOALS else ""
        print(f"{name:40} {figure:12,.2f}{goal}")
    record({"events": events, **found})
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
