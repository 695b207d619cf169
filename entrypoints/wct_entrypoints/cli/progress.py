"""Progress of a run on stderr: live on a terminal, else a line for each step."""

import os
import sys
from collections.abc import Callable
from typing import Protocol

import click

from wct_domain.events import (
    RunResumed,
    StepCompleted,
    StepFailed,
    StepSkipped,
)
from wct_domain.ports.ledger import Recorded
from wct_domain.projections.timeline import seconds
from wct_entrypoints.cli.shared import counted, printable


class Progress(Protocol):
    """A subscriber that shows what it is told."""

    def __call__(self, recorded: Recorded, /) -> None: ...

    def close(self) -> None:
        """Leave the terminal as it was; harmless when repeated."""
        ...


class PlainProgress:
    """One line when a step has ended: number of steps ended, step, outcome."""

    def __init__(self, steps: int, write: Callable[[str], None]) -> None:
        self._steps = steps
        self._ended = 0
        self._write = write

    def __call__(self, recorded: Recorded, /) -> None:
        if isinstance(recorded.event, RunResumed):
            self._steps = len(recorded.event.redo)
        text = outcome(recorded)
        if text is None:
            return
        self._ended += ends_step(recorded)
        self._write(f"[{self._ended}/{self._steps}] {printable(text)}")

    def close(self) -> None:
        """Nothing to do: each line is complete."""


def outcome(recorded: Recorded) -> str | None:
    """Say how a step ended; None of any other event."""
    match event := recorded.event:
        case StepCompleted():
            cut = ", input was cut off" if event.truncated else ""
            return (
                f"{event.step} completed in {seconds(event.duration)}, "
                f"{items(event)}{cut}"
            )
        case StepFailed():
            again = "" if ends_step(recorded) else ", to be tried again"
            took = seconds(event.duration)
            return f"{event.step} failed in {took} ({event.code}){again}"
        case StepSkipped():
            return f"{event.step} skipped, because {event.because} did not succeed"
        case _:
            return None


def ends_step(recorded: Recorded) -> bool:
    """Say whether no further attempt follows."""
    event = recorded.event
    return not isinstance(event, StepFailed) or event.retry_in is None


def items(event: StepCompleted) -> str:
    """Count what a step made: findings, if that is what its schema holds."""
    name = event.output_schema.partition("/")[0]
    return counted(event.items, "finding" if name.endswith("_finding") else "item")


def make_progress(steps: int) -> Progress:
    """Choose the form that stderr can show, for a run of so many steps."""
    if _can_move():
        # Here, because it imports the terminal library.
        from wct_entrypoints.cli.live import LiveProgress

        return LiveProgress(steps)
    return PlainProgress(steps, lambda line: click.echo(line, err=True))


def _can_move() -> bool:
    """Say whether stderr is a terminal that moves its cursor and knows Unicode."""
    known = os.environ.get("TERM", "dumb") not in {"dumb", "unknown"}
    encoding = (sys.stderr.encoding or "").lower().replace("-", "")
    return sys.stderr.isatty() and known and encoding == "utf8"
