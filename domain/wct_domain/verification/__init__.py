"""Recomputes what is stored, and says what does not fit.

What this proves, and what not: within one ledger every event is chained to the one
before it, every blob to the event that refers to it, and all of them to the tree of
each checkpoint. Somebody who can rewrite the file, and has the signing key, can rewrite
all of that; only a checkpoint that was kept elsewhere shows it.
"""

from wct_domain.verification.ledger import Verifiable, verify_ledger
from wct_domain.verification.run import verify_run
from wct_domain.verification.signatures import Trust
from wct_domain.verification.verdict import Flaw, Verdict

__all__ = ["Flaw", "Trust", "Verdict", "Verifiable", "verify_ledger", "verify_run"]
