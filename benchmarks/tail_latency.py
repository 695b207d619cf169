"""How soon another process that follows a SQLite ledger sees an event, and its CPU.

A writer appends one event after another; the reader asks for what follows its cursor,
sleeps, and asks again. Both read the same monotonic clock.

    python -m benchmarks.tail_latency --events 300 --pause-ms 1
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple

from benchmarks import record
from wct_adapters.identity import new_id, utc_now
from wct_adapters.ledgers.sqlite import open_sqlite_ledger
from wct_domain.events import PluginNoted
from wct_domain.ports.ledger import ANY_VERSION, NewEvent

GAP = 0.004  # seconds between two appends


class Seen(NamedTuple):
    latencies: list[float]  # seconds
    cpu_share: float  # of the reader, while it followed


def write(path: Path, events: int, ready: Event) -> None:
    ledger = open_sqlite_ledger(path, clock=utc_now)
    ready.wait()
    for _ in range(events):
        time.sleep(GAP)
        now = {"at": time.monotonic()}
        fact = PluginNoted(plugin="benchmark", name="tick", data={**now})
        ledger.append("ticks", [NewEvent(new_id(), fact)], expected=ANY_VERSION)
    ledger.close()


def follow(path: Path, events: int, pause: float, ready: Event) -> Seen:
    """Follow until all events were seen; each says when its append began."""
    ledger = open_sqlite_ledger(path, clock=utc_now, read_only=True)
    cursor = None
    latencies: list[float] = []
    list(ledger.read_all())
    ready.set()
    cpu, wall = time.process_time(), time.monotonic()
    while len(latencies) < events:
        for recorded in ledger.read_all(after=cursor):
            cursor = ledger.cursor(recorded)
            assert isinstance(recorded.event, PluginNoted)
            begun = recorded.event.data["at"]
            assert isinstance(begun, float)
            latencies.append(time.monotonic() - begun)
        time.sleep(pause)
    share = (time.process_time() - cpu) / (time.monotonic() - wall)
    ledger.close()
    return Seen(latencies, share)


def measure(events: int, pause: float) -> Seen:
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "ledger.db"
        open_sqlite_ledger(path, clock=utc_now).close()
        ready = context.Event()
        writer = context.Process(target=write, args=(path, events, ready))
        writer.start()
        try:
            return follow(path, events, pause, ready)
        finally:
            writer.join()


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--pause-ms", type=float, nargs="*", default=[1.0, 10.0])
    options = parser.parse_args(argv)
    for pause in options.pause_ms:
        seen = measure(options.events, pause / 1000)
        hundredths = quantiles(seen.latencies, n=100)
        figures = {
            "p50_ms": hundredths[49] * 1000,
            "p99_ms": hundredths[98] * 1000,
            "reader_cpu_percent": seen.cpu_share * 100,
        }
        print(
            f"looking every {pause:4g} ms: p50 {figures['p50_ms']:.2f} ms, "
            f"p99 {figures['p99_ms']:.2f} ms, "
            f"{figures['reader_cpu_percent']:.1f} % of a CPU"
        )
        record({f"every_{pause:g}_ms_{name}": each for name, each in figures.items()})
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
