"""Why what a run has stored is not there any more, in words."""

from wct_domain.projections.run import Run
from wct_domain.projections.states import Erasure
from wct_entrypoints.cli.printing import local


def why_gone(run: Run) -> str | None:
    """Say when and why, to go behind "was"; None if nothing says that it is gone."""
    erasure = run.erasure
    if erasure is not None and erasure.erased_at is not None:
        return f"erased on {local(erasure.erased_at)} ({on_whose_account(erasure)})"
    if run.pruned_at is not None:
        return f"pruned on {local(run.pruned_at)}"
    return None


def on_whose_account(erasure: Erasure) -> str:
    """Say why something was erased."""
    ticket = "" if erasure.reference is None else f", reference {erasure.reference}"
    return f"reason {erasure.reason}{ticket}"
