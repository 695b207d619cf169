"""Work that a command was killed over is done by the next one that writes."""

import click

from wct_domain.errors import LedgerError
from wct_domain.ports.ledger import Ledger
from wct_entrypoints.bootstrap.erasure import finish_what_was_begun
from wct_entrypoints.cli.shared import counted, printable


def finish_erasures(ledger: Ledger) -> None:
    """Finish erasures that were cut short, and say so on stderr.

    What cannot be finished now stays to be done, and stops nobody's work.
    """
    try:
        runs, blobs = finish_what_was_begun(ledger)
    except LedgerError as error:
        text = f"Warning: an erasure that was cut short could not be finished: {error}"
        click.echo(printable(text), err=True)
        return
    if runs:
        what = f"{counted(runs, 'run')}, {counted(blobs, 'blob')}"
        click.echo(f"An erasure that was cut short is finished: {what}", err=True)
