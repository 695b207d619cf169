"""``wct ledger keys``, ``rotate-key`` and ``new-key``: who signs, and who may read."""

import os
import re

import click

from wct_entrypoints.bootstrap.signing_key import VARIABLE
from wct_entrypoints.cli.ledger_access import reading, writing
from wct_entrypoints.cli.printing import print_json, print_lines
from wct_entrypoints.cli.shared import (
    LedgerPlace,
    errors_end_the_command,
    json_option,
    ledger_option,
)

_NAME = re.compile(r"[^\s+]+")


@click.command("keys")
@click.option(
    "--reader", is_flag=True, help="Print the reader's key too; it is made if need be."
)
@ledger_option
@json_option
def ledger_keys(*, reader: bool, ledger: LedgerPlace | None, as_json: bool) -> None:
    """Print the public keys of a ledger: nothing secret.

    Verifier keys, one a line, the current one last: give them to whoever verifies
    ('wct verify --key'), on another way than what they verify. With --reader also the
    key for which others can make a bundle readable ('wct export --readable-by').

    --json prints one object: verifiers, reader (null without --reader).
    """
    with errors_end_the_command():
        if not reader:
            with reading(ledger) as opened:
                verifiers, own = opened.keys.verifier_keys(), None
        else:
            with writing(ledger) as opened:
                verifiers, own = opened.keys.verifier_keys(), opened.keys.reader
        if as_json:
            print_json({"verifiers": [str(key) for key in verifiers], "reader": own})
            return
        print_lines([*map(str, verifiers), *([own] if own else [])])
        if not verifiers:
            click.echo("Nothing was signed yet: the first run makes a key.", err=True)


@click.command("rotate-key")
@ledger_option
@json_option
def ledger_rotate_key(*, ledger: LedgerPlace | None, as_json: bool) -> None:
    """Make a new signing key, and print its public half.

    What was signed stays signed: the older keys stay in the key store, to verify
    with. Keep a checkpoint that the old key signed last, and tell those who verify of
    the new key. WCT_SIGNING_KEY, where it is set, signs in place of either.

    --json prints one object: verifier, signs (false where WCT_SIGNING_KEY does).
    """
    with errors_end_the_command():
        with writing(ledger) as opened:
            made = opened.keys.rotate()
        signs = not os.environ.get(VARIABLE, "").strip()
        if as_json:
            print_json({"verifier": str(made), "signs": signs})
        else:
            click.echo(str(made))
        if not signs:
            click.echo(
                f"{VARIABLE} is set, and signs in its place: the new key signs nothing "
                f"until it is unset. To sign with another key here, set {VARIABLE} to "
                "one that 'wct ledger new-key NAME' prints.",
                err=True,
            )


@click.command("new-key")
@click.argument("name", metavar="NAME")
def ledger_new_key(*, name: str) -> None:
    """Print a new signing key called NAME: for a secret of your CI.

    The first line is the private key: keep it as the secret WCT_SIGNING_KEY (its text,
    or the name of a file that holds it). The second is the public one, for 'wct verify
    --key'. One key for all jobs: a job that makes a new key each time proves nothing,
    because whoever changes its ledger can make a new key too.
    """
    if not _NAME.fullmatch(name):
        msg = "a key's name has neither blanks nor '+'."
        raise click.BadParameter(msg, param_hint="'NAME'")
    from wct_entrypoints.bootstrap.signing import SigningKey

    made = SigningKey.new(name)
    click.echo(made.text)
    click.echo(str(made.key))
