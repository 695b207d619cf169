"""``wct ledger``: commands for whoever looks after a ledger."""

from typing import ClassVar

import click

from wct_entrypoints.cli import TableGroup

LEDGER_COMMANDS = {
    "backup": ("ledger_copies", "Write a copy of a ledger, while others use it."),
    "restore": ("ledger_copies", "Make a ledger of a backup."),
    "prune": ("ledger_prune", "Drop what old runs have stored, to save room."),
    "compact": ("ledger_compact", "Give unused room of a ledger back."),
    "keys": ("ledger_keys", "Print public keys: of who signs, and who may read."),
    "rotate-key": ("ledger_keys", "Sign with a new key from now on."),
    "new-key": ("ledger_keys", "Print a new signing key, for a secret of your CI."),
}
"""As ``COMMANDS``; the modules have the commands as ``ledger_<name>``."""


class LedgerGroup(TableGroup):
    """The group ``wct ledger``."""

    table: ClassVar = LEDGER_COMMANDS
    prefix: ClassVar = "ledger_"


@click.group(cls=LedgerGroup)
def ledger() -> None:
    """Look after a ledger: copies of it, how long runs are kept, the room it takes.

    'wct doctor' says how a ledger is.
    """
