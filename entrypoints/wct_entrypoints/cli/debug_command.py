"""What ``wct debug`` does."""

import traceback
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

import click

from wct_domain.errors import ArtifactStoreError
from wct_domain.events import StepCompleted, StepFailed
from wct_domain.executor.done_again import record_again, sealer_for
from wct_domain.executor.reexecution import Again
from wct_domain.executor.reverification import Reverification
from wct_domain.executor.verified import Verdict, Verified
from wct_domain.explaining import Failure
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.timeline import describe
from wct_entrypoints.bootstrap.application import VERSIONS
from wct_entrypoints.bootstrap.identity import new_id
from wct_entrypoints.cli.differing import shown
from wct_entrypoints.cli.ledger_access import find_run, reading, writing
from wct_entrypoints.cli.missing_results import why_missing
from wct_entrypoints.cli.printing import print_json
from wct_entrypoints.cli.shared import FAILED_STEPS, LedgerPlace, printable
from wct_entrypoints.cli.verifying import reverification


class Wish(NamedTuple):
    """What somebody wants to see of a step that is done again."""

    with_debugger: bool = False
    record: bool = False
    as_json: bool = False


class _Done(NamedTuple):
    run: str
    again: Again
    compared: Verified
    stream: str | None  # where it is recorded


def do_again(
    wanted: str,
    step: str,
    runbook: Path | None,
    given: LedgerPlace | None,
    wish: Wish,
) -> int:
    """Do a step again, show what happens, and return the exit status.

    Raises:
        RunNotFoundError, ArtifactStoreError: there is no such run, or step in it.
        NotPossibleError: it did not begin, or what it needs is gone.
        RunHeldError: it was to be recorded, and somebody is at work on the run.
        LedgerError: the ledger cannot be read, or written.
    """
    opened: AbstractContextManager[Ledger] = (
        writing(given) if wish.record else reading(given)
    )
    with opened as ledger:
        run = find_run(ledger, wanted)
        work = reverification(ledger, run, runbook, given)
        if step not in work.facts.run.steps:
            raise ArtifactStoreError(why_missing(work.facts.run, step, ()))
        done = _done(ledger, run, step, work, wish)
    if wish.as_json:
        print_json(_document(done))
    else:
        _tell(done)
    return 0 if done.again.error is None else FAILED_STEPS


def _done(
    ledger: Ledger, run: str, step: str, work: Reverification, wish: Wish
) -> _Done:
    sealer = sealer_for(ledger, work.facts.run) if wish.record else None
    again = work.again(
        step, read_anew=False, seal=None if sealer is None else sealer.seal
    )
    compared = work.compared(step, again)
    if again.error is not None and not wish.as_json:
        _show(again.error)
    stream = None
    if wish.record:
        past = work.past(step)
        stream = record_again(
            *(ledger, run, past, again, compared), new_id=new_id, versions=VERSIONS
        )
    if again.error is not None and wish.with_debugger:
        _look_into(again.error)
    return _Done(run, again, compared, stream)


def _show(error: BaseException) -> None:
    frames = "".join(traceback.format_exception(error))
    click.echo(printable(shown(frames), multiline=True), err=True, nl=False)


def _look_into(error: BaseException) -> None:
    # Here, because hardly anybody asks for it.
    import pdb  # noqa: T100  # it is what they ask for

    click.echo("What the debugger shows is not masked; q leaves it.", err=True)
    pdb.post_mortem(error.__traceback__)


def _tell(done: _Done) -> None:
    again, compared = done.again, done.compared
    for event in again.emitted:
        if isinstance(event, (StepCompleted, StepFailed)):
            click.echo(printable(describe(event)))
    if again.read == "not available" and not again.emitted:
        click.echo(printable(f"{compared.step}: its source is not available now"))
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
    if done.stream is not None:
        click.echo(f"Recorded as {done.stream}; 'wct events --all' shows it.")


def _document(done: _Done) -> dict[str, Any]:
    again, compared = done.again, done.compared
    return {
        "run": done.run,
        "step": compared.step,
        "verdict": compared.verdict,
        "why": None if compared.why is None else shown(compared.why),
        "expected": compared.expected,
        "got": compared.got,
        "input_as_recorded": again.as_recorded,
        "events": [
            {"type": each.type, "data": each.model_dump(mode="json")}
            for each in again.emitted
        ],
        "error": None if again.error is None else _error(again.error),
        "recorded_as": done.stream,
    }


def _error(error: BaseException) -> dict[str, str]:
    failure = Failure.of(error)
    return {
        "code": failure.code,
        "error": failure.error,
        "message": shown(failure.message),
        "traceback": shown("".join(traceback.format_exception(error))),
    }
