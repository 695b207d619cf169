"""A run outside of its ledger: what is in a bundle, and its exact form.

A bundle has members with names, which somebody else puts into one file. All but the
manifest are named in the manifest by size and SHA-256; the manifest is a signed note.
The whole format: ``docs/reference/bundle-format.md``.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Final, Literal, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import from_json

from wct_domain.digests import canonical_json
from wct_domain.errors import BundleError, CheckpointError
from wct_domain.events import Count
from wct_domain.notes import Note
from wct_domain.ports.sealed_log import StoredRow

MANIFEST: Final = "manifest.note"
CHECKPOINT: Final = "checkpoint.note"
VERIFIERS: Final = "keys.txt"
EVENTS: Final = "events.jsonl"
PROOF: Final = "proof.json"
CONSISTENCY: Final = "consistency.json"
SHARED: Final = "shared-keys.hpke"
MASKED: Final = "masked.json"
BLOBS: Final = "blobs/"

LARGEST: Final = 1 << 29
"""Bytes that a member may have: it is read as a whole."""

_IN_BYTES = {"salt", "payload", "payload_digest", "hash"}
_NAMES = frozenset({CHECKPOINT, VERIFIERS, EVENTS, PROOF, CONSISTENCY, SHARED, MASKED})
_BLOB = re.compile("blobs/[0-9a-f]{64}")
_YEAR_10000 = 253_402_300_800_000_000  # microseconds; no clock of ours goes beyond
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_Id = Annotated[str, StringConstraints(pattern=f"^{_UUID}$")]
# A run's name becomes the name of a lock, and all of these are printed.
_STREAM = Annotated[
    str, StringConstraints(pattern=f"^({_UUID}|artifacts/{_UUID}/{_UUID})$")
]
_TYPE = Annotated[
    str, StringConstraints(pattern="^[a-z][a-z0-9._-]{0,99}/[1-9][0-9]{0,8}$")
]
_HASH = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class Member(NamedTuple):
    """A name and what is under it."""

    name: str
    content: bytes


class Members(Protocol):
    """The members of a bundle that somebody made: nothing about them is sure."""

    def names(self) -> Iterable[str]:
        """Return all names; none comes twice."""
        ...

    def read(self, name: str) -> bytes:
        """Return a member.

        Raises:
            BundleError: there is none, it is too large, or damaged.
        """
        ...


class Listed(BaseModel):
    """What the manifest says of a member."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    size: Count
    sha256: _HASH


class Manifest(BaseModel):
    """What is in the bundle; signed, so that nothing of it can be exchanged."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: Literal[1] = 1
    log: _Id  # id of the ledger, as in the checkpoint
    former: tuple[_Id, ...] = ()  # ids of the ledgers that it was restored from
    run: _Id
    size: Annotated[int, Field(ge=1, lt=1 << 63)]  # of the checkpoint, in events
    readable_by: str | None = None  # id of the reader's key
    members: dict[str, Listed]

    def text(self) -> str:
        """Return what is signed: one line of canonical JSON."""
        return canonical_json(self.model_dump()).decode() + "\n"

    @classmethod
    def parse(cls, note: bytes) -> "tuple[Manifest, Note]":
        """Read a signed manifest; whose signature it has is not looked at.

        Raises:
            BundleError: it is none, or is not in its one form.
        """
        try:
            parsed = Note.parse(note.decode())
            found = cls.model_validate_json(parsed.text)
        except (ValueError, CheckpointError) as error:
            raise _malformed(MANIFEST) from error
        if found.text() != parsed.text or str(parsed).encode() != note:
            raise _malformed(MANIFEST)
        for name in found.members:
            if name not in _NAMES and not _BLOB.fullmatch(name):
                raise _malformed(MANIFEST)
        return found, parsed


class Consistency(BaseModel):
    """Proof that the tree of an older checkpoint is the beginning of the bundle's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: Count
    proof: list[_HASH]


