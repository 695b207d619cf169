"""Pruning: what an old run has stored goes, that it took place and its hashes stay.

Each stream loses its payloads and blobs in the transaction that records it, so
whatever cuts this short, what is gone is said to be gone. Keys go last; what is left
to do then is done by the next pruning.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from wct_domain.archive import stored_sizes
from wct_domain.commands import PruneStream
from wct_domain.errors import WrongExpectedVersionError
from wct_domain.events import PrunedEvent, RunStarted
from wct_domain.executor.stream import Equipment, StreamAtWork, afterwards_of
from wct_domain.ports.ledger import Ledger, Recorded
from wct_domain.projections.retention import is_kept, ranges
from wct_domain.projections.run_list import LIFECYCLE, RunList, RunSummary
from wct_domain.projections.states import standing
from wct_domain.references import referred_by

ATTEMPTS = 5  # others may append to a stream at the same time


class Prunable(NamedTuple):
    """What a run has in store, in its own stream and in those made after it."""

    payloads: int
    blobs: int
    size: int  # bytes, of both


class Runs(NamedTuple):
    """The runs of a ledger, and the erasure scopes that they were recorded for.

    Blobs of a run without a scope may be other runs', too; those of any other are its
    own, for each was sealed with a key of its own.
    """

    newest_first: list[RunSummary]
    scopes: dict[str, str | None]  # pseudonyms by run; None: nothing was sealed


def runs_in(ledger: Ledger) -> Runs:
    """Read what is said of runs as a whole, and whether anybody is at work on them.

    Raises:
        LedgerUnusableError: the log cannot be read.
    """
    runs = RunList()
    scopes: dict[str, str | None] = {}
    for recorded in ledger.read_all(types=LIFECYCLE, settled=False):
        runs.apply(recorded)
        if isinstance(recorded.event, RunStarted):
            scopes[recorded.stream] = recorded.event.scope
    for run in runs.newest_first:
        run.status = standing(run.status, run.run, ledger.locks)
    return Runs(runs.newest_first, scopes)


def prunable(tools: Equipment, run: str) -> Prunable:
    """Look up what pruning a run would drop.

    Raises:
        LedgerError: the log cannot be read, or a list of parts.
    """
    return _total(command for _, command in _commands(tools, run))


def prune(tools: Equipment, run: str) -> Prunable:
    """Drop what a run that is over has stored; its own stream is the last.

    Nobody can go on with the run meanwhile.

    Raises:
        RunHeldError: somebody is at work on it; nothing was dropped.
        LedgerError: it was not done, or not for all of its streams; it can be
            done again.
    """
    with tools.ledger.locks.hold(run):
        return _total(_prune(tools, run))


def _prune(tools: Equipment, run: str) -> list[PruneStream]:
    dropped: list[PruneStream] = []
    for attempt in range(1, ATTEMPTS + 1):
        try:
            for stream, command in _commands(tools, run):
                stream.dispatch(command)
                dropped.append(command)
        except WrongExpectedVersionError:
            if attempt == ATTEMPTS:
                raise
        else:
            break
    return dropped


def destroy_unused_keys(ledger: Ledger) -> bool:
    """Destroy the keys of scopes whose runs are all pruned.

    Copies of the ledger that were made before stay closed, too. But not where one of
    them was restored and shares the keys: what is pruned here is not pruned there.

    Returns:
        False when they stay for the sake of another ledger.

    Raises:
        LedgerError: log or key store cannot be read or written.
    """
    runs = runs_in(ledger)
    gone = {run.run for run in runs.newest_first if run.pruned_at is not None}
    used = {scope for run, scope in runs.scopes.items() if run not in gone}
    scopes = {runs.scopes[run] for run in gone} - used
    if unused := [scope for scope in scopes if scope is not None]:
        if ledger.keys.are_shared():
            return False
        ledger.keys.destroy(sorted(unused))
    return True


def _commands(tools: Equipment, run: str) -> Iterator[tuple[StreamAtWork, PruneStream]]:
    """Yield what is to be dropped of each stream of a run, its own stream last."""
    names = [each.name for each in tools.ledger.streams(afterwards_of(run))]
    for name in [*names, run]:
        digests: set[str] = set()
        positions: list[int] = []

        def noted(
            history: Iterator[Recorded],
            digests: set[str] = digests,
            positions: list[int] = positions,
        ) -> Iterator[Recorded]:
            for recorded in history:
                event = recorded.event
                digests.update(referred_by(event))
                if not isinstance(event, PrunedEvent) and not is_kept(event.type):
                    positions.append(recorded.position)
                yield recorded

        history = noted(tools.ledger.read(name))
        of_run = None if name == run else run
        stream = StreamAtWork(name, tools, history=history, of_run=of_run)
        sizes = stored_sizes(tools.ledger, digests)
        if positions or sizes:
            size = sum(sizes.values()) + _payloads(tools.ledger, name, positions)
            yield stream, PruneStream(ranges(positions), tuple(sizes), size)


def _payloads(ledger: Ledger, stream: str, positions: list[int]) -> int:
    """Bytes of payloads and their salts; of those that have no seal yet, none."""
    wanted = set(positions)
    return sum(
        len(row.payload or b"") + len(row.salt or b"")
        for row in ledger.rows(stream=stream)
        if row.position in wanted
    )


def _total(commands: Iterable[PruneStream]) -> Prunable:
    payloads = blobs = size = 0
    for command in commands:
        payloads += sum(last - first + 1 for first, last in command.positions)
        blobs += len(command.digests)
        size += command.size
    return Prunable(payloads, blobs, size)
