"""How commands get at what is recorded: the ledger, and the run that is meant."""

import re
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager

from wct_domain.errors import RunNotFoundError
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.run_list import LIFECYCLE, RunList, shortest_prefixes
from wct_entrypoints.bootstrap.ledgers import ledger_place, open_ledger
from wct_entrypoints.cli.shared import LedgerPlace

LATEST = "latest"
NAMED = 4  # runs that an error names

_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_DIGITS = re.compile(r"[0-9a-f]{9,32}")
_GROUPS = (8, 12, 16, 20)  # hexadecimal digits of a UUID before each hyphen


@contextmanager
def reading(given: LedgerPlace | None) -> Generator[Ledger]:
    """Open a ledger so that it cannot be changed, and close it.

    Raises:
        LedgerUnusableError: there is none, or it cannot be read.
    """
    ledger = open_ledger(ledger_place(given), create=False, read_only=True)
    try:
        yield ledger
    finally:
        ledger.close()


@contextmanager
def writing(given: LedgerPlace | None) -> Generator[Ledger]:
    """Open a ledger that is there so that events can be added, and close it.

    Raises:
        LedgerUnusableError: there is none, or it cannot be written.
    """
    # Here, because those who only read need no more than is imported above.
    from wct_entrypoints.cli.unfinished import finish_erasures

    ledger = open_ledger(ledger_place(given), create=False)
    try:
        finish_erasures(ledger)
        yield ledger
    finally:
        ledger.close()


def find_run(ledger: Ledger, wanted: str) -> str:
    """Return the id of the run that somebody means.

    ``wanted`` is an id, a beginning that no other run has (hyphens may be left out),
    or ``latest``.

    Raises:
        RunNotFoundError: none, or several; the text names runs that could be meant.
    """
    if wanted.lower() == LATEST:
        return _latest(ledger)
    runs = _runs(ledger, wanted) or _runs(ledger, _as_in_ids(wanted))
    if wanted in runs:
        return wanted
    if not wanted or not runs:
        msg = f"no run in ledger '{ledger.location}' begins with '{wanted}'; "
        raise RunNotFoundError(msg + _there_is(ledger))
    if len(runs) > 1:
        msg = f"{len(runs)} runs begin with '{wanted}': {_some(ledger, runs)}; "
        raise RunNotFoundError(msg + "type more of the one that you mean")
    return runs[0]


def has_runs(ledger: Ledger) -> bool:
    """Say whether there is any run that could be meant."""
    return bool(_runs(ledger))


def is_whole_id(wanted: str) -> bool:
    """Say whether this is an id as runs have it, not the beginning of one."""
    return _UUID7.fullmatch(wanted) is not None


def short_names(ledger: Ledger) -> Mapping[str, str]:
    """Map each run in the ledger to its shortest unambiguous beginning."""
    return shortest_prefixes(_runs(ledger))


def _latest(ledger: Ledger) -> str:
    runs = _runs(ledger)
    if not runs:
        msg = f"there is no run in ledger '{ledger.location}' yet; "
        raise RunNotFoundError(msg + "'wct run RUNBOOK' records one")
    if all(map(_UUID7.fullmatch, runs)):
        return runs[-1]  # such an id begins with the time
    started = RunList.of(ledger.read_all(types=LIFECYCLE, settled=False)).newest_first
    return started[0].run if started else runs[-1]


def _runs(ledger: Ledger, prefix: str = "") -> list[str]:
    # Streams that are no run's have a name like subscriber/webhook.
    return [each.name for each in ledger.streams(prefix) if "/" not in each.name]


def _as_in_ids(wanted: str) -> str:
    """Write a beginning as ids have it: in small letters, with hyphens."""
    digits = wanted.lower().replace("-", "")
    if not _DIGITS.fullmatch(digits):
        return wanted.lower()
    starts = (0, *_GROUPS)
    pieces = (
        digits[start:end] for start, end in zip(starts, (*_GROUPS, 32), strict=True)
    )
    return "-".join(filter(None, pieces))


def _there_is(ledger: Ledger) -> str:
    runs = _runs(ledger)
    if not runs:
        return "it has none yet"
    return f"the newest there: {_some(ledger, runs)} ('wct runs' lists all)"


def _some(ledger: Ledger, runs: Iterable[str]) -> str:
    """Name the newest of some runs, so short that each name can be typed back."""
    names = short_names(ledger)
    newest = sorted(runs, reverse=True)
    more = f" and {len(newest) - NAMED} more" if len(newest) > NAMED else ""
    return ", ".join(names[run] for run in newest[:NAMED]) + more
