"""``wct import``: take a run out of a bundle into this ledger."""

import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from wct_domain.errors import BundleError, LedgerError
from wct_domain.executor.copies import Taken
from wct_domain.ports.ledger import Ledger
from wct_domain.verification.bundle import Checked
from wct_entrypoints.bootstrap.ledgers import ledger_place, open_ledger
from wct_entrypoints.bootstrap.signing_key import refuse_wrong_signing_key
from wct_entrypoints.cli.bundles import BundleOpened, tell_bundle, verified_bundle
from wct_entrypoints.cli.printing import print_json
from wct_entrypoints.cli.shared import (
    GATE,
    LedgerPlace,
    counted,
    errors_end_the_command,
    fail,
    json_option,
    ledger_option,
)
from wct_entrypoints.cli.trusted import checkpoint_in


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint of its ledger that was kept elsewhere; may be repeated.",
)
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="KEY|FILE",
    help="A verifier key that you trust, or a file of them; may be repeated.",
)
@ledger_option
@json_option
def import_(
    *,
    file: Path,
    checkpoints: tuple[Path, ...],
    keys: tuple[str, ...],
    ledger: LedgerPlace | None,
    as_json: bool,
) -> None:
    """Take the run of a bundle FILE into this ledger, once it is verified.

    Its events keep their ids, times and hashes; that they were imported, and whose
    signature they had, is recorded behind them (run.imported). What is sealed can be
    read here if the bundle was made readable for this ledger's reader's key ('wct
    ledger keys --reader'). A run that is here already stays as it is.

    Exit status: 0 it is here; 4 the bundle is not sound, nothing was imported; 1
    otherwise.

    --json prints one object: run, events (how many were added; 0: it was here already),
    keys (of blobs, that came with it; null: none, or not for this ledger), log_id (of
    the ledger that it is from), signers, trusted (--key was given), ledger. A bundle
    that is not sound is told of as by 'wct verify --bundle FILE --json'.
    """
    with errors_end_the_command():
        refuse_wrong_signing_key()
        kept = [checkpoint_in(path) for path in checkpoints]
        with verified_bundle(file, keys, kept) as bundle:
            if bundle.checked is None or not bundle.told.verdict.sound:
                tell_bundle(bundle, as_json=as_json, err=True)
                sys.exit(GATE)
            with closing(open_ledger(ledger_place(ledger), create=True)) as opened:
                _import(opened, bundle, as_json=as_json)


def _import(ledger: Ledger, bundle: BundleOpened, *, as_json: bool) -> None:
    from wct_entrypoints.bootstrap.bundles import import_run

    checked, members = bundle.checked, bundle.members
    assert checked is not None  # noqa: S101  # the bundle is sound
    assert members is not None  # noqa: S101  # a sound one has some
    try:
        taken = import_run(ledger, checked, members)
    except BundleError as error:
        fail(f"nothing was imported: {error}", status=GATE)
    _sign(ledger)
    if as_json:
        print_json(_document(ledger, checked, taken))
    else:
        _tell(checked, taken)
    if not checked.trust.given:
        click.echo(
            "Its signature was checked with the key in the bundle itself: that proves "
            "nothing about who made it. Give the key that you know with --key.",
            err=True,
        )


def _document(ledger: Ledger, checked: Checked, taken: Taken) -> dict[str, Any]:
    return {
        "run": checked.manifest.run,
        "events": taken.events,
        "keys": taken.keys,
        "log_id": checked.manifest.log,
        "signers": sorted(str(key) for key in checked.verdict.signers),
        "trusted": bool(checked.trust.given),
        "ledger": ledger.location,
    }


def _tell(checked: Checked, taken: Taken) -> None:
    run = checked.manifest.run
    if taken.events:
        click.echo(f"Run {run} imported: {counted(taken.events, 'event')}")
    else:
        click.echo(f"Run {run} is in this ledger already: no event was added")
    click.echo(_readable(taken, readable_by=checked.manifest.readable_by))


def _readable(taken: Taken, *, readable_by: str | None) -> str:
    if taken.keys:
        return f"What is sealed can be read: {counted(taken.keys, 'key')} came with it"
    if readable_by is None:
        return "What is sealed cannot be read: the bundle was made readable for nobody"
    return (
        f"What is sealed cannot be read: the bundle was made readable for key "
        f"{readable_by}, which is not this ledger's; or it was erased here, or the "
        "keys that came with it open nothing"
    )


def _sign(ledger: Ledger) -> None:
    from wct_domain.checkpoints import add_checkpoint
    from wct_entrypoints.bootstrap.identity import utc_now

    try:
        add_checkpoint(ledger, ledger.keys, utc_now)
    except LedgerError as error:  # it is imported all the same
        click.echo(f"Not signed yet: {error}", err=True)
