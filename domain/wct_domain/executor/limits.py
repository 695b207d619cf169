"""Steps with a limit work in a process of their own, if that can be."""

from collections.abc import Collection

from wct_domain.errors import ExecutorError
from wct_domain.plan import ExecutionPlan
from wct_domain.ports.workplaces import Workplaces
from wct_domain.runbook import AnalyserConfig, ConnectorConfig, ExecutionStep
from wct_domain.validation.limits import beyond_json


def refuse_impossible_limits(
    plan: ExecutionPlan, workplaces: Workplaces | None, done: Collection[str] = ()
) -> None:
    """Check that another process could do what steps with a ``timeout`` do.

    Args:
        done: steps that are not to be run.

    Raises:
        ExecutorError: one of their components is known to this process only.
    """
    for step in plan.runbook.execution:
        if step.timeout is None or step.id in done:
            continue
        why = _obstacle(plan, step, workplaces)
        if why is not None:
            msg = (
                f"Step '{step.name}' has a timeout, so it runs in a process of its "
                f"own, but {why}; leave out its timeout"
            )
            raise ExecutorError(msg)


def _obstacle(
    plan: ExecutionPlan, step: ExecutionStep, workplaces: Workplaces | None
) -> str | None:
    if workplaces is None:
        return "this executor starts none"
    wanted: list[tuple[str, ConnectorConfig | AnalyserConfig]] = []
    if step.connector is not None:
        wanted.append(("connector", plan.connectors[step.connector]))
    if step.analyser is not None:
        wanted.append(("analyser", plan.analysers[step.analyser]))
    for what, config in wanted:
        if (place := beyond_json(config.properties)) is not None:
            path = " -> ".join(map(str, ("properties", *place)))
            return f"{path} of {what} '{config.name}' is not JSON (quotes make it text)"
        if (why := workplaces.obstacle(what, config.type)) is not None:
            return why
    return None
