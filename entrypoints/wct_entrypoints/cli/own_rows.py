"""Rows of wct's own, brought up to date by who has just recorded something."""

import time
from typing import Final

from wct_domain.errors import LedgerError, RunHeldError
from wct_domain.ports.ledger import Ledger
from wct_entrypoints.logs import Level, Log

SECONDS: Final = 0.5
"""That a command may last longer for it; what is left waits for the next one."""

WORTH_IT: Final = 100
"""Events that wait when rows are brought up to date: fewer are as soon read again."""

_log = Log("wct")


def keep_rows_up(ledger: Ledger) -> None:
    """Have the runs of this ledger listed fast; what keeps it from that is no error.

    The list is right without: who reads the rows completes them from the log.
    """
    # Here, because it comes when all else is done; and the rest only once in a while.
    from wct_domain.projections.kept_rows import events_behind
    from wct_domain.projections.kept_runs import NAME
    from wct_domain.projections.run_list import LIFECYCLE

    until = time.monotonic() + SECONDS
    try:
        if events_behind(ledger, NAME, LIFECYCLE, WORTH_IT) < WORTH_IT:
            return
        from wct_domain.delivery.own import keep_up
        from wct_entrypoints.bootstrap.delivery import delivery_tools

        keep_up(delivery_tools(ledger, lambda: time.monotonic() > until))
    except (RunHeldError, LedgerError) as error:
        _log.line(Level.DEBUG, "rows.not_kept_up", reason=str(error))
