"""``wct ledger compact``: what a ledger does not use any more is given back."""

import click

from wct_domain.projections.timeline import size
from wct_entrypoints.cli.ledger_access import writing
from wct_entrypoints.cli.printing import print_json
from wct_entrypoints.cli.shared import (
    LedgerPlace,
    errors_end_the_command,
    json_option,
    ledger_option,
)


@click.command("compact")
@ledger_option
@json_option
def ledger_compact(*, ledger: LedgerPlace | None, as_json: bool) -> None:
    """Give the room back that a ledger does not use, as after pruning or erasing.

    A ledger file is written anew: that takes as much free room as it has used, and
    other processes that write wait. Nothing is lost if it is cut short.

    --json prints one object: ledger, given_back, size (both bytes).
    """
    with errors_end_the_command(), writing(ledger) as opened:
        given_back = opened.maintenance.compact()
        left = opened.maintenance.space().ledger
        place = opened.location
    if as_json:
        print_json({"ledger": place, "given_back": given_back, "size": left})
    else:
        click.echo(f"Ledger {place}: {size(given_back)} given back, {size(left)} left")
