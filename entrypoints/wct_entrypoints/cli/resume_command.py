"""What ``wct resume`` does, up to where it does as ``wct run`` does."""

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click
import yaml

from wct_domain.archive import BlobReader
from wct_domain.commands import ResumeRunbook
from wct_domain.errors import ResumeError, RunbookChangedError
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.run import Run
from wct_domain.resumption import RecordedRunbook, recorded_runbook
from wct_entrypoints import logs
from wct_entrypoints.bootstrap.ledgers import ledger_place, open_ledger
from wct_entrypoints.cli.ledger_access import find_run
from wct_entrypoints.cli.run_command import Prepared, carry_out, prepared
from wct_entrypoints.cli.run_options import RunOptions
from wct_entrypoints.cli.shared import printable
from wct_entrypoints.cli.started_elsewhere import refuse_elsewhere
from wct_entrypoints.cli.unfinished import finish_erasures


class Wanted(NamedTuple):
    """What is to be gone on with, as click parsed it."""

    run: str
    runbook: Path | None
    from_step: str | None
    accept_changes: bool
    here: bool


def resume_run(wanted: Wanted, options: RunOptions) -> int:
    """Go on with a run and tell what came of it; return the exit status.

    Raises:
        WctError: the run cannot be gone on with, or its results not be written.
        SystemExit: the runbook was refused; all is said.
    """
    logs.choose(options.level, as_json=options.log_format == "json")
    ledger = open_ledger(ledger_place(options.ledger), create=False)
    try:
        finish_erasures(ledger)
        run = find_run(ledger, wanted.run)
        recorded = _recorded(ledger, run)
        if recorded.directory is not None and not wanted.here:
            refuse_elsewhere(recorded.directory, run, options.ledger)
        path = wanted.runbook or _there(recorded.path, run)
        options = options._replace(runbook=path)
        ready = prepared(options, run)
        command = ResumeRunbook(
            run,
            path.absolute(),
            wanted.from_step,
            wanted.accept_changes,
            Path.cwd(),
            options.record_inputs,
        )
        return _carried_out(options, ledger, ready, command)
    finally:
        ledger.close()


def _carried_out(
    options: RunOptions, ledger: Ledger, ready: Prepared, command: ResumeRunbook
) -> int:
    try:
        return carry_out(options, ledger, ready, command)
    except RunbookChangedError as changed:
        for line in _difference(changed.before, changed.now):
            click.echo(printable(line), err=True)
        raise


def _recorded(ledger: Ledger, run: str) -> RecordedRunbook:
    state = Run.of(ledger.read(run))
    return recorded_runbook(state, BlobReader(ledger, ledger.keys))


def _there(path: Path, run: str) -> Path:
    if not path.is_file():
        msg = (
            f"the runbook of run {run} was '{path}', which is not there; say where it "
            "is with --runbook PATH"
        )
        raise ResumeError(msg)
    return path


def _difference(before: object, now: object) -> Iterator[str]:
    """Compare two runbooks line by line, as YAML; secrets are digests in both."""
    yield from difflib.unified_diff(
        _lines(before),
        _lines(now),
        "runbook as recorded",
        "runbook as it is now",
        lineterm="",
    )


def _lines(document: Any) -> list[str]:
    # Sorted, because what is recorded has lost the order of the file.
    text: str = yaml.safe_dump(document, sort_keys=True, allow_unicode=True)
    return text.splitlines()
