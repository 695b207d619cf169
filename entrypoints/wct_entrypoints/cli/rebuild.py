"""``wct rebuild``: rows of subscribers, made anew from the log."""

import click

from wct_entrypoints.cli.completing import subscriber_names
from wct_entrypoints.cli.shared import (
    LedgerPlace,
    errors_end_the_command,
    json_option,
    ledger_option,
    trust_option,
)


@click.command()
@click.argument(
    "name", metavar="[NAME]", required=False, shell_complete=subscriber_names
)
@ledger_option
@json_option
@trust_option
def rebuild(*, name: str | None, ledger: LedgerPlace | None, as_json: bool) -> None:
    """Make the rows of the subscriber NAME anew, from the first event on; or of all.

    For a function that returns rows, when it has changed: it is told all events
    again, and has to declare on_replay = "run". The new rows are made beside those in
    use and take their place at once. Runs may go on meanwhile; nothing is lost. If it
    fails, the old rows stay. Without NAME, that is done for each subscriber that has
    rows and may be told what happened long ago, and for wct.runs.1 and wct.findings.1:
    rows that have 'wct runs' be fast. It is right without them, too.

    --json prints a list of objects: name, told (events that the rows were made of).
    """
    with errors_end_the_command():
        # Here, because the help needs none of it.
        from wct_entrypoints.cli.rebuild_command import rebuild_rows

        rebuild_rows(name, ledger, as_json=as_json)
