"""``wct run``: execute a runbook, record what happens, say what came of it."""

import gc
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from wct_entrypoints.cli import not_collecting
from wct_entrypoints.cli.run_flags import run_flags
from wct_entrypoints.cli.shared import errors_end_the_command, settings


@click.command("run")
@click.argument("runbook", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@run_flags
@click.option(
    "--erasure-scope",
    metavar="NAME",
    help="Runs with the same NAME are encrypted under one key, and erased together. "
    "The name itself is not recorded. Default: the run can be erased alone.",
)
def run(**chosen: Any) -> None:
    """Execute RUNBOOK: read its sources, analyse them, and record every fact.

    A failed step does not stop the others. Results are written as one JSON file, when
    all steps have ended; stdout tells of them, and stderr of progress. Personal data
    in evidence is masked in both.

    Exit status: 0 all steps succeeded; 1 the run could not be executed, or its results
    not be written; 2 wrong usage; 3 some steps failed or were skipped; 4 --fail-on
    found something; 130 interrupted (143 by SIGTERM).

    --json prints the results document, and nothing else, on stdout.
    """
    # Here, so that `wct run --help` does not import everything that a run needs.
    with not_collecting():
        from wct_entrypoints.cli.run_command import execute
        from wct_entrypoints.cli.run_options import RunOptions

    # Of what a run makes, it keeps nearly all to its end. Python would look through it
    # for garbage at every 700 objects, in a tenth of the time of a large scan.
    gc.set_threshold(50_000, 20, 50)
    now = datetime.now()  # noqa: DTZ005  # the results' format has naive local time
    options = RunOptions(**chosen, started=now, settings=settings())
    with errors_end_the_command(verbose=options.verbose):
        sys.exit(execute(options))