class _Line(BaseModel):
    """An event as a line; see StoredRow."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    seal: Annotated[int, Field(ge=1)]
    stream: _STREAM
    position: Annotated[int, Field(ge=1)]
    id: _Id
    type: _TYPE
    recorded_at: Annotated[int, Field(ge=0, lt=_YEAR_10000)]
    correlation_id: _Id
    causation_id: _Id | None
    salt: str | None
    payload: str | None
    payload_digest: str | None
    hash: _HASH


class _Proof(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    nodes: list[tuple[Count, Count, _HASH]]


def listed(content: bytes) -> Listed:
    """Describe a member for the manifest."""
    return Listed(size=len(content), sha256=hashlib.sha256(content).hexdigest())


def about(log: str, run: str) -> bytes:
    """What shared keys are bound to: they open this run, in this bundle."""
    return f"wct bundle\n{log}\n{run}\n".encode()


def events_member(rows: Iterable[StoredRow]) -> bytes:
    """Write rows as they are stored, a line of canonical JSON each.

    Raises:
        BundleError: a payload is not text.
    """
    return b"".join(map(_line, rows))


def rows_of(content: bytes) -> Iterator[StoredRow]:
    """Read rows.

    Raises:
        BundleError: they are not in the form that ``events_member`` writes.
    """
    for number, line in enumerate(content.splitlines(keepends=True), 1):
        try:
            read = _Line.model_validate_json(line)
            row = StoredRow(
                **read.model_dump(
                    exclude={"salt", "payload", "payload_digest", "hash"}
                ),
                salt=_bytes(read.salt),
                payload=None if read.payload is None else read.payload.encode(),
                payload_digest=_bytes(read.payload_digest),
                hash=bytes.fromhex(read.hash),
            )
        except ValueError as error:
            msg = f"line {number} of {EVENTS} is not an event as a bundle has it"
            raise BundleError(msg) from error
        if _line(row) != line:
            msg = f"line {number} of {EVENTS} is not written as a bundle has it"
            raise BundleError(msg)
        yield row


def proof_member(nodes: Mapping[tuple[int, int], bytes]) -> bytes:
    """Write the roots of subtrees: first leaf, the one after the last, hash."""
    listed_nodes = [
        (start, end, node.hex()) for (start, end), node in sorted(nodes.items())
    ]
    return canonical_json({"nodes": listed_nodes}) + b"\n"


def nodes_of(content: bytes) -> dict[tuple[int, int], bytes]:
    """Read the roots of subtrees.

    Raises:
        BundleError: it is not what ``proof_member`` writes.
    """
    try:
        found = _Proof.model_validate_json(content).nodes
    except ValidationError as error:
        raise _malformed(PROOF) from error
    nodes = {(start, end): bytes.fromhex(node) for start, end, node in found}
    if proof_member(nodes) != content:
        raise _malformed(PROOF)
    return nodes


def consistency_member(proofs: Iterable[Consistency]) -> bytes:
    """Write consistency proofs (RFC 6962 §2.1.2), the smallest tree first."""
    ordered = sorted(proofs, key=lambda proof: proof.size)
    return canonical_json([proof.model_dump() for proof in ordered]) + b"\n"


def consistencies_of(content: bytes) -> dict[int, list[bytes]]:
    """Read consistency proofs, by the size of the older tree.

    Raises:
        BundleError: they are not what ``consistency_member`` writes.
    """
    try:
        found = [Consistency.model_validate(each) for each in from_json(content)]
    except (ValueError, TypeError) as error:
        raise _malformed(CONSISTENCY) from error
    if consistency_member(found) != content:
        raise _malformed(CONSISTENCY)
    return {each.size: [bytes.fromhex(node) for node in each.proof] for each in found}


def _line(row: StoredRow) -> bytes:
    fields = row._asdict()
    try:
        fields["payload"] = None if row.payload is None else row.payload.decode()
    except UnicodeDecodeError as error:
        msg = f"event {row.position} of {row.stream} has a payload that is not text"
        raise BundleError(msg) from error
    for name in ("salt", "payload_digest", "hash"):
        fields[name] = None if fields[name] is None else fields[name].hex()
    return canonical_json(fields) + b"\n"


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else bytes.fromhex(text)


def _malformed(name: str) -> BundleError:
    return BundleError(f"{name} is not what a bundle has under this name")
