"""Why what a run has stored is there, and cannot be shown here, in words."""

from wct_domain.archive import BlobReader
from wct_domain.errors import KeyMissingError, LedgerError, LedgerUnusableError
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.run import Run

SEALED = "is sealed, and cannot be opened here"


def why_closed(run: Run, ledger: Ledger) -> str | None:
    """Say why, and the way out; None if nothing is known to be closed.

    The runbook is what is looked at: all that a run has stored is sealed alike.
    """
    if run.started is None:
        return None
    try:
        BlobReader(ledger, ledger.keys).document(run.started.document)
    except KeyMissingError:
        if run.imported is None:
            return (
                "it is sealed, and the key store has no key for it; restore the key "
                "store that belongs to this ledger (WCT_KEYS)"
            )
        return (
            f"it is sealed with keys of ledger {run.imported.log}, where the run was "
            "recorded; export it there with --readable-by and the key that 'wct ledger "
            "keys --reader' prints here, and import that bundle"
        )
    except LedgerUnusableError as error:  # no key store
        return str(error)
    except LedgerError:  # of the runbook alone
        return None
    return None
