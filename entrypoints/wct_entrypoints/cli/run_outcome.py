"""What came of a run: the results file, stdout, and the exit status."""

import os
import shlex
import sys
from typing import Any

import click

from wct_domain.archive import BlobReader
from wct_domain.errors import ExportError
from wct_domain.executor.outcome import Outcome
from wct_domain.export import DataView, raw, results_document
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.run import Run
from wct_domain.projections.states import StepStatus
from wct_domain.risk import LEVELS, at_least, risk_counts
from wct_entrypoints.bootstrap.evidence import record_revealed
from wct_entrypoints.bootstrap.files import serialise
from wct_entrypoints.bootstrap.ledgers import shown
from wct_entrypoints.bootstrap.schemas import RegisteredSchemas
from wct_entrypoints.cli.findings_text import gaps_of
from wct_entrypoints.cli.ledger_access import short_names
from wct_entrypoints.cli.masked import Masked, with_masked_errors
from wct_entrypoints.cli.outputs import Output
from wct_entrypoints.cli.printing import print_json_lines, print_lines
from wct_entrypoints.cli.result_text import Results, result_lines
from wct_entrypoints.cli.run_options import RunOptions
from wct_entrypoints.cli.shared import (
    FAILED_STEPS,
    GATE,
    LedgerPlace,
    counted,
    printable,
)
from wct_entrypoints.logs import Level, Log

_log = Log("wct.results")
_TIME = 13  # characters of a UUIDv7 that hold its time (RFC 9562 §5.7)


def tell(options: RunOptions, outcome: Outcome, ledger: Ledger, output: Output) -> int:
    """Write and print the results; return the exit status.

    Raises:
        ExportError: the results could not be written.
    """
    name = lasting_name(short_names(ledger)[outcome.run.id], outcome.run.id)
    document = _document(options, outcome, ledger)
    try:
        output.write(document)
    except ExportError as error:
        msg = f"{error}; the run is recorded: {show(name, options.ledger)}"
        raise ExportError(msg) from error
    if options.verbose:
        _print_tracebacks(outcome.run, ledger)
    if options.as_json:
        print_json_lines([serialise(document)])
    else:
        results = Results(
            run=outcome.run,
            results=with_masked_errors(outcome.results),
            file=output.path,
            masked=not options.full_evidence,
            name=name,
            ledger=ledger.location,
            ledger_option=ledger_option_of(options.ledger),
            gaps=gaps_of(outcome.run, ledger),
            signed=outcome.checkpoint is not None,
        )
        encoding = (sys.stdout.encoding or "").lower().replace("-", "")
        print_lines(result_lines(results, unicode=encoding == "utf8"))
    return _status(options, outcome)


def lasting_name(shortest: str, run: str) -> str:
    """Return a beginning that stays unambiguous: with all of the id's time, in ms.

    The shortest one of now is shared by all runs of the same minute.
    """
    return max(shortest, run[:_TIME], key=len)


def show(name: str, ledger: LedgerPlace | None) -> str:
    """Spell the command that shows a run."""
    return f"wct show {name}{ledger_option_of(ledger)}"


def resume(name: str, ledger: LedgerPlace | None) -> str:
    """Spell the command that goes on with a run."""
    return f"wct resume {name}{ledger_option_of(ledger)}"


def ledger_option_of(ledger: LedgerPlace | None) -> str:
    """Spell the option for a command that is shown; empty for the usual ledger."""
    return "" if ledger is None else f" --ledger {shlex.quote(shown(str(ledger)))}"


def _document(options: RunOptions, outcome: Outcome, ledger: Ledger) -> dict[str, Any]:
    run = outcome.run.id
    results = outcome.results
    view: DataView = raw
    if options.full_evidence:
        # Before anything is shown.
        record_revealed(ledger, run, command="run")
    else:
        results, view = with_masked_errors(results), Masked(RegisteredSchemas()).data
    return results_document(
        results,
        at=options.started,
        # A name that is not UTF-8 is no text; JSON holds nothing else.
        runbook_path=os.fsencode(options.runbook).decode("utf-8", "backslashreplace"),
        runbook_contact=outcome.runbook.contact,
        run=run,
        checkpoint=outcome.checkpoint,
        organisation=_organisation(options, run),
        view=view,
    )


def _organisation(options: RunOptions, run: str) -> dict[str, Any] | None:
    if options.settings is None or options.settings.organisation is None:
        _log.line(
            Level.INFO,
            "organisation.unknown",
            run=run,
            message="nothing is said of the controller (GDPR Article 30(1)(a)); "
            "organisation.yaml or wct.yaml would",
        )
        return None
    return options.settings.organisation.to_export_metadata()


def _print_tracebacks(run: Run, ledger: Ledger) -> None:
    """Show where steps failed: frames only, for the error itself may quote data."""
    blobs = BlobReader(ledger, ledger.keys)
    for step in run.steps.values():
        if step.status is StepStatus.FAILED and step.message is not None:
            text = blobs.document(step.message)["traceback"]
            head = f"Traceback of step {step.plan.id} ({step.code}):"
            click.echo(printable(f"{head}\n{text}", multiline=True), err=True)


def _status(options: RunOptions, outcome: Outcome) -> int:
    if options.fail_on is not None and (found := _risky(outcome, options.fail_on)):
        risk = " or ".join(LEVELS[LEVELS.index(options.fail_on) :])
        what = f"{counted(found, 'finding')} of {risk} risk"
        click.echo(f"--fail-on {options.fail_on}: {what}", err=True)
        return GATE
    if all(result.success for result in outcome.results) or options.exit_zero:
        return 0
    return FAILED_STEPS


def _risky(outcome: Outcome, level: str) -> int:
    """Count the findings of this risk level and above."""
    data = (result.data for result in outcome.results if result.success)
    return sum(at_least(level, risk_counts(each)) for each in data)
