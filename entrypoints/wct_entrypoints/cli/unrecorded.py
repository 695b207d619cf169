"""What a run is missing whose ledger failed in the middle of it."""

from collections.abc import Sequence
from typing import Final

from wct_domain.errors import LedgerError
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.run import Run
from wct_domain.projections.states import StepStatus
from wct_entrypoints.cli.shared import counted

_MOST: Final = 5  # names of steps


def unrecorded(ledger: Ledger, run: str) -> str:
    """Say which results are missing from a run that its ledger has broken off.

    Steps count by what is recorded, for that is all that is left of them. Empty where
    every step has ended, or nothing can be read any more.
    """
    try:
        recorded = Run.of(ledger.read(run))
    except LedgerError:
        return ""
    begun = recorded.in_flight
    never = recorded.count(StepStatus.PLANNED)
    missing: list[str] = []
    if begun:
        results = "result" if len(begun) == 1 else "results"
        missing.append(f"the {results} of {_listed(begun)}")
    if never:
        what = "other step" if begun else "step"
        missing.append(f"{counted(never, what)} that had not begun")
    return f"not recorded: {' and '.join(missing)}" if missing else ""


def _listed(steps: Sequence[str]) -> str:
    more = len(steps) - _MOST
    named = ", ".join(f"'{step}'" for step in steps[:_MOST])
    return named if more <= 0 else f"{named} and {more} more"
