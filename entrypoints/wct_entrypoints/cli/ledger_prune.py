"""``wct ledger prune``: old runs lose what they have stored, and stay on record."""

import re
from datetime import timedelta

import click

from wct_entrypoints.cli.shared import (
    LedgerPlace,
    errors_end_the_command,
    json_option,
    ledger_option,
)

_AGE = re.compile(r"([0-9]{1,5})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def _as_age(
    _ctx: click.Context, _param: click.Parameter, value: str | None
) -> timedelta | None:
    if value is None:
        return None
    found = _AGE.fullmatch(value.strip().lower())
    if found is None:
        msg = f"'{value}' is no age; write hours, days or weeks: 36h, 90d, 12w"
        raise click.BadParameter(msg)
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


@click.command("prune")
@click.option(
    "--older-than",
    metavar="AGE",
    callback=_as_age,
    help="Prune runs that ended longer ago than this: 36h, 90d, 12w.",
)
@click.option(
    "--keep",
    type=click.IntRange(min=0),
    metavar="N",
    help="Prune all runs that ended, but for the newest N.",
)
@click.option("--dry-run", is_flag=True, help="Say what would go; change nothing.")
@click.option(
    "--vacuum",
    is_flag=True,
    help="Make the ledger file smaller, too. Takes time, and room on the disk.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@ledger_option
@json_option
def ledger_prune(
    *,
    older_than: timedelta | None,
    keep: int | None,
    dry_run: bool,
    vacuum: bool,
    yes: bool,
    ledger: LedgerPlace | None,
    as_json: bool,
) -> None:
    """Drop what old runs have stored: results, evidence, error texts, details of steps.

    That they took place, when, which steps were planned, how many succeeded, who was
    shown evidence and what was erased stays on record, and so do the hashes of all
    events: 'wct verify' still proves the whole, and says what was pruned. Nothing is
    ever pruned unless you say so.

    Runs that somebody is at work on are never pruned. Of a run whose process was
    killed counts when it began. A key that no other run needs is
    destroyed, so that copies of the ledger cannot be opened with it either; to erase
    personal data on request there is 'wct erase'.

    On a terminal wct says what will go, and asks; elsewhere it needs --yes. Pruning
    that is cut short goes on from there the next time. Pruning again is harmless.

    The room is used for what comes next; --vacuum, or 'wct ledger compact', gives it
    back to the disk.

    --json prints one object: dry_run, runs (a list of run, runbook, started_at,
    ended_at, payloads, blobs, size), payloads, blobs and size (bytes, in all),
    not_ended (runs that were left for that), not_sealed (the same, because what they
    stored may be part of other runs), given_back (bytes, by --vacuum; else null).
    """
    if (older_than is None) == (keep is None):
        msg = "say which runs: --older-than AGE, or all but the newest with --keep N"
        raise click.UsageError(msg)
    with errors_end_the_command():
        # Here, so that `wct ledger prune --help` does not import all of it.
        from wct_entrypoints.cli.ledger_prune_command import Wanted, carry_out

        wanted = Wanted(older_than, keep, dry_run=dry_run, vacuum=vacuum, yes=yes)
        carry_out(wanted, ledger, as_json=as_json)
