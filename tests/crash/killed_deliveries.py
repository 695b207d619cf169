"""Kill processes that deliver events, at random, and look what subscribers were told.

    python -m tests.crash.killed_deliveries --kills 1000 --seed 7

prints one JSON object, and ends with 1 if something is wrong. Some processes append,
one or two deliver to a subscriber outside (a file) and to one that makes rows; all are
killed again and again. In the end everything must have been told outside, each stream
in its order, nothing that is not there; and the rows must count each event once.

``--planted hasty`` moves the cursor before the event is told, ``--planted apart``
writes rows and cursor apart, to see that it is noticed.
"""

import argparse
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.crash.writers import start
from wct_adapters.identity import new_id, utc_now
from wct_adapters.ledgers.sqlite import open_sqlite_ledger
from wct_domain.delivery.patience import Patience
from wct_domain.delivery.redriving import retry_parked
from wct_domain.delivery.session import begun, delivering
from wct_domain.delivery.tools import Tools
from wct_domain.errors import DeliveryError, RunHeldError
from wct_domain.events import PluginNoted
from wct_domain.ports.bus import Subscriber
from wct_domain.ports.cursors import Row
from wct_domain.ports.ledger import ANY_VERSION, Ledger, NewEvent, Recorded
from wct_domain.subscribers import DeclaredSubscriber

FAULTS: Final = ("missed", "never there", "out of order", "rows miss", "rows doubled")
PLANTED: Final = ("hasty", "apart")
STREAMS: Final = ("run a", "run b", "run c")
OUTSIDE, ROWS = "outside", "rows"
ROUNDS_PER_LEDGER: Final = 25
LONGEST_LIFE: Final = 0.15  # seconds
_PATIENCE: Final = Patience(first=0.002)


def keep_appending(path: Path, seed: int, tell: Callable[[str], None]) -> None:
    """Append to all streams, until somebody ends it."""
    chance = random.Random(seed)
    ledger = open_sqlite_ledger(path, clock=utc_now)
    while True:
        size = chance.randint(1, 30)
        fact = PluginNoted(plugin="delivered", name="", data={})
        events = [NewEvent(new_id(), fact) for _ in range(size)]
        ledger.append(chance.choice(STREAMS), events, expected=ANY_VERSION)
        tell(str(size))
        time.sleep(chance.uniform(0, 0.01))


def keep_delivering(
    path: Path, seed: int, planted: str | None, tell: Callable[[str], None]
) -> None:
    """Deliver to both subscribers, until somebody ends it."""
    chance = random.Random(seed)
    ledger = open_sqlite_ledger(path, clock=utc_now)
    while True:
        deliver(ledger, path, chance, planted)
        tell("pass")
        time.sleep(chance.uniform(0, 0.003))


def deliver(
    ledger: Ledger, path: Path, chance: random.Random | None, planted: str | None
) -> None:
    """Make one pass for each subscriber.

    Args:
        chance: of trouble; None: there is none.
    """
    for subscriber in subscribers(path, chance):
        with suppress(RunHeldError):
            if planted is not None:
                wrongly(planted, subscriber, ledger)
                continue
            with delivering(subscriber, tools(ledger)) as delivery:
                delivery.go_on()


def tools(ledger: Ledger) -> Tools:
    return Tools(ledger, utc_now, new_id, time.monotonic, lambda: False, _PATIENCE)


def subscribers(
    path: Path, chance: random.Random | None
) -> Iterator[DeclaredSubscriber]:
    for name, call in (
        (OUTSIDE, partial(outside, path.with_name("told"), chance)),
        (ROWS, partial(in_rows, chance)),
    ):
        yield DeclaredSubscriber(name, call, (), "run", "", from_start=True)


