"""What ``wct debug`` does."""

import traceback
from pathlib import Path

import click

from wct_domain.errors import ArtifactStoreError
from wct_domain.events import StepCompleted, StepFailed
from wct_domain.executor.reexecution import Again
from wct_domain.executor.verified import Verdict, Verified
from wct_domain.projections.timeline import describe
from wct_entrypoints.cli.differing import shown
from wct_entrypoints.cli.ledger_access import find_run, reading
from wct_entrypoints.cli.missing_results import why_missing
from wct_entrypoints.cli.shared import FAILED_STEPS, LedgerPlace, printable
from wct_entrypoints.cli.verifying import reverification


def do_again(
    wanted: str,
    step: str,
    runbook: Path | None,
    given: LedgerPlace | None,
    *,
    with_debugger: bool,
) -> int:
    """Do a step again, show what happens, and return the exit status.

    Raises:
        RunNotFoundError, ArtifactStoreError: there is no such run, or step in it.
        NotPossibleError: it did not begin, or what it needs is gone.
        LedgerError: the ledger cannot be read.
    """
    with reading(given) as ledger:
        run = find_run(ledger, wanted)
        work = reverification(ledger, run, runbook, given)
        facts = work.facts
        if step not in facts.run.steps:
            raise ArtifactStoreError(why_missing(facts.run, step, ()))
        again = work.again(step, read_anew=False)
        compared = work.compared(step, again)
        if again.error is not None:
            _show(again.error)
            if with_debugger:
                _look_into(again.error)
    _tell(step, again, compared)
    return 0 if again.error is None else FAILED_STEPS


def _show(error: BaseException) -> None:
    frames = "".join(traceback.format_exception(error))
    click.echo(printable(shown(frames), multiline=True), err=True, nl=False)


def _look_into(error: BaseException) -> None:
    # Here, because hardly anybody asks for it.
    import pdb  # noqa: T100  # it is what they ask for

    click.echo("What the debugger shows is not masked; q leaves it.", err=True)
    pdb.post_mortem(error.__traceback__)


def _tell(step: str, again: Again, compared: Verified) -> None:
    for event in again.emitted:
        if isinstance(event, (StepCompleted, StepFailed)):
            click.echo(printable(describe(event)))
    if again.read == "not available" and not again.emitted:
        click.echo(printable(f"{step}: its source is not available now"))
    if again.as_recorded:
        click.echo("It was given what is recorded of its source.")
    match compared.verdict:
        case Verdict.SAME:
            click.echo("That is what is recorded of it, too.")
        case Verdict.DIVERGED:
            click.echo(printable(f"Recorded is something else: {compared.expected}"))
        case Verdict.INPUT_CHANGED:
            click.echo(f"Its source has changed since; {compared.why}.")
        case _:
            if compared.why is not None:
                click.echo(printable(shown(compared.why)))
