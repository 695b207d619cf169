"""``wct export``: one run as a file that can be verified without its ledger."""

import sys
from pathlib import Path

import click

from wct_domain.errors import BundleError, LedgerWriteError
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.timeline import size
from wct_entrypoints.cli.bundle_target import STANDARD_OUTPUT, target_of
from wct_entrypoints.cli.completing import run_ids
from wct_entrypoints.cli.ledger_access import find_run, writing
from wct_entrypoints.cli.printing import print_json
from wct_entrypoints.cli.shared import (
    GATE,
    LedgerPlace,
    errors_end_the_command,
    fail,
    json_option,
    ledger_option,
)


@click.command()
@click.argument("run", metavar="RUN", shell_complete=run_ids)
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    help="The bundle's file; '-' for standard output.",
)
@click.option(
    "--readable-by",
    metavar="KEY|FILE",
    help="The key of who may decrypt it; 'wct ledger keys --reader' there prints it.",
)
@click.option(
    "--masked", is_flag=True, help="Add the results in clear, personal data masked."
)
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Prove that this checkpoint, kept by the reader, is an older state.",
)
@click.option(
    "--force",
    is_flag=True,
    help="Replace FILE also if it is no bundle of this RUN.",
)
@ledger_option
@json_option
def export(
    *,
    run: str,
    output: str,
    readable_by: str | None,
    masked: bool,
    checkpoints: tuple[Path, ...],
    force: bool,
    ledger: LedgerPlace | None,
    as_json: bool,
) -> None:
    """Write RUN as a bundle: its events, what they refer to, and the proof.

    'wct verify --bundle FILE' verifies it on any machine, and 'wct import FILE' takes
    it into another ledger. What is sealed stays sealed: without --readable-by nobody
    can read it. With it the keys of this run's blobs, and no others, are encrypted for
    the reader.

    RUN must have ended. It is verified first, and that it was exported is recorded in
    it (run.exported) before anything is written. An earlier bundle of RUN is replaced,
    when the new one is complete; any other file stays, unless --force is given.

    Exit status: 0 written; 4 the run is not sound, nothing was written; 1 otherwise.

    --json prints one object: run, bundle (the file), size (bytes), checkpoint (its
    size, in events), log_id, readable_by (id of the reader's key, or null), masked.
    """
    if output == STANDARD_OUTPUT and as_json:
        msg = "standard output can have the bundle or the object of '--json', not both."
        raise click.BadParameter(msg, param_hint="'--output'")
    if output == STANDARD_OUTPUT and sys.stdout.isatty():
        msg = "a bundle is no text: redirect standard output, or name a file."
        raise click.BadParameter(msg, param_hint="'--output'")
    with errors_end_the_command():
        # Here, so that `wct export --help` need not load them.
        from wct_entrypoints.bootstrap.bundles import export_run, signed_to_the_end
        from wct_entrypoints.bootstrap.signing_key import refuse_wrong_signing_key
        from wct_entrypoints.cli.trusted import checkpoint_in, text_or_file

        refuse_wrong_signing_key()
        kept = [checkpoint_in(path) for path in checkpoints]
        reader = None if readable_by is None else text_or_file(readable_by)
        with writing(ledger) as opened:
            name = find_run(opened, run)
            target = target_of(output, name, force=force)
            _refuse_open_run(opened, name)
            _refuse_unsound(opened, name, kept)
            checkpoint = signed_to_the_end(opened, name)
            shown = _masked(opened, name) if masked else None
            written = export_run(
                *(opened, name, checkpoint, target),
                reader=reader,
                masked=shown,
                kept=kept,
            )
            log_id = opened.log_id
        reader_id = None if reader is None else reader.split("+")[1]
        if as_json:
            print_json(
                {
                    "run": name,
                    "bundle": output,
                    "size": written,
                    "checkpoint": checkpoint.size,
                    "log_id": log_id,
                    "readable_by": reader_id,
                    "masked": masked,
                }
            )
            return
        where = "standard output" if output == STANDARD_OUTPUT else output
        readable = "" if reader is None else ", readable by the key's owner"
        click.echo(
            f"Run {name} written to {where}: {size(written)}{readable}; proven by the "
            f"checkpoint at {checkpoint.size} events",
            err=True,
        )


def _refuse_open_run(ledger: Ledger, run: str) -> None:
    if ledger.locks.is_held(run):
        msg = f"run {run} is going on: it can be exported when it has ended"
        raise LedgerWriteError(msg)


def _refuse_unsound(ledger: Ledger, run: str, kept: list[str]) -> None:
    from wct_domain.verification import verify_run
    from wct_entrypoints.cli.trusted import own_keys, trust_in

    trust = trust_in((), own_keys(ledger.keys, needed=True))
    verdict = verify_run(ledger, run, trust, kept=kept)
    if not verdict.sound:
        msg = (
            f"run {run} is not sound, nothing was exported: {verdict.flaws[0]} "
            "('wct verify' says more)"
        )
        fail(msg, status=GATE)


def _masked(ledger: Ledger, run: str) -> bytes:
    from wct_entrypoints.cli.masked_run import masked_run

    try:
        return masked_run(ledger, run)
    except TypeError as error:
        msg = f"the masked results of run {run} cannot be written: {error}"
        raise BundleError(msg) from error
