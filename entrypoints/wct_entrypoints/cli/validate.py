"""``wct validate-runbook``: everything that can be known without running."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from wct_domain.errors import RunbookLoadError
from wct_domain.runbook import ExecutionStep, Runbook
from wct_domain.services import ServiceContainer
from wct_entrypoints.cli.examination import Examination, examine_file
from wct_entrypoints.cli.printing import print_json, print_lines, table_lines
from wct_entrypoints.cli.shared import (
    counted,
    errors_end_the_command,
    json_option,
    printable,
)

INVALID = 1


@click.command("validate-runbook")
@click.argument("runbook", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
@json_option
def validate_runbook(*, runbook: Path, strict: bool, as_json: bool) -> None:
    """Check RUNBOOK against the format and the installed components; run nothing.

    One line for each finding, in the order of the file: file, line, level, field,
    what is wrong and what to do. An error means that the run, or a step of it, will
    fail. Components are asked whether they take their properties, so that paths and
    rulesets have to be there, and so have schemas; but no data is read.

    Exit status: 0 valid, perhaps with warnings; 1 errors.

    --json prints one object: runbook (the file), valid, errors and warnings (how
    many), findings (level, line, field, location, message, way_out, stops_run: 'wct
    run' refuses it), name, and order (step ids as they could run).
    """
    # Here, because it imports components.
    from wct_entrypoints.bootstrap.components import installed

    with errors_end_the_command():
        container = ServiceContainer()
        try:
            examined = examine_file(
                runbook, lambda types: installed(container, types), thorough=True
            )
        except RunbookLoadError as error:
            if not as_json:
                raise
            print_json(_unreadable(runbook, error))
            sys.exit(INVALID)
        report = examined.report
        invalid = bool(report.errors or (strict and report.warnings))
        if as_json:
            print_json(_document(examined, valid=not invalid))
        else:
            print_lines(_lines(examined, valid=not invalid))
        sys.exit(INVALID if invalid else 0)


def _lines(examined: Examination, *, valid: bool) -> Iterator[str]:
    report = examined.report
    for placed in examined.placed():
        yield examined.text(placed, placed.remark.level)
    found = [
        counted(count, word)
        for count, word in ((report.errors, "error"), (report.warnings, "warning"))
        if count
    ]
    path = printable(str(examined.path))
    verdict = "is valid" if valid else "is not valid"
    yield f"{path} {verdict}" + (f": {', '.join(found)}" if found else "")
    if report.runbook is not None and not report.errors:
        yield from _outlook(report.runbook, report.execution_order())


def _outlook(runbook: Runbook, order: list[ExecutionStep]) -> Iterator[str]:
    counts = (
        counted(len(runbook.connectors), "connector"),
        counted(len(runbook.analysers), "analyser"),
        counted(len(runbook.execution), "step"),
    )
    yield ""
    yield f"{printable(runbook.name)}: {', '.join(counts)}"
    rows = [("", "STEP", "READS", "ANALYSER", "RESULT")]
    rows += [(str(n), *_row(step)) for n, step in enumerate(order, start=1)]
    yield from table_lines(rows, right=(0,), flexible=(2,))


def _row(step: ExecutionStep) -> tuple[str, str, str, str]:
    origin = step.connector or f"step {step.input_from}"
    return step.id, origin, step.analyser or "-", step.output_schema


def _document(examined: Examination, *, valid: bool) -> dict[str, Any]:
    report = examined.report
    return {
        "runbook": str(examined.path),
        "valid": valid,
        "errors": report.errors,
        "warnings": report.warnings,
        "findings": [placed.document for placed in examined.placed()],
        "name": None if report.runbook is None else report.runbook.name,
        "order": [step.id for step in report.execution_order()],
    }


def _unreadable(path: Path, error: RunbookLoadError) -> dict[str, Any]:
    finding: dict[str, Any] = {
        "level": "error",
        "line": getattr(error, "line", None),
        "field": "root",
        "location": [],
        "message": str(error),
        "way_out": None,
        "stops_run": True,
    }
    return {
        "runbook": str(path),
        "valid": False,
        "errors": 1,
        "warnings": 0,
        "findings": [finding],
        "name": None,
        "order": [],
    }
