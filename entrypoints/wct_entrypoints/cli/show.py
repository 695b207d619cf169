"""``wct show``: one run as it stands, rebuilt from its events."""

from pathlib import Path
from shlex import quote

import click

from wct_entrypoints.cli.ledger_access import find_run, reading, short_names
from wct_entrypoints.cli.printing import print_json, print_lines
from wct_entrypoints.cli.run_report import document, report_on
from wct_entrypoints.cli.run_text import lines
from wct_entrypoints.cli.shared import (
    errors_end_the_command,
    json_option,
    ledger_option,
)


@click.command()
@click.argument("run", metavar="RUN")
@ledger_option
@json_option
def show(*, run: str, ledger: Path | None, as_json: bool) -> None:
    """Show RUN: its status, its steps, what it read, what failed and why.

    RUN is an id, any beginning of one that is unambiguous, or 'latest'. All of it is
    rebuilt from the run's events; personal data in error texts is masked. Times are
    local.

    --json prints one object: run, runbook, contact, status, started_at and ended_at
    (UTC), duration, succeeded, failed, skipped, code and reason (why the run as a
    whole failed), signal (that interrupted it), versions, components, steps, sources,
    artifacts, events (how many), ledger. Durations are in seconds, sizes in bytes;
    what is not known is null.
    """
    with errors_end_the_command(), reading(ledger) as opened:
        report = report_on(opened, find_run(opened, run))
        if as_json:
            print_json(document(report))
        else:
            name = short_names(opened)[report.run.id]
            option = "" if ledger is None else f" --ledger {quote(str(ledger))}"
            print_lines(lines(report, name, option))
