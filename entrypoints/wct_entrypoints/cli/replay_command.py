"""What ``wct replay`` does: the story and the state, or a walk."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from wct_domain.ports.ledger import Ledger, Recorded
from wct_domain.projections.replay import Replay, Told, place
from wct_domain.projections.run import Run
from wct_entrypoints.cli.ledger_access import find_run, reading
from wct_entrypoints.cli.printing import in_seconds, print_json, print_lines, utc
from wct_entrypoints.cli.replay_text import Story, remarks, state_of
from wct_entrypoints.cli.run_report import document, report_of
from wct_entrypoints.cli.shared import LedgerPlace


def print_story(
    wanted: str, until: str | None, given: LedgerPlace | None, *, as_json: bool
) -> None:
    """Print each event in one line, and the state at the end.

    Raises:
        RunNotFoundError, NoSuchPlaceError: there is no such run, or place in it.
        LedgerError: the ledger cannot be read.
    """
    with reading(given) as ledger:
        run = find_run(ledger, wanted)
        history = list(ledger.read(run))
        last = len(history) if until is None else place(history, until)
        if as_json:
            print_json(_document(ledger, run, history, last))
        else:
            print_lines(_lines(ledger, run, history, last))


def walk_through(wanted: str, until: str | None, given: LedgerPlace | None) -> None:
    """Let somebody at a terminal walk through a run. Raises as ``print_story``."""
    from wct_entrypoints.cli.keyboard import keys
    from wct_entrypoints.cli.walking import Walker

    with reading(given) as ledger:
        run = find_run(ledger, wanted)
        history = list(ledger.read(run))
        start = 0 if until is None else place(history, until)
        with keys() as keyboard:
            Walker(keyboard, ledger, run, history).walk(start)


def told(replay: Replay, history: Iterable[Recorded]) -> Iterator[Told]:
    """Fold events into a replay, and tell each of them."""
    return map(replay.tell, history)


def _lines(
    ledger: Ledger, run: str, history: Sequence[Recorded], last: int
) -> Iterator[str]:
    replay = Replay()
    story = Story(history[0] if history else None)
    yield story.HEADING
    for each in told(replay, history[:last]):
        yield story.line(each)
    yield ""
    yield from state_of(ledger, run, replay, history)


def _document(
    ledger: Ledger, run: str, history: Sequence[Recorded], last: int
) -> dict[str, Any]:
    replay = Replay()
    events = [_event(each) for each in told(replay, history[:last])]
    whole = Run.of(history)
    report = report_of(ledger, run, replay.run, replay.inventory, whole)
    return {
        "run": run,
        "until": last,
        "events": events,
        "remarks": list(remarks(replay, whole)),
        "state": document(report),
    }


def _event(told: Told) -> dict[str, Any]:
    recorded = told.recorded
    return {
        "position": recorded.position,
        "id": recorded.id,
        "type": recorded.event.type,
        "recorded_at": utc(recorded.at),
        "since": in_seconds(told.since),
        "text": told.text,
        "duration": in_seconds(told.took),
        "because_of": told.cause,
    }
