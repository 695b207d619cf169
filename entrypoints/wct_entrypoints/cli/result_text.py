"""The results of a run for people: a table, what failed and why, and what is next."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from wct_domain.projections.found import found_in
from wct_domain.projections.results import AnalysisResult
from wct_domain.projections.run import Run
from wct_domain.projections.states import StepState, StepStatus
from wct_domain.projections.timeline import seconds
from wct_domain.risk import finding_count, risk_counts
from wct_entrypoints.cli.findings_text import found_lines, gap_lines
from wct_entrypoints.cli.printing import table_lines, wrapped
from wct_entrypoints.cli.shared import counted, printable

_MOST_FOUND = 12  # kinds of finding; `wct show` lists them all
_MOST_GAPS = 4  # for each source, likewise
_HEADINGS = ("STEP", "WHAT", "STATUS", "FINDINGS", "HIGH RISK", "TOOK")
_UNICODE: Mapping[StepStatus, str] = {
    StepStatus.SUCCEEDED: "✓",
    StepStatus.FAILED: "✗ failed",
    StepStatus.SKIPPED: "skipped",
}
_ASCII: Mapping[StepStatus, str] = {
    StepStatus.SUCCEEDED: "ok",
    StepStatus.FAILED: "failed",
    StepStatus.SKIPPED: "skipped",
}


class Results(NamedTuple):
    """What a run came to, and where it is kept."""

    run: Run
    results: Sequence[AnalysisResult]  # error texts masked
    file: Path
    masked: bool
    name: str  # of the run, as short as commands understand it
    ledger: str
    ledger_option: str  # what commands need to find the ledger; empty: nothing
    gaps: Mapping[str, Sequence[str]]  # connector to what it did not read
    signed: bool  # a checkpoint covers its end


def result_lines(shown: Results, *, unicode: bool) -> Iterator[str]:
    """Lay out everything that ``wct run`` says on stdout."""
    steps = shown.run.steps
    marks = _UNICODE if unicode else _ASCII
    rows = [_row(each, steps[each.step_id or ""], marks) for each in shown.results]
    yield from table_lines(
        [_HEADINGS, *rows], right=(3, 4, 5), statuses=2, flexible=(1, 0)
    )
    yield from _unsuccessful(shown)
    found = found_in(each.data for each in shown.results if each.success)
    yield from found_lines(found, most=_MOST_FOUND)
    yield from gap_lines(shown.gaps, most=_MOST_GAPS)
    yield ""
    yield _tally(shown)
    yield ""
    yield from _whereabouts(shown)


def _row(
    result: AnalysisResult, step: StepState, marks: Mapping[StepStatus, str]
) -> tuple[str, ...]:
    took = "" if step.duration is None else seconds(step.duration)
    findings = high = ""
    if result.success and (count := finding_count(result.data)) is not None:
        findings, high = f"{count:,}", f"{risk_counts(result.data)['high']:,}"
    mark = marks[step.status]
    return step.plan.id, result.analysis_name, mark, findings, high, took


def _unsuccessful(shown: Results) -> Iterator[str]:
    first = True
    for result in shown.results:
        if not result.success:
            if first:
                yield ""
                first = False
            status = shown.run.steps[result.step_id or ""].status
            head = printable(f"{result.step_id} {status}: ")
            yield wrapped(head, _reason(result, shown.run))


def _reason(result: AnalysisResult, run: Run) -> str:
    """Say why; the text of a bug alone (``'contents'``) would say nothing."""
    step = run.steps[result.step_id or ""]
    text = result.error_message or "no reason was given"
    return f"{step.error}: {text} (-v: where)" if step.code == "unexpected" else text


def _tally(shown: Results) -> str:
    run = shown.run
    counts = [
        f"{count} {status}"
        for status in (StepStatus.SUCCEEDED, StepStatus.FAILED, StepStatus.SKIPPED)
        if (count := run.count(status))
    ]
    data = [result.data for result in shown.results if result.success]
    found = sum(finding_count(each) or 0 for each in data)
    high = sum(risk_counts(each)["high"] for each in data)
    took = "" if run.duration is None else f" in {seconds(run.duration)}"
    return (
        f"{counted(len(run.steps), 'step')}{took}: {', '.join(counts)}; "
        f"{counted(found, 'finding')}, {high:,} of high risk"
    )


def _whereabouts(shown: Results) -> Iterator[str]:
    yield printable(f"Results  {shown.file}")
    yield f"         {'evidence is masked' if shown.masked else 'with raw evidence'}"
    yield printable(f"Run      {shown.name} in {shown.ledger}")
    if not shown.signed:
        yield "Signed   pending: the next run signs it, or 'wct verify'"
    head = "Next     "
    for command in _next(shown):
        yield printable(f"{head}wct {command}{shown.ledger_option}")
        head = " " * len(head)


def _next(shown: Results) -> Iterator[str]:
    """Yield commands that somebody may want now."""
    yield f"show {shown.name}"
    worst = _worst(shown.results)
    if worst is not None:
        yield f"artifacts {shown.name} {quote(worst)}"
    failed = [
        step.plan.id
        for step in shown.run.steps.values()
        if step.status is StepStatus.FAILED
    ]
    if failed:
        yield f"why {shown.name} {quote(failed[0])}"
        yield f"resume {shown.name}"


def _worst(results: Sequence[AnalysisResult]) -> str | None:
    """Name the step to look at first: with the most findings of high risk, then of any.

    None where nothing was found, and what was read is all that there is to print.
    """
    weights = {
        result.step_id: (risk_counts(result.data)["high"], count)
        for result in results
        if result.success and (count := finding_count(result.data))
    }
    return max(weights, key=weights.__getitem__, default=None)
