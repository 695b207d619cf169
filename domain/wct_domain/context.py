"""What a component may know of the step that it works for.

Built-in components take time and seed from here instead of asking the clock or
the random generator, so that a step's output is a function of recorded things
and can be re-executed later. A ``ContextVar`` carries it, because the signatures
of ``Connector.extract`` and ``Analyser.process`` are public and older than it.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from pydantic import JsonValue


class Note(NamedTuple):
    """A fact that a plugin wants in the run's log: counts and codes, no values."""

    plugin: str
    name: str
    data: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class StepContext:
    """Recorded in ``step.started``; the same again when the step is re-executed."""

    at: datetime  # UTC
    seed: int
    notes: list[Note] = field(default_factory=list[Note])
    answers_recorded: bool = False  # it is done again: no language model is asked

    def note(self, plugin: str, name: str, data: Mapping[str, JsonValue]) -> None:
        """Have ``plugin.noted`` recorded with the end of the step, however it ends."""
        self.notes.append(Note(plugin, name, data))


_current: ContextVar[StepContext | None] = ContextVar("wct_step", default=None)


def current_step() -> StepContext:
    """Context of the step that runs now.

    Outside any step (a component used on its own, in a test or a notebook) it is
    made up: the present time, seed 0, notes that go nowhere.
    """
    return _current.get() or StepContext(at=datetime.now(UTC), seed=0)


@contextmanager
def working_in(step: StepContext) -> Generator[StepContext]:
    """Make ``step`` the current one for the calls inside the ``with`` block."""
    token = _current.set(step)
    try:
        yield step
    finally:
        _current.reset(token)
