"""``wct debug``: one step done again, to be looked into."""

import sys
from pathlib import Path

import click

from wct_entrypoints.cli.completing import run_ids, step_ids
from wct_entrypoints.cli.shared import (
    LedgerPlace,
    errors_end_the_command,
    json_option,
    ledger_option,
)


@click.command()
@click.argument("run", metavar="RUN", shell_complete=run_ids)
@click.argument("step", metavar="STEP", shell_complete=step_ids)
@click.option(
    "--pdb",
    "with_debugger",
    is_flag=True,
    help="Where the step fails, open Python's debugger there, on a terminal.",
)
@click.option(
    "--runbook",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The runbook, where the step needs a secret of it. Default: the file that "
    "the run was made from.",
)
@click.option(
    "--record",
    is_flag=True,
    help="Record what happens, beside the run; the run stays as it is.",
)
@ledger_option
@json_option
def debug(
    *,
    run: str,
    step: str,
    with_debugger: bool,
    runbook: Path | None,
    record: bool,
    ledger: LedgerPlace | None,
    as_json: bool,
) -> None:
    """Do STEP of RUN again from its recorded input, and show what happens.

    RUN is an id, any beginning of one that is unambiguous, or 'latest'. The step gets
    the artifact, the time and the seed that it had then; a connector reads its source
    anew, unless 'wct run --record-inputs' kept what it read. It runs in the main
    thread, without its timeout, so that breakpoint() in a component works. If it fails,
    the traceback of the real exception is printed, what detectors know in it masked;
    --pdb stops there, and shows all that there is.

    Nothing is recorded, unless you say --record. Then the events of the step are, in a
    stream that belongs to RUN and is verified, exported, pruned and erased with it;
    what it made is encrypted with the key of RUN. A run that is at work is refused.

    --json prints one object: run, step, verdict (the same, diverged, input changed,
    input not available, not possible), why, expected and got (of a divergence; or
    null), input_as_recorded, events (type, data), error (code, error, message and
    traceback, both masked; or null), recorded_as (a stream, or null).

    Exit status: 0 the step succeeded; 3 it failed; 1 it cannot be done again.
    """
    if with_debugger and not (sys.stdin.isatty() and sys.stdout.isatty()):
        msg = "the debugger needs a terminal."
        raise click.BadParameter(msg, param_hint="'--pdb'")
    if with_debugger and as_json:
        msg = "the debugger is for people: leave out '--json'."
        raise click.BadParameter(msg, param_hint="'--pdb'")
    with errors_end_the_command():
        # Here, because the help needs none of it.
        from wct_entrypoints.cli.debug_command import Wish, do_again

        wish = Wish(with_debugger, record, as_json)
        sys.exit(do_again(run, step, runbook, ledger, wish))
