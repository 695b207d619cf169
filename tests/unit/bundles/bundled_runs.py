"""A run in a bundle, and bundles that somebody has changed."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tests.unit.verification.histories_to_verify import noon, recorded_ledger
from wct_adapters.identity import new_id
from wct_adapters.ledgers.ciphers import signature_fits
from wct_adapters.ledgers.memory import MemoryLedger
from wct_domain.bundle import MANIFEST, Manifest, Member, Members, listed
from wct_domain.bundling import bundle_members
from wct_domain.checkpoints import add_checkpoint
from wct_domain.components import Components
from wct_domain.errors import BundleError
from wct_domain.executor.stream import Equipment
from wct_domain.notes import VerifierKey, sign
from wct_domain.ports.bus import SilentBus
from wct_domain.ports.keys import Signer
from wct_domain.ports.ledger import Ledger
from wct_domain.ports.sealed_log import StoredCheckpoint
from wct_domain.testing.ledger_samples import RUN
from wct_domain.testing.scenario import AnySchema
from wct_domain.verification.bundle import Checked, verify_bundle


@dataclass
class Held:
    """Members in memory."""

    members: dict[str, bytes]

    def names(self) -> list[str]:
        return list(self.members)

    def read(self, name: str) -> bytes:
        if name not in self.members:
            raise BundleError(name)
        return self.members[name]

    def with_change(self, name: str, change: Callable[[bytes], bytes]) -> "Held":
        return Held({**self.members, name: change(self.members[name])})

    def without(self, name: str) -> "Held":
        return Held({key: each for key, each in self.members.items() if key != name})

    def signed_again(self, signer: Signer) -> "Held":
        """Do what somebody does who has a signing key: list and sign what is there."""
        manifest, _ = Manifest.parse(self.members[MANIFEST])
        others = self.without(MANIFEST).members
        found = {name: listed(content) for name, content in others.items()}
        text = manifest.model_copy(update={"members": found}).text()
        return Held(
            {**others, MANIFEST: str(sign(text, signer.key, signer.sign)).encode()}
        )


def signed(ledger: Ledger) -> StoredCheckpoint:
    made = add_checkpoint(ledger, ledger.keys, noon)
    assert made is not None
    return made


def bundle_of(
    ledger: Ledger,
    run: str = RUN,
    *,
    reader: str | None = None,
    masked: bytes | None = None,
    kept: Sequence[str] = (),
) -> Held:
    members: Iterable[Member] = bundle_members(
        ledger, run, signed(ledger), reader=reader, masked=masked, kept=kept
    )
    return Held(dict(members))


def bundled() -> tuple[MemoryLedger, Held]:
    ledger = recorded_ledger()
    return ledger, bundle_of(ledger)


def checked(held: Members, *given: VerifierKey, kept: Sequence[str] = ()) -> Checked:
    return verify_bundle(held, given, signature_fits, kept=kept)


def equipment_of(ledger: Ledger) -> Equipment:
    return Equipment(
        ledger=ledger,
        bus=SilentBus(),
        schemas=AnySchema(),
        components=Components(),
        clock=noon,
        timer=time.perf_counter_ns,
        new_id=new_id,
        versions={},
    )
