"""Replay of a 1,000-event run: how often as long as reading and decoding its rows.

Both count CPU time over the same SQLite file, whose keys and schema are warm. Replay
folds the run's state and its inventory and lays out one line for each event.
"""

import random
import sys
import tempfile
from collections import deque
from pathlib import Path

from benchmarks import record
from benchmarks.fold import append_run, cpu_seconds
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.sqlite import open_sqlite_ledger
from wct_domain.ports.ledger import EventLog
from wct_domain.projections.replay import Replay
from wct_entrypoints.cli.replay_text import Story

GOAL = 3.0  # times reading and decoding
STEPS = 249  # four events each, and three of the run: 999
TIMES = 4  # in each measurement: one replay takes milliseconds


ROUNDS = 8


def read(log: EventLog, run: str) -> None:
    for _ in range(TIMES):
        deque(log.read(run), maxlen=0)


def replay(log: EventLog, run: str) -> None:
    for _ in range(TIMES):
        state, story = Replay(), Story(None)
        lines = (story.line(state.tell(each)) for each in log.read(run))
        size = sum(map(len, lines))
        if size < 50 * state.run.version or len(state.run.steps) != STEPS:
            raise SystemExit("the replay is not that of the run")


def main(argv: list[str]) -> int:
    del argv
    with tempfile.TemporaryDirectory() as scratch:
        ledger = open_sqlite_ledger(Path(scratch) / "ledger.db", clock=utc_now)
        run = append_run(ledger, STEPS, random.Random(7))
        # In turns: what else the machine does meets both.
        rounds = [
            (cpu_seconds(lambda: read(ledger, run)), cpu_seconds(work))
            for work in [lambda: replay(ledger, run)] * ROUNDS
        ]
        reading, replaying = (min(each) / TIMES for each in zip(*rounds, strict=True))
        ledger.close()
    ratio = replaying / reading
    print(f"reading and decoding  {reading * 1000:6.2f} CPU-ms")
    print(f"replay                {replaying * 1000:6.2f} CPU-ms")
    print(f"ratio                 {ratio:6.2f} (goal: at most {GOAL})")
    record({"read_ms": reading * 1000, "replay_ms": replaying * 1000, "ratio": ratio})
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
