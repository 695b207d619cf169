"""Checkpoints of the ledger, in formats that others have tools for.

A checkpoint (https://c2sp.org/tlog-checkpoint) says which log, how many sealed events,
and the root of their tree; it travels as a signed note
(https://c2sp.org/signed-note): the text, an empty line, and a line per signature.
Signing and checking are somebody else's: this module knows bytes only.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple, TypeAlias

from wct_domain.errors import CheckpointError

ED25519: Final = b"\x01"  # the note format's number of this algorithm

Verify: TypeAlias = Callable[[bytes, bytes, bytes], bool]
"""Says whether (public key, signature, text) fit, for Ed25519 (RFC 8032)."""

_DASH = "—"  # an em dash opens a signature line
_NAME = re.compile(r"[^\s+]+")
_SIZE = re.compile("0|[1-9][0-9]{0,18}")  # Python refuses numbers of 5,000 digits


class VerifierKey(NamedTuple):
    """A public key with the name that its signatures carry."""

    name: str
    public: bytes  # 32 bytes

    @property
    def id(self) -> bytes:
        """First four bytes of SHA-256(name, newline, algorithm, public key)."""
        data = self.name.encode() + b"\n" + ED25519 + self.public
        return hashlib.sha256(data).digest()[:4]

    def __str__(self) -> str:
        encoded = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{encoded}"

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Read the form that ``str`` writes: ``name+key id+base64``.

        Raises:
            CheckpointError: it is not such a key.
        """
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        data = _decoded(encoded)
        key = cls(name, data[1:])
        if (
            not _NAME.fullmatch(name)
            or len(data) != 33
            or data[:1] != ED25519
            or key.id.hex() != key_id
        ):
            msg = "not a verifier key: expected name+key id+base64 of an Ed25519 key"
            raise CheckpointError(msg)
        return key


class Checkpoint(NamedTuple):
    """What is signed: the first ``size`` sealed events of a log have this root."""

    origin: str  # which log
    size: int
    root: bytes

    def __str__(self) -> str:
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Read a checkpoint; further lines are extensions and are ignored.

        Raises:
            CheckpointError: it is none.
        """
        lines = text.split("\n")
        if len(lines) < 4 or not lines[0] or not _SIZE.fullmatch(lines[1]):
            msg = "not a checkpoint: expected origin, size and root, a line each"
            raise CheckpointError(msg)
        root = _decoded(lines[2])
        if len(root) != 32:
            msg = "not a checkpoint: its root is not 32 bytes in base64"
            raise CheckpointError(msg)
        return cls(lines[0], int(lines[1]), root)


class Signature(NamedTuple):
    """One signature of a note, by the key that its four bytes hint at."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        encoded = base64.b64encode(self.key_id + self.value).decode()
        return f"{_DASH} {self.name} {encoded}\n"


class Note(NamedTuple):
    """A text with signatures over it."""

    text: str  # ends in a newline
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    @classmethod
    def parse(cls, data: str) -> "Note":
        """Read a note.

        Raises:
            CheckpointError: it has no signature, or is not in the format.
        """
        head, mark, tail = data.rpartition(f"\n\n{_DASH} ")
        if not mark or not tail.endswith("\n"):
            msg = "not a signed note: no signature lines after an empty line"
            raise CheckpointError(msg)
        lines = f"{_DASH} {tail}".removesuffix("\n").split("\n")
        return cls(f"{head}\n", tuple(_signature(line) for line in lines))

    def signed_by(
        self, keys: Iterable[VerifierKey], verify: Verify
    ) -> tuple[VerifierKey, ...]:
        """Return the known keys that signed this note.

        A signature of an unknown key is ignored, as the format demands.

        Raises:
            CheckpointError: a signature that claims a known key does not fit the text:
                somebody changed the one or the other.
        """
        known = {(key.name, key.id): key for key in keys}
        found: list[VerifierKey] = []
        for signature in self.signatures:
            key = known.get((signature.name, signature.key_id))
            if key is None:
                continue
            if not verify(key.public, signature.value, self.text.encode()):
                msg = f"the signature of '{key.name}' does not fit the text"
                raise CheckpointError(msg)
            found.append(key)
        return tuple(found)


def sign(text: str, key: VerifierKey, signing: Callable[[bytes], bytes]) -> Note:
    """Make a note of ``text`` with one signature."""
    value = signing(text.encode())
    return Note(text, (Signature(key.name, key.id, value),))


def _signature(line: str) -> Signature:
    parts: Sequence[str] = line.split(" ")
    data = _decoded(parts[2]) if len(parts) == 3 else b""
    if len(parts) != 3 or parts[0] != _DASH or len(data) < 5:
        msg = "not a signed note: a signature line is malformed"
        raise CheckpointError(msg)
    return Signature(parts[1], data[:4], data[4:])


def _decoded(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    # Bits that padding leaves unused are zero: else two texts would say the same.
    return data if base64.b64encode(data).decode() == text else b""
