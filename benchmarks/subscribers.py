"""Calls that ten subscribers on the bus cost for each event, in direct calls of one.

Each subscriber writes the event as a CloudEvent, as `wct run --events` does, and has a
queue and a thread of its own. Processor time of the whole process is counted, in the
same run as that of calling the subscriber directly; and what the bus alone costs, with
subscribers that do nothing.
"""

import random
import sys
from collections.abc import Sequence
from time import process_time

from benchmarks import record
from benchmarks.fold import append_run
from wct_adapters.blinker_bus import BlinkerBus
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.memory import MemoryLedger
from wct_domain.cloud_events import cloud_event
from wct_domain.ports.bus import Subscriber
from wct_domain.ports.ledger import EventLog, Recorded

GOAL = 15.0  # direct calls
SUBSCRIBERS = 10
STEPS = 2_500
BURST = 500  # events without a pause, as when many small steps end
ROUNDS = 5


def write(recorded: Recorded) -> None:
    cloud_event(recorded, "0b54e2f2-7c53-4b8e-9d58-5a3f6b1d1c11")


def ignore(recorded: Recorded) -> None:
    del recorded


def direct(subscriber: Subscriber, history: Sequence[Recorded]) -> float:
    """Processor seconds to call one subscriber with each event."""
    begun = process_time()
    for recorded in history:
        subscriber(recorded)
    return process_time() - begun


def on_the_bus(
    subscriber: Subscriber, history: Sequence[Recorded], log: EventLog
) -> float:
    """Processor seconds until ten of them were told everything."""
    told: list[int] = []
    failed: list[str] = []
    bus = BlinkerBus(
        history=lambda stream, after: log.read(stream, after=after),
        on_failure=lambda name, _recorded, _error: failed.append(name),
    )

    def counted(recorded: Recorded) -> None:
        subscriber(recorded)
        told.append(recorded.position)

    for number in range(SUBSCRIBERS):
        bus.subscribe(counted, name=str(number))
    begun = process_time()
    for start in range(0, len(history), BURST):
        for recorded in history[start : start + BURST]:
            bus.publish(recorded)
        bus.drain(60)
    took = process_time() - begun
    bus.close()
    if failed or len(told) != SUBSCRIBERS * len(history):
        raise SystemExit("the bus lost or doubled events")
    return took


def main(argv: list[str]) -> int:
    del argv
    ledger = MemoryLedger(utc_now)
    run = append_run(ledger, STEPS, random.Random(7))
    history = list(ledger.read(run))
    one = min(direct(write, history) for _ in range(ROUNDS))
    ten = min(on_the_bus(write, history, ledger) for _ in range(ROUNDS))
    alone = min(on_the_bus(ignore, history, ledger) for _ in range(ROUNDS))
    microseconds = 1_000_000 / len(history)
    found = {
        "direct_call_us": one * microseconds,
        "ten_on_the_bus_us": ten * microseconds,
        "bus_alone_us": alone * microseconds,
        "direct_calls": ten / one,
    }
    for name, figure in found.items():
        print(f"{name:20} {figure:8.2f}")
    print(f"goal: ten subscribers cost at most {GOAL:.0f} direct calls of one")
    record(found)
    return int(found["direct_calls"] > GOAL)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
