"""What is left of a ledger whose writers were killed."""

from collections import Counter
from pathlib import Path
from typing import Final, NamedTuple

from tests.crash.writers import BATCH
from tests.ledger_checks import (
    Stored,
    damaged_blobs,
    first_broken,
    is_gapless,
    stored_events,
)
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.ciphers import signature_fits
from wct_adapters.ledgers.rows import id_text
from wct_adapters.ledgers.sqlite import open_sqlite_ledger
from wct_domain.events import ArtifactSaved, EvidenceRevealed, PluginNoted
from wct_domain.upcasting import decode
from wct_domain.verification import Trust, verify_ledger

FAULTS: Final = ("lost", "torn", "broken", "damaged", "unverified", "errors")
"""Names of what :meth:`Findings.faults` counts."""


class Findings(NamedTuple):
    """What is wrong with a ledger, given what its writers were told."""

    stored: int
    lost: int  # acknowledged, but not there
    torn: int  # batches of which only a part is there
    broken: int  # hashes or positions
    damaged: int  # blobs with other bytes than their digest
    unverified: int  # flaws that verification finds
    errors: list[str]  # as the writers told them

    def faults(self) -> dict[str, int]:
        counts = {**self._asdict(), "errors": len(self.errors)}
        del counts["stored"]
        return counts


def examine(path: Path, told: list[str]) -> Findings:
    errors = [line for line in told if line.startswith("error")]
    acknowledged = {line for line in told if not line.startswith("error")}
    if not path.exists() or path.stat().st_size == 0:
        return Findings(0, len(acknowledged), 0, 0, 0, 0, errors)
    open_sqlite_ledger(path, clock=utc_now).close()  # may be written again
    events = stored_events(path)
    there = {f"{e.stream} {e.position} {id_text(e.event_id)}" for e in events}
    broken = (first_broken(events) is not None) + (not is_gapless(events))
    return Findings(
        len(events),
        len(acknowledged - there),
        _torn_batches(events),
        broken,
        len(damaged_blobs(path)),
        len(_flaws(path)),
        errors,
    )


def _flaws(path: Path) -> list[str]:
    ledger = open_sqlite_ledger(path, clock=utc_now)
    try:
        trust = Trust(signature_fits, own=ledger.keys.verifier_keys())
        return [str(flaw) for flaw in verify_ledger(ledger, trust).flaws]
    finally:
        ledger.close()


def _torn_batches(events: list[Stored]) -> int:
    """Count batches of which a part is missing."""
    sizes: dict[str, int] = {}
    there: Counter[str] = Counter()
    for event in events:
        match decode(event.type, event.payload):
            case PluginNoted(plugin=name, name=text):
                size = int(text)
            case ArtifactSaved(artifact=name, items=size):
                pass
            case EvidenceRevealed(command=name, step=str(text)):
                size = int(text)
            case _:
                continue
        if name.startswith(BATCH):
            sizes[name] = size
            there[name] += 1
    return sum(there[name] != size for name, size in sizes.items())
