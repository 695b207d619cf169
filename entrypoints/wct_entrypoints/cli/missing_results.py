"""Why there is nothing to print of a step."""

from collections.abc import Collection

from wct_domain.projections.run import Run
from wct_domain.projections.states import RunStatus, StepState, StepStatus
from wct_domain.validation.remarks import did_you_mean
from wct_entrypoints.cli.gone import why_gone

MOST_NAMED = 20  # names of steps, in one message


def why_missing(run: Run, wanted: str, kept: Collection[str]) -> str:
    """Say what became of a step, or which names there are if there is no such step.

    Args:
        kept: names under which the run has results.
    """
    step = run.steps.get(wanted)
    if step is None:
        names = list(dict.fromkeys([*run.steps, *kept]))
        hint = did_you_mean(wanted, names)
        there = f"it has: {_some(names)}" if names else "it has none"
        more = f"{hint} " if hint else ""
        return f"run {run.id} has no step '{wanted}'; {more}{there}"
    if step.status is StepStatus.PRUNED:
        return f"what step '{wanted}' of run {run.id} produced was {why_gone(run)}"
    what = f"step '{wanted}' of run {run.id} has no result: {_fate(step, run)}"
    results = f"there are results of: {_some(list(kept))}"
    return f"{what}; {results if kept else 'no other step has one'}"


def _fate(step: StepState, run: Run) -> str:
    over = run.status is not RunStatus.RUNNING
    when = f"when the run ended ({run.status})" if over else "so far"
    match step.status:
        case StepStatus.FAILED:
            return f"it failed, and 'wct show {run.id}' says why"
        case StepStatus.SKIPPED:
            return f"it was skipped, because step '{step.because}' failed"
        case StepStatus.RUNNING:
            return f"it had begun, and not ended {when}"
        case StepStatus.PLANNED:
            return f"it had not begun {when}"
        case StepStatus.SUCCEEDED | StepStatus.PRUNED:  # told already
            return "it was not recorded"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
