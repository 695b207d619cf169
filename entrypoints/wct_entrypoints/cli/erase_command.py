"""What ``wct erase`` does: say what will go, ask, erase, and say what went."""

import sys
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import click

from wct_domain.events import Reason, RunExported
from wct_domain.executor.erasure import erase
from wct_domain.executor.erasure_targets import (
    Holding,
    Target,
    holding,
    refuse_running,
    target_of_group,
    target_of_run,
)
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.timeline import size
from wct_entrypoints.bootstrap.erasure import erasure_tools
from wct_entrypoints.bootstrap.identity import acting_user
from wct_entrypoints.bootstrap.signing_key import refuse_wrong_signing_key
from wct_entrypoints.cli.ledger_access import find_run, short_names, writing
from wct_entrypoints.cli.printing import local, print_json, table_lines
from wct_entrypoints.cli.shared import LedgerPlace, counted, fail

_USAGE = 2
_MOST = 20  # runs that are listed before the question


class Wanted(NamedTuple):
    """What somebody wants to be erased, and how."""

    run: str | None
    scope: str | None
    reason: Reason
    reference: str | None
    with_others: bool
    vacuum: bool
    yes: bool


def carry_out(wanted: Wanted, given: LedgerPlace | None, *, as_json: bool) -> None:
    """Erase, once it is clear that it is wanted.

    Raises:
        WctError: it is refused, or was not done.
        SystemExit: nobody agreed; nothing was erased.
    """
    if not wanted.yes and not sys.stdin.isatty():
        fail(
            "nobody can be asked here: what is erased is gone for ever; --yes says "
            "that you mean it",
            status=_USAGE,
        )
    refuse_wrong_signing_key()
    with writing(given) as ledger:
        target = _target(ledger, wanted)
        tools = erasure_tools(ledger)
        refuse_running(ledger, target.runs)
        holdings = [holding(tools, run) for run in target.runs]
        copies = sum(_readable_copies(ledger, run) for run in target.runs)
        if not wanted.yes:
            _ask(holdings, ledger)
        erase(
            tools,
            target,
            reason=wanted.reason,
            by=acting_user(ledger.keys),
            reference=wanted.reference,
        )
        given_back = ledger.maintenance.compact() if wanted.vacuum else None
    if as_json:
        print_json(_document(wanted, holdings, given_back))
    else:
        for line in (*_lines(holdings, given_back), *_copy_lines(copies)):
            click.echo(line)


def _target(ledger: Ledger, wanted: Wanted) -> Target:
    if wanted.scope is not None:
        return target_of_group(ledger, wanted.scope)
    run = find_run(ledger, wanted.run or "")
    return target_of_run(ledger, run, with_others=wanted.with_others)


def _ask(holdings: Sequence[Holding], ledger: Ledger) -> None:
    names = short_names(ledger)
    rows = [_row(each, names[each.id]) for each in holdings[:_MOST]]
    heading = ("RUN", "RUNBOOK", "STARTED", "BLOBS", "SIZE")
    for line in table_lines([heading, *rows], right=(3, 4)):
        click.echo(line, err=True)
    if len(holdings) > _MOST:
        click.echo(f"... and {len(holdings) - _MOST} more runs", err=True)
    blobs = counted(sum(each.blobs for each in holdings), "blob")
    room = size(sum(each.size for each in holdings))
    what = f"Erase {blobs} ({room}) of {counted(len(holdings), 'run')} for ever?"
    if not click.confirm(what, err=True):
        fail("nothing was erased")


def _row(each: Holding, name: str) -> tuple[str, ...]:
    run = each.run
    return (
        name,
        "" if run.started is None else run.started.runbook,
        "" if run.started_at is None else local(run.started_at),
        f"{each.blobs:,}",
        size(each.size),
    )


def _lines(holdings: Sequence[Holding], given_back: int | None) -> Iterator[str]:
    runs = counted(len(holdings), "run")
    if any(each.blobs for each in holdings):
        blobs = counted(sum(each.blobs for each in holdings), "blob")
        yield f"Erased {blobs} of {runs}; their key is destroyed"
    else:
        yield f"Nothing is left of {runs} that could be erased; their key is destroyed"
    if given_back is not None:
        yield f"The ledger file is {size(given_back)} smaller"
    yield "Results files, and backups of ledger and key store, are yours to delete"


def _readable_copies(ledger: Ledger, run: str) -> int:
    """Count the bundles of a run that can be read without the key that is destroyed."""
    events = (recorded.event for recorded in ledger.read(run))
    return sum(
        isinstance(event, RunExported) and (event.masked or bool(event.readable_by))
        for event in events
    )


def _copy_lines(copies: int) -> Iterator[str]:
    if copies:
        can = "it" if copies == 1 else "them"
        yield (
            f"Exported before: {counted(copies, 'bundle')}; whoever has {can} can "
            "still read results: 'wct events RUN --type run.exported' says when"
        )


def _document(
    wanted: Wanted, holdings: Sequence[Holding], given_back: int | None
) -> dict[str, Any]:
    return {
        "reason": wanted.reason,
        "reference": wanted.reference,
        "runs": [
            {
                "run": each.id,
                "runbook": each.run.started and each.run.started.runbook,
                "blobs": each.blobs,
                "size": each.size,
            }
            for each in holdings
        ],
        "blobs": sum(each.blobs for each in holdings),
        "size": sum(each.size for each in holdings),
        "given_back": given_back,
    }
