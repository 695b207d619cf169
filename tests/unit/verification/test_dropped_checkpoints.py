"""A checkpoint names the one before it, and a blob that was erased stays away."""

import pytest

from wct_adapters.identity import new_id, utc_now
from wct_adapters.ledgers.ciphers import signature_fits
from wct_adapters.ledgers.memory import MemoryLedger
from wct_domain.checkpoints import add_checkpoint, predecessor
from wct_domain.digests import Reference, blob_digest
from wct_domain.events import ArtifactSaved, DataErased, Event
from wct_domain.notes import Note
from wct_domain.ports.ledger import Blob, NewEvent
from wct_domain.verification import Trust, Verdict, verify_ledger

RUN = "01980000-0000-7000-8000-00000000aaaa"
SAVED = ArtifactSaved(
    artifact="a", result=Reference(blob="0" * 64, content="0" * 64), items=0, size=0
)


class Ledger(MemoryLedger):
    def record(self, *facts: Event, blobs: tuple[Blob, ...] = ()) -> None:
        events = [NewEvent(new_id(), fact) for fact in facts]
        self.append(RUN, events, expected=None, blobs=blobs)

    def drop(self, size: int) -> None:
        del self._contents.checkpoints[size]

    def verdict(self, *kept: str) -> Verdict:
        trust = Trust(signature_fits, own=self.keys.verifier_keys())
        return verify_ledger(self, trust, kept=kept)


@pytest.fixture
def ledger() -> Ledger:
    """Return a ledger with checkpoints at 1, 2 and 3 events."""
    ledger = Ledger(utc_now)
    for _ in range(3):
        ledger.record(DataErased(scope="0" * 32, blobs=0))
        add_checkpoint(ledger, ledger.keys, utc_now)
    return ledger


def test_a_checkpoint_names_the_one_before_it(ledger: Ledger) -> None:
    texts = [Note.parse(each.note).text for each in ledger.checkpoints()]
    assert [predecessor(text) for text in texts] == [0, 1, 2]
    assert ledger.verdict().sound


@pytest.mark.parametrize("size", [1, 2])
def test_a_checkpoint_that_is_gone_is_named_by_the_next(
    ledger: Ledger, size: int
) -> None:
    ledger.drop(size)
    (flaw,) = ledger.verdict().flaws
    assert str(flaw) == (
        f"checkpoint at {size}: is not in the ledger any more: "
        f"the checkpoint at {size + 1} knows of it"
    )


def test_the_last_checkpoint_is_missed_by_who_kept_it(ledger: Ledger) -> None:
    last = ledger.last_checkpoint()
    assert last is not None
    ledger.drop(3)
    assert ledger.verdict().sound
    (flaw,) = ledger.verdict(last.note).flaws
    assert flaw.place == "checkpoint at 3"


def test_a_blob_that_was_erased_and_is_back_is_found() -> None:
    ledger = Ledger(utc_now)
    sealer = ledger.keys.sealer(f"run/{RUN}")
    stored = sealer.seal(b"\0body")
    blob = Blob(blob_digest(stored), stored)
    result = Reference(blob=blob.digest, content="0" * 64)
    saved = SAVED.model_copy(update={"result": result})
    ledger.record(saved, blobs=(blob,))
    assert ledger.verdict().sound
    ledger.record(DataErased(scope=sealer.scope, blobs=1))
    (flaw,) = ledger.verdict().flaws
    assert flaw.what == "was erased, and is there again"
