"""``wct doctor``: how an installation and its ledger are, and what to do about it."""

import sys

import click

from wct_entrypoints.cli.shared import (
    LedgerPlace,
    errors_end_the_command,
    json_option,
    ledger_option,
    trust_option,
)


@click.command()
@ledger_option
@json_option
@trust_option
def doctor(*, ledger: LedgerPlace | None, as_json: bool) -> None:
    """Look at the installation, the ledger and its keys, and say what is wrong.

    Each line is ok, a warning or an error, with the way out. Nothing is recorded,
    made or repaired; a ledger that is damaged, or not there yet, is looked at as far
    as it goes. What is recorded is not recomputed: that is 'wct verify'.

    Exit status: 0 no error, though there may be warnings; 1 at least one error.

    --json prints one object: ledger, errors and warnings (how many), checks (a list
    of group, check, level, text, way_out (or null), facts (an object)).
    """
    with errors_end_the_command():
        # Here, so that `wct doctor --help` does not import all of it.
        from wct_entrypoints.cli.doctor_command import examine

        errors = examine(ledger, as_json=as_json)
    sys.exit(1 if errors else 0)
