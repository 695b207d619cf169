"""``wct deliver``: what is recorded, told to those who wait for it."""

import sys

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
@click.option(
    "--follow", is_flag=True, help="Go on with what is recorded later, until Ctrl-C."
)
@click.option(
    "--for",
    "seconds",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="End after so many seconds, whatever is left.",
)
@click.option(
    "--retry-parked",
    metavar="NAME",
    help="First tell this subscriber what is parked for it, each event once; what "
    "would be told again later is told now.",
)
@ledger_option
@json_option
@trust_option
def deliver(
    *,
    name: str | None,
    follow: bool,
    seconds: float | None,
    retry_parked: str | None,
    ledger: LedgerPlace | None,
    as_json: bool,
) -> None:
    """Deliver what is pending to the subscriber NAME, or to all of them.

    Subscribers are those that installed packages bring and those of 'wct.yaml'. Each
    is told from the ledger, in the order of recording, behind the last event that it
    has taken; a new one begins behind the last event of all, or with the first one if
    it has from_start. 'wct run' does the same while a run goes on.

    An event that is not taken is told again after 1 second, then 2, 4 and 8, or when
    the other side asks for it. After the fifth time it is parked, with all that
    follows in its run: other runs go on. So is one whose process ended three times
    while it was told. 'wct ls-subscribers' shows what is parked and why; when that is
    mended, --retry-parked tells it once more.

    Somebody else who delivers to the same subscriber is waited for.

    --json prints a list of objects: name, told (events that were taken), pending
    (events that still wait), again_at (UTC; null: nothing is told again later), reason
    (why an event was not taken; may be empty), parked (a list of run, position,
    waiting, attempts, reason, since).

    Subscribers of a 'wct.yaml' that stands in a Git repository are used with
    --trust-config only: it may have come with what is scanned.

    Exit status: 0 nothing is left; 3 something is still pending, or parked, or a
    subscriber is not usable.
    """
    if follow and seconds is not None:
        msg = "'--follow' goes on until Ctrl-C, '--for' does not: choose one."
        raise click.UsageError(msg)
    if retry_parked is not None and name not in (None, retry_parked):
        msg = f"deliver to '{name}' or to '{retry_parked}': name one of them."
        raise click.UsageError(msg)
    with errors_end_the_command():
        # Here, because the help needs none of it.
        from wct_entrypoints.cli.deliver_command import Wanted, deliver_all

        wanted = Wanted(
            name or retry_parked, retry_parked is not None, seconds, follow, as_json
        )
        sys.exit(deliver_all(wanted, ledger))
