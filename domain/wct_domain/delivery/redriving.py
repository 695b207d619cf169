"""What is parked, told once more: each sequence in its order, up to where it fails."""

from typing import NamedTuple

from wct_domain.delivery.account import Account
from wct_domain.delivery.session import begun
from wct_domain.delivery.telling import Refused, told
from wct_domain.delivery.tools import Tools
from wct_domain.delivery.wanted import Wanted, stream_of
from wct_domain.ports.cursors import Parked
from wct_domain.ports.ledger import Recorded
from wct_domain.subscribers import DeclaredSubscriber


class Redriven(NamedTuple):
    """What came of it."""

    told: int  # events that were taken
    parked: tuple[Parked, ...]  # what is still parked


def retry_parked(subscriber: DeclaredSubscriber, tools: Tools) -> Redriven:
    """Tell a subscriber what is parked for it, every event once.

    An event that would be told again later need not wait any more: whoever asks for
    this has mended something.

    A sequence of which all is taken is parked no more: what follows in its stream is
    told with all else. Where one is not taken, the rest stays parked.

    Raises:
        RunHeldError: somebody else delivers to it.
        CursorMovedError, LedgerError: as ``Delivery.go_on``.
    """
    with tools.ledger.locks.hold(stream_of(subscriber.name)):
        account = begun(subscriber, tools.ledger)
        _put_off_no_more(account, tools)
        number = 0
        for parked in list(account.parked.values()):
            number += _redrive(subscriber, tools, account, parked)
            account.write()
        return Redriven(number, tuple(account.parked.values()))


def _put_off_no_more(account: Account, tools: Tools) -> None:
    attempt = account.now.attempt
    if attempt is not None and attempt.again_at is not None:
        now = attempt._replace(again_at=tools.clock())
        account.now = account.now._replace(attempt=now)
        account.write()


def _redrive(
    subscriber: DeclaredSubscriber, tools: Tools, account: Account, parked: Parked
) -> int:
    wanted = Wanted(subscriber.name, subscriber.types)
    number = 0
    for recorded in tools.ledger.read(parked.stream, after=parked.position - 1):
        if recorded.position > parked.last:
            break
        if not wanted.includes(recorded):
            continue
        parked = _counted(parked, recorded, taken=number)
        if tools.stopped():
            account.park(parked._replace(attempts=parked.attempts - 1))
            return number
        account.park(parked)
        account.write()  # before the call: if it ends the process, it is known
        outcome = told(subscriber.call, recorded)
        if isinstance(outcome, Refused):
            account.park(parked._replace(reason=outcome.reason))
            return number
        account.add_rows(outcome)
        number += 1
    account.release(parked.stream)
    return number


def _counted(parked: Parked, recorded: Recorded, taken: int) -> Parked:
    """Stand at an event, with one attempt more than it had."""
    same = recorded.id == parked.event
    return parked._replace(
        event=recorded.id,
        position=recorded.position,
        attempts=parked.attempts + 1 if same else 1,
        waiting=parked.waiting - (1 if taken and not same else 0),
    )
