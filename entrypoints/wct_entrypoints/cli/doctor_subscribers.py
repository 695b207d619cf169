"""``wct doctor`` on subscribers: who is behind, and who has something parked."""

from collections.abc import Iterator

from wct_domain.ports.ledger import Ledger
from wct_entrypoints.cli.doctor_lines import Check, Level, Line
from wct_entrypoints.cli.known_subscribers import close
from wct_entrypoints.cli.shared import counted, printable
from wct_entrypoints.cli.subscriber_states import State, states_of


def subscriber_checks(ledger: Ledger) -> dict[str, Check]:
    """Compare each subscriber with what is recorded."""

    def check() -> Iterator[Line]:
        states = list(states_of(ledger))
        close(each.known.declared for each in states if each.known.declared)
        for each in states:
            yield _line(each)

    return {"subscribers": check}


def _line(state: State) -> Line:
    known, lag = state.known, state.lag
    name = f"subscriber {printable(known.name)}"
    facts = {"state": state.word, "pending": lag.pending if lag else 0}
    if lag is not None and lag.parked and not state.is_stranger:
        events = sum(each.waiting for each in lag.parked)
        text = (
            f"{counted(events, 'event')} of {counted(len(lag.parked), 'run')} parked: "
            f"{lag.parked[0].reason}"
        )
        way_out = f"wct deliver --retry-parked {known.name}, when that is mended"
        return Line(name, text, Level.WARNING, way_out, facts)
    if known.problem is not None:
        again = "install it again, or leave it: what it would be told is kept"
        found = again if state.is_stranger else None
        return Line(name, known.problem, Level.WARNING, found, facts)
    if lag is None or not lag.pending:
        text = "up to date" if lag and lag.standing else "new: begins with the next run"
        return Line(name, text, facts=facts)
    attempt = lag.standing.attempt if lag.standing else None
    why = f": {attempt.reason}" if attempt is not None and attempt.reason else ""
    text = f"{counted(lag.pending, 'event')} behind{why}"
    way_out = f"wct deliver {known.name}"
    return Line(name, text, Level.WARNING if why else Level.OK, way_out, facts)
