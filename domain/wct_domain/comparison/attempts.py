"""What was tried of one step, and why it was tried again."""

from collections.abc import Iterable
from typing import NamedTuple

from wct_domain.events import (
    RunFailed,
    RunInterrupted,
    RunResumed,
    StepCompleted,
    StepFailed,
    StepSkipped,
    StepStarted,
)
from wct_domain.ports.ledger import Recorded


class Attempt(NamedTuple):
    """One beginning of a step, or one decision not to begin it."""

    number: int  # of all attempts at the step, however often the run was resumed
    position: int  # of the event that it began with
    ended: str | None  # how; None: nothing says so
    again: str | None  # why it was not the last one, or the first: None


def attempts_of(history: Iterable[Recorded], step: str) -> list[Attempt]:
    """Return all attempts at a step, in order; ``again`` says what the one before was.

    A step that had begun when its process was killed has no event that ends it: that
    the run was resumed, or that the step began again, tells it.
    """
    found: list[Attempt] = []
    for recorded in history:
        match event := recorded.event:
            case StepStarted() if event.step == step:
                found.append(_next(found, recorded.position, None))
            case StepSkipped() if event.step == step:
                ended = f"skipped, because step '{event.because}' did not succeed"
                found.append(_next(found, recorded.position, ended))
            case StepCompleted() if event.step == step:
                _end(found, "completed")
            case StepFailed() if event.step == step:
                _end(found, f"failed ({event.code})")
            case RunInterrupted() if step in event.in_flight:
                _end(found, f"cut off when the run was interrupted by {event.signal}")
            case RunFailed():
                _end(found, f"cut off when the run failed ({event.code})")
            case RunResumed():
                _end(found, "cut off when the run's process was killed")
            case _:
                pass
    return found


def _next(found: list[Attempt], position: int, ended: str | None) -> Attempt:
    # Not as its event counts: that begins anew when a run is resumed.
    again = None if not found else _why_again(found[-1])
    return Attempt(len(found) + 1, position, ended, again)


def _end(found: list[Attempt], how: str) -> None:
    if found and found[-1].ended is None:
        found[-1] = found[-1]._replace(ended=how)


def _why_again(before: Attempt) -> str:
    if before.ended == "completed":
        return (
            "it had completed, and somebody asked for it again, its definition was "
            "changed, or a step that it reads from was done again"
        )
    return f"attempt {before.number} was {before.ended or 'cut off'}".replace(
        "was failed", "failed"
    )
