"""What is recorded of a step, to be done again and compared with."""

from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from wct_domain.digests import Reference
from wct_domain.events import (
    AnyEvent,
    ArtifactMissing,
    ArtifactSaved,
    PluginNoted,
    SourceRead,
    StepCompleted,
    StepFailed,
    StepStarted,
)
from wct_domain.ports.ledger import Recorded
from wct_domain.projections.artifacts import Artifacts

Ended: TypeAlias = StepCompleted | StepFailed


class Past(NamedTuple):
    """What is recorded of the last time that a step was tried."""

    started: StepStarted
    emitted: tuple[AnyEvent, ...]  # by its handler, the start apart
    given: ArtifactSaved | None  # the artifact that it read, if there was one
    sources: Mapping[tuple[str, str], str]  # connector and schema: content, at its end
    kept: Mapping[tuple[str, str], Reference] = MappingProxyType({})  # of these
    begun_by: str = ""  # id of the event that it started with

    @property
    def ended(self) -> Ended | None:
        """How it ended; None: it was cut off."""
        found = (each for each in self.emitted if isinstance(each, Ended))
        return next(found, None)


def pasts_of(history: Iterable[Recorded]) -> dict[str, Past]:
    """Collect what is recorded of each step that began."""
    begun: dict[str, tuple[str, Past]] = {}  # step: (id of its start, what followed)
    by_id: dict[str, str] = {}
    origins: dict[str, str | None] = {}
    artifacts = Artifacts()
    # A resumed run may have read a source again for the steps that it did again.
    sources: dict[tuple[str, str], str] = {}
    kept: dict[tuple[str, str], Reference] = {}
    for recorded in history:
        event = recorded.event
        if steps := getattr(event, "steps", None):
            origins = {step.id: step.input_from for step in steps}
        if isinstance(event, StepStarted):
            given = artifacts.saved.get(origins.get(event.step) or "")
            past = Past(event, (), given, {}, begun_by=recorded.id)
            begun[event.step] = recorded.id, past
            by_id[recorded.id] = event.step
        elif (step := by_id.get(recorded.causation_id or "")) is not None:
            start, past = begun[step]
            if start == recorded.causation_id:
                emitted = (*past.emitted, event)
                if isinstance(event, SourceRead):
                    read = event.connector, event.output_schema
                    sources[read] = event.content
                    kept.pop(read, None)
                    if event.message is not None:
                        kept[read] = event.message
                begun[step] = (
                    start,
                    past._replace(emitted=emitted, sources={**sources}, kept={**kept}),
                )
        artifacts.apply(event)
    # That a source was read may be recorded after the end of a step that shares it.
    return {
        step: past._replace(sources={**sources, **past.sources}, kept=_kept(past, kept))
        for step, (_, past) in begun.items()
    }


def _kept(
    past: Past, kept: Mapping[tuple[str, str], Reference]
) -> dict[tuple[str, str], Reference]:
    """Return what is kept of what a step was given, and not of another reading."""
    later = {each: kept[each] for each in kept if each not in past.sources}
    return {**later, **past.kept}


def signatures(
    events: Iterable[AnyEvent],
    content: Callable[[Reference], str],
    connectors: Collection[str],
) -> list[str]:
    """Say of events what must be the same when their step is done again, in any order.

    Args:
        connectors: types of the connectors that the step reads. What they note is
            recorded with whichever step reads first of those that share a source.
    """
    said = (
        _signature(each, content)
        for each in events
        if not (isinstance(each, PluginNoted) and each.plugin in connectors)
    )
    return sorted(map(repr, filter(None, said)))


def _signature(
    event: AnyEvent, content: Callable[[Reference], str]
) -> tuple[object, ...] | None:
    """Say of an event what must be the same when its step is done again.

    None: nothing. What a source held is compared apart.
    """
    match event:
        case StepCompleted():
            return (
                *(event.type, event.input_schema, event.output_schema),
                *(event.items, event.truncated, content(event.result)),
            )
        case ArtifactSaved():
            return (event.type, event.artifact, event.items, content(event.result))
        case StepFailed():
            return (event.type, event.code, event.error)
        case ArtifactMissing():
            return (event.type, event.artifact)
        case PluginNoted():
            return (event.type, event.plugin, event.name, repr(event.data))
        case _:
            return None
