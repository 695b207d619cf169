"""How far each subscriber has come, what it is owed, and the rows that it made.

Beside the log, in the same database: what is kept here can be lost or deleted without
a fact being lost; then a subscriber begins anew, and rows are made again from the log.
No personal data and no payload is in it: ids, places in the log, numbers, and texts
that name what failed.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple, Protocol, TypeAlias

Cursor: TypeAlias = str
"""Where a reader of all streams stands. Opaque: kept, compared, and handed back."""

OWN: Final = "wct."
"""Begins the names of wct's own subscribers, and of nobody else's: their rows hold what
events say and nothing besides."""

Change: TypeAlias = Literal["put", "merge", "add", "delete"]
"""What becomes of the row that has the key already.

``put``: it is replaced. ``merge``: the fields given are replaced. ``add``: numbers are
added to those that are there, all other fields are replaced. ``delete``: it goes. Where
there is no row yet, the first three are the same.
"""


class Row(NamedTuple):
    """What a subscriber that is a pure function returns: a change of one of its rows.

    ``key`` is the subscriber's own choice; rows are listed in the order of their keys.
    ``value`` is a JSON object.
    """

    key: str
    value: Mapping[str, Any] = {}
    change: Change = "put"

    def applied_to(self, now: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """Return the value of the row after this change; None: there is no row then.

        Args:
            now: the value before; None: there was no row.
        """
        match self.change:
            case "delete":
                return None
            case "put":
                return dict(self.value)
            case "merge":
                return {**(now or {}), **self.value}
            case "add":
                before = now or {}
                sums = {
                    name: before[name] + given
                    for name, given in self.value.items()
                    if _is_number(given) and _is_number(before.get(name))
                }
                return {**before, **self.value, **sums}


class KeptRow(NamedTuple):
    """A row as it stands."""

    key: str
    value: dict[str, Any]
    stream: str  # of the event that changed it last


class Attempt(NamedTuple):
    """An event that was handed over and not taken, or not yet.

    Counted before the handler is called: so an event that ends the process counts.
    """

    event: str  # its id
    number: int  # from 1
    again_at: datetime | None = None  # UTC; None: under way, or its process ended
    reason: str = ""  # why it was not taken; empty: as ``again_at``


class Standing(NamedTuple):
    """How far one subscriber has come.

    Every event up to ``cursor`` was taken, passed over, or is in a parked sequence;
    those that follow, up to ``handed``, may have reached the subscriber.
    """

    subscriber: str
    revision: int  # grows with each change
    cursor: Cursor | None  # None: before the first event of all
    handed: Cursor | None = None  # None: nothing is under way
    attempt: Attempt | None = None  # of the first event after ``cursor`` that it wants


class Parked(NamedTuple):
    """The rest of a stream, set aside for one subscriber until it is tried again.

    From its first event on nothing of the stream was taken: so order is kept.
    """

    stream: str
    position: int  # of the first event that was not taken
    event: str  # its id
    last: int  # position of the last event that was set aside
    waiting: int  # events of ``position`` to ``last`` that the subscriber wants
    attempts: int  # at the first event
    reason: str  # why it was not taken; names what failed, quotes nothing
    since: datetime  # UTC


class Cursors(Protocol):
    """What a ledger keeps of its subscribers.

    Changes are compare-and-set: whoever goes on from a standing that is not the latest
    is refused and has changed nothing. A change survives the end of its process; the
    end of power may take the last ones, never one whose events it leaves.
    """

    def head(self) -> Cursor | None:
        """Return where a reader stands that has read all that is settled.

        None: there is nothing to read yet.
        """
        ...

    def standings(self) -> list[Standing]:
        """Return all, by name."""
        ...

    def standing(self, subscriber: str) -> Standing | None:
        """Return the latest of one subscriber; None: it has not begun."""
        ...

    def begin(self, subscriber: str, cursor: Cursor | None) -> Standing:
        """Have a subscriber begin after a cursor; one that has begun stays as it is.

        Raises:
            LedgerWriteError, LedgerUnusableError: as ``EventLog.append``; so do all
                that follow.
        """
        ...

    def move(
        self,
        before: Standing,
        after: Standing,
        *,
        rows: Sequence[tuple[str, Row]] = (),
        park: Collection[Parked] = (),
        release: Collection[str] = (),
    ) -> Standing:
        """Replace a standing, with all else that goes with it, in one transaction.

        Args:
            before: the latest, as it was returned here.
            after: the next one; its revision is of no account.
            rows: changes of rows in this order, each with the stream of its event.
            park: parked sequences as they are now.
            release: streams that have nothing parked any more.

        Returns:
            ``after`` as it stands, with its revision.

        Raises:
            CursorMovedError: somebody else was faster; nothing was changed.
            ValueError: the value of a row is no JSON.
        """
        ...

    def parked(self, subscriber: str) -> list[Parked]:
        """Return what is parked for a subscriber, the oldest first."""
        ...

    def rows(self, subscriber: str, *, prefix: str = "") -> Iterator[KeptRow]:
        """Yield rows whose key begins with ``prefix``, by key."""
        ...

    def take_over(self, subscriber: str, by: Standing) -> Standing:
        """Give one subscriber the standing, rows and parked sequences of another.

        The other one, whose latest is ``by``, is gone then: so rows are made anew
        beside those in use, and take their place at once.

        Raises:
            CursorMovedError: ``by`` is not its latest; nothing was changed.
        """
        ...

    def remove(self, subscriber: str) -> None:
        """Forget a subscriber with all that it has; no error if there is none."""
        ...

    def forget(self, stream: str) -> int:
        """Delete the rows that an event of this stream changed last; return how many.

        Those of wct's own stay, as the events do that they repeat.
        What is deleted is overwritten, as blobs are that ``append`` forgets.
        """
        ...


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
