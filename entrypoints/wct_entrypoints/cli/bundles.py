"""Bundles as commands meet them: opened, verified, told of."""

from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import click

from wct_domain.bundle import Members
from wct_domain.errors import BundleError
from wct_domain.verification import Trust, Verdict
from wct_domain.verification.bundle import Checked, verify_bundle
from wct_entrypoints.cli.printing import print_json, print_lines
from wct_entrypoints.cli.trusted import trust_in
from wct_entrypoints.cli.verdicts import Told, verdict_document, verdict_lines


class BundleOpened(NamedTuple):
    """A bundle with what came of its verification.

    ``checked`` and ``members`` are None where there was nothing to verify.
    """

    told: Told
    checked: Checked | None = None
    members: Members | None = None


@contextmanager
def verified_bundle(
    path: Path, keys: Sequence[str], kept: Sequence[str]
) -> Generator[BundleOpened]:
    """Open a bundle and verify it.

    Raises:
        CheckpointError: a key is none.
        BundleError: the file cannot be read.
    """
    from wct_entrypoints.bootstrap.bundles import BundleFile

    trust = trust_in(keys, ())
    try:
        file = BundleFile(path)
    except OSError as error:
        msg = f"'{path}' cannot be read: {error.strerror}"
        raise BundleError(msg) from error
    except BundleError as error:
        yield _no_bundle(path, trust, error)
        return
    with closing(file):
        try:
            checked = verify_bundle(file, trust.given, trust.fits, kept=kept)
        except BundleError as error:
            yield _no_bundle(path, trust, error)
            return
        told = Told(checked.verdict, checked.trust, str(path), bundle=True)
        yield BundleOpened(told, checked, file)


def tell_bundle(bundle: BundleOpened, *, as_json: bool, err: bool = False) -> None:
    """Print what came of it."""
    if as_json:
        print_json(verdict_document(bundle.told))
    elif err:
        for line in verdict_lines(bundle.told):
            click.echo(line, err=True)
    else:
        print_lines(verdict_lines(bundle.told))


def _no_bundle(path: Path, trust: Trust, error: BundleError) -> BundleOpened:
    verdict = Verdict("not known")
    verdict.blame(str(path), str(error))
    return BundleOpened(Told(verdict, trust, str(path), bundle=True, read=False))
