"""One run, told to one subscriber again; its cursor stays where it is."""

from wct_domain.delivery.telling import Refused, told
from wct_domain.delivery.tools import Tools
from wct_domain.delivery.wanted import Wanted, stream_of
from wct_domain.errors import SubscriberError
from wct_domain.subscribers import DeclaredSubscriber


def backfill(subscriber: DeclaredSubscriber, run: str, tools: Tools) -> int:
    """Tell a subscriber the events of a run that it wants; return how many it took.

    Raises:
        SubscriberError: it wants nothing that happened long ago, makes rows, or has
            not taken an event; the text names it, and what was taken.
        RunHeldError: somebody delivers to it just now.
        LedgerError: the run cannot be read.
    """
    name = subscriber.name
    if subscriber.on_replay == "skip":
        msg = (
            f"'{name}' is not to be told what happened long ago: it declares "
            "on_replay = 'skip'; 'run' would allow it"
        )
        raise SubscriberError(msg)
    wanted = Wanted(name, subscriber.types)
    number = 0
    with tools.ledger.locks.hold(stream_of(name)):
        for recorded in tools.ledger.read(run):
            if tools.stopped() or not wanted.includes(recorded):
                continue
            outcome = told(subscriber.call, recorded)
            if isinstance(outcome, Refused):
                msg = (
                    f"'{name}' has not taken event {recorded.position} of run {run}: "
                    f"{outcome.reason}; it has taken {number} before"
                )
                raise SubscriberError(msg)
            if outcome:
                msg = (
                    f"'{name}' makes rows of events: they would count twice; "
                    f"'wct rebuild {name}' makes all of them anew"
                )
                raise SubscriberError(msg)
            number += 1
    return number
