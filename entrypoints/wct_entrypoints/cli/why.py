"""``wct why``: why a step ran, and came out as it did."""

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
@ledger_option
@json_option
def why(*, run: str, step: str, ledger: LedgerPlace | None, as_json: bool) -> None:
    """Say why STEP of RUN ran, was done again, was skipped or failed.

    RUN is an id, any beginning of one that is unambiguous, or 'latest'. Compared is
    the last earlier run of a runbook of the same name in which the step was tried:
    each parameter, rule, input, component and version that differs, and that the step
    depends on, is named. An input that is another step's result is followed to what
    differs there. What decides no result (names, descriptions, contacts, the order of
    the runbook) is left out.

    --json prints one object: run, step, status, code, reason (of a failure; masked),
    because (id of the step that failed), attempts (number, position, ended, again),
    compared_with (a run, or null), status_then, same (the outcome; null: not known),
    causes (kind, what, before, after, because (causes of an input)). Kinds: input,
    parameter, rule, component, code, step, unknown.
    """
    with errors_end_the_command():
        # Here, because the help needs none of it.
        from wct_entrypoints.cli.why_command import explain_step

        explain_step(run, step, ledger, as_json=as_json)
