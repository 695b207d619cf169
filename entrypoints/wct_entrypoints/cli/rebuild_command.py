"""What ``wct rebuild`` does."""

import click

from wct_domain.delivery.own import OWN
from wct_domain.delivery.rebuilding import rebuild
from wct_domain.ports.ledger import Ledger
from wct_domain.subscribers import DeclaredSubscriber
from wct_entrypoints.bootstrap.delivery import delivery_tools
from wct_entrypoints.cli.known_subscribers import (
    chosen,
    known_subscribers,
    warn_of_unusable,
)
from wct_entrypoints.cli.ledger_access import writing
from wct_entrypoints.cli.printing import print_json
from wct_entrypoints.cli.shared import LedgerPlace, counted, printable


def rebuild_rows(name: str | None, given: LedgerPlace | None, *, as_json: bool) -> None:
    """Make rows anew, of one subscriber or of all that have some, and say of what.

    Raises:
        SubscriberError: there is no such subscriber, it makes no rows, or has failed.
        RunHeldError: somebody else does the same.
        LedgerError: the ledger cannot be read, or written.
    """
    with writing(given) as ledger:
        tools = delivery_tools(ledger)
        told = {each.name: rebuild(each, tools) for each in _meant(name, ledger)}
    if as_json:
        print_json([{"name": each, "told": told[each]} for each in told])
        return
    for each, number in told.items():
        text = f"The rows of {each} are made anew, of {counted(number, 'event')}."
        click.echo(printable(text))


def _meant(name: str | None, ledger: Ledger) -> list[DeclaredSubscriber]:
    for own in OWN:
        if name == own.name:
            return [own]
    known = known_subscribers(ledger)
    if name is not None:
        return [chosen(known, name)]
    with_rows = [
        each for each in known if any(True for _ in ledger.cursors.rows(each.name))
    ]
    warn_of_unusable(with_rows)
    others = (
        each.declared
        for each in with_rows
        if each.declared is not None and each.declared.on_replay == "run"
    )
    return [*OWN, *others]
