"""Erasing with what a command has at hand, and finishing what was cut short."""

from wct_domain.components import Components
from wct_domain.executor.stream import Equipment
from wct_domain.ports.bus import SilentBus
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.erasures import unfinished_erasures
from wct_entrypoints.bootstrap.application import equipment
from wct_entrypoints.bootstrap.schemas import RegisteredSchemas


def erasure_tools(ledger: Ledger) -> Equipment:
    """Gather what erasing needs: the ledger, and nobody who is told."""
    return equipment(ledger, SilentBus(), RegisteredSchemas(), Components())


def finish_what_was_begun(ledger: Ledger) -> tuple[int, int]:
    """Finish erasures that were cut short; return how many runs and blobs that made.

    Raises:
        LedgerError: a store could not be written; the next attempt goes on from there.
    """
    if not unfinished_erasures(ledger):
        return 0, 0
    # Here, because there is nearly never anything to finish.
    from wct_domain.executor.erasure import finish_erasures

    done = finish_erasures(erasure_tools(ledger))
    return sum(len(each.runs) for each in done), sum(each.blobs for each in done)
