"""A run laid out for people, as ``wct show`` prints it."""

from collections.abc import Iterator
from shlex import quote

from wct_domain.events import SourceRead
from wct_domain.projections.run import Run
from wct_domain.projections.states import RunStatus, StepState, StepStatus
from wct_domain.projections.timeline import seconds, size
from wct_entrypoints.cli.disclosed import disclosure_lines
from wct_entrypoints.cli.findings_text import found_lines
from wct_entrypoints.cli.gone import on_whose_account
from wct_entrypoints.cli.printing import local, table_lines, wrapped
from wct_entrypoints.cli.run_report import RunReport
from wct_entrypoints.cli.shared import counted, printable
from wct_entrypoints.cli.signed import signed_text

_DETAIL = " " * 6


def lines(report: RunReport, name: str, ledger_option: str) -> Iterator[str]:
    """Lay out a report.

    Args:
        name: of the run, as short as commands understand it.
        ledger_option: what commands need to find the ledger; empty: nothing.
    """
    yield f"Run {printable(report.run.id)}"
    for what, text in _facts(report):
        yield wrapped(f"  {what:<8}  ", text)
    yield from state_lines(report)
    yield from ("", "Next")
    for command, why in _advice(report, name):
        yield wrapped("  ", f"{command}{ledger_option}")
        yield wrapped(_DETAIL, why)


def state_lines(report: RunReport) -> Iterator[str]:
    """Lay out steps, sources and findings."""
    yield from ("", "Steps")
    yield from _steps(report)
    if report.run.sources:
        yield from ("", "Sources")
        for source in report.run.sources:
            yield wrapped("  ", _source(source))
            for gap in report.gaps.get(source.connector, ()):
                yield wrapped("      not read: ", gap)
    yield from found_lines(report.found)
    if report.gone:
        yield ""
        yield wrapped("", f"What was found, and every text, was {report.gone}")
    if report.closed:
        what = "What was found, and every text, cannot be shown here"
        yield ""
        yield wrapped("", f"{what}: {report.closed}")


def _facts(report: RunReport) -> Iterator[tuple[str, str]]:
    run, started = report.run, report.started
    contact = f", contact {report.contact}" if report.contact else ""
    yield "runbook", started.runbook + contact
    yield "status", status_text(report)
    if report.reason is not None:
        yield "reason", report.reason
    if run.started_at is not None:
        yield "started", local(run.started_at) + _worked(run)
    yield from _afterwards(run)
    yield from disclosure_lines(report.disclosed)
    versions = [f"{what} {version}" for what, version in started.versions.items()]
    if versions:
        yield "versions", ", ".join(versions)
    yield "ledger", f"{report.ledger}, {run.version} events"
    yield "signed", signed_text(report.checkpoint)


def _worked(run: Run) -> str:
    if run.duration is None:
        return ""
    attempts = f" at work, {counted(run.attempt, 'attempt')}" if run.attempt > 1 else ""
    return f", took {seconds(run.duration)}{attempts}"


def _afterwards(run: Run) -> Iterator[tuple[str, str]]:
    """Say what befell the run since it ended."""
    erasure = run.erasure
    if erasure is not None and erasure.erased_at is not None:
        what = f"{counted(erasure.blobs, 'blob')}, and the key to open them"
        why = on_whose_account(erasure)
        yield "erased", f"{local(erasure.erased_at)}, {why}: {what}"
    elif erasure is not None:
        when = f"asked for {local(erasure.requested_at)}, {on_whose_account(erasure)}"
        yield "erasure", f"{when}; not finished: the next command that writes does it"
    if run.pruned_at is not None:
        yield "pruned", local(run.pruned_at)
    if run.imported is not None and run.imported_at is not None:
        by = ", ".join(run.imported.signers)
        signed = f", signed by {by}" if by else ""
        where = f"from ledger {run.imported.log}{signed}"
        yield "imported", f"{local(run.imported_at)}, {where}"


def status_text(report: RunReport) -> str:
    """Say how a run stands, with the numbers of its steps."""
    run = report.run
    by = f" by {run.signal}" if run.signal else ""
    if run.pruned_at is not None and run.tally is None:
        return f"{run.status}{by}"  # how many steps had ended is not known any more
    counts = [
        f"{count} {status}"
        for status in (StepStatus.SUCCEEDED, StepStatus.FAILED, StepStatus.SKIPPED)
        if (count := run.ended(status))
    ]
    of = f" of {counted(len(run.steps), 'step')}"
    return f"{run.status}{by}: {', '.join(counts) or 'none done'}{of}"


def _steps(report: RunReport) -> Iterator[str]:
    states = list(report.run.steps.values())
    over = report.run.status is not RunStatus.RUNNING
    rows = [
        (state.plan.id, _how(state, over=over), _took(state), _yield(state))
        for state in states
    ]
    heads = table_lines(rows, indent=2, right=(2,), statuses=1)
    for state, head in zip(states, heads, strict=True):
        yield head
        yield wrapped(_DETAIL, _way(state))
        if (reason := report.reasons.get(state.plan.id)) is not None:
            yield wrapped(_DETAIL, f"{state.code}: {reason}")


def _how(state: StepState, *, over: bool) -> str:
    """Say how a step stands; in a run that is over nothing goes on any more."""
    match state.status:
        case StepStatus.PLANNED:
            return "not started" if over else "waiting"
        case StepStatus.RUNNING if over:
            return "not finished"
        case _:
            return state.status


def _took(state: StepState) -> str:
    return "" if state.duration is None else seconds(state.duration)


def _yield(state: StepState) -> str:
    if state.items is None:
        return ""
    saved = ", saved" if state.saved else ""
    cut = ", input was cut off" if state.truncated else ""
    return counted(state.items, "item") + saved + cut


def _way(state: StepState) -> str:
    """Say what a step read, with which analyser, and what it made."""
    plan = state.plan
    origin = plan.connector or f"artifact {plan.input_from}"
    read = f"{origin} ({state.input_schema})" if state.input_schema else origin
    made = f" → {state.output_schema}" if state.output_schema else ""
    return f"{read} → {plan.analyser}{made}" if plan.analyser else read + made


def _source(source: SourceRead) -> str:
    gaps = f", {source.unreadable:,} unreadable" if source.unreadable else ""
    cut = ", cut off by a limit" if source.truncated else ""
    items = f"{counted(source.items, 'item')}, {size(source.size)}"
    return f"{source.connector} as {source.output_schema}: {items}{gaps}{cut}"


def _advice(report: RunReport, name: str) -> Iterator[tuple[str, str]]:
    run, away = report.run, report.gone or report.closed
    if run.status is RunStatus.RUNNING:
        yield f"wct events {name}", "how far it is"
    elif run.status is not RunStatus.COMPLETED and not away:
        yield f"wct resume {name}", "goes on with what is missing"
    failed = [
        each.plan.id for each in run.steps.values() if each.status is StepStatus.FAILED
    ]
    if failed:
        yield f"wct why {name} {quote(failed[0])}", "why it failed, and what differs"
        yield f"wct events {name} --type step.failed", "what failed, in order"
    results = [each.plan.id for each in run.steps.values() if each.result is not None]
    if results and not away:
        yield (
            f"wct artifacts {name} {quote(results[-1])}",
            "a result, its evidence masked",
        )
    if run.status is not RunStatus.RUNNING:
        yield f"wct events {name}", "everything that happened"
