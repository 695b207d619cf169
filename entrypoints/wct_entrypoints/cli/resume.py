"""``wct resume``: go on with a run from what is recorded of it."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from wct_entrypoints.cli import not_collecting
from wct_entrypoints.cli.completing import run_ids, step_ids
from wct_entrypoints.cli.run_flags import run_flags
from wct_entrypoints.cli.shared import errors_end_the_command, settings


@click.command("resume")
@click.argument("run", shell_complete=run_ids)
@click.option(
    "--runbook",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Where the runbook is now. Default: where it was.",
)
@click.option(
    "--from",
    "from_step",
    metavar="STEP",
    shell_complete=step_ids,
    help="Do this step again too, and all that read from it.",
)
@click.option(
    "--accept-changes",
    is_flag=True,
    help="Go on though the runbook has changed: what changed is done again.",
)
@click.option(
    "--here",
    is_flag=True,
    help="Take relative paths of the runbook from the current directory, though the "
    "run was started in another.",
)
@run_flags
def resume(run: str, **chosen: Any) -> None:
    """Go on with RUN: an interrupted, failed or killed one, or one with failed steps.

    RUN is an id, the beginning of one, or 'latest'. Steps that succeeded are not run
    again, and what they made is as recorded. Failed and skipped steps are run again,
    and those that were at work when the run stopped. Output and exit status are those
    of 'wct run'.

    A runbook that says something else than it did is shown as a difference; go on with
    it by --accept-changes. A run that a process is at work on is left alone.

    Relative paths in a runbook are those of the directory in which the run was started:
    go there, or say --here, where its sources have moved.
    """
    # Here, so that `wct resume --help` does not import everything that a run needs.
    with not_collecting():
        from wct_entrypoints.cli.resume_command import Wanted, resume_run
        from wct_entrypoints.cli.run_options import RunOptions

    now = datetime.now()  # noqa: DTZ005  # the results' format has naive local time
    wanted = Wanted(
        run,
        chosen.pop("runbook"),
        chosen.pop("from_step"),
        accept_changes=chosen.pop("accept_changes"),
        here=chosen.pop("here"),
    )
    options = RunOptions(
        runbook=wanted.runbook or Path(), **chosen, started=now, settings=settings()
    )
    with errors_end_the_command(verbose=options.verbose):
        sys.exit(resume_run(wanted, options))