def outside(told: Path, chance: random.Random | None, recorded: Recorded) -> None:
    """Note an event where it stays when this process is killed; with some trouble."""
    _trouble(chance)
    file = os.open(told, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    line = f"{recorded.stream}\t{recorded.position}\t{recorded.id}\n"
    os.write(file, line.encode())
    os.close(file)
    _trouble(chance)


def in_rows(chance: random.Random | None, recorded: Recorded) -> list[Row]:
    """Count events by stream, and each by itself."""
    _trouble(chance)
    return [
        Row(recorded.stream, {"events": 1}, "add"),
        Row(f"{recorded.stream}/{recorded.position:08}", {"told": 1}, "add"),
    ]


def _trouble(chance: random.Random | None) -> None:
    if chance is None:
        return
    kind = chance.random()
    if kind < 0.01:
        raise DeliveryError("not now", retryable=kind > 0.001)
    if kind < 0.03:
        time.sleep(0.002)


def wrongly(planted: str, subscriber: DeclaredSubscriber, ledger: Ledger) -> None:
    """Deliver as one should not."""
    call: Subscriber = subscriber.call
    cursors = ledger.cursors
    with ledger.locks.hold(f"subscriber/{subscriber.name}"):
        standing = begun(subscriber, ledger).now
        for recorded in ledger.read_all(after=standing.cursor):
            after = standing._replace(cursor=ledger.cursor(recorded))
            if planted == "hasty":
                standing = cursors.move(standing, after)
            rows: Any = None
            with suppress(DeliveryError):
                rows = call(recorded)
            made = [(recorded.stream, each) for each in rows or ()]
            standing = cursors.move(standing, standing, rows=made)
            if planted == "apart":
                standing = cursors.move(standing, after)


def kill_one_ledger(
    directory: Path, chance: random.Random, planted: str | None
) -> Counter[str]:
    """Have deliveries killed again and again; then look what was told."""
    path = directory / "ledger.db"
    counts: Counter[str] = Counter()
    for number in range(ROUNDS_PER_LEDGER):
        counts["kills"] += _one_round(path, number, chance, planted)
    with closing(open_sqlite_ledger(path, clock=utc_now)) as ledger:
        counts["parked"] = sum(
            len(ledger.cursors.parked(name)) for name in (OUTSIDE, ROWS)
        )
        _finish(ledger, path, planted)
        counts.update(_faults(ledger, path))
    return counts


def _one_round(
    path: Path, number: int, chance: random.Random, planted: str | None
) -> int:
    def life() -> float:
        return time.monotonic() + chance.uniform(0, LONGEST_LIFE)

    told = [path.with_name(f"{number}.{index}") for index in range(3)]
    appending = partial(keep_appending, path, chance.getrandbits(32))
    doomed = [(life(), start(appending, told[0]))]
    for index in range(1, chance.randint(2, 3)):
        seed = chance.getrandbits(32)
        work = partial(keep_delivering, path, seed, planted)
        doomed.append((life(), start(work, told[index])))
    for end, process in sorted(doomed):
        time.sleep(max(0.0, end - time.monotonic()))
        process.kill()
    for _, process in doomed:
        for line in process.finish():
            if line.startswith("error"):
                print(line, file=sys.stderr)
    return len(doomed) - 1


def _finish(ledger: Ledger, path: Path, planted: str | None) -> None:
    """Deliver what is left, in peace, and what is parked."""
    for _ in range(20):
        deliver(ledger, path, None, planted)
        time.sleep(0.05)
        for subscriber in subscribers(path, None):
            retry_parked(subscriber, tools(ledger))


def _faults(ledger: Ledger, path: Path) -> dict[str, int]:
    there = {
        (each.stream, str(each.position), each.id)
        for stream in STREAMS
        for each in ledger.read(stream)
    }
    lines = (path.with_name("told").read_text()).splitlines()
    told = [tuple(line.split("\t")) for line in lines]
    order: dict[str, dict[int, None]] = {stream: {} for stream in STREAMS}
    for stream, position, _ in told:
        order[stream][int(position)] = None
    disorder = sum(list(each) != sorted(each) for each in order.values())
    rows = {each.key: each.value for each in ledger.cursors.rows(ROWS)}
    single = [value["told"] for key, value in rows.items() if "/" in key]
    counted = sum(rows[stream]["events"] for stream in STREAMS if stream in rows)
    return {
        "events": len(there),
        "told": len(told),
        "missed": len(there - set(told)),
        "never there": len(set(told) - there),
        "out of order": disorder,
        "rows miss": max(0, len(there) - len(single), len(there) - counted),
        "rows doubled": max(0, sum(single) - len(single), counted - len(there)),
    }


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600, help="stop after")
    parser.add_argument("--kills", type=int, default=1000, help="stop after")
    parser.add_argument("--planted", choices=PLANTED)
    parser.add_argument(
        "--seed", type=int, default=random.SystemRandom().getrandbits(32)
    )
    options = parser.parse_args(argv)
    chance = random.Random(options.seed)
    begun_at = time.monotonic()
    counts: Counter[str] = Counter(dict.fromkeys(FAULTS, 0))
    while (
        time.monotonic() - begun_at < options.seconds
        and counts["kills"] < options.kills
    ):
        with TemporaryDirectory() as directory:
            counts.update(kill_one_ledger(Path(directory), chance, options.planted))
    seconds = round(time.monotonic() - begun_at, 1)
    print(json.dumps({"seed": options.seed, "seconds": seconds, **counts}))
    return int(any(counts[fault] for fault in FAULTS))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
