"""``wct runs``: what was run, when, and how it ended."""

import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import click

from wct_domain.errors import LedgerEmptyError
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.found_index import found_index
from wct_domain.projections.kept_runs import list_runs
from wct_domain.projections.run import Run
from wct_domain.projections.run_list import RunSummary, shortest_prefixes
from wct_domain.projections.states import RunStatus, StepStatus, standing
from wct_domain.projections.timeline import seconds
from wct_domain.risk import LEVELS, SPECIAL, at_least
from wct_entrypoints.bootstrap.ledgers import lost_ledger
from wct_entrypoints.cli.ledger_access import reading
from wct_entrypoints.cli.printing import (
    in_seconds,
    local,
    print_json,
    print_lines,
    table_lines,
    utc,
)
from wct_entrypoints.cli.shared import (
    LedgerPlace,
    errors_end_the_command,
    json_option,
    ledger_option,
)
from wct_entrypoints.usual_ledger import usual_place

_STATUSES = ", ".join(status.replace(" ", "-") for status in RunStatus)
_SPECIAL = "special-category"
_HEADINGS = ("RUN", "RUNBOOK", "STATUS", "STARTED", "TOOK", "STEPS")


def _as_statuses(
    _ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]
) -> tuple[RunStatus, ...]:
    """Understand statuses; ``completed-with-failures`` needs no quotes."""
    found: list[RunStatus] = []
    for value in values:
        try:
            found.append(RunStatus(value.lower().replace("-", " ")))
        except ValueError as error:
            msg = f"'{value}' is none of: {_STATUSES}"
            raise click.BadParameter(msg) from error
    return tuple(found)


class _Line(NamedTuple):
    """A run as it is listed."""

    name: str  # the shortest that is unambiguous
    run: RunSummary
    found: Mapping[str, int]  # findings by risk, and of special categories
    succeeded: int | None  # None: not known any more
    failed: int | None
    skipped: int | None
    took: int | None  # microseconds at work; None: it is not over


@click.command()
@click.option(
    "--status",
    "statuses",
    multiple=True,
    callback=_as_statuses,
    metavar="STATUS",
    help=f"Only runs of this status; may be repeated. One of: {_STATUSES}.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    metavar="N",
    help="Only the newest N of them. Default: all.",
)
@click.option(
    "--with",
    "level",
    type=click.Choice([*reversed(LEVELS), _SPECIAL]),
    help="Only runs that found something of this risk or a higher one, or of a special "
    "category of personal data (GDPR Article 9).",
)
@ledger_option
@json_option
def runs(
    *,
    statuses: tuple[RunStatus, ...],
    limit: int | None,
    level: str | None,
    ledger: LedgerPlace | None,
    as_json: bool,
) -> None:
    """List the runs in a ledger, newest first.

    RUN is the shortest name by which other commands know the run. TOOK is the time at
    work: of a run that was resumed, that of all attempts, not that between them. STEPS
    are those that succeeded, failed, and were skipped. Times are local.

    STATUS adds what befell a run since: erased, pruned, imported. With --with there is
    FOUND: findings by risk, and those of special categories, as steps counted them when
    they completed.

    --json prints a list of objects: run, runbook, status, started_at (UTC), duration
    (seconds; null while the run is open), steps, succeeded, failed, skipped (null
    where a run stopped and was pruned), erased_at, pruned_at, imported_at (UTC, or
    null), found (findings by risk level, and by special_category).

    Where nothing was recorded yet the list is empty. A ledger that you name, by
    --ledger or WCT_LEDGER, has to exist; of PostgreSQL, the database.
    """
    with errors_end_the_command():
        lines: list[_Line] = []
        if not _nothing_yet(ledger):
            # A database without a ledger is where nothing was recorded yet.
            with suppress(LedgerEmptyError), reading(ledger) as opened:
                lines = _lines(opened, _Wanted(statuses, level, limit, as_json))
        if as_json:
            print_json([_document(line) for line in lines])
        elif lines:
            rows: list[list[str]] = [[*_HEADINGS], *map(_row, lines)]
            if level is not None:
                rows[0].append("FOUND")
                for row, line in zip(rows[1:], lines, strict=True):
                    row.append(_found_text(line.found))
            print_lines(table_lines(rows, statuses=2, flexible=(1,)))
        elif statuses:
            which = f" with findings of {level}" if level else ""
            click.echo(f"No run{which} is {' or '.join(statuses)}.", err=True)
        elif level is not None and not _nothing_yet(ledger):
            click.echo(f"No run has findings of {level}.", err=True)
        else:
            lost = lost_ledger(usual_place()) if _nothing_yet(ledger) else None
            text = lost or "No runs yet: 'wct run RUNBOOK' records one."
            click.echo(text, err=True)


