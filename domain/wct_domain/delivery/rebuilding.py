"""Rows made anew from the first event on, beside those in use, which they replace."""

from wct_domain.delivery.account import Account
from wct_domain.delivery.patience import Patience
from wct_domain.delivery.service import Delivery
from wct_domain.delivery.tools import Tools, Trouble
from wct_domain.delivery.wanted import stream_of
from wct_domain.errors import SubscriberError
from wct_domain.ports.ledger import Recorded
from wct_domain.ports.transports import Transport
from wct_domain.subscribers import DeclaredSubscriber

ANEW = "~anew"
"""Ends the name under which rows are made that are not in use yet."""


def rebuild(subscriber: DeclaredSubscriber, tools: Tools) -> int:
    """Make the rows of a subscriber anew; return of how many events.

    Whoever delivers to it meanwhile goes on with the old rows, and then with the new
    ones: their cursor is where they were made up to, so nothing is lost. What was made
    is dropped if it is not finished.

    Raises:
        SubscriberError: the subscriber must not be told what happened long ago, is
            no function that makes rows, or has failed on an event.
        RunHeldError: somebody else does the same.
        LedgerError: the ledger cannot be read, or written.
    """
    _refuse(subscriber)
    cursors = tools.ledger.cursors
    anew = subscriber.name + ANEW
    with tools.ledger.locks.hold(stream_of(anew)):
        cursors.remove(anew)  # what a process has left that was ended
        try:
            account = Account(cursors, cursors.begin(anew, None))
            patience = Patience(attempts=1, ended=1)
            tools = tools._replace(patience=patience)
            delivery = Delivery(subscriber, account, tools, _record_nothing)
            number = _made(delivery, subscriber.name)
            delivery.close()
            if tools.stopped():
                raise SubscriberError(_stopped(subscriber.name))
            cursors.take_over(subscriber.name, account.now)
        except BaseException:
            cursors.remove(anew)
            raise
    return number


def _made(delivery: Delivery, name: str) -> int:
    number = 0
    while True:
        done = delivery.go_on()
        number += done.told
        if done.parked:
            failed = done.parked[0]
            msg = (
                f"the rows of '{name}' cannot be made anew: at event "
                f"{failed.position} of run {failed.stream} {failed.reason}; the old "
                "rows stay"
            )
            raise SubscriberError(msg)
        if not done.told:
            return number


def _refuse(subscriber: DeclaredSubscriber) -> None:
    name = subscriber.name
    if isinstance(subscriber.call, Transport):
        msg = (
            f"'{name}' makes no rows: they are its receiver's to keep; "
            f"'wct replay RUN --to {name}' tells it a run again"
        )
        raise SubscriberError(msg)
    if subscriber.on_replay == "skip":
        msg = (
            f"'{name}' is not to be told what happened long ago: it declares "
            "on_replay = 'skip'; a function that only returns rows can have 'run'"
        )
        raise SubscriberError(msg)


def _stopped(name: str) -> str:
    return f"the rows of '{name}' were not made anew: it was stopped; the old rows stay"


def _record_nothing(tools: Tools, recorded: Recorded, trouble: Trouble) -> None:
    """What fails here is told to who asked for it, and is parked nowhere."""
