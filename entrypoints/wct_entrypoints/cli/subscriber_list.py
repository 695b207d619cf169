"""``wct ls-subscribers``: who is told of events, and how far each has come."""

import click

from wct_entrypoints.cli.shared import (
    LedgerPlace,
    errors_end_the_command,
    json_option,
    ledger_option,
    trust_option,
)


@click.command("ls-subscribers")
@ledger_option
@json_option
@trust_option
def ls_subscribers(*, ledger: LedgerPlace | None, as_json: bool) -> None:
    """List subscribers: those of installed packages, and those of 'wct.yaml'.

    With each stands where it is in the ledger: up to date, behind by so many events,
    about to be told an event again that it has not taken, or with runs that are
    parked for it, and why. Somebody who was once told, and is not installed or
    configured any more, is listed too. Those of a 'wct.yaml' that stands in a Git
    repository are listed, and not imported, unless you say --trust-config.

    --json prints a list of objects: name, description, origin (the package that brings
    it, with its version, or the file that names it; empty if nobody knows it any
    more), types (of events that it is told; empty: all), on_replay ('run' if it may be
    told what happened long ago, else 'skip'), from_start, problem (why it is not
    usable; null if it is), state ('new', 'up-to-date', 'behind', 'retrying', 'parked',
    'unknown'; null without a ledger), pending (events that wait, at most 10,000),
    again_at (UTC, when an event is told again, or null), reason (why it was not taken),
    parked (a list of run, position, waiting, attempts, reason, since).
    """
    with errors_end_the_command():
        # Here, because the help needs none of it.
        from wct_entrypoints.cli.subscriber_states import print_states

        print_states(ledger, as_json=as_json)
