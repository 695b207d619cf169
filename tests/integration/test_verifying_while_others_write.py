"""A ledger in a file stays sound to its verifier while it grows, and shrinks."""

import os
from pathlib import Path
from threading import Thread

import pytest

from wct_adapters.identity import new_id, utc_now
from wct_adapters.ledgers.ciphers import signature_fits
from wct_adapters.ledgers.sqlite import open_sqlite_ledger
from wct_domain.checkpoints import add_checkpoint
from wct_domain.digests import Reference, blob_digest
from wct_domain.events import ArtifactSaved, DataErased, RunPruned
from wct_domain.ports.ledger import Blob, Ledger, NewEvent
from wct_domain.verification import Trust, Verdict, verify_ledger

RUNS, STEPS = 40, 10


def record(ledger: Ledger, number: int) -> None:
    """Record a run; of three one is erased, and one is pruned."""
    run = new_id()
    digests: list[str] = []
    for position in range(STEPS):
        stored = b"\x00" + os.urandom(20)
        digests.append(blob_digest(stored))
        reference = Reference(blob=digests[-1], content="0" * 64)
        saved = ArtifactSaved(artifact="a", result=reference, items=1, size=20)
        event = NewEvent(new_id(), saved)
        blobs = [Blob(digests[-1], stored)]
        ledger.append(run, [event], expected=position, blobs=blobs)
    if number % 3 == 0:
        erased = NewEvent(new_id(), DataErased(scope="0" * 32, blobs=STEPS))
        ledger.append(run, [erased], expected=STEPS, forget=digests)
    elif number % 3 == 1:
        event = NewEvent(
            new_id(), RunPruned(positions=((1, STEPS),), blobs=STEPS, size=1)
        )
        every = range(1, STEPS + 1)
        ledger.append(run, [event], expected=STEPS, forget=digests, redact=every)
    add_checkpoint(ledger, ledger.keys, utc_now)


def verdict_on(ledger: Ledger) -> Verdict:
    trust = Trust(signature_fits, own=ledger.keys.verifier_keys())
    return verify_ledger(ledger, trust)


@pytest.mark.parametrize("writers", [2])
def test_a_verifier_finds_nothing_wrong_beside_writers(
    tmp_path: Path, writers: int
) -> None:
    path = tmp_path / "ledger.db"
    ledger = open_sqlite_ledger(path, clock=utc_now, create=True)

    def write() -> None:
        own = open_sqlite_ledger(path, clock=utc_now, create=False)
        for number in range(RUNS):
            record(own, number)
        own.close()

    threads = [Thread(target=write) for _ in range(writers)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert verdict_on(ledger).flaws == []
    verdict = verdict_on(ledger)
    assert verdict.sound
    ledger.close()
    assert verdict.events > writers * RUNS * STEPS
    assert (verdict.erased > 0, verdict.pruned > 0) == (True, True)
