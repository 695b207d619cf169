"""Events as a ledger hands them out, and strategies for whole histories."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from wct_domain.digests import Reference
from wct_domain.events import (
    AnyEvent,
    ArtifactMissing,
    ArtifactSaved,
    ArtifactsCleared,
    DataErased,
    ErasureRequested,
    EvidenceRevealed,
    ModelAnswered,
    ModelAsked,
    PlannedStep,
    PluginNoted,
    PrunedEvent,
    RunCompleted,
    RunExported,
    RunFailed,
    RunImported,
    RunInterrupted,
    RunPruned,
    RunResumed,
    RunStarted,
    SourceRead,
    StepCompleted,
    StepFailed,
    StepSkipped,
    StepStarted,
    SubscriberFailed,
    SubscriberParked,
    UnknownEvent,
)
from wct_domain.ports.ledger import Recorded

RUN = "01900000-0000-7000-8000-000000000001"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def ref(sign: str = "a") -> Reference:
    return Reference(blob=sign * 64, content=sign * 64)


def recorded(*events: AnyEvent, run: str = RUN, after: int = 0) -> list[Recorded]:
    """Place events in a stream, one second apart from noon on."""
    return [
        Recorded(
            stream=run,
            position=position,
            global_position=position,
            id=f"00000000-0000-7000-8000-{position:012x}",
            at=NOON + (position - 1) * SECOND,
            correlation_id=run,
            causation_id=None,
            hash=bytes(32),
            event=event,
        )
        for position, event in enumerate(events, after + 1)
    ]


def started(*steps: PlannedStep | str, runbook: str = "shop") -> RunStarted:
    planned = (
        PlannedStep(id=step, connector="files", analyser="scan")
        if isinstance(step, str)
        else step
        for step in steps
    )
    return RunStarted(runbook=runbook, steps=tuple(planned), document=ref())


def began(step: str, attempt: int = 1) -> StepStarted:
    return StepStarted(step=step, attempt=attempt, at=NOON, seed=7)


def completed(
    step: str, result: str = "b", *, truncated: bool = False
) -> StepCompleted:
    return StepCompleted(
        step=step,
        duration=1_500_000,
        input_schema="standard_input/1.0.0",
        output_schema="personal_data_finding/1.0.0",
        items=3,
        result=ref(result),
        truncated=truncated,
    )


def saved(name: str, result: str = "b") -> ArtifactSaved:
    return ArtifactSaved(artifact=name, result=ref(result), items=3, size=2048)


def read(step: str = "a") -> SourceRead:
    return SourceRead(
        step=step,
        connector="files",
        output_schema="standard_input/1.0.0",
        items=2,
        size=100,
        content="c" * 64,
    )


def failed(step: str) -> StepFailed:
    return StepFailed(
        step=step,
        duration=12_000,
        code="connector.extraction",
        error="ConnectorExtractionError",
        message=ref("d"),
    )


def skipped(step: str, because: str) -> StepSkipped:
    return StepSkipped(
        step=step, code="executor.upstream-failed", because=because, message=ref("e")
    )


def run_failed() -> RunFailed:
    return RunFailed(code="ledger.write", error="LedgerWriteError", message=ref("f"))


def noted() -> PluginNoted:
    return PluginNoted(plugin="extra", name="cache.hit", data={"hits": 3})


def unknown() -> UnknownEvent:
    return UnknownEvent(type="run.annotated/1", data={"reason": "retention"})


def revealed() -> EvidenceRevealed:
    return EvidenceRevealed(by="9" * 32, command="artifacts", step="a")


def subscriber_failed() -> SubscriberFailed:
    return SubscriberFailed(
        subscriber="webhook", run=RUN, position=4, error="TimeoutError"
    )


def subscriber_parked(attempts: int = 5) -> SubscriberParked:
    return SubscriberParked(
        subscriber="webhook", run=RUN, position=4, attempts=attempts, error="OSError"
    )


def asked() -> ModelAsked:
    return ModelAsked(step="a", question=ref(), provider="acme", model="m1", items=2)


def answered() -> ModelAnswered:
    return ModelAnswered(
        step="a",
        question=ref(),
        provider="acme",
        model="m1",
        status="answered",
        answer=ref(),
        duration=12_000,
        tokens_in=800,
        tokens_out=90,
    )


def one_of_each() -> list[AnyEvent]:
    """Return an event of every kind that may be read."""
    return [
        started("a", "b"),
        ArtifactsCleared(),
        began("a"),
        read(),
        completed("a"),
        saved("a"),
        ArtifactMissing(step="b", artifact="a"),
        failed("b"),
        skipped("c", "b"),
        noted(),
        asked(),
        answered(),
        RunCompleted(succeeded=1, failed=1, skipped=1),
        run_failed(),
        RunInterrupted(signal="SIGINT", in_flight=("a",)),
        revealed(),
        subscriber_failed(),
        subscriber_parked(),
        *kept_and_gone(),
        unknown(),
    ]


def kept_and_gone() -> list[AnyEvent]:
    """What may happen to a run after its end."""
    user, scope = "9" * 32, "7" * 32
    return [
        ErasureRequested(scope=scope, reason="art17", by=user, reference="DSR-7"),
        DataErased(scope=scope, blobs=3),
        RunPruned(positions=((2, 5),), blobs=1, size=100),
        RunExported(by=user, size=9),
        RunImported(by=user, log="other", size=9),
        PrunedEvent("step.completed/1"),
        RunResumed(
            attempt=2, redo=("b",), steps=started("a", "b").steps, document=ref()
        ),
    ]


_STEPS = st.sampled_from("abc")
_COUNT = st.integers(0, 2)

EVENTS: st.SearchStrategy[AnyEvent] = st.one_of(
    st.builds(started, _STEPS, runbook=st.sampled_from(["shop", "mail"])),
    st.builds(began, _STEPS, st.integers(1, 3)),
    st.builds(completed, _STEPS, st.sampled_from("0123456789")),
    st.builds(saved, _STEPS, st.sampled_from("0123456789")),
    st.builds(failed, _STEPS),
    st.builds(skipped, _STEPS, _STEPS),
    st.builds(RunCompleted, succeeded=_COUNT, failed=_COUNT, skipped=_COUNT),
    st.sampled_from(one_of_each()),
)
"""Any event; of the steps a, b and c."""

HISTORIES = st.lists(EVENTS, max_size=30)


def interleaved(histories: Iterable[tuple[str, AnyEvent]]) -> list[Recorded]:
    """Record events of several streams in one ledger."""
    positions: dict[str, int] = {}
    found: list[Recorded] = []
    for order, (stream, event) in enumerate(histories, 1):
        after = positions.get(stream, 0)
        (each,) = recorded(event, run=stream, after=after)
        positions[stream] = each.position
        found.append(each._replace(global_position=order, at=NOON + order * SECOND))
    return found
