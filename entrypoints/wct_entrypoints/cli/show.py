"""``wct show``: one run as it stands, rebuilt from its events."""

from shlex import quote

import click

from wct_entrypoints.cli.completing import run_ids
from wct_entrypoints.cli.ledger_access import find_run, reading, short_names
from wct_entrypoints.cli.printing import print_json, print_lines
from wct_entrypoints.cli.run_report import document, report_on
from wct_entrypoints.cli.run_text import lines
from wct_entrypoints.cli.shared import (
    LedgerPlace,
    errors_end_the_command,
    json_option,
    ledger_option,
)
from wct_entrypoints.cli.signed import note_of


@click.command()
@click.argument("run", metavar="RUN", shell_complete=run_ids)
@click.option(
    "--checkpoint",
    is_flag=True,
    help="Print only the signed checkpoint, to be kept elsewhere.",
)
@ledger_option
@json_option
def show(
    *, run: str, checkpoint: bool, ledger: LedgerPlace | None, as_json: bool
) -> None:
    """Show RUN: its status, its steps, what it read, what failed and why.

    RUN is an id, any beginning of one that is unambiguous, or 'latest'. All of it is
    rebuilt from the run's events; personal data in error texts is masked. Times are
    local.

    Every run that has ended is signed: a checkpoint says how many events the ledger
    had and what the root of their tree was. Keep it where nobody who can write the
    ledger can write ('wct show latest --checkpoint > FILE'): 'wct verify --checkpoint
    FILE' proves later that nothing before it was changed.

    --json prints one object: run, runbook, contact, status, started_at and ended_at
    (UTC), duration, succeeded, failed, skipped, code and reason (why the run as a
    whole failed), signal (that interrupted it), erasure (reason, reference,
    requested_at, erased_at, blobs; or null), pruned_at, closed (why what is there
    cannot be shown here; or null), imported_at, imported_from (id of a ledger),
    imported_signers, exported (at, by, size, readable_by, masked), revealed (at, by,
    command, step), versions, components, steps, sources, found, artifacts, events (how
    many), ledger. Durations are in seconds, sizes in bytes; what is not known is null.
    A run's duration is its time at work: of one that was resumed, that of all attempts,
    not that between them.

    Of a run that was erased or pruned all is shown that its events say.
    """
    with errors_end_the_command(), reading(ledger) as opened:
        if checkpoint:
            click.echo(note_of(opened, find_run(opened, run)), nl=False)
            return
        report = report_on(opened, find_run(opened, run))
        if as_json:
            print_json(document(report))
        else:
            name = short_names(opened)[report.run.id]
            option = "" if ledger is None else f" --ledger {quote(str(ledger))}"
            print_lines(lines(report, name, option))
