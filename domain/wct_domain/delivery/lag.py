"""How far subscribers are behind, and what keeps them from going on."""

from itertools import islice
from typing import Literal, NamedTuple, TypeAlias

from wct_domain.delivery.rebuilding import ANEW
from wct_domain.delivery.wanted import wanted_by
from wct_domain.ports.cursors import OWN, Parked, Standing
from wct_domain.ports.ledger import Ledger
from wct_domain.subscribers import DeclaredSubscriber

State: TypeAlias = Literal["new", "up-to-date", "behind", "retrying", "parked"]

COUNTED = 10_000
"""Events that are counted at most; who is further behind is that much behind."""


class Lag(NamedTuple):
    """Where one subscriber stands, compared with what is recorded."""

    name: str
    standing: Standing | None  # None: it has not begun
    pending: int  # events that it is still to be told, at most ``COUNTED``
    parked: tuple[Parked, ...]

    @property
    def state(self) -> State:
        """What there is to say of it first."""
        if self.parked:
            return "parked"
        if self.standing is None:
            return "new"
        if self.standing.attempt is not None and self.pending:
            return "retrying"
        return "behind" if self.pending else "up-to-date"


def lag_of(subscriber: DeclaredSubscriber, ledger: Ledger) -> Lag:
    """Compare a subscriber with the ledger: the events that it wants are counted.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    name = subscriber.name
    standing = ledger.cursors.standing(name)
    if standing is None:
        return Lag(name, None, 0, ())
    parked = tuple(ledger.cursors.parked(name))
    wanted = wanted_by(subscriber, ledger)
    aside = {each.stream for each in parked}
    events = ledger.read_all(after=standing.cursor, types=wanted.types, settled=False)
    waiting = (
        recorded
        for recorded in events
        if wanted.includes(recorded) and recorded.stream not in aside
    )
    return Lag(name, standing, sum(1 for _ in islice(waiting, COUNTED)), parked)


def strangers(known: set[str], ledger: Ledger) -> list[Standing]:
    """Return who has begun and is neither installed nor configured any more."""
    return [
        each
        for each in ledger.cursors.standings()
        if each.subscriber not in known
        and not each.subscriber.endswith(ANEW)
        and not each.subscriber.startswith(OWN)
    ]
