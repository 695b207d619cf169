"""Grows the tree of a ledger again, and compares it with what was signed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from wct_domain.checkpoints import predecessor, signed_text
from wct_domain.errors import CheckpointError
from wct_domain.merkle import Frontier
from wct_domain.notes import Checkpoint, Note, VerifierKey
from wct_domain.ports.sealed_log import StoredCheckpoint
from wct_domain.verification.signatures import Trust
from wct_domain.verification.verdict import Verdict


class Claim(NamedTuple):
    """What a checkpoint says of the tree."""

    place: str
    size: int
    root: bytes
    believed: Sequence[VerifierKey]  # trusted keys that signed it
    frontier: bytes | None = None  # as stored beside it


class Tree:
    """The tree over the stored hashes, and what is claimed of it."""

    def __init__(self, verdict: Verdict, trust: Trust, origins: Sequence[str]) -> None:
        self._verdict = verdict
        self._trust = trust
        self._origins = origins
        self._tree = Frontier()
        self._claims: defaultdict[int, list[Claim]] = defaultdict(list)
        self._sizes: list[int] = []  # that are claimed, greatest first
        self._named: dict[int, str] = {}  # sizes of checkpoints to who knows of them
        self._there: set[int] = set()  # sizes of those that are stored
        self._unfit: set[int] = set()  # sizes of those that do not fit the tree
        self.leaves: dict[int, bytes] = {}  # number to hash, that must be in the tree

    def expect(
        self, stored: Iterable[StoredCheckpoint], kept: Iterable[str] = ()
    ) -> None:
        """Open the checkpoints that the tree must fit.

        Raises:
            CheckpointError: a note of ``kept`` is not in the format.
        """
        for checkpoint in stored:
            self._expect_stored(checkpoint)
        for note in kept:
            self._expect_kept(note)
        self._sizes = sorted(self._claims, reverse=True)
        self._judge(0)

    @property
    def size(self) -> int:
        """Leaves of the tree."""
        return self._tree.size

    @property
    def root(self) -> bytes:
        """Root of the tree."""
        return self._tree.root

    def grow(self, leaves: Sequence[bytes]) -> None:
        """Add leaves; judge the claims on the way."""
        tree, start = self._tree, 0
        while self._sizes and self._sizes[-1] <= tree.size + len(leaves) - start:
            size = self._sizes[-1]
            upto = start + size - tree.size
            tree.extend(leaves[start:upto])
            start = upto
            self._judge(size)
        tree.extend(leaves[start:] if start else leaves)

    def finish(self) -> None:
        """Blame claims on more leaves than there are."""
        for size in reversed(self._sizes):
            for claim in self._claims[size]:
                what = f"it covers {size} events, there are {self.size}: some are gone"
                self._verdict.blame(claim.place, what)
        fitting = {size for size in self._named if size <= self.size} - self._unfit
        for gone in sorted(fitting - self._there - {0}):
            what = f"is not in the ledger any more: the {self._named[gone]} knows of it"
            self._verdict.blame(f"checkpoint at {gone}", what)
        if self._trust.given and self.size and not self._verdict.signed:
            what = "no checkpoint is signed by a key that was given, and fits"
            self._verdict.blame(self._origins[0], what)

    def _judge(self, size: int) -> None:
        if not self._sizes or self._sizes[-1] != size:
            return
        self._sizes.pop()
        root, frontier = self._tree.root, self._tree.to_bytes()
        for claim in self._claims[size]:
            if claim.root != root:
                what = f"the first {size} events are not those that it was made over"
                self._verdict.blame(claim.place, what)
                self._unfit.add(size)
                continue
            if claim.frontier not in (None, frontier):
                self._verdict.blame(claim.place, "its frontier is not that of its tree")
            if claim.believed:
                self._verdict.signed = size
                self._verdict.signers.update(claim.believed)

    def _expect_stored(self, stored: StoredCheckpoint) -> None:
        place = f"checkpoint at {stored.size}"
        try:
            checkpoint, believed = self._trust.opened(stored.note, self._origins)
        except CheckpointError as error:
            self._verdict.blame(place, str(error))
            return
        size, root = checkpoint.size, checkpoint.root
        said = Note.parse(stored.note).text
        self._named.setdefault(predecessor(said), place)
        self._there.add(size)
        text = signed_text(checkpoint, stored.at, predecessor(said))
        if (size, root) != stored[:2] or said != text:
            self._verdict.blame(place, "its columns are not what its note says")
        self._verdict.checkpoints += 1
        claim = Claim(place, size, root, believed, stored.frontier)
        self._claims[size].append(claim)

    def _expect_kept(self, note: str) -> None:
        size = Checkpoint.parse(Note.parse(note).text).size
        place = f"kept checkpoint at {size}"
        self._verdict.kept += 1
        try:
            found, believed = self._trust.opened(note, self._origins, trusted=True)
        except CheckpointError as error:
            self._verdict.blame(place, str(error))
            return
        self._named[found.size] = place
        claim = Claim(place, found.size, found.root, believed)
        self._claims[found.size].append(claim)
