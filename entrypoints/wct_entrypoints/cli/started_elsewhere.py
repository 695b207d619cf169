"""Whether relative paths of a runbook mean here what they meant when its run began."""

from pathlib import Path
from shlex import quote

from wct_domain.errors import ResumeError
from wct_entrypoints.bootstrap.ledgers import ledger_place, shown
from wct_entrypoints.cli.shared import LedgerPlace


def refuse_elsewhere(started: Path, run: str, given: LedgerPlace | None) -> None:
    """Refuse to go on in another directory: the run would read other sources.

    Args:
        started: directory in which the run, or its last attempt, was started.
        given: the ledger, as it was named on the command line.

    Raises:
        ResumeError: names both directories, and the way out.
    """
    here = Path.cwd()
    if is_same(started, here):
        return
    why = (
        f"run {run} was started in '{started}', which the paths in its runbook are "
        f"relative to, and this is '{here}'"
    )
    if started.is_dir():
        there = f"cd {quote(str(started))} && wct resume {run}"
        way_out = (
            f"go there ({there}{_ledger_there(started, given)}), or say --here, if "
            "its sources are here now"
        )
    else:
        way_out = (
            "that directory is gone: go to where the sources are now, and say --here"
        )
    raise ResumeError(f"{why}; {way_out}")


def elsewhere(started: Path, run: str) -> str | None:
    """Warn somebody who has the sources of a run read again; None: all is well."""
    here = Path.cwd()
    if is_same(started, here):
        return None
    return (
        f"run {run} was started in '{started}'; relative paths of its runbook are now "
        f"taken from '{here}'"
    )


def is_same(one: Path, other: Path) -> bool:
    """Say whether two paths are of the same directory."""
    try:
        return one == other or one.samefile(other)
    except OSError:  # one of them is not there
        return False


def _ledger_there(started: Path, given: LedgerPlace | None) -> str:
    """Spell the option with which the same ledger is found there."""
    place = ledger_place(given)
    if isinstance(place, str):
        return "" if given is None else f" --ledger {quote(shown(place))}"
    if is_same(started / ledger_place(None), place):
        return ""
    return f" --ledger {quote(str(place.absolute()))}"
