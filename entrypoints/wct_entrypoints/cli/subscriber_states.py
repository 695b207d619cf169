"""What ``wct ls-subscribers`` does: each subscriber, compared with the ledger."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any, NamedTuple

import click

from wct_domain.delivery.lag import COUNTED, Lag, lag_of, strangers
from wct_domain.errors import LedgerError
from wct_domain.ports.ledger import Ledger
from wct_entrypoints.bootstrap.ledgers import ledger_place
from wct_entrypoints.cli.deliver_command import parked_document, parked_text
from wct_entrypoints.cli.known_subscribers import Known, close, known_subscribers
from wct_entrypoints.cli.ledger_access import reading, short_names
from wct_entrypoints.cli.printing import print_json, print_lines, wrapped
from wct_entrypoints.cli.shared import LedgerPlace, counted, printable, warn

_INDENT = "    "


class State(NamedTuple):
    """One subscriber; ``lag`` is None where there is no ledger, or nobody to tell."""

    known: Known
    lag: Lag | None
    is_stranger: bool = False

    @property
    def word(self) -> str | None:
        """The state in one word; None where it cannot be known."""
        if self.is_stranger:
            return "unknown"
        return None if self.lag is None else self.lag.state


def print_states(given: LedgerPlace | None, *, as_json: bool) -> None:
    """Print all of them, for people or for programs."""
    with ExitStack() as stack:
        ledger = _opened(stack, given)
        states = list(states_of(ledger))
        names: Mapping[str, str] = {}
        if ledger is not None:
            names = short_names(ledger)
    close(each.known.declared for each in states if each.known.declared is not None)
    if as_json:
        print_json([_document(each) for each in states])
    elif states:
        print_lines(line for each in states for line in _lines(each, names))
    else:
        click.echo("No subscribers are installed.", err=True)


def states_of(ledger: Ledger | None) -> Iterator[State]:
    """Yield every subscriber that is known here, or in the ledger.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    known = known_subscribers(ledger)
    for each in known:
        lag = None
        if ledger is not None and each.declared is not None:
            lag = lag_of(each.declared, ledger)
        yield State(each, lag)
    if ledger is None:
        return
    for standing in strangers({each.name for each in known}, ledger):
        name = standing.subscriber
        parked = tuple(ledger.cursors.parked(name))
        nobody = Known(name, "", None, "it is not installed or configured any more")
        yield State(nobody, Lag(name, standing, 0, parked), is_stranger=True)


def _opened(stack: ExitStack, given: LedgerPlace | None) -> Ledger | None:
    """Open the ledger to look; without one, there is only whom to list."""
    place = ledger_place(given)
    if given is None and not isinstance(place, str) and not place.exists():
        return None
    try:
        return stack.enter_context(reading(given))
    except LedgerError as error:
        if given is not None:
            raise
        warn(f"how far they are cannot be known: {error}")
        return None


def _lines(state: State, names: Mapping[str, str]) -> Iterator[str]:
    known, lag = state.known, state.lag
    origin = f"  ({known.origin})" if known.origin else ""
    yield printable(f"{known.name}{origin}")
    if known.declared is not None:
        yield from _wishes(known)
    if known.problem is not None:
        yield wrapped(f"{_INDENT}not usable: ", known.problem)
    if lag is not None:
        yield from _standing(state, lag, names)


def _wishes(known: Known) -> Iterator[str]:
    declared = known.declared
    if declared is None:
        return
    if declared.description:
        yield wrapped(_INDENT, declared.description)
    wanted = ", ".join(each.type for each in declared.types) or "all events"
    yield wrapped(f"{_INDENT}wants ", wanted)
    if declared.on_replay == "run":
        yield f"{_INDENT}may be told what happened long ago"


def _standing(state: State, lag: Lag, names: Mapping[str, str]) -> Iterator[str]:
    more = " or more" if lag.pending == COUNTED else ""
    pending = f"{counted(lag.pending, 'event')}{more}"
    attempt = None if lag.standing is None else lag.standing.attempt
    if lag.standing is None:
        first = "the first" if state.known.from_start else "the next"
        yield f"{_INDENT}new: is told of runs from {first} one on"
    elif lag.pending and attempt is not None:
        why = f": {attempt.reason}" if attempt.reason else ""
        at = attempt.again_at
        when = "now" if at is None else f"at {at.astimezone():%Y-%m-%d %H:%M:%S}"
        yield wrapped(f"{_INDENT}{pending} behind, told again {when}", why)
    elif lag.pending:
        yield f"{_INDENT}{pending} behind: wct deliver {lag.name}"
    elif not state.is_stranger:
        yield f"{_INDENT}up to date"
    for parked in lag.parked:
        yield wrapped(_INDENT, parked_text(parked, names))
    if lag.parked and not state.is_stranger:
        yield f"{_INDENT}when that is mended: wct deliver --retry-parked {lag.name}"


def _document(state: State) -> dict[str, Any]:
    known, lag, declared = state.known, state.lag, state.known.declared
    attempt = lag.standing.attempt if lag is not None and lag.standing else None
    again_at = attempt.again_at if attempt is not None else None
    return {
        "name": known.name,
        "description": declared.description if declared else "",
        "origin": known.origin,
        "types": [each.type for each in declared.types] if declared else [],
        "on_replay": declared.on_replay if declared else "skip",
        "from_start": declared.from_start if declared else False,
        "problem": known.problem,
        "state": state.word,
        "pending": 0 if lag is None else lag.pending,
        "again_at": None if again_at is None else again_at.isoformat(),
        "reason": "" if attempt is None else attempt.reason,
        "parked": [parked_document(each) for each in lag.parked] if lag else [],
    }
