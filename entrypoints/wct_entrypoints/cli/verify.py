"""``wct verify``: recompute what is recorded, and say what does not fit."""

import sys
from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NoReturn

import click

from wct_domain.errors import LedgerError
from wct_domain.ports.ledger import Ledger
from wct_domain.verification import Verdict, verify_ledger, verify_run
from wct_domain.verification.ledger import Progress
from wct_entrypoints.bootstrap.ledgers import ledger_place, open_ledger
from wct_entrypoints.cli.completing import run_ids
from wct_entrypoints.cli.ledger_access import find_run, reading
from wct_entrypoints.cli.printing import print_json, print_lines
from wct_entrypoints.cli.shared import (
    GATE,
    LedgerPlace,
    errors_end_the_command,
    json_option,
    ledger_option,
)
from wct_entrypoints.cli.trusted import checkpoint_in, own_keys, trust_in
from wct_entrypoints.cli.verdicts import Told, verdict_document, verdict_lines


@click.command()
@click.argument("run", metavar="[RUN]", required=False, shell_complete=run_ids)
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint that was kept elsewhere; may be repeated.",
)
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="KEY|FILE",
    help="A verifier key that you trust, or a file of them; may be repeated.",
)
@click.option(
    "--bundle",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Verify what 'wct export' wrote, without a ledger.",
)
@click.option("--no-seal", is_flag=True, help="Change nothing: sign no new events.")
@ledger_option
@json_option
def verify(
    *,
    run: str | None,
    checkpoints: tuple[Path, ...],
    keys: tuple[str, ...],
    bundle: Path | None,
    no_seal: bool,
    ledger: LedgerPlace | None,
    as_json: bool,
) -> None:
    """Recompute all that is recorded, or RUN alone, from the stored bytes.

    That is: the hash of each event over its content and the event before it, the
    digest of each blob, the tree of all events, and the signature, root and numbers of
    each checkpoint. What is missing must be named by an event that says it was erased
    or pruned. For RUN: its events and blobs, and that they are in the tree.

    A bundle is verified alone, up to the checkpoint in it; a kept checkpoint must be
    that one, or one that the bundle was exported with.

    A ledger that is sound gets a checkpoint over what was not signed yet.

    Checkpoints are printed by 'wct show RUN --checkpoint', keys by 'wct ledger keys'.
    Without --key the keys of the ledger's own key store are used.

    Exit status: 0 sound; 4 something does not fit; 1 it could not be verified.

    --json prints one object: sound, ledger (or bundle), log_id, run, events, streams,
    size and root (base64) of the tree, blobs, erased_blobs, pruned_blobs,
    pruned_payloads, checkpoints, kept_checkpoints, signed (events that a trusted
    signature covers), unsigned, signers, trusted (--key was given), signed_now (size of
    the checkpoint that was made after), flaws (place, what), more_flaws.
    """
    if bundle is not None and (run is not None or ledger is not None):
        msg = "'--bundle' is verified alone: neither RUN nor --ledger go with it."
        raise click.UsageError(msg)
    with errors_end_the_command():
        kept = [checkpoint_in(path) for path in checkpoints]
        if bundle is not None:
            _verify_bundle(bundle, keys, kept, as_json=as_json)
        with _opened(ledger, writable=not no_seal) as (opened, refusal):
            trust = trust_in(keys, own_keys(opened.keys, needed=not keys))
            with _progress() as progress:
                if run is None:
                    verdict = verify_ledger(opened, trust, kept=kept, progress=progress)
                else:
                    name = find_run(opened, run)
                    verdict = verify_run(
                        opened, name, trust, kept=kept, progress=progress
                    )
            told = Told(verdict, trust, opened.location, not_signed=refusal)
            if not no_seal and refusal is None:
                told = _seal(told, opened)
        tell(told, as_json=as_json)
    sys.exit(0 if verdict.sound else GATE)


def _verify_bundle(
    path: Path, keys: tuple[str, ...], kept: list[str], *, as_json: bool
) -> NoReturn:
    from wct_entrypoints.cli.bundles import tell_bundle, verified_bundle

    with verified_bundle(path, keys, kept) as bundle:
        tell_bundle(bundle, as_json=as_json)
    sys.exit(0 if bundle.told.verdict.sound else GATE)


def tell(told: Told, *, as_json: bool) -> None:
    """Print a verdict."""
    if as_json:
        print_json(verdict_document(told))
    else:
        print_lines(verdict_lines(told))


@contextmanager
def _opened(
    given: LedgerPlace | None, *, writable: bool
) -> Generator[tuple[Ledger, str | None]]:
    """Open the ledger; with why it cannot be written, if that was wanted.

    Erasures that were cut short stay so: somebody who can write to the file can ask
    for one, and a key that is destroyed is missed by every backup.
    """
    with ExitStack() as stack:
        ledger: Ledger | None = None
        refusal: str | None = None
        if writable:
            try:
                opened = open_ledger(ledger_place(given), create=False)
                ledger = stack.enter_context(closing(opened))
            except LedgerError as error:
                refusal = f"the ledger cannot be written: {error}"
        yield ledger or stack.enter_context(reading(given)), refusal


def _seal(told: Told, ledger: Ledger) -> Told:
    """Sign what is new in a ledger, once it is known to be sound."""
    from wct_domain.checkpoints import add_checkpoint
    from wct_entrypoints.bootstrap.identity import utc_now

    verdict: Verdict = told.verdict
    if not verdict.sound or not verdict.unsigned:
        return told
    if verdict.run is not None:
        return told._replace(not_signed="'wct verify' without RUN signs them")
    try:
        made = add_checkpoint(ledger, ledger.keys, utc_now)
        signer = ledger.keys.signer.key
    except LedgerError as error:
        return told._replace(not_signed=str(error))
    given = told.trust.given
    if given and signer not in given:  # it says nothing to who trusts other keys
        why = f"this ledger is signed by {signer} now: give that key, too, to trust it"
        return told._replace(not_signed=why)
    return told if made is None else told._replace(signed_now=made.size)


@contextmanager
def _progress() -> Generator[Progress | None]:
    """Count on stderr, where that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return

    def show(what: str, count: int) -> None:
        click.echo(f"\r{count:,} {what}\033[K", err=True, nl=False)

    try:
        yield show
    finally:
        click.echo("\r\033[K", err=True, nl=False)
