"""What is erased together: the runs that share a scope, and what they have in store."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from wct_domain.archive import stored_sizes
from wct_domain.errors import ErasureRefusedError
from wct_domain.events import RunStarted
from wct_domain.executor.scopes import scope_name
from wct_domain.executor.stream import Equipment, StreamAtWork, afterwards_of
from wct_domain.ports.ledger import Ledger, Recorded
from wct_domain.projections.run import Run
from wct_domain.references import referred_by
from wct_domain.upcasting import CURRENT, UPCASTERS

NAMED = 4  # runs that an error names

_STARTED = tuple(
    wire
    for wire in (*CURRENT, *UPCASTERS)
    if wire.partition("/")[0] == RunStarted.type.partition("/")[0]
)


class Target(NamedTuple):
    """What is to be erased: the scopes whose keys go, and all runs of them."""

    scopes: tuple[str, ...]  # pseudonyms
    runs: tuple[str, ...]
    alone: bool = False  # there can be no other run of these scopes


class Holding(NamedTuple):
    """What one run has in store, in its own stream and in those made after it."""

    id: str
    run: Run
    blobs: int
    size: int  # bytes, as stored


class StreamHolding(NamedTuple):
    """A stream as it stands, and the blobs of it that are there, with their sizes."""

    stream: StreamAtWork
    sizes: dict[str, int]


def target_of_run(ledger: Ledger, run: str, *, with_others: bool) -> Target:
    """Find what has to go with a run: its scope, and the runs that share it.

    Args:
        with_others: somebody agreed that runs which share the scope go, too.

    Raises:
        ErasureRefusedError: the run was recorded without a scope, or shares it and
            nobody agreed.
        LedgerUnusableError: log or key store cannot be read.
    """
    started = next((e.event for e in ledger.read(run)), None)
    own = ledger.keys.scopes_of(scope_name(run, None))
    if not isinstance(started, RunStarted):
        return Target(tuple(own), (run,), alone=True)  # pruned: what is left is keys
    if started.scope is None:
        msg = (
            f"run {run} was recorded without encryption, and what it stored may be "
            "part of other runs, too; delete the ledger to be rid of it"
        )
        raise ErasureRefusedError(msg)
    if started.scope in own:
        return Target((started.scope,), (run,), alone=True)
    runs = runs_of(ledger, [started.scope])
    if len(runs) > 1 and not with_others:
        raise ErasureRefusedError(_shared(run, runs))
    return Target((started.scope,), tuple(runs))


def target_of_group(ledger: Ledger, name: str) -> Target:
    """Find the runs of an erasure scope by its name, erased ones included.

    Raises:
        ErasureRefusedError: no run has it. The text does not quote the name.
        LedgerUnusableError: log or key store cannot be read.
    """
    runs = runs_of(ledger, ledger.keys.scopes_of(scope_name("", name)))
    if not runs:
        msg = (
            f"no run in ledger '{ledger.location}' was recorded with this erasure "
            "scope; look for how the name was spelt (wct run --erasure-scope), or "
            "erase a run by its id"
        )
        raise ErasureRefusedError(msg)
    return Target(tuple(dict.fromkeys(runs.values())), tuple(runs))


def runs_of(ledger: Ledger, scopes: Collection[str]) -> dict[str, str]:
    """Map the runs of these scopes to theirs, oldest first.

    Of all other runs the ledger looks at how they started, and decodes nothing.
    """
    found: dict[str, str] = {}
    for stream in ledger.maintenance.streams_holding(scopes, _STARTED):
        match next((recorded.event for recorded in ledger.read(stream)), None):
            case RunStarted(scope=str(scope)) if scope in scopes:
                found[stream] = scope
            case _:
                pass
    return found


def refuse_running(ledger: Ledger, runs: Collection[str]) -> None:
    """Refuse to erase what a run has stored that a process is at work on.

    A run whose process was killed is none: its lock is free.

    Raises:
        ErasureRefusedError: one of them is at work.
    """
    for run in runs:
        if ledger.locks.is_held(run):
            msg = f"run {run} is going on: wait for its end, or stop it"
            raise ErasureRefusedError(msg)


def holding(tools: Equipment, run: str) -> Holding:
    """Look up what a run has in store.

    Raises:
        LedgerError: the log cannot be read, or a list of parts.
    """
    states = list(streams_of(tools, run))
    sizes = {digest: size for state in states for digest, size in state.sizes.items()}
    return Holding(run, states[-1].stream.run, len(sizes), sum(sizes.values()))


def streams_of(tools: Equipment, run: str) -> Iterator[StreamHolding]:
    """Yield what belongs to a run: streams of what was saved after it, then its own."""
    ledger = tools.ledger
    names = [each.name for each in ledger.streams(afterwards_of(run))]
    for name in [*names, run]:
        digests: set[str] = set()

        def noted(
            history: Iterator[Recorded], digests: set[str] = digests
        ) -> Iterator[Recorded]:
            for recorded in history:
                digests.update(referred_by(recorded.event))
                yield recorded

        stream = StreamAtWork(
            name,
            tools,
            history=noted(ledger.read(name)),
            of_run=None if name == run else run,
        )
        yield StreamHolding(stream, stored_sizes(ledger, digests))


def _shared(run: str, runs: Collection[str]) -> str:
    others = [each for each in runs if each != run]
    more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
    return (
        f"run {run} shares its erasure scope, and so its key, with "
        f"{', '.join(others[:NAMED])}{more}: they can only be erased together; "
        "--with-others says that you want that"
    )
