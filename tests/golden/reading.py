"""What a golden ledger must go on to say: facts, and not the words for them."""

from typing import Any

from wct_domain.archive import BlobReader
from wct_domain.errors import LedgerError
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.replay import Replay
from wct_domain.projections.states import StepState


def facts_of_ledger(ledger: Ledger) -> list[dict[str, Any]]:
    """Return what each run of a ledger was, oldest first."""
    names = (each.name for each in ledger.streams())
    return [facts_of_run(ledger, name) for name in names if "/" not in name]


def facts_of_run(ledger: Ledger, run: str) -> dict[str, Any]:
    """Replay a run; what cannot be opened is None."""
    history = list(ledger.read(run))
    replay = Replay.of(history)
    blobs = BlobReader(ledger, ledger.keys)
    return {
        "run": run,
        "events": [
            [each.event.type, each.id, each.at.isoformat(), each.hash.hex()]
            for each in history
        ],
        "status": replay.run.status,
        "erased": replay.run.is_erased,
        "steps": {
            name: _step(state, blobs) for name, state in replay.run.steps.items()
        },
        "artifacts": [k.name for k in replay.inventory.kept.values() if k.saved],
    }


def _step(state: StepState, blobs: BlobReader) -> dict[str, Any]:
    return {
        "status": state.status,
        "code": state.code,
        "because": state.because,
        "items": state.items,
        "content": state.result and state.result.content,
        "rules": _rules(state, blobs),
    }


def _rules(state: StepState, blobs: BlobReader) -> list[str] | None:
    if state.result is None:
        return None
    try:
        content = blobs.message(state.result).content
    except LedgerError:
        return None
    return [each["type"] for each in content.get("findings", ())]
