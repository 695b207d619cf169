"""What ``wct deliver`` does: a thread for each subscriber, and their outcome."""

import sys
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any, NamedTuple

import click

from wct_domain.delivery.lag import Lag, lag_of
from wct_domain.delivery.redriving import retry_parked
from wct_domain.delivery.tools import Pass
from wct_domain.ports.cursors import Parked
from wct_domain.ports.ledger import Ledger
from wct_domain.subscribers import DeclaredSubscriber
from wct_entrypoints.bootstrap.delivery import delivery_tools
from wct_entrypoints.cli.known_subscribers import (
    chosen,
    close,
    known_subscribers,
    warn_of_unusable,
)
from wct_entrypoints.cli.ledger_access import short_names, writing
from wct_entrypoints.cli.printing import print_json, print_lines, wrapped
from wct_entrypoints.cli.shared import (
    FAILED_STEPS,
    LedgerPlace,
    counted,
    printable,
)
from wct_entrypoints.cli.signals import exit_status, interrupting
from wct_entrypoints.delivery_thread import DeliveryThread

_TICK = 0.1  # seconds; Ctrl-C is heard between two
_GRACE = 1.0  # seconds for the event that is under way when a signal comes
_PATIENCE = 60.0  # seconds that an event may have to wait without us leaving


class Wanted(NamedTuple):
    """What is to be delivered, as click parsed it."""

    name: str | None  # None: to all
    retry_parked: bool
    seconds: float | None
    follow: bool
    as_json: bool


class Outcome(NamedTuple):
    """What came of one subscriber."""

    lag: Lag
    told: int
    last: Pass

    @property
    def is_done(self) -> bool:
        return not self.lag.pending and not self.lag.parked


def deliver_all(wanted: Wanted, given: LedgerPlace | None) -> int:
    """Deliver, print what came of it, and return the exit status.

    Raises:
        SubscriberError: there is no such subscriber, or it is not usable.
        RunHeldError: what is parked cannot be tried again, because somebody delivers.
        LedgerError: the ledger cannot be read, or written.
    """
    with writing(given) as ledger:
        subscribers, all_usable = _subscribers(ledger, wanted.name)
        try:
            outcomes = list(_delivered(subscribers, ledger, wanted))
        finally:
            close(subscribers)
        if wanted.as_json:
            print_json([_document(each) for each in outcomes])
        else:
            names = short_names(ledger)
            print_lines(line for each in outcomes for line in _lines(each, names))
    is_done = all_usable and all(each.is_done for each in outcomes)
    return 0 if is_done else FAILED_STEPS


def _subscribers(
    ledger: Ledger, name: str | None
) -> tuple[list[DeclaredSubscriber], bool]:
    """Return whom to deliver to, and whether that is all who wait."""
    known = known_subscribers(ledger)
    if name is not None:
        return [chosen(known, name)], True
    warn_of_unusable(known)
    found = [each.declared for each in known if each.declared is not None]
    if not known:
        click.echo("No subscribers are installed or configured.", err=True)
    return found, len(found) == len(known)


def _delivered(
    subscribers: list[DeclaredSubscriber], ledger: Ledger, wanted: Wanted
) -> Iterator[Outcome]:
    redriven = 0
    if wanted.retry_parked:
        redriven = retry_parked(subscribers[0], delivery_tools(ledger)).told
    with closing(_Threads(subscribers, ledger)) as threads:
        threads.work(wanted)
        for thread in threads.all:
            if thread.error is not None:
                raise thread.error
            lag = lag_of(thread.subscriber, ledger)
            yield Outcome(lag, redriven + thread.told, thread.last)


class _Threads:
    """All at work at once."""

    def __init__(self, subscribers: list[DeclaredSubscriber], ledger: Ledger) -> None:
        self.all = [DeliveryThread(each, ledger) for each in subscribers]
        self._signal: str | None = None
        self._until = 0.0

    def work(self, wanted: Wanted) -> None:
        """Deliver until all is told, the time is over, or a signal says so.

        Raises:
            SystemExit: a signal came, and nobody follows until one does.
        """
        for thread in self.all:
            thread.start()
            if not wanted.follow:
                seconds = float("inf") if wanted.seconds is None else wanted.seconds
                thread.finish(seconds, patience=_PATIENCE)
        self._until = (
            float("inf")
            if wanted.seconds is None
            else time.monotonic() + wanted.seconds + _TICK
        )
        with interrupting(self._interrupted):
            while self.all and time.monotonic() < self._until:
                if all(thread.join(_TICK) for thread in self.all):
                    break
        if self._signal is not None and not wanted.follow:
            # What was under way is told to its end, and counted as such.
            sys.exit(exit_status(self._signal))

    def _interrupted(self, signal: str) -> bool:
        """Have them end; a second signal ends the process at once."""
        self._signal = signal
        self._until = time.monotonic() + _GRACE
        for thread in self.all:
            thread.stop()
        return True

    def close(self) -> None:
        """Have them end, each behind the event that it is at."""
        until = time.monotonic() + _GRACE
        for thread in self.all:
            thread.stop()
        for thread in self.all:
            thread.join(until - time.monotonic())


def _lines(outcome: Outcome, names: Any) -> Iterator[str]:
    lag = outcome.lag
    yield printable(f"{lag.name}: {counted(outcome.told, 'event')} delivered")
    for parked in lag.parked:
        yield wrapped("  ", parked_text(parked, names))
    if lag.parked:
        yield f"  when that is mended: wct deliver --retry-parked {lag.name}"
    if lag.pending:
        reason, again_at = outcome.last.reason, outcome.last.again_at
        why = f": {reason}" if reason else ""
        when = f"; told again at {again_at.astimezone():%H:%M:%S}" if again_at else ""
        wait = "waits" if lag.pending == 1 else "wait"
        text = f"{counted(lag.pending, 'event')} still {wait}{why}{when}"
        yield wrapped("  ", text)


def parked_text(parked: Parked, names: Any) -> str:
    """Describe a parked sequence for people.

    Args:
        names: short names of runs.
    """
    run = names.get(parked.stream, parked.stream)
    times = "time" if parked.attempts == 1 else "times"
    return (
        f"parked: {counted(parked.waiting, 'event')} of run {run}, from event "
        f"{parked.position} on, which was told {parked.attempts} {times}: "
        f"{parked.reason}"
    )


def _document(outcome: Outcome) -> dict[str, Any]:
    again_at = outcome.last.again_at
    return {
        "name": outcome.lag.name,
        "told": outcome.told,
        "pending": outcome.lag.pending,
        "again_at": None if again_at is None else again_at.isoformat(),
        "reason": outcome.last.reason,
        "parked": [parked_document(each) for each in outcome.lag.parked],
    }


def parked_document(parked: Parked) -> dict[str, Any]:
    """Describe a parked sequence for programs."""
    return {
        "run": parked.stream,
        "position": parked.position,
        "waiting": parked.waiting,
        "attempts": parked.attempts,
        "reason": parked.reason,
        "since": parked.since.isoformat(),
    }
