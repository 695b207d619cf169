"""Recomputes chains from stored rows.

The loop is the price of a verification: it is one long function with local names, and
makes nothing per event but hashes.
"""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import sha256
from json.encoder import encode_basestring_ascii as _text
from typing import Final

from wct_domain.chain import FIRST, HASH_VERSION, SALT_SIZE
from wct_domain.events import DataErased, RunPruned
from wct_domain.ports.sealed_log import StoredRow
from wct_domain.verification.verdict import Verdict

AT_A_TIME: Final = 4096  # hashes that the tree is given at once

_ERASED = "data.erased/"
_PRUNED = "run.pruned/"
_NOTED = "plugin.noted/"  # what a plugin says is no reference of ours
_REFERENCE = re.compile(rb'"blob":"([0-9a-f]{64})","content":"[0-9a-f]{64}"')


def references_in(wire: str, payload: bytes) -> list[str]:
    """Return the digests of the blobs that a stored event refers to."""
    if wire.startswith(_NOTED):
        return []
    return [found.decode() for found in _REFERENCE.findall(payload)]


class Chain:
    """What a verification remembers of one stream."""

    def __init__(self, name: str, first: str = "", cause: str | None = None) -> None:
        self.name = name
        self.first = first  # id of its first event
        self.cause = cause  # of its first event
        self.position = 0
        self.head = FIRST
        self.erased = False
        self.scopes: set[str] = set()  # whose blobs are said to be gone
        self.dropped = False  # some of its blobs, to save space
        self.pruned: list[tuple[int, int]] = []  # positions, both ends included
        self.ahead: list[int] = []  # positions that say of later ones they are pruned
        self.blobs: dict[bytes, int] = {}  # digest to the first position that has it
        self.bare: list[int] = []  # positions without payload

    def is_pruned(self, position: int) -> bool:
        """Say whether an event of this stream says that a payload was pruned."""
        return any(first <= position <= last for first, last in self.pruned)

    def excuse(self, wire: str, payload: bytes | None, position: int) -> None:
        """Take note of an event that says what is gone of those before it."""
        if wire.startswith(_ERASED):
            self.erased = True
            if wire == DataErased.type and payload is not None:
                with suppress(ValueError):  # it is blamed for its hash
                    self.scopes.add(DataErased.model_validate_json(payload).scope)
        elif wire.startswith(_PRUNED):
            self.dropped = True
            if wire == RunPruned.type and payload is not None:
                with suppress(ValueError):  # as above
                    ranges = RunPruned.model_validate_json(payload).positions
                    self.pruned += (each for each in ranges if each[1] < position)
                    if any(last >= position for _, last in ranges):
                        self.ahead.append(position)


class Chains:
    """The streams of a ledger, as far as they were read.

    Args:
        numbered: seals follow one another; false where not all streams are read.
    """

    def __init__(self, verdict: Verdict, *, numbered: bool = True) -> None:
        self.of: dict[str, Chain] = {}
        self._verdict = verdict
        self._numbered = numbered
        self._first: dict[str, Chain] = {}  # by id of the first event

    def take(  # noqa: PLR0915  # a call for each part of it would double its price
        self,
        rows: Iterable[StoredRow],
        grow: Callable[[list[bytes]], None],
        seal: int = 0,
    ) -> int:
        """Recompute rows in the order of their seals.

        Args:
            grow: is told the stored hashes, some at a time, for the tree.
            seal: of the row before the first.

        Returns:
            How many rows there were.
        """
        numbered, blame, streams = self._numbered, self._blame, self.of
        excuses = (_ERASED, _PRUNED)
        find_references = _REFERENCE.findall
        types: dict[str, tuple[str, bool, bool]] = {}
        leaves: list[bytes] = []
        taken = 0
        name: str | None = None
        title = ""
        chain = Chain("")
        for row in rows:
            (
                number,
                stream,
                position,
                event_id,
                wire,
                at,
                correlation,
                causation,
                salt,
                payload,
                digest,
                found,
            ) = row
            if stream != name:
                chain = streams.get(stream) or self._begin(row)
                name, title = stream, _text(stream)
            if (known := types.get(wire)) is None:
                refers = not wire.startswith(_NOTED)
                known = types[wire] = _text(wire), refers, wire.startswith(excuses)
            kind, refers, excuses_others = known
            if number != seal + 1 and numbered:
                blame(row, f"is number {number} of the ledger, after number {seal}")
            seal = number
            if payload is not None and salt is not None and len(salt) == SALT_SIZE:
                computed = sha256(salt + payload).digest()
                if digest is not None and digest != computed:
                    blame(row, "has a payload that is not the one of its digest")
                digest = computed
                if refers and b'"blob":"' in payload:
                    blobs = chain.blobs
                    for blob in find_references(payload):
                        blobs.setdefault(bytes.fromhex(blob.decode()), position)
            elif payload is None and salt is None:
                chain.bare.append(position)
            else:
                blame(row, "has a payload and a salt that do not belong together")
            if excuses_others:
                chain.excuse(wire, payload, position)
            whose = title if correlation == stream else _text(correlation)
            cause = "null" if causation is None else _text(causation)
            # As wct_domain.chain does it, whose calls would cost as much as the hash.
            header = (
                f"[{HASH_VERSION},{title},{position},{_text(event_id)},{kind},{at},"
                f"{whose},{cause}]"
            ).encode()
            if position != chain.position + 1:
                blame(row, _gap(chain.position, position))
            elif digest is None:
                blame(row, "has neither a payload nor its digest")
            elif sha256(chain.head + header + digest).digest() != found:
                blame(row, "was changed, or the one before it: its hash does not fit")
            chain.position = position
            chain.head = found
            leaves.append(found)
            if len(leaves) == AT_A_TIME:
                grow(leaves)
                taken += AT_A_TIME
                leaves = []
        grow(leaves)
        return taken + len(leaves)

    def home_of(self, chain: Chain) -> Chain:
        """Return the run that a stream belongs to: the one that caused it, or itself.

        Artifacts that are saved by hand after a run have a stream of their own.
        """
        if chain.cause is None:
            return chain
        return self._first.get(chain.cause, chain)

    def check_payloads(self) -> None:
        """Blame payloads that are gone without a word, or with one before they were."""
        for chain in self.of.values():
            for position in chain.ahead:
                what = "says of itself, or of later events, that they were pruned"
                self._verdict.blame(_place(position, chain.name), what)
            for position in chain.bare:
                if chain.is_pruned(position):
                    self._verdict.pruned += 1
                else:
                    what = "has no payload, and no event says that it was pruned"
                    self._verdict.blame(_place(position, chain.name), what)

    def _begin(self, row: StoredRow) -> Chain:
        chain = Chain(row.stream, row.id, row.causation_id)
        self.of[row.stream] = self._first[row.id] = chain
        return chain

    def _blame(self, row: StoredRow, what: str) -> None:
        self._verdict.blame(_place(row.position, row.stream), what)


def _place(position: int, stream: str) -> str:
    return f"event {position} of {stream}"


def _gap(last: int, position: int) -> str:
    if position > last:
        count = position - last - 1
        return f"follows event {last}: {count} between them {_are(count)} gone"
    return f"comes after event {last} of the same stream"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
