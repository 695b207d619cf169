"""A run told again from its log: each event in one line, and the state behind it.

Nothing is opened, asked or executed: a replay is a fold, and a walk through a run is
a fold up to where one stands.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self

from wct_domain.errors import WctError
from wct_domain.events import (
    AnyEvent,
    ArtifactMissing,
    PrunedEvent,
    RunCompleted,
    RunFailed,
    RunInterrupted,
    SourceRead,
    StepCompleted,
    StepFailed,
    StepSkipped,
    StepStarted,
    UnknownEvent,
)
from wct_domain.ports.ledger import Recorded
from wct_domain.projections.inventory import Inventory
from wct_domain.projections.run import Run
from wct_domain.projections.timeline import describe

_DAY = 86_400  # seconds
STEP = "step:"
"""Before a step's id, where the id might be taken for a position."""


class NoSuchPlaceError(WctError):
    """A replay is to go to where the run never was."""

    code = "replay.place"
    exit_status = 2


class Told(NamedTuple):
    """One event for people: what, when, how long, caused by what."""

    recorded: Recorded
    text: str
    since: int  # microseconds since the run's first event
    took: int | None  # microseconds; None where the event ends nothing
    cause: int | None  # position of the event that led to it; None: nothing, or unknown


class Replay:
    """A fold over one run's stream: its state, and what there is to say of it."""

    def __init__(self) -> None:
        self.run = Run()
        self.inventory = Inventory()
        self.unknown = 0  # events that this wct has no name for
        self.pruned = 0  # events whose payload was dropped
        self._folds = self.run.apply, self.inventory.apply
        self._positions: dict[str, int] = {}  # by event id
        self._first: Recorded | None = None

    @classmethod
    def of(cls, history: Iterable[Recorded]) -> Self:
        """Fold a history, the beginning of one or all of it."""
        replay = cls()
        for recorded in history:
            replay.apply(recorded)
        return replay

    def apply(self, recorded: Recorded) -> None:
        """Take one more event into account."""
        if self._first is None:
            self._first = recorded
        for fold in self._folds:
            fold(recorded)
        self._positions[recorded.id] = recorded.position
        if (kind := recorded.event.__class__) in _UNSAID:
            self.unknown += kind is UnknownEvent
            self.pruned += kind is PrunedEvent

    def tell(self, recorded: Recorded) -> Told:
        """Take one more event into account, and say what it was."""
        self.apply(recorded)
        event = recorded.event
        since = 0
        if self._first is not None and recorded.at > self._first.at:
            apart = recorded.at - self._first.at
            since = (apart.days * _DAY + apart.seconds) * 1_000_000 + apart.microseconds
        return Told(
            recorded,
            describe(event),
            since,
            self._took(event) if event.__class__ in _ENDINGS else None,
            self._positions.get(recorded.causation_id or ""),
        )

    def _took(self, event: AnyEvent) -> int | None:
        match event:
            case StepCompleted() | StepFailed():
                return event.duration
            case RunCompleted() | RunFailed() | RunInterrupted():
                return self.run.duration
            case _:
                return None


class Walk:
    """A place in a run's history, from before its first event to behind its last.

    Going back folds again from the start, some milliseconds for a thousand events:
    states are not kept, so that the longest run can be walked through.
    """

    def __init__(self, history: Sequence[Recorded], position: int = 0) -> None:
        self._history = history
        self._replay = Replay()
        self._told: Told | None = None
        self.jump(position)

    @property
    def position(self) -> int:
        """How many events lie behind; 0 at the start."""
        return self._replay.run.version

    @property
    def last(self) -> int:
        """Position of the last event."""
        return len(self._history)

    @property
    def told(self) -> Told | None:
        """The event that the walk stands behind; None at the start."""
        return self._told

    @property
    def state(self) -> Replay:
        """What the events up to here make; not to be changed."""
        return self._replay

    def next(self) -> bool:
        """Go behind the next event; False if there is none."""
        if self.position == self.last:
            return False
        self._told = self._replay.tell(self._history[self.position])
        return True

    def back(self) -> bool:
        """Go before the last event that was told; False at the start."""
        if self.position == 0:
            return False
        self.jump(self.position - 1)
        return True

    def jump(self, position: int) -> None:
        """Go behind the event at ``position``; no further than there is one."""
        wanted = min(max(position, 0), self.last)
        if wanted < self.position:
            self._replay, self._told = Replay(), None
        while self.position < wanted:
            self.next()


def place(history: Sequence[Recorded], wanted: str) -> int:
    """Return the position that somebody means: a number, or a step's id.

    A step stands for its last event. A step whose id is a number is ``step:7``.

    Raises:
        NoSuchPlaceError: the run has no such event, or nothing of such a step.
    """
    last = len(history)
    if wanted.isdecimal():
        if 0 < int(wanted) <= last:
            return int(wanted)
        msg = f"there is no event {wanted}: the run has events 1 to {last}"
        raise NoSuchPlaceError(msg)
    step = wanted.removeprefix(STEP)
    for recorded in reversed(history):
        event = recorded.event
        if isinstance(event, _OF_STEPS) and event.step == step:
            return recorded.position
    steps = Run.of(history).steps
    if step in steps:
        msg = f"nothing is recorded of step '{step}': it did not begin"
    else:
        there = ", ".join(list(steps)[:_NAMED]) or "none"
        more = f" and {len(steps) - _NAMED} more" if len(steps) > _NAMED else ""
        msg = f"the run has no step '{step}'; its steps: {there}{more}"
    raise NoSuchPlaceError(msg)


_NAMED = 20  # steps that an error names
_UNSAID: frozenset[type] = frozenset({UnknownEvent, PrunedEvent})
_ENDINGS: frozenset[type] = frozenset(
    {StepCompleted, StepFailed, RunCompleted, RunFailed, RunInterrupted}
)
# Not evidence.revealed, which has a step too: it comes when the run is over.
_OF_STEPS = (
    StepStarted,
    SourceRead,
    ArtifactMissing,
    StepCompleted,
    StepFailed,
    StepSkipped,
)
