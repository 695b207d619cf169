"""Following a ledger that other processes write: what is new, again and again."""

import select
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import click

from wct_domain.errors import (
    LedgerEmptyError,
    LedgerUnusableError,
    RunNotFoundError,
)
from wct_domain.events import (
    AnyEvent,
    RunCompleted,
    RunFailed,
    RunInterrupted,
    RunResumed,
)
from wct_domain.ports.cursors import Cursor
from wct_domain.ports.ledger import Ledger, Recorded
from wct_entrypoints.bootstrap.ledgers import ledger_place, open_ledger, shown
from wct_entrypoints.cli.ledger_access import (
    LATEST,
    find_run,
    has_runs,
    is_whole_id,
)
from wct_entrypoints.cli.shared import LedgerPlace, printable

INTERVAL = 0.1  # seconds between two looks; one costs some 0.1 ms
_LOOKS_AT_LOCK = 20  # looks without news, after which the run's process is asked for
_EMPTY = 1.0  # seconds between two looks into an empty database
_TO_BE_MADE = 5.0  # seconds that a new ledger may take until it can be read

_ENDS = (RunCompleted, RunFailed, RunInterrupted)


class Tail(Protocol):
    """Reads on from where it stands."""

    def new(self) -> Iterator[Recorded]:
        """Yield what has been recorded since this was last asked."""
        ...

    def is_over(self) -> bool:
        """Whether nothing more is to be waited for; asked after all news were read."""
        ...


class LogTail:
    """All streams of a ledger, behind a cursor; it is never over."""

    def __init__(self, ledger: Ledger, after: Cursor | None) -> None:
        self._ledger = ledger
        self._cursor = after

    def new(self) -> Iterator[Recorded]:
        for recorded in self._ledger.read_all(after=self._cursor):
            self._cursor = self._ledger.cursor(recorded)
            yield recorded

    def is_over(self) -> bool:
        return False


class RunTail:
    """One run, from its first event on; it is over when the run has ended.

    A run whose process is gone without a word is over, too.
    """

    def __init__(self, ledger: Ledger, run: str) -> None:
        self._ledger = ledger
        self._run = run
        self._position = 0
        self._ended = False
        self._looks = 0  # without news

    def new(self) -> Iterator[Recorded]:
        for recorded in self._ledger.read(self._run, after=self._position):
            self._position = recorded.position
            self._ended = _has_ended(recorded.event, before=self._ended)
            self._looks = -1
            yield recorded
        self._looks += 1

    def is_over(self) -> bool:
        if self._ended:
            return True
        if not self._position or not self._looks or self._looks % _LOOKS_AT_LOCK:
            return False
        if self._ledger.locks.is_held(self._run):
            return False
        if any(self._ledger.read(self._run, after=self._position)):
            return False  # it has ended in this moment
        text = f"Run {self._run} has no end: the process that was at work on it is gone"
        click.echo(printable(text), err=True)
        return True


def _has_ended(event: AnyEvent, *, before: bool) -> bool:
    if isinstance(event, _ENDS):
        return True
    return before and not isinstance(event, RunResumed)


def position_behind(ledger: Ledger, run: str, cursor: Cursor) -> int:
    """Return after which position of a run a reader goes on that stands at a cursor.

    Raises:
        LedgerUnusableError: the cursor is none of this ledger's.
    """
    seen = 0
    for recorded in ledger.read(run):
        seen = recorded.position
        if ledger.cursor(recorded) == cursor:
            return seen
    for recorded in ledger.read_all(after=cursor, settled=False):
        if recorded.stream == run:
            return recorded.position - 1
    return seen


@contextmanager
def following(given: LedgerPlace | None) -> Generator[Ledger]:
    """Open a ledger for reading; wait for one that is not there yet.

    Raises:
        LedgerUnusableError: what is there cannot be read.
    """
    place = ledger_place(given)
    if isinstance(place, Path) and not place.exists():
        _say(f"Waiting for ledger '{place}' to be made")
        while not place.exists():
            time.sleep(INTERVAL)
        _until_readable(place)
    ledger = _opened(place)
    try:
        yield ledger
    finally:
        ledger.close()


def _opened(place: Path | str) -> Ledger:
    """Open a ledger; wait while its database is empty."""
    waiting = False
    while True:
        try:
            return open_ledger(place, create=False, read_only=True)
        except LedgerEmptyError:
            if not waiting:
                _say(f"Waiting for ledger '{shown(str(place))}' to be made")
            waiting = True
            time.sleep(_EMPTY)


def _until_readable(place: Path) -> None:
    """Wait while the process that makes a ledger is at it."""
    until = time.monotonic() + _TO_BE_MADE
    while time.monotonic() < until:
        try:
            open_ledger(place, create=False, read_only=True).close()
        except LedgerUnusableError:
            time.sleep(INTERVAL)
        else:
            return


def followed_run(ledger: Ledger, wanted: str) -> str:
    """Return the id of the run that is to be followed, which may not have begun.

    A whole id is taken as it is; ``latest`` waits for a run where there is none.

    Raises:
        RunNotFoundError: the beginning of an id that no run has, or that several have.
    """
    if wanted.lower() == LATEST and not has_runs(ledger):
        _say("Waiting for a run to begin")
        while not has_runs(ledger):
            time.sleep(INTERVAL)
    try:
        return find_run(ledger, wanted)
    except RunNotFoundError:
        if not is_whole_id(wanted):
            raise
    _say(f"Waiting for run {wanted} to begin")
    return wanted


def pauses() -> Callable[[], None]:
    """Return what waits from one look to the next.

    It raises BrokenPipeError as soon as the reader of our output has left, who would
    else be noticed at the next event only.
    """
    try:
        poller = select.poll()
        poller.register(sys.stdout.fileno(), 0)  # of errors one is told unasked
    except (AttributeError, OSError):  # another system; no output of its own
        return lambda: time.sleep(INTERVAL)

    def pause() -> None:
        if poller.poll(INTERVAL * 1000):
            raise BrokenPipeError

    return pause


def _say(text: str) -> None:
    click.echo(printable(text), err=True)
