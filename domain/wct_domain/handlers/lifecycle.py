"""How a run starts and ends, and how a step is passed over."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from wct_domain.archive import BlobDraft
from wct_domain.commands import (
    CompleteRun,
    FailRun,
    InterruptRun,
    ResumeRun,
    SkipStep,
    StartRun,
)
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
    RunResumed,
    RunStarted,
    StepSkipped,
)
from wct_domain.explaining import Failure
from wct_domain.handlers.tools import Events
from wct_domain.ports.components import ComponentFactory
from wct_domain.projections.run import Run
from wct_domain.projections.states import StepStatus
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
    yield (
        RunStarted(
            runbook=runbook.name,
            steps=tuple(_planned(step) for step in runbook.execution),
            components=tuple(planned_components(runbook, components)),
            versions=dict(command.versions),
            document=draft.document(_document(command, components, key)),
            scope=scope,
        ),
        ArtifactsCleared(),
    )


def resume_run(
    command: ResumeRun, components: Components, draft: BlobDraft, key: bytes, run: Run
) -> Events:
    """Record that an attempt claims the run, and what it will do again.

    The artifact store stays as it is, but for the steps that begin anew.
    """
    runbook = command.plan.runbook
    yield (
        RunResumed(
            attempt=run.attempt + 1,
            redo=tuple(s.id for s in runbook.execution if s.id in command.redo),
            steps=tuple(_planned(step) for step in runbook.execution),
            components=tuple(planned_components(runbook, components)),
            versions=dict(command.versions),
            document=draft.document(_document(command, components, key)),
        ),
    )


def _document(
    command: StartRun | ResumeRun, components: Components, key: bytes
) -> dict[str, Any]:
    document = runbook_document(command, key)
    rules = dict(planned_rules(command.plan.runbook, components))
    return {**document, "rules": rules} if rules else document


def runbook_document(command: StartRun | ResumeRun, key: bytes) -> dict[str, Any]:
    """Describe the runbook as it is recorded: secret values as keyed digests."""

    def digest(secret: str) -> str:
        return pseudonym(key, "secret", secret)

    document = command.plan.runbook.model_dump(exclude_defaults=True)
    return {
        "runbook": without_secrets(document, digest),
        # Equal for equal files.
        "source": pseudonym(key, "runbook", command.source.hex()),
        **{
            name: _text_of(path)
            for name, path in (("path", command.path), ("directory", command.directory))
            if path is not None
        },
    }


def _text_of(path: Path) -> str:
    # A name that is not UTF-8 is no text; JSON holds nothing else.
    return str(path).encode("utf-8", "backslashreplace").decode()


def _planned(step: ExecutionStep) -> PlannedStep:
    return PlannedStep(
        id=step.id,
        connector=step.connector,
        input_from=step.input_from,
        analyser=step.analyser,
        saves=step.save_output,
    )


def planned_components(
    runbook: Runbook, installed: Components
) -> Iterator[PlannedComponent]:
    """Describe each connector and analyser, with what is installed of it now."""
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


def planned_rules(
    runbook: Runbook, installed: Components
) -> Iterator[tuple[str, dict[str, dict[str, str]]]]:
    """Yield the rules that components work by: which one was changed, ``why`` says."""
    named: list[tuple[str, ConnectorConfig | AnalyserConfig]] = [
        *((f"connector {each.name}", each) for each in runbook.connectors),
        *((f"analyser {each.name}", each) for each in runbook.analysers),
    ]
    for name, config in named:
        factories: Mapping[str, ComponentFactory[Any]] = (
            installed.connectors
            if isinstance(config, ConnectorConfig)
            else installed.analysers
        )
        if config.type not in factories:
            continue
        if rules := _rules_of(factories[config.type], config):
            yield name, rules


def _rules_of(
    factory: ComponentFactory[Any], config: ConnectorConfig | AnalyserConfig
) -> dict[str, dict[str, str]]:
    try:
        return {
            str(what): {str(rule): str(digest) for rule, digest in rules.items()}
            for what, rules in factory.get_rules(config.properties).items()
        }
    except Exception:  # noqa: BLE001  # wrong properties fail the step, later
        return {}


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
