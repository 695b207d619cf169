"""``wct ledger backup`` and ``restore``: copies of a ledger, and ledgers of copies."""

from pathlib import Path

import click

from wct_entrypoints.cli.shared import (
    LedgerPlace,
    errors_end_the_command,
    json_option,
    ledger_option,
)


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@ledger_option
@json_option
def ledger_backup(*, file: Path, ledger: LedgerPlace | None, as_json: bool) -> None:
    """Write a copy of the ledger, as of one moment, to FILE.

    Runs may go on meanwhile. FILE is there as a whole, or not at all; what is there
    already is never overwritten.

    The copy has an id of its own. It is to be restored ('wct ledger restore'), not
    recorded in; it can be read and verified. It holds no keys: back the key store up
    apart from it, or what is sealed stays closed. What you erase later is closed in
    all copies of the ledger, but not if you keep an old copy of the key store.

    A ledger on PostgreSQL is backed up by the means of its server.

    --json prints one object: ledger, log_id, backup, backup_id, runs, events, size
    (bytes), keys (the key store that belongs to it).
    """
    with errors_end_the_command():
        # Here, so that `wct ledger --help` does not import all of it.
        from wct_entrypoints.cli.ledger_copying import back_up

        back_up(file, ledger, as_json=as_json)


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--keys-from",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="STORE",
    help="Key store of the ledger that was backed up, if it is not where the restored "
    "ledger has its own.",
)
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="KEY|FILE",
    help="A verifier key that signed the ledger and that its key store does not have; "
    "may be repeated.",
)
@click.option(
    "--even-if-damaged",
    is_flag=True,
    help="Restore a backup that does not verify, as far as it can be copied.",
)
@ledger_option
@json_option
def ledger_restore(
    *,
    file: Path,
    keys_from: Path | None,
    keys: tuple[str, ...],
    even_if_damaged: bool,
    ledger: LedgerPlace | None,
    as_json: bool,
) -> None:
    """Make a ledger of FILE, which 'wct ledger backup' has written.

    It is put where --ledger, WCT_LEDGER or the default says; a ledger that is there is
    never overwritten. Before that, all of the backup is recomputed as 'wct verify'
    does it.

    The restored ledger has a new id and remembers the former ones. So a cursor of the
    lost ledger, which may be ahead, is refused; a checkpoint of it that was kept
    elsewhere is still good: 'wct verify --checkpoint' shows whether the backup goes as
    far. It uses the keys that there are today: what was erased since the backup stays
    closed.

    Exit status: 0 restored; 4 the backup does not verify; 1 it could not be restored.
    If it is not 0, nothing was written.

    --json prints one object: ledger, log_id, former_ids, backup, runs, events, sound,
    flaws (place, what).
    """
    with errors_end_the_command():
        # Here, so that `wct ledger --help` does not import all of it.
        from wct_entrypoints.cli.ledger_copying import Source, bring_back

        source = Source(file, keys_from, keys, even_if_damaged=even_if_damaged)
        bring_back(source, ledger, as_json=as_json)
