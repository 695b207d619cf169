"""Processes that write one SQLite ledger, each each telling what it did.

They are forked from a process that has imported everything and opened nothing.
"""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple, NoReturn, TypeAlias

from click import ClickException

from wct_adapters.identity import new_id, utc_now
from wct_adapters.ledgers.sqlite import open_sqlite_ledger
from wct_domain.checkpoints import add_checkpoint
from wct_domain.digests import Reference
from wct_domain.errors import (
    EventIdReusedError,
    LedgerUnusableError,
    PartialRetryError,
    WctError,
    WrongExpectedVersionError,
)
from wct_domain.events import ArtifactSaved, Event, EvidenceRevealed, PluginNoted
from wct_domain.ports.ledger import ANY_VERSION, Blob, Ledger, NewEvent
from wct_domain.testing.ledger_samples import blob_of
from wct_entrypoints.cli import main

BATCH: Final = "batch:"  # opens the names of what writers append

Work: TypeAlias = Callable[[Callable[[str], None]], None]
"""What a process does, given a way to tell lines."""


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


def start(work: Work, told: Path) -> Writer:
    """Fork a child that does ``work``, which is given a way to tell lines."""
    told.touch()
    process = os.fork()
    if process == 0:
        _be_a_child(work, told)
    return Writer(process, told)


def _be_a_child(work: Work, told: Path) -> NoReturn:
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

    Each event of a batch says the batch's name and size. Some come with a blob, some
    must survive a power cut. Every other batch goes to a stream that all writers
    share. Now and then all that is there is signed.
    """
    chance = random.Random(seed)
    ledger = open_sqlite_ledger(path, clock=utc_now)
    own = f"run/{name}"
    version = 0
    for number in range(batches):
        size = chance.randint(1, 4)
        body = b"\0" + chance.randbytes(chance.randint(1, 9000))
        blobs = [blob_of(body)] * (number % 2)
        events = [
            NewEvent(new_id(), fact)
            for fact in _batch(f"{BATCH}{name}/{number}", size, blobs, chance)
        ]
        if chance.random() < 0.1:
            _be_refused(ledger, chance)
        shared = chance.random() < 0.5
        recorded = ledger.append(
            "shared" if shared else own,
            events,
            expected=ANY_VERSION if shared else version,
            blobs=blobs,
        )
        version += 0 if shared else size
        tell("\n".join(f"{r.stream} {r.position} {r.id}" for r in recorded))
        if chance.random() < 0.05:
            add_checkpoint(ledger, ledger.keys, utc_now)
    ledger.close()


def _be_refused(ledger: Ledger, chance: random.Random) -> None:
    """Have an append rolled back: before anything is stored, or after a part is."""
    fact = PluginNoted(plugin="refused", name="", data={})
    known = next(iter(ledger.read_all()), None)
    with suppress(WrongExpectedVersionError, EventIdReusedError, PartialRetryError):
        if known is None or chance.random() < 0.5:
            ledger.append("shared", [NewEvent(new_id(), fact)], expected=10**9)
        else:
            new = [NewEvent(new_id(), fact), NewEvent(known.id, fact)]
            ledger.append("shared", new, expected=ANY_VERSION)
        raise AssertionError("an append was not refused")


def _batch(
    name: str, size: int, blobs: list[Blob], chance: random.Random
) -> Iterator[Event]:
    whole = str(size)
    for blob in blobs:
        result = Reference(blob=blob.digest, content="0" * 64)
        yield ArtifactSaved(artifact=name, result=result, items=size, size=0)
    if chance.random() < 0.1 and len(blobs) < size:
        yield EvidenceRevealed(by="0" * 32, command=name, step=whole)
        size -= 1
    for _ in range(size - len(blobs)):
        yield PluginNoted(plugin=name, name=whole, data={})


def keep_reading(
    path: Path,
    planted: str | None,
    tell: Callable[[str], None],
    *,
    to_the_end: bool = False,
) -> None:
    """Follow the ledger; tell of each event, with the cursor after it.

    It goes on where the last reader was killed.

    Args:
        planted: a fault. ``forgetful``: it goes on one event too early; ``hasty``: one
            too late.
        to_the_end: do not wait for more.
    """
    told = path.with_name("reader").read_text().splitlines()
    if planted == "forgetful":
        told = told[:-1]
    cursor = told[-1].split()[0] if told else None
    ledger = _open_when_there(path)
    too_late = planted == "hasty"
    while True:
        for recorded in ledger.read_all(after=cursor):
            cursor = ledger.cursor(recorded)
            if too_late:
                too_late = False
                continue
            tell(f"{cursor} {recorded.stream} {recorded.position} {recorded.id}")
        if to_the_end:
            return
        time.sleep(0.001)


def _open_when_there(path: Path) -> Ledger:
    while True:
        try:
            return open_sqlite_ledger(path, clock=utc_now, read_only=True)
        except LedgerUnusableError:  # the first of the writers is still making it
            time.sleep(0.001)


def command(
    path: Path,
    arguments: list[str],
    tell: Callable[[str], None],
    *,
    must_work: bool = True,
) -> None:
    """Be ``wct``: what it prints is nobody's business, how it ends may be."""
    silence = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(silence, descriptor)
    os.chdir(path.parent)
    arguments = [*arguments, "--ledger", str(path)]
    try:
        main.main(arguments, standalone_mode=False)
    except SystemExit as ended:
        if ended.code and must_work:
            tell(f"error wct {arguments[0]} ended with {ended.code}")
    except (ClickException, WctError) as error:
        if must_work:
            tell(f"error wct {arguments[0]}: {error}")
