"""Delivers what is recorded to one subscriber, in order, at least once.

On the sunny path a batch costs one small write: it moves the cursor behind the batch
before it, and marks the next one as handed over. Where such a mark is found at the
start, a process has ended in the middle, and nobody knows at which event: from there on
events go one by one, each attempt counted in the ledger before it is made. So an event
that ends the process is known at last, and parked like one that is refused.
"""

from typing import Any

from wct_domain.delivery.account import Account
from wct_domain.delivery.feed import Feed
from wct_domain.delivery.telling import ENDED, Refused, refusal, told
from wct_domain.delivery.tools import Pass, Record, Tools, Trouble, record_trouble
from wct_domain.delivery.wanted import wanted_by
from wct_domain.errors import LedgerError
from wct_domain.events import SubscriberFailed, SubscriberParked
from wct_domain.ports.cursors import Attempt, Cursor, Parked
from wct_domain.ports.ledger import Recorded
from wct_domain.ports.transports import Transport
from wct_domain.subscribers import DeclaredSubscriber

BATCH = 100  # events that may be told again after a crash
_WRITTEN = 1.0  # seconds after which progress inside a batch is written


class Delivery:
    """One subscriber; used by one thread. Whoever has it holds the lock.

    Args:
        record: in place of ``record_trouble``.
    """

    def __init__(
        self,
        subscriber: DeclaredSubscriber,
        account: Account,
        tools: Tools,
        record: Record = record_trouble,
    ) -> None:
        self._record = record
        self._subscriber = subscriber
        self._account = account
        self._tools = tools
        wanted = wanted_by(subscriber, tools.ledger)
        self._feed = Feed(tools.ledger, wanted, account.now.cursor)
        self._told = 0
        self._parked: list[Parked] = []

    @property
    def place(self) -> Cursor | None:
        """Behind the last event that was looked at."""
        return self._feed.place

    def go_on(self) -> Pass:
        """Tell what is there, until nothing is left, one has to wait, or is stopped.

        Raises:
            CursorMovedError: somebody else delivers, or the rows were made anew.
            LedgerError: the ledger cannot be read, or written.
        """
        self._told, self._parked = 0, []
        again: Attempt | None = None
        while not self._tools.stopped():
            again = self._waiting()
            if again is not None or not self._next():
                break
        self._account.write()
        again_at, reason = (again.again_at, again.reason) if again else (None, "")
        return Pass(self._told, tuple(self._parked), again_at, reason)

    def close(self) -> None:
        """Note how far was read, if more than that was not done meanwhile."""
        account = self._account
        if account.now.handed is None and account.now.attempt is None:
            account.now = account.now._replace(cursor=self._feed.place)
            try:
                account.write()
            except LedgerError:
                return  # it is read again, that is all

    def _waiting(self) -> Attempt | None:
        attempt = self._account.now.attempt
        if attempt is None:
            return None
        is_due = self._tools.patience.is_due(attempt, self._tools.clock())
        return None if is_due else attempt

    def _next(self) -> bool:
        """Tell some events; say whether there may be more."""
        now = self._account.now
        if now.handed is not None or now.attempt is not None:
            return self._one()
        return self._many()

    # A batch, while all goes well

    def _many(self) -> bool:
        batch: list[tuple[Recorded, Cursor | None]] = []
        while len(batch) < BATCH and (recorded := self._feed.next()) is not None:
            batch.append((recorded, self._feed.place))
        if not batch:
            return False
        end = batch[-1][1]
        to_be_told = [each for each, _ in batch if not self._is_parked(each)]
        if to_be_told:
            self._account.now = self._account.now._replace(handed=end)
            self._account.write()
        if not to_be_told or self._hand_over(to_be_told, batch):
            # Noted when the cursor passes them, and not before: else they would be
            # in both places, and be told twice.
            for each, _ in batch:
                self._set_aside(each)
            self._reach(end)
        return True

    def _hand_over(
        self, events: list[Recorded], batch: list[tuple[Recorded, Cursor | None]]
    ) -> bool:
        call = self._subscriber.call
        if not isinstance(call, Transport):
            return self._tell(batch)
        try:
            call.batch(events)
        except BaseException as error:  # noqa: BLE001  # see telling.told
            refused = refusal(error)
            again = self._tools.patience.next(
                self._tools.clock(), events[0].id, 1, refused
            )
            if again is not None:
                self._note(events[0], SubscriberFailed, error=refused.error)
            # None: one by one, which tells whose fault it is.
            self._account.now = self._account.now._replace(attempt=again)
            self._feed.back_to(self._account.now.cursor)
            return False
        self._told += len(events)
        return True

    def _tell(self, batch: list[tuple[Recorded, Cursor | None]]) -> bool:
        account = self._account
        written = self._tools.timer()
        for recorded, place in batch:
            if self._set_aside(recorded):
                account.now = account.now._replace(cursor=place)
                continue
            if self._tools.stopped():
                account.now = account.now._replace(handed=None)
                self._feed.back_to(account.now.cursor)
                return False
            outcome = told(self._subscriber.call, recorded)
            if isinstance(outcome, Refused):
                account.now = account.now._replace(handed=None)
                self._refused(recorded, place, 1, outcome)
                return False
            self._told += 1
            account.add_rows(outcome)
            account.now = account.now._replace(cursor=place)
            if self._tools.timer() - written > _WRITTEN:
                account.write()
                written = self._tools.timer()
        return True

    # One by one, after a failure or a crash

    def _one(self) -> bool:
        recorded = self._feed.next()
        place = self._feed.place
        if recorded is None:
            # What was under way is not wanted any more.
            self._account.now = self._account.now._replace(handed=None, attempt=None)
            return True
        if self._set_aside(recorded):
            self._reach(place)
            return True
        before = self._account.now.attempt
        if before is None or before.event != recorded.id:
            before = Attempt(recorded.id, 0)
        if before.number and self._tools.patience.is_over(before):
            refused = Refused(before.reason or ENDED, "")
            self._park(recorded, place, before.number, refused)
            return True
        number = before.number + 1
        handed = self._account.now.handed or place
        self._account.now = self._account.now._replace(
            attempt=Attempt(recorded.id, number), handed=handed
        )
        self._account.write()
        outcome = told(self._subscriber.call, recorded)
        if isinstance(outcome, Refused):
            self._refused(recorded, place, number, outcome)
            return True
        self._told += 1
        self._account.add_rows(outcome)
        self._reach(place)
        return True

    def _refused(
        self, recorded: Recorded, place: Cursor | None, number: int, refused: Refused
    ) -> None:
        now = self._tools.clock()
        again = self._tools.patience.next(now, recorded.id, number, refused)
        if again is None:
            self._park(recorded, place, number, refused)
            return
        if number == 1:
            self._note(recorded, SubscriberFailed, error=refused.error)
        self._account.now = self._account.now._replace(attempt=again)
        self._account.write()
        self._feed.back_to(self._account.now.cursor)

    def _park(
        self, recorded: Recorded, place: Cursor | None, attempts: int, refused: Refused
    ) -> None:
        parked = Parked(
            recorded.stream,
            recorded.position,
            recorded.id,
            recorded.position,
            1,
            attempts,
            refused.reason,
            self._tools.clock(),
        )
        self._note(recorded, SubscriberParked, attempts=attempts, error=refused.error)
        self._account.park(parked)
        self._parked.append(parked)
        self._reach(place)
        self._account.write()
        self._feed.back_to(place)

    def _note(self, recorded: Recorded, kind: type[Trouble], **rest: Any) -> None:
        name, run, place = self._subscriber.name, recorded.stream, recorded.position
        trouble = kind(subscriber=name, run=run, position=place, **rest)
        self._record(self._tools, recorded, trouble)

    def _is_parked(self, recorded: Recorded) -> bool:
        return recorded.stream in self._account.parked

    def _set_aside(self, recorded: Recorded) -> bool:
        """Add an event to what is parked of its stream; say no if nothing is."""
        parked = self._account.parked.get(recorded.stream)
        if parked is None:
            return False
        if recorded.position > parked.last:
            waiting = parked.waiting + 1
            self._account.park(parked._replace(last=recorded.position, waiting=waiting))
        return True

    def _reach(self, place: Cursor | None) -> None:
        """Stand behind an event that was dealt with; nothing is known of the next."""
        now = self._account.now
        handed = None if now.handed == place else now.handed
        self._account.now = now._replace(cursor=place, handed=handed, attempt=None)
