"""``wct diff``: two runs side by side."""

import sys

import click

from wct_entrypoints.cli.completing import run_ids
from wct_entrypoints.cli.shared import (
    GATE,
    LedgerPlace,
    errors_end_the_command,
    json_option,
    ledger_option,
)


@click.command()
@click.argument("run_a", metavar="RUN_A", shell_complete=run_ids)
@click.argument("run_b", metavar="RUN_B", shell_complete=run_ids)
@click.option(
    "--fail-on-new",
    is_flag=True,
    help="Exit with 4 if RUN_B has a finding that RUN_A has not.",
)
@ledger_option
@json_option
def diff(
    *,
    run_a: str,
    run_b: str,
    fail_on_new: bool,
    ledger: LedgerPlace | None,
    as_json: bool,
) -> None:
    """Compare RUN_A with RUN_B: what went in, what was found, what cannot be compared.

    A run is an id, any beginning of one that is unambiguous, or 'latest'. Compared are
    the runbook as it was recorded (secrets by a digest), versions and single rules,
    what the sources held, the steps, and the findings: which appeared, vanished or
    changed. A finding is recognised by its schema, its rule, its source and its
    evidence, wherever it stands. Its evidence is shown masked.

    Both runs are in one ledger; another ledger's run can be imported. What cannot be
    compared, because it was erased or pruned or is of another ledger, is listed.

    Exit status: 0; 4 with --fail-on-new, if findings appeared, or if some could not be
    compared.

    --json prints one object: run_a, run_b, runbook and versions (place, before,
    after), sources (connector, schema, items_before, items_after, unreadable_before,
    unreadable_after, same), steps (id, before, after (status), same (result)),
    appeared and vanished (step, schema, fingerprint, finding), changed (step, schema,
    fingerprint, fields, before, after), same_findings, equal_results, not_compared.
    'same' is null where it is not known.
    """
    with errors_end_the_command():
        # Here, because the help needs none of it.
        from wct_entrypoints.cli.diff_command import compare

        new = compare(run_a, run_b, ledger, as_json=as_json)
    if fail_on_new and new is not None:
        click.echo(f"--fail-on-new: {new}", err=True)
        sys.exit(GATE)
