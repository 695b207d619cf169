"""Erasing what runs have stored: first the key that opens it, then what it opened.

All runs of a scope go together, for they share its key. Each has ``erasure.requested``
in its record before the key is destroyed, and ``data.erased`` in the transaction in
which its blobs go: whatever cuts this short, the log says what is left to do, and
doing it again from the start is right at every point.
"""

from collections.abc import Iterable
from typing import NamedTuple

from wct_domain.checkpoints import add_checkpoint
from wct_domain.commands import EraseBlobs, RequestErasure
from wct_domain.errors import WctError, WrongExpectedVersionError
from wct_domain.events import Reason
from wct_domain.executor.erasure_targets import (
    StreamHolding,
    Target,
    runs_of,
    streams_of,
)
from wct_domain.executor.scopes import scope_name
from wct_domain.executor.stream import Equipment, StreamAtWork, afterwards_of
from wct_domain.projections.erasures import unfinished_erasures

ATTEMPTS = 5  # others may append to a stream at the same time


class Erased(NamedTuple):
    """What an erasure came to; what was gone before counts for nothing."""

    runs: tuple[str, ...]
    blobs: int


def erase(
    tools: Equipment, target: Target, *, reason: Reason, by: str, reference: str | None
) -> Erased:
    """Erase all that the runs of some scopes have stored, for ever.

    Erasing again does nothing, but for what was stored since.

    Raises:
        LedgerError: a store could not be written. What was begun is finished by doing
            it again, or by ``finish_erasures``.
    """
    ledger = tools.ledger
    runs = dict.fromkeys(target.runs)

    def request(runs: Iterable[str]) -> None:
        for run in runs:
            _request(tools, run, target.scopes[0], reason, by, reference)

    def erase_blobs(runs: Iterable[str]) -> int:
        return sum(_erase_blobs(tools, run, target.scopes[0]) for run in runs)

    def started_meanwhile() -> list[str]:
        found = runs_of(ledger, target.scopes)
        late = [run for run in found if run not in runs]
        runs.update(dict.fromkeys(late))
        return late

    request(target.runs)
    ledger.keys.destroy(target.scopes)
    if not target.alone:
        # The next append of such a run finds that it was overtaken.
        ledger.keys.settle()
        request(started_meanwhile())
    blobs = erase_blobs(runs)
    if not target.alone:
        # What was sealed in time, and took until now to be appended.
        request(late := started_meanwhile())
        blobs += erase_blobs(late)
    sign_if_signed(tools)
    return Erased(tuple(runs), blobs)


def finish_erasures(tools: Equipment) -> list[Erased]:
    """Finish the erasures that were cut short; cheap where there is none.

    Raises:
        LedgerError: as ``erase``.
    """
    ledger = tools.ledger
    done: list[Erased] = []
    for request, runs in unfinished_erasures(ledger):
        alone = len(runs) == 1 and request.scope in ledger.keys.scopes_of(
            scope_name(runs[0], None)
        )
        others = {} if alone else runs_of(ledger, [request.scope])
        together = tuple(dict.fromkeys([*runs, *others]))
        target = Target((request.scope,), together, alone)
        done.append(
            erase(
                tools,
                target,
                reason=request.reason,
                by=request.by,
                reference=request.reference,
            )
        )
    return done


def _request(
    tools: Equipment,
    run: str,
    scope: str,
    reason: Reason,
    by: str,
    reference: str | None,
) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        stream = StreamAtWork(run, tools, history=tools.ledger.read(run))
        if stream.run.is_erased:
            return  # what was stored since, if anything, goes without a new request
        try:
            stream.dispatch(
                RequestErasure(_scope(stream, scope), reason, by, reference)
            )
        except WrongExpectedVersionError:
            if attempt == ATTEMPTS:
                raise
        else:
            return


def _erase_blobs(tools: Equipment, run: str, scope: str) -> int:
    """Drop the blobs of a run; its own stream last, which says that all is done.

    Rows that subscribers have made of its events go before: events hold nothing
    personal, but who makes rows may have added something.
    """
    for stream in tools.ledger.streams(afterwards_of(run)):
        tools.ledger.cursors.forget(stream.name)
    tools.ledger.cursors.forget(run)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            states = list(streams_of(tools, run))
            of_run = _scope(states[-1].stream, scope)
            return sum(_erase_state(each, of_run) for each in states)
        except WrongExpectedVersionError:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError


def _erase_state(state: StreamHolding, scope: str) -> int:
    stream, sizes = state
    is_open = stream.run.erasure is not None and not stream.run.is_erased
    if sizes or is_open:
        stream.dispatch(EraseBlobs(scope, tuple(sizes)))
    return len(sizes)


def _scope(stream: StreamAtWork, scope: str) -> str:
    """Return the scope of a run; the given one if its start has been pruned."""
    started = stream.run.started
    return scope if started is None or started.scope is None else started.scope


def sign_if_signed(tools: Equipment) -> None:
    """Have the erasure covered by a checkpoint, if the ledger has any to go on from."""
    try:
        if tools.ledger.last_checkpoint() is not None:
            add_checkpoint(tools.ledger, tools.ledger.keys, tools.clock)
    except WctError:
        return  # it is recorded all the same; the next checkpoint covers it
