"""One process delivers to one subscriber, and nobody else does meanwhile."""

from collections.abc import Generator
from contextlib import contextmanager

from wct_domain.delivery.account import Account
from wct_domain.delivery.service import Delivery
from wct_domain.delivery.tools import Tools
from wct_domain.delivery.wanted import stream_of
from wct_domain.ports.ledger import Ledger
from wct_domain.subscribers import DeclaredSubscriber


@contextmanager
def delivering(subscriber: DeclaredSubscriber, tools: Tools) -> Generator[Delivery]:
    """Hold the subscriber's lock, and have it begin if it has not.

    A new one begins behind all that is recorded, unless it declares otherwise.

    Raises:
        RunHeldError: somebody else delivers to it.
        LedgerError: the ledger cannot be read, or written.
    """
    ledger = tools.ledger
    with ledger.locks.hold(stream_of(subscriber.name)):
        delivery = Delivery(subscriber, begun(subscriber, ledger), tools)
        try:
            yield delivery
        finally:
            delivery.close()


def begun(subscriber: DeclaredSubscriber, ledger: Ledger) -> Account:
    """Return where a subscriber stands; a new one begins."""
    standing = ledger.cursors.standing(subscriber.name)
    if standing is None:
        first = None if subscriber.from_start else ledger.cursors.head()
        standing = ledger.cursors.begin(subscriber.name, first)
    return Account(ledger.cursors, standing)
