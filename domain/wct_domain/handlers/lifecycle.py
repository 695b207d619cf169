"""How a run starts and ends, and how a step is passed over."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from wct_domain.archive import BlobDraft
from wct_domain.commands import CompleteRun, FailRun, InterruptRun, SkipStep, StartRun
from wct_domain.components import Components
from wct_domain.digests import pseudonym
from wct_domain.errors import UpstreamFailedError, WctError
from wct_domain.events import (
    ArtifactsCleared,
    PlannedComponent,
    PlannedStep,
    RunCompleted,
    RunFailed,
    RunInterrupted,
    RunStarted,
    StepSkipped,
)
from wct_domain.explaining import Failure
from wct_domain.handlers.tools import Events
from wct_domain.ports.components import ComponentFactory
from wct_domain.projections.run import Run, StepStatus
from wct_domain.runbook import (
    AnalyserConfig,
    ConnectorConfig,
    ExecutionStep,
    Runbook,
)
from wct_domain.secrecy import without_secrets


def start_run(
    command: StartRun,
    components: Components,
    draft: BlobDraft,
    key: bytes,
    scope: str | None,
) -> Events:
    """Record the plan and what will decide its outcome; the artifact store is empty."""
    runbook = command.plan.runbook

    def digest(secret: str) -> str:
        return pseudonym(key, "secret", secret)

    document = {
        "runbook": without_secrets(runbook.model_dump(exclude_defaults=True), digest),
        # Equal for equal files: resume and diff ask whether the runbook changed.
        "source": pseudonym(key, "runbook", command.source.hex()),
    }
    yield (
        RunStarted(
            runbook=runbook.name,
            steps=tuple(_planned(step) for step in runbook.execution),
            components=tuple(_components(runbook, components)),
            versions=dict(command.versions),
            document=draft.document(document),
            scope=scope,
        ),
        ArtifactsCleared(),
    )


def _planned(step: ExecutionStep) -> PlannedStep:
    return PlannedStep(
        id=step.id,
        connector=step.connector,
        input_from=step.input_from,
        analyser=step.analyser,
        saves=step.save_output,
    )


def _components(runbook: Runbook, installed: Components) -> Iterator[PlannedComponent]:
    for source in runbook.connectors:
        yield PlannedComponent(
            kind="connector",
            name=source.name,
            type=source.type,
            versions=_versions(installed.connectors, source, installed.origins),
        )
    for analysis in runbook.analysers:
        yield PlannedComponent(
            kind="analyser",
            name=analysis.name,
            type=analysis.type,
            versions=_versions(installed.analysers, analysis, installed.origins),
        )


def _versions(
    factories: Mapping[str, ComponentFactory[Any]],
    config: ConnectorConfig | AnalyserConfig,
    origins: Mapping[str, str],
) -> dict[str, str]:
    versions = {"plugin": origins[config.type]} if config.type in origins else {}
    if config.type not in factories:
        return versions
    try:
        # Whatever the types say, a plugin may return anything.
        stated = cast("object", factories[config.type].get_versions(config.properties))
    except Exception:  # noqa: BLE001  # wrong properties fail the step, later
        return versions
    if isinstance(stated, Mapping):
        named = cast("Mapping[object, object]", stated)
        versions |= {str(name): str(version) for name, version in named.items()}
    return versions


def skip_step(command: SkipStep, draft: BlobDraft) -> Events:
    """Record that a step cannot be attempted, and on whose account."""
    error = UpstreamFailedError(
        f"Step '{command.step.name}' depends on '{command.because}' "
        f"which failed: {command.cause}"
    )
    yield (
        StepSkipped(
            step=command.step.id,
            code=error.code,
            because=command.because,
            message=draft.document(Failure.of(error).document),
        ),
    )


def complete_run(_command: CompleteRun, run: Run) -> Events:
    """Record the tally of a run whose steps were all visited."""
    yield (
        RunCompleted(
            succeeded=run.count(StepStatus.SUCCEEDED),
            failed=run.count(StepStatus.FAILED),
            skipped=run.count(StepStatus.SKIPPED),
        ),
    )


def fail_run(command: FailRun, draft: BlobDraft) -> Events:
    """Record why a run stopped before its end."""
    failure = Failure.of(command.error)
    code = command.error.code if isinstance(command.error, WctError) else failure.code
    yield (
        RunFailed(
            code=code,
            error=failure.error,
            message=draft.document(failure.document),
        ),
    )


def interrupt_run(command: InterruptRun, run: Run) -> Events:
    """Record who was at work when the run was stopped."""
    yield (RunInterrupted(signal=command.signal, in_flight=run.in_flight),)
