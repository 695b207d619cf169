"""Recomputes blobs, and looks for what is missing or too much."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from wct_domain.errors import BlobDamagedError, BlobMissingError
from wct_domain.packing import parts_of, sealed_for
from wct_domain.ports.ledger import BlobStore
from wct_domain.verification.chains import Chain, Chains
from wct_domain.verification.verdict import Verdict


class Missing(NamedTuple):
    """A blob that is not there, and an event that refers to it."""

    digest: str
    position: int
    chain: Chain


class Blobs:
    """The blobs that events refer to."""

    def __init__(self, store: BlobStore, chains: Chains, verdict: Verdict) -> None:
        self._store = store
        self._chains = chains
        self._verdict = verdict
        self._known: dict[bytes, bool] = {}  # digest to whether it is there, as it was
        self.missing: list[Missing] = []

    def check(self, progress: Callable[[int], None] | None = None) -> None:
        """Recompute the digest of each blob once; gather what is missing."""
        for chain in self._chains.of.values():
            for digest, position in chain.blobs.items():
                if digest not in self._known:
                    self._check(digest, position, chain)
                    if progress is not None and len(self._known) % 1000 == 0:
                        progress(len(self._known))
                if not self._known[digest]:
                    self.missing.append(Missing(digest.hex(), position, chain))

    def unreferenced(self, digests: Iterable[str]) -> Iterator[str]:
        """Yield those digests that no event refers to."""
        return (each for each in digests if bytes.fromhex(each) not in self._known)

    def judge_missing(self) -> None:
        """Blame blobs that are gone without a word."""
        counted: set[str] = set()
        for digest, position, chain in self.missing:
            home = self._chains.home_of(chain)
            if not (home.erased or home.dropped or chain.erased or chain.dropped):
                place = f"blob {digest} of event {position} of {chain.name}"
                what = "is missing, and no event says that it was erased or pruned"
                self._verdict.blame(place, what)
            elif digest not in counted:
                counted.add(digest)
                if home.erased or chain.erased:
                    self._verdict.erased += 1
                else:
                    self._verdict.dropped += 1

    def _check(self, digest: bytes, position: int, chain: Chain) -> None:
        place = f"blob {digest.hex()} of event {position} of {chain.name}"
        self._known[digest] = True
        try:
            stored = self._store.blob(digest.hex())
            self._verdict.blobs += 1
            parts = list(map(bytes.fromhex, parts_of(stored)))
            scopes = {sealed_for(stored)}
            for part in parts:
                if part not in self._known:
                    scopes.add(self._check_part(part))
            # A part that is missing is so for all that have it.
            self._known[digest] = all(self._known[part] for part in parts)
            # What another run says is erased is not for it to say of this one.
            home = self._chains.home_of(chain)
            if not (home.scopes | chain.scopes).isdisjoint(scopes):
                self._verdict.blame(place, "was erased, and is there again")
        except BlobMissingError:
            self._known[digest] = False
        except BlobDamagedError:
            what = "it, or a part of it, was changed: its bytes have another digest"
            self._verdict.blame(place, what)

    def _check_part(self, part: bytes) -> str | None:
        self._known[part] = True
        try:
            stored = self._store.blob(part.hex())
        except BlobMissingError:
            self._known[part] = False
            return None
        self._verdict.blobs += 1
        return sealed_for(stored)
