"""Processes that write one SQLite ledger, each each telling what it did.

They are forked from a process that has imported everything and opened nothing.
"""

import os
import random
import signal
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, NoReturn

from tests.ledger_checks import (
    Stored,
    damaged_blobs,
    first_broken,
    is_gapless,
    stored_events,
)
from wct_adapters.identity import new_id, utc_now
from wct_adapters.ledgers.sqlite import open_sqlite_ledger
from wct_domain.events import PluginNoted
from wct_domain.ports.ledger import ANY_VERSION, NewEvent
from wct_domain.testing.ledger_samples import blob_of
from wct_domain.upcasting import decode


class Writer(NamedTuple):
    """A child at work; it tells what it did in a file, which outlives it."""

    process: int
    told: Path

    def finish(self) -> list[str]:
        """Wait for its end; return the lines that it told."""
        os.waitpid(self.process, 0)
        return self.told.read_text().splitlines()

    def kill(self) -> None:
        os.kill(self.process, signal.SIGKILL)

    def has_ended(self) -> bool:
        """Look without waiting, and without burying it."""
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.process, options) is not None


def start(work: Callable[[Callable[[str], None]], None], told: Path) -> Writer:
    """Fork a child that does ``work``, which is given a way to tell lines."""
    told.touch()
    process = os.fork()
    if process == 0:
        _be_a_child(work, told)
    return Writer(process, told)


def _be_a_child(work: Callable[[Callable[[str], None]], None], told: Path) -> NoReturn:
    file = os.open(told, os.O_WRONLY | os.O_APPEND)

    def tell(lines: str) -> None:
        os.write(file, f"{lines}\n".encode())

    try:
        work(tell)
    except BaseException as error:  # noqa: BLE001  # told, whatever it is
        tell(f"error {type(error).__name__} {error}")
    finally:
        os._exit(0)


def keep_appending(
    path: Path, name: str, seed: int, batches: int, tell: Callable[[str], None]
) -> None:
    """Append batches of random sizes; tell of each event once it is recorded.

    A batch is 1 to 3 events that say its name and size; some come with a blob. Every
    other batch goes to a stream that all writers share.
    """
    chance = random.Random(seed)
    ledger = open_sqlite_ledger(path, clock=utc_now)
    own = f"run/{name}"
    version = 0
    for number in range(batches):
        size = chance.randint(1, 3)
        blobs = [blob_of(chance.randbytes(chance.randint(1, 9000)))] * (number % 2)
        fact = PluginNoted(
            plugin=f"{name}/{number}",
            name=str(size),
            data={"blobs": [blob.digest for blob in blobs]},
        )
        events = [NewEvent(new_id(), fact) for _ in range(size)]
        shared = chance.random() < 0.5
        recorded = ledger.append(
            "shared" if shared else own,
            events,
            expected=ANY_VERSION if shared else version,
            blobs=blobs,
        )
        version += 0 if shared else size
        tell("\n".join(f"{r.stream} {r.position} {r.id}" for r in recorded))
    ledger.close()


class Findings(NamedTuple):
    """What is wrong with a ledger, given what its writers were told."""

    stored: int
    lost: int  # acknowledged, but not there
    torn: int  # batches of which only a part is there
    broken: int  # hashes or positions
    damaged: int  # blobs with other bytes than their digest
    errors: list[str]  # as the writers told them

    def faults(self) -> dict[str, int]:
        counts = {**self._asdict(), "errors": len(self.errors)}
        del counts["stored"]
        return counts


def examine(path: Path, told: list[str]) -> Findings:
    errors = [line for line in told if line.startswith("error")]
    acknowledged = {line for line in told if not line.startswith("error")}
    if not path.exists() or path.stat().st_size == 0:
        return Findings(0, len(acknowledged), 0, 0, 0, errors)
    open_sqlite_ledger(path, clock=utc_now).close()  # may be written again
    events = stored_events(path)
    there = {f"{e.stream} {e.position} {_text(e.event_id)}" for e in events}
    broken = (first_broken(events) is not None) + (not is_gapless(events))
    torn, named = _torn_batches(events)
    ledger = open_sqlite_ledger(path, clock=utc_now, read_only=True)
    for digest in named:
        ledger.blob(digest)  # raises if it is missing
    ledger.close()
    return Findings(
        len(events),
        len(acknowledged - there),
        torn,
        broken,
        len(damaged_blobs(path)),
        errors,
    )


def _torn_batches(events: list[Stored]) -> tuple[int, set[str]]:
    """Count batches of which a part is missing; collect the blobs that are named."""
    batches: dict[str, list[int]] = {}
    blobs: set[str] = set()
    for event in events:
        fact = decode(event.type, event.payload)
        assert isinstance(fact, PluginNoted)
        batches.setdefault(fact.plugin, []).append(int(fact.name))
        named = fact.data["blobs"]
        assert isinstance(named, list)
        blobs.update(map(str, named))
    torn = sum(1 for sizes in batches.values() if len(sizes) != sizes[0])
    return torn, blobs


def _text(raw: bytes) -> str:
    text = raw.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
