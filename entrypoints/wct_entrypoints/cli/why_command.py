"""What ``wct why`` does and prints."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from wct_domain.archive import BlobReader
from wct_domain.comparison.attempts import Attempt, attempts_of
from wct_domain.comparison.facts import RunFacts, facts_of
from wct_domain.comparison.reasons import Cause, causes, same_outcome
from wct_domain.errors import ArtifactStoreError, LedgerError
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.kept_runs import list_runs
from wct_domain.projections.results import error_text
from wct_domain.projections.states import StepState, StepStatus
from wct_entrypoints.cli.differing import masked_value, shown, value_text
from wct_entrypoints.cli.ledger_access import find_run, reading
from wct_entrypoints.cli.missing_results import why_missing
from wct_entrypoints.cli.printing import local, print_json, print_lines, wrapped
from wct_entrypoints.cli.shared import LedgerPlace


class _Answer(NamedTuple):
    facts: RunFacts
    state: StepState
    reason: str | None  # why it failed; masked
    attempts: list[Attempt]
    before: RunFacts | None  # the run that it is compared with
    causes: tuple[Cause, ...]
    same: bool | None

    @property
    def step(self) -> str:
        return self.state.plan.id


def explain_step(
    wanted: str, step: str, given: LedgerPlace | None, *, as_json: bool
) -> None:
    """Print why a step came out as it did.

    Raises:
        RunNotFoundError, ArtifactStoreError: there is no such run, or step in it.
        LedgerError: the ledger cannot be read.
    """
    with reading(given) as ledger:
        answer = _answer(ledger, find_run(ledger, wanted), step)
    if as_json:
        print_json(_document(answer))
    else:
        print_lines(_lines(answer))


def _answer(ledger: Ledger, run: str, step: str) -> _Answer:
    facts = facts_of(ledger, run)
    state = facts.run.steps.get(step)
    if state is None:
        raise ArtifactStoreError(why_missing(facts.run, step, facts.inventory.kept))
    before = _previous(ledger, facts, step)
    return _Answer(
        facts,
        state,
        _reason(ledger, state),
        attempts_of(ledger.read(run), step),
        before,
        () if before is None else causes(before, facts, step),
        None if before is None else same_outcome(before, facts, step),
    )


def _previous(ledger: Ledger, facts: RunFacts, step: str) -> RunFacts | None:
    """Find the last earlier run of the runbook in which the step was tried.

    A run of another ledger, whose digests say nothing here, is the last resort.
    """
    started = facts.run.started_at
    runs = list_runs(ledger).newest_first
    earlier = [
        each
        for each in runs
        if each.runbook == facts.started.runbook
        and started is not None
        and (each.started_at, each.run) < (started, facts.run.id)
    ]
    earlier.sort(key=lambda each: (each.started_at, each.run), reverse=True)
    elsewhere: RunFacts | None = None
    for each in earlier:
        found = facts_of(ledger, each.run)
        state = found.run.steps.get(step)
        if state is None or state.status is StepStatus.PLANNED:
            continue
        if found.origin == facts.origin:
            return found
        elsewhere = elsewhere or found
    return elsewhere


def _reason(ledger: Ledger, state: StepState) -> str | None:
    if state.message is None:
        return None
    try:
        return shown(error_text(state.message, BlobReader(ledger, ledger.keys)))
    except LedgerError as error:
        return f"(not known: {error})"


def _document(answer: _Answer) -> dict[str, Any]:
    state, before = answer.state, answer.before
    return {
        "run": answer.facts.run.id,
        "step": answer.step,
        "status": state.status,
        "code": state.code,
        "reason": answer.reason,
        "because": state.because,
        "attempts": [each._asdict() for each in answer.attempts],
        "compared_with": None if before is None else before.run.id,
        "status_then": None if before is None else before.run.steps[answer.step].status,
        "same": answer.same,
        "causes": _causes_document(answer.causes),
    }


def _causes_document(found: Iterable[Cause]) -> list[dict[str, Any]]:
    return [
        {
            "kind": each.kind,
            "what": shown(each.what),
            "before": masked_value(each.before),
            "after": masked_value(each.after),
            "because": _causes_document(each.because),
        }
        for each in found
    ]


def _lines(answer: _Answer) -> Iterator[str]:
    yield wrapped("", f"{answer.step} {_outcome(answer.state)}")
    if answer.reason is not None:
        yield wrapped("  ", f"{answer.state.code}: {answer.reason}")
    yield from _attempts(answer.attempts)
    yield ""
    yield from _compared(answer)


def _outcome(state: StepState) -> str:
    match state.status:
        case StepStatus.SUCCEEDED:
            return "ran, and succeeded"
        case StepStatus.FAILED:
            return "ran, and failed"
        case StepStatus.SKIPPED:
            return f"was skipped, because step '{state.because}' failed"
        case StepStatus.RUNNING:
            return "began, and nothing says that it ended"
        case StepStatus.PLANNED:
            return "did not begin"
        case StepStatus.PRUNED:
            return "ended; how, was pruned"


def _attempts(attempts: list[Attempt]) -> Iterator[str]:
    if len(attempts) < 2:
        return
    for each in attempts:
        why = f", because {each.again}" if each.again else ""
        what = f"attempt {each.number} (event {each.position}){why}"
        yield wrapped("  ", f"{what}: {each.ended or 'nothing says how it ended'}")


def _compared(answer: _Answer) -> Iterator[str]:
    before = answer.before
    if before is None:
        yield wrapped(
            "",
            "It ran because the runbook has it; no earlier run of a runbook of this "
            "name tried it, so there is nothing to compare it with.",
        )
        return
    then = before.run.steps[answer.step]
    when = (
        "" if before.run.started_at is None else f" of {local(before.run.started_at)}"
    )
    yield wrapped("", f"Since run {before.run.id}{when}, where it {_past(then)}:")
    yield from _cause_lines(answer.causes, 2)
    if not answer.causes:
        yield "  nothing differs that it depends on"
    yield wrapped("", _judgement(answer))


def _past(state: StepState) -> str:
    match state.status:
        case StepStatus.FAILED:
            return f"failed ({state.code})"
        case StepStatus.SKIPPED:
            return "was skipped"
        case StepStatus.RUNNING:
            return "was cut off"
        case StepStatus.PRUNED:
            return "ended"
        case _:
            return "succeeded"


def _cause_lines(causes: Sequence[Cause], indent: int) -> Iterator[str]:
    width = max((len(each.kind) for each in causes), default=0)
    for cause in causes:
        head = f"{'':{indent}}{cause.kind:<{width}}  "
        yield wrapped(head, f"{shown(cause.what)}{_change(cause)}")
        yield from _cause_lines(cause.because, indent + 4)


def _change(cause: Cause) -> str:
    if cause.kind == "unknown":
        return ""
    was, now = value_text(cause.before), value_text(cause.after)
    return f": changed, {now}" if cause.before == cause.after else f": {was} → {now}"


def _judgement(answer: _Answer) -> str:
    match answer.same, bool(answer.causes):
        case True, True:
            return "It came to the same all the same."
        case True, False:
            return "It came to the same."
        case None, _:
            return "Whether it came to the same cannot be told."
        case _, True:
            return "It came to something else."
        case _:
            return (
                "It came to something else all the same: a component decides by "
                "something that is not recorded, such as a service or its own clock."
            )
