"""What ``wct run`` does, from the runbook to the exit status."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import click

from wct_domain.commands import ExecuteRunbook, ResumeRunbook
from wct_domain.components import Components
from wct_domain.errors import LedgerError
from wct_domain.executor.outcome import LoadedRunbook, RunInterruptedError
from wct_domain.ports.ledger import Ledger
from wct_domain.ports.own_files import OwnFiles
from wct_domain.projections.run import Run
from wct_domain.projections.states import RunStatus
from wct_domain.services import Provided, ServiceContainer
from wct_entrypoints import logs
from wct_entrypoints.bootstrap.components import installed
from wct_entrypoints.bootstrap.identity import new_id
from wct_entrypoints.bootstrap.ledgers import (
    ledger_files,
    ledger_place,
    lost_ledger,
    open_ledger,
)
from wct_entrypoints.bootstrap.signing_key import refuse_wrong_signing_key
from wct_entrypoints.cli import end_process
from wct_entrypoints.cli.examination import Examination, examine_file
from wct_entrypoints.cli.execution import Execution
from wct_entrypoints.cli.ledger_access import short_names
from wct_entrypoints.cli.listeners import Listeners, find_listeners
from wct_entrypoints.cli.outputs import Output, choose_output
from wct_entrypoints.cli.own_rows import keep_rows_up
from wct_entrypoints.cli.run_options import RunOptions
from wct_entrypoints.cli.run_outcome import lasting_name, resume, show, tell
from wct_entrypoints.cli.shared import counted, fail, printable, settings, warn
from wct_entrypoints.cli.signals import (
    Interrupted,
    exit_status,
    interrupting,
)
from wct_entrypoints.cli.unfinished import finish_erasures
from wct_entrypoints.cli.unrecorded import unrecorded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wct_domain.settings.subscribers import SubscriberSettings


class Prepared(NamedTuple):
    """A run that can begin: what is needed is read, checked, and tried."""

    run: str
    runbook: LoadedRunbook
    components: Components
    output: Output
    listeners: Listeners


def execute(options: RunOptions) -> int:
    """Execute the runbook and tell what came of it; return the exit status.

    Raises:
        WctError: the run could not be executed, or its results not be written.
        SystemExit: the runbook was refused; all is said.
    """
    logs.choose(options.level, as_json=options.log_format == "json")
    ready = prepared(options, new_id())
    place = ledger_place(options.ledger)
    if (lost := lost_ledger(place)) is not None and not options.quiet:
        warn(lost)
    ledger = open_ledger(place, create=True)
    try:
        finish_erasures(ledger)
        command = ExecuteRunbook(
            options.runbook.absolute(),
            ready.run,
            options.erasure_scope,
            Path.cwd(),
            options.record_inputs,
        )
        return carry_out(options, ledger, ready, command)
    finally:
        ledger.close()


def prepared(options: RunOptions, run: str) -> Prepared:
    """Read and check everything that a run needs, before anything is recorded.

    Raises:
        WctError: the results, or events, could not be written.
        click.BadParameter: a subscriber that is named is none.
        SystemExit: the runbook was refused; all is said.
    """
    output = choose_output(
        options.output_dir, options.output, run=run, at=options.started
    )
    place = ledger_place(options.ledger)
    events = () if options.events is None else (options.events,)
    own = OwnFiles((*ledger_files(place), *output.own, *events))
    runbook, components = _checked(options, own)
    output.check()
    refuse_wrong_signing_key()
    taken = (*ledger_files(place), output.path, options.runbook)
    listeners = find_listeners(
        options.subscribe,
        options.events,
        options.drain,
        taken,
        options.outside,
        _configured(options, runbook),
    )
    return Prepared(run, runbook, components, output, listeners)


def _configured(
    options: RunOptions, runbook: LoadedRunbook
) -> "Iterable[SubscriberSettings]":
    found = settings()
    if found is None:
        return ()
    # Here, because most directories have no wct.yaml.
    from wct_entrypoints.cli.configured import trusted_subscribers

    return trusted_subscribers(found, runbook.runbook, trusted=options.trust_config)


def carry_out(
    options: RunOptions,
    ledger: Ledger,
    ready: Prepared,
    command: ExecuteRunbook | ResumeRunbook,
) -> int:
    """Run the steps and tell what came of them; return the exit status.

    Raises:
        WctError: the run could not be executed, or its results not be written.
    """
    run = ready.run
    execution = Execution(
        ledger,
        ready.components,
        ready.runbook,
        ready.listeners,
        keep_events=isinstance(command, ResumeRunbook),
        max_workers=options.max_workers,
        given=options.ledger,
    )
    try:
        with interrupting(execution.interrupt):
            outcome = execution.outcome(command, quiet=options.quiet)
            ended = tell(options, outcome, ledger, ready.output)
    except RunInterruptedError as stopped:
        flight = ", ".join(stopped.in_flight) or "no step"
        _stop(options, ledger, run, stopped.signal, f"in flight: {flight}")
    except Interrupted as stopped:
        # The run was not at work: it was about to start, or had ended.
        _stop(options, ledger, run, stopped.name, "its results were not written")
    except LedgerError as error:
        name = _recorded_as(run, ledger)
        if name is None:
            raise
        before = f"what was recorded before: {show(name, options.ledger)}"
        after = f"to go on when that is mended: {resume(name, options.ledger)}"
        parts = (str(error), unrecorded(ledger, run), before, after)
        raise LedgerError("; ".join(filter(None, parts))) from error
    except SystemExit as left:
        # Raised in a step; the run is recorded as failed.
        again = show(_recorded_as(run, ledger) or run, options.ledger)
        # A text in place of the status may quote data, or a secret.
        status = f" (status {left.code})" if isinstance(left.code, int) else ""
        fail(f"a component asked the process to exit{status}: {again}")
    keep_rows_up(ledger)
    return ended


def _is_complete(ledger: Ledger, run: str) -> bool:
    """Whether nothing of a run is left to do."""
    try:
        return Run.of(ledger.read(run)).status is RunStatus.COMPLETED
    except LedgerError:
        return False


def _recorded_as(run: str, ledger: Ledger) -> str | None:
    """Name a run as commands know it; None if nothing of it can be read."""
    try:
        shortest = short_names(ledger).get(run)
    except LedgerError:
        return None
    return None if shortest is None else lasting_name(shortest, run)


def _checked(options: RunOptions, own: OwnFiles) -> tuple[LoadedRunbook, Components]:
    """Read the runbook, refuse it or say what else validation knows of it."""
    container = ServiceContainer()
    container.register(OwnFiles, Provided(lambda: own))
    examined = examine_file(
        options.runbook, lambda types: installed(container, types), thorough=False
    )
    runbook = examined.report.runbook
    if runbook is None:
        _refuse(examined)
    if not options.quiet:
        for placed in examined.placed():
            warn(examined.text(placed, "warning"), prefix="")
    return LoadedRunbook(runbook, examined.source), examined.components


def _refuse(examined: Examination) -> NoReturn:
    refusals = examined.report.refusals
    for placed in examined.placed(refusals):
        warn(examined.text(placed), prefix="")
    command = f"wct validate-runbook {shlex.quote(str(examined.path))}"
    fail(
        f"{examined.path} is not a valid runbook: {counted(len(refusals), 'error')}; "
        f"'{command}' finds everything else that can be known without running it"
    )


def _stop(
    options: RunOptions, ledger: Ledger, run: str, signal: str, what: str
) -> NoReturn:
    """Say how an interrupted run can be looked at, and end the process."""
    name = _recorded_as(run, ledger)
    if name is None:
        lines = [f"Interrupted ({signal}) before the run began: nothing is recorded"]
    else:
        lines = [
            f"Run {name} was interrupted ({signal}); {what}",
            f"What was done is recorded: {show(name, options.ledger)}",
        ]
        if not _is_complete(ledger, run):
            go_on = resume(name, options.ledger)
            lines.append(f"To go on with what is missing: {go_on}")
    for line in lines:
        click.echo(printable(line), err=True)
    ledger.close()
    end_process(exit_status(signal))