def _nothing_yet(given: LedgerPlace | None) -> bool:
    """Say whether nobody named a ledger, and there is none in the usual place."""
    named = given is not None or bool(os.environ.get("WCT_LEDGER"))
    usual = usual_place()
    return not named and isinstance(usual, Path) and not usual.exists()


class _Wanted(NamedTuple):
    """Which runs are to be listed."""

    statuses: Collection[RunStatus]  # none: of any
    level: str | None  # of findings; None: with none, too
    limit: int | None
    counted: bool  # whether it is said what they found, too

    def has(self, run: RunSummary, found: Mapping[str, int]) -> bool:
        if self.statuses and run.status not in self.statuses:
            return False
        if self.level is None:
            return True
        if self.level == _SPECIAL:
            return bool(found.get(SPECIAL))
        return at_least(self.level, found) > 0


def _lines(ledger: Ledger, wanted: _Wanted) -> list[_Line]:
    runs = list_runs(ledger).newest_first
    is_asked = wanted.counted or wanted.level is not None
    index = found_index(ledger).by_run() if is_asked else {}
    for run in runs:
        run.status = standing(run.status, run.run, ledger.locks)
    names = shortest_prefixes(run.run for run in runs)
    found = {run.run: index.get(run.run, {}) for run in runs}
    some = [run for run in runs if wanted.has(run, found[run.run])]
    return [
        _line(names[run.run], run, found[run.run], ledger)
        for run in some[: wanted.limit]
    ]


def _line(
    name: str, run: RunSummary, found: Mapping[str, int], ledger: Ledger
) -> _Line:
    if (tally := run.tally) is not None and not run.time.killed:
        counts = tally.succeeded, tally.failed, tally.skipped
        return _Line(name, run, found, *counts, run.duration)
    steps = Run.of(ledger.read(run.run))
    return _Line(
        name,
        run,
        found,
        steps.ended(StepStatus.SUCCEEDED),
        steps.ended(StepStatus.FAILED),
        steps.ended(StepStatus.SKIPPED),
        steps.duration,
    )


def _document(line: _Line) -> dict[str, Any]:
    return {
        "run": line.run.run,
        "runbook": line.run.runbook,
        "status": line.run.status,
        "started_at": utc(line.run.started_at),
        "duration": in_seconds(line.took),
        "steps": line.run.steps,
        "succeeded": line.succeeded,
        "failed": line.failed,
        "skipped": line.skipped,
        "erased_at": utc(line.run.erased_at),
        "pruned_at": utc(line.run.pruned_at),
        "imported_at": utc(line.run.imported_at),
        "found": dict(line.found),
    }


def _found_text(found: Mapping[str, int]) -> str:
    names = {level: level for level in reversed(LEVELS)} | {SPECIAL: "special"}
    said = (f"{found[each]} {name}" for each, name in names.items() if found.get(each))
    return ", ".join(said)


def _row(line: _Line) -> list[str]:
    took = line.took
    return [
        line.name,
        line.run.runbook,
        ", ".join([line.run.status, *line.run.since]),
        local(line.run.started_at),
        "" if took is None else seconds(took),
        ""
        if line.succeeded is None
        else f"{line.succeeded}/{line.failed}/{line.skipped}",
    ]
