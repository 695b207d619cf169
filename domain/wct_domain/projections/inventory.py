"""What a run left behind: its artifacts, and the results of its other steps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from wct_domain.digests import Reference
from wct_domain.events import (
    ArtifactSaved,
    ArtifactsCleared,
    RunResumed,
    RunStarted,
    StepCompleted,
)
from wct_domain.ports.ledger import Recorded


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that can be rebuilt from the ledger."""

    name: str  # id of the step, or the name under which somebody saved it
    saved: bool  # an artifact, which later steps may read
    result: Reference
    items: int
    at: datetime  # UTC, when it was recorded
    size: int | None = None  # bytes of canonical content; recorded of artifacts only
    schema: str | None = None  # name/version; None: only the message itself tells


class Inventory:
    """A fold over one stream: the last message of each name.

    An artifact goes before the result of the step of the same id. Without
    ``save_output`` there is only the result.
    """

    def __init__(self) -> None:
        self._planned: tuple[str, ...] = ()
        self._saved: dict[str, tuple[ArtifactSaved, datetime]] = {}
        self._results: dict[str, tuple[StepCompleted, datetime]] = {}

    @classmethod
    def of(cls, history: Iterable[Recorded]) -> Self:
        """Fold a whole history."""
        inventory = cls()
        for recorded in history:
            inventory.apply(recorded)
        return inventory

    def apply(self, recorded: Recorded) -> None:
        """Take one more event into account."""
        match event := recorded.event:
            case RunStarted():
                self._planned = tuple(step.id for step in event.steps)
            case RunResumed():
                self._planned = tuple(step.id for step in event.steps)
                for step in event.redo:
                    self._saved.pop(step, None)
                    self._results.pop(step, None)
            case ArtifactSaved():
                self._saved[event.artifact] = event, recorded.at
            case StepCompleted():
                self._results[event.step] = event, recorded.at
            case ArtifactsCleared():
                self._saved.clear()
            case _:
                pass

    @property
    def kept(self) -> dict[str, Kept]:
        """By name: steps as the runbook has them, then what else was saved."""
        kept = {name: _as_result(*ended) for name, ended in self._results.items()}
        for name, (saved, at) in self._saved.items():
            kept[name] = _as_artifact(saved, at, kept.get(name))
        planned = (name for name in self._planned if name in kept)
        return {name: kept[name] for name in dict.fromkeys([*planned, *kept])}


def _as_result(event: StepCompleted, at: datetime) -> Kept:
    return Kept(
        name=event.step,
        saved=False,
        result=event.result,
        items=event.items,
        at=at,
        schema=event.output_schema,
    )


def _as_artifact(event: ArtifactSaved, at: datetime, result: Kept | None) -> Kept:
    # Somebody may have saved another message under the step's id since.
    same = result is not None and result.result.blob == event.result.blob
    return Kept(
        name=event.artifact,
        saved=True,
        result=event.result,
        items=event.items,
        at=at,
        size=event.size,
        schema=result.schema if result is not None and same else None,
    )
