"""``wct replay RUN --to NAME``: one run, told to one subscriber again."""

import click

from wct_domain.delivery.backfill import backfill
from wct_entrypoints.bootstrap.delivery import delivery_tools
from wct_entrypoints.cli.known_subscribers import chosen, close, known_subscribers
from wct_entrypoints.cli.ledger_access import find_run, reading
from wct_entrypoints.cli.printing import print_json
from wct_entrypoints.cli.shared import LedgerPlace, counted, printable


def tell_again(
    run: str, name: str, given: LedgerPlace | None, *, as_json: bool
) -> None:
    """Tell a subscriber a run, and say how much it took.

    Raises:
        SubscriberError: there is none of that name, it wants nothing that happened
            long ago, or has not taken an event.
        RunNotFoundError, LedgerError: the run cannot be read.
    """
    with reading(given) as ledger:
        run = find_run(ledger, run)
        subscriber = chosen(known_subscribers(ledger), name)
        try:
            told = backfill(subscriber, run, delivery_tools(ledger))
        finally:
            close([subscriber])
    if as_json:
        print_json({"name": name, "told": told})
    else:
        click.echo(printable(f"{name}: {counted(told, 'event')} of run {run} told"))
