"""Going on with a run: whether it can be, and which steps begin anew."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from wct_domain.archive import BlobReader
from wct_domain.commands import ResumeRun, ResumeRunbook
from wct_domain.errors import ErasedError, ResumeError, RunbookChangedError
from wct_domain.handlers.lifecycle import runbook_document
from wct_domain.plan import ExecutionPlan
from wct_domain.projections.run import Run
from wct_domain.projections.states import RunStatus, StepStatus

_DECIDING = (
    *("connector", "input_from", "analyser", "input_schema", "output_schema"),
    *("input_schema_version", "output_schema_version", "save_output", "context"),
)
"""Fields of a step that its result depends on; the others only describe it."""


class RecordedRunbook(NamedTuple):
    """The runbook as it was recorded with the last attempt."""

    document: Mapping[str, Any]  # secrets are keyed digests
    source: str  # keyed digest of the file
    path: Path
    directory: Path | None  # that its relative paths were taken from; None: not known


def recorded_runbook(run: Run, blobs: BlobReader) -> RecordedRunbook:
    """Return the runbook of a run that can be gone on with.

    Raises:
        ResumeError: it cannot; the text says why.
        ErasedError: what the run has stored was erased.
    """
    if run.document is None:
        msg = "the ledger has no such run; 'wct runs' lists those that there are"
        raise ResumeError(msg)
    anew = "run its runbook anew"
    if run.erasure is not None:
        msg = f"run {run.id} was erased: what it had stored is gone; {anew}"
        raise ErasedError(msg)
    if run.pruned_at is not None:
        msg = f"run {run.id} was pruned: its artifacts are gone; {anew}"
        raise ResumeError(msg)
    if run.imported_at is not None:
        msg = f"run {run.id} was recorded in another ledger; {anew}"
        raise ResumeError(msg)
    document = blobs.document(run.document)
    directory = document.get("directory")
    return RecordedRunbook(
        document["runbook"],
        document["source"],
        Path(document.get("path", "")),
        None if directory is None else Path(directory),
    )


def resumption(
    run: Run,
    before: RecordedRunbook,
    plan: ExecutionPlan,
    source: bytes,
    command: ResumeRunbook,
    *,
    versions: Mapping[str, str],
    key: bytes,
) -> ResumeRun:
    """Decide what the next attempt at a run does.

    Args:
        key: of digests of secrets.

    Raises:
        ResumeError: there is nothing to do, or no step ``from_step``.
        RunbookChangedError: the runbook says something else, and it is not accepted.
    """
    opening = ResumeRun(
        plan,
        source,
        (),
        versions,
        command.path or before.path,
        command.directory or before.directory,
    )
    now = runbook_document(opening, key)["runbook"]
    if now != before.document and not command.accept_changes:
        msg = (
            f"the runbook of run {run.id} has changed since; accept that with "
            "--accept-changes, or give the one that it began with"
        )
        raise RunbookChangedError(msg, before.document, now)
    redo = redo_of(
        run, plan, before=before.document, now=now, from_step=command.from_step
    )
    if not redo and run.status is RunStatus.COMPLETED:
        msg = (
            f"run {run.id} is complete, all of its steps succeeded; "
            "do some of them again with --from STEP"
        )
        raise ResumeError(msg)
    return opening._replace(redo=redo)


def redo_of(
    run: Run,
    plan: ExecutionPlan,
    *,
    before: Mapping[str, Any],
    now: Mapping[str, Any],
    from_step: str | None = None,
) -> frozenset[str]:
    """Return the ids of the steps that begin anew.

    These are the steps that did not succeed, that are defined in another way than
    before, ``from_step``, and all that read from one of them.

    Args:
        before, now: the runbook as it was recorded and as it is recorded now, with
            secrets as keyed digests.

    Raises:
        ResumeError: there is no step ``from_step``.
    """
    if from_step is not None and from_step not in plan.steps:
        names = ", ".join(plan.steps)
        msg = f"the runbook has no step '{from_step}'; its steps are {names}"
        raise ResumeError(msg)
    old, new = _definitions(before), _definitions(now)
    anew = {
        name
        for name in plan.steps
        if name == from_step
        or old.get(name) != new.get(name)
        or name not in run.steps
        or run.steps[name].status is not StepStatus.SUCCEEDED
    }
    return frozenset(_with_followers(anew, plan))


def _with_followers(steps: Collection[str], plan: ExecutionPlan) -> set[str]:
    found = set(steps)
    frontier = plan.frontier()
    while ready := frontier.take():
        for step in ready:
            if step.input_from in found:
                found.add(step.id)
            frontier.finish(step.id)
    return found


def _definitions(document: Mapping[str, Any]) -> dict[str, Any]:
    """Map each step to what decides its result, components included."""
    connectors = _deciding_components(document.get("connectors", []))
    analysers = _deciding_components(document.get("analysers", []))
    return {
        step["id"]: (
            {name: step.get(name) for name in _DECIDING},
            connectors.get(step.get("connector")),
            analysers.get(step.get("analyser")),
        )
        for step in document.get("execution", [])
    }


def _deciding_components(components: list[dict[str, Any]]) -> dict[Any, Any]:
    return {
        each["name"]: (each["type"], each.get("properties", {})) for each in components
    }
