"""``wct erase``: what a run has stored goes for ever; that it ran stays on record."""

import re
from typing import Any

import click

from wct_entrypoints.cli.completing import run_ids
from wct_entrypoints.cli.shared import (
    LedgerPlace,
    errors_end_the_command,
    json_option,
    ledger_option,
)

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/#:+-]{0,63}")


def _as_reference(
    _ctx: click.Context, _param: click.Parameter, value: str | None
) -> str | None:
    """Take the number of a ticket: it is recorded for ever, so it names no person."""
    if value is None or _REFERENCE.fullmatch(value):
        return value
    msg = (
        "it is recorded for ever and must not name a person: at most 64 letters, "
        "digits and . _ / # : + -"
    )
    raise click.BadParameter(msg)


@click.command()
@click.argument("run", metavar="[RUN]", required=False, shell_complete=run_ids)
@click.option(
    "--scope",
    metavar="NAME",
    help="Erase all runs that were started with --erasure-scope NAME.",
)
@click.option(
    "--reason",
    type=click.Choice(["art17", "retention", "other"]),
    required=True,
    help="Why; it is recorded. art17: somebody asked for it (GDPR Article 17).",
)
@click.option(
    "--reference",
    metavar="TICKET",
    callback=_as_reference,
    help="Number of a ticket, which is recorded. No personal data.",
)
@click.option(
    "--with-others",
    is_flag=True,
    help="Erase runs that share the erasure scope of RUN, too.",
)
@click.option(
    "--vacuum",
    is_flag=True,
    help="Make the ledger file smaller, too. Takes time, and room on the disk.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@ledger_option
@json_option
def erase(
    *,
    run: str | None,
    scope: str | None,
    ledger: LedgerPlace | None,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Erase what RUN has stored: results, evidence, error texts, the runbook.

    RUN is an id, any beginning of one that is unambiguous, or 'latest'; a run that is
    going on is refused, one whose process was killed is not. The key that
    opens what was stored is destroyed first, then the data goes. That the run took
    place stays on record, and the record can still be verified: events hold no
    personal data. Results files that runs have written, and backups, are yours to
    delete.

    On a terminal wct says what will go, and asks; elsewhere it needs --yes. An erasure
    that is cut short is finished by the next command that writes to the ledger.
    Erasing again is harmless.

    Exit status: 0 everything is gone; 1 nothing was erased, or not all; 2 wrong usage.

    --json prints one object: reason, reference, runs (a list of run, runbook, blobs,
    size), blobs and size (bytes, in all), given_back (bytes, by --vacuum; else null).
    """
    if (run is None) == (scope is None):
        msg = "name a RUN, or the erasure scope of several with --scope NAME"
        raise click.UsageError(msg)
    with errors_end_the_command():
        # Here, so that `wct erase --help` does not import all of it.
        from wct_entrypoints.cli.erase_command import Wanted, carry_out

        carry_out(Wanted(run, scope, **chosen), ledger, as_json=as_json)
