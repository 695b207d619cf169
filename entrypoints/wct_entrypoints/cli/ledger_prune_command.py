"""What ``wct ledger prune`` does: say what will go, ask, prune, and say what went."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import click

from wct_domain.errors import RunHeldError
from wct_domain.executor.erasure import sign_if_signed
from wct_domain.executor.pruning import (
    Prunable,
    destroy_unused_keys,
    prunable,
    prune,
    runs_in,
)
from wct_domain.executor.stream import Equipment, afterwards_of
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.retention import due
from wct_domain.projections.run_list import RunSummary, shortest_prefixes
from wct_domain.projections.timeline import size
from wct_entrypoints.bootstrap.erasure import erasure_tools
from wct_entrypoints.bootstrap.identity import utc_now
from wct_entrypoints.bootstrap.signing_key import refuse_wrong_signing_key
from wct_entrypoints.cli.ledger_access import reading, writing
from wct_entrypoints.cli.printing import local, print_json, table_lines, utc
from wct_entrypoints.cli.shared import LedgerPlace, counted, fail

_USAGE = 2
_MOST = 20  # runs that are listed before the question


class Wanted(NamedTuple):
    """Which runs somebody wants to be pruned, and how."""

    older_than: timedelta | None
    keep: int | None
    dry_run: bool
    vacuum: bool
    yes: bool


class Found(NamedTuple):
    """What there is to prune, and what is left alone although it is old."""

    runs: tuple[tuple[RunSummary, Prunable], ...]  # oldest first
    names: tuple[str, ...]  # of these runs, as short as they can be
    not_ended: int
    not_sealed: int
    keys_stay: bool = False  # another ledger has the same

    @property
    def total(self) -> Prunable:
        return Prunable(
            *map(sum, zip((0, 0, 0), *(of for _, of in self.runs), strict=True))
        )


def carry_out(wanted: Wanted, given: LedgerPlace | None, *, as_json: bool) -> None:
    """Prune, once it is clear that it is wanted.

    Raises:
        WctError: it was not done, or not for all runs.
        SystemExit: nobody agreed; nothing was pruned.
    """
    if not (wanted.yes or wanted.dry_run or sys.stdin.isatty()):
        fail(
            "nobody can be asked here: what is pruned is gone for ever; --yes says "
            "that you mean it, --dry-run says what would go",
            status=_USAGE,
        )
    if not wanted.dry_run:
        refuse_wrong_signing_key()
    given_back = None
    with reading(given) if wanted.dry_run else writing(given) as ledger:
        tools = erasure_tools(ledger)
        found = _found(tools, wanted)
        if wanted.dry_run and not as_json:
            _list(found, err=False)  # it is what was asked for
        if not wanted.dry_run:
            if found.runs and not wanted.yes:
                _list(found, err=True)
                _ask(found)
            found = _prune(tools, found)
            given_back = ledger.maintenance.compact() if wanted.vacuum else None
    if as_json:
        print_json(_document(wanted, found, given_back))
    else:
        for line in _lines(wanted, found, given_back):
            click.echo(line)


def _found(tools: Equipment, wanted: Wanted) -> Found:
    ledger = tools.ledger
    runs = runs_in(ledger)
    before = None if wanted.older_than is None else utc_now() - wanted.older_than
    chosen = due(runs.newest_first, ended_before=before, keep=wanted.keep)
    saved_since = _with_streams_of_their_own(ledger)
    old = [
        run for run in chosen.runs if run.pruned_at is None or run.run in saved_since
    ]
    sealed = [run for run in old if runs.scopes[run.run] is not None]
    amounts = [(run, prunable(tools, run.run)) for run in sealed]
    there = tuple((run, amount) for run, amount in amounts if any(amount))
    names = shortest_prefixes(run.run for run in runs.newest_first)
    return Found(
        there,
        tuple(names[run.run] for run, _ in there),
        len(chosen.open),
        len(old) - len(sealed),
    )


def _prune(tools: Equipment, found: Found) -> Found:
    pruned: list[tuple[RunSummary, Prunable]] = []
    held = 0
    for run, _ in found.runs:
        try:
            pruned.append((run, prune(tools, run.run)))
        except RunHeldError:  # somebody goes on with it
            held += 1
    keys_stay = not destroy_unused_keys(tools.ledger)
    if pruned:
        sign_if_signed(tools)
    return found._replace(
        runs=tuple(pruned), not_ended=found.not_ended + held, keys_stay=keys_stay
    )


def _with_streams_of_their_own(ledger: Ledger) -> set[str]:
    """Return the runs after whose end artifacts were saved by hand."""
    prefix, _, _ = afterwards_of("").partition("/")
    streams = ledger.streams(f"{prefix}/")
    return {each.name.split("/")[1] for each in streams}


def _ask(found: Found) -> None:
    if not click.confirm(f"Prune {_amount(found)} for ever?", err=True):
        fail("nothing was pruned")


def _list(found: Found, *, err: bool) -> None:
    rows = [
        (
            name,
            run.runbook,
            local(run.started_at),
            f"{amount.blobs:,}",
            size(amount.size),
        )
        for name, (run, amount) in zip(found.names, found.runs, strict=True)
    ]
    heading = ("RUN", "RUNBOOK", "STARTED", "BLOBS", "SIZE")
    if rows:
        for line in table_lines([heading, *rows[:_MOST]], right=(3, 4)):
            click.echo(line, err=err)
    if len(rows) > _MOST:
        click.echo(f"... and {len(rows) - _MOST} more runs", err=err)


def _amount(found: Found) -> str:
    total = found.total
    return (
        f"{counted(len(found.runs), 'run')}: {counted(total.blobs, 'blob')} and the "
        f"payloads of {counted(total.payloads, 'event')} ({size(total.size)})"
    )


def _lines(wanted: Wanted, found: Found, given_back: int | None) -> Iterator[str]:
    if not found.runs:
        yield "Nothing to prune"
    elif wanted.dry_run:
        yield f"Would prune {_amount(found)}; nothing was changed"
    else:
        keys = "keys that no other run needs are destroyed"
        if found.keys_stay:
            keys = "the keys stay, for a copy of this ledger has the same"
        yield f"Pruned {_amount(found)}; {keys}"
    if found.not_ended:
        yield f"Left alone: {_have_not(found.not_ended)} ended"
    if found.not_sealed:
        what = counted(found.not_sealed, "run")
        yield f"Left alone: {what} recorded without encryption"
    if given_back is not None:
        yield f"The ledger file is {size(given_back)} smaller"
    elif found.runs and not wanted.dry_run:
        yield "The room is used for what comes next; 'wct ledger compact' gives it back"


def _document(wanted: Wanted, found: Found, given_back: int | None) -> dict[str, Any]:
    return {
        "dry_run": wanted.dry_run,
        "runs": [
            {
                "run": run.run,
                "runbook": run.runbook,
                "started_at": utc(run.started_at),
                "ended_at": utc(run.ended_at),
                **amount._asdict(),
            }
            for run, amount in found.runs
        ],
        **found.total._asdict(),
        "not_ended": found.not_ended,
        "not_sealed": found.not_sealed,
        "given_back": given_back,
    }


def _have_not(count: int) -> str:
    return f"{counted(count, 'run')} that {'has' if count == 1 else 'have'} not"
