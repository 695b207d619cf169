"""Subscribers of wct itself: its projections that are kept as rows."""

from typing import Final, get_args

from wct_domain.delivery.session import delivering
from wct_domain.delivery.tools import Tools
from wct_domain.projections import found_index, kept_runs
from wct_domain.projections.run_list import Lifecycle
from wct_domain.subscribers import DeclaredSubscriber

OWN: Final = (
    DeclaredSubscriber(
        kept_runs.NAME,
        kept_runs.rows_of,
        get_args(Lifecycle),
        "run",
        "Lists the runs.",
        from_start=True,
    ),
    DeclaredSubscriber(
        found_index.NAME,
        found_index.rows_of,
        get_args(found_index.Telling),
        "run",
        "Says which runs found what.",
        from_start=True,
    ),
)
"""All of them. They make rows of what events say, and add nothing to it."""


def keep_up(tools: Tools) -> None:
    """Bring rows up to date, until ``tools`` is stopped.

    Raises:
        RunHeldError, CursorMovedError: somebody else does it.
        LedgerError: the ledger cannot be read, or written.
    """
    for each in OWN:
        with delivering(each, tools) as delivery:
            delivery.go_on()
