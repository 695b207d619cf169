"""Keys of a ledger: to sign its checkpoints, and to seal what may be erased later."""

from collections.abc import Collection
from typing import Protocol

from wct_domain.notes import VerifierKey


class Signer(Protocol):
    """Signs checkpoints (Ed25519, RFC 8032)."""

    @property
    def key(self) -> VerifierKey:
        """The public key, with the name that its signatures carry."""
        ...

    def sign(self, text: bytes) -> bytes:
        """Return the signature over ``text``: 64 bytes."""
        ...


class Sealer(Protocol):
    """Encrypts for one erasure scope; the key of the scope can be destroyed."""

    @property
    def scope(self) -> str:
        """Keyed pseudonym of the scope: 32 hexadecimal digits."""
        ...

    def seal(self, body: bytes) -> bytes:
        """Encrypt under a key of its own, which travels along, wrapped.

        Raises:
            ErasedError: the scope was erased, by whatever process.
        """
        ...


class SharedKeys(Protocol):
    """Keys of single blobs, which somebody shared: what they open is still to show.

    Those of a scope that was erased here, or is this ledger's own, open nothing.
    """

    def open(self, sealed: bytes) -> bytes | None:
        """Decrypt with one of them; None: none of them is the key of this body.

        Raises:
            BlobDamagedError: it is nothing that is sealed.
        """
        ...

    def keep(self) -> int:
        """Keep those that have opened something, on disk when this returns.

        None takes the place of one that was kept before.

        Returns:
            How many of them this ledger has now.

        Raises:
            LedgerUnusableError: the key store cannot be read or written.
        """
        ...


class Keys(Protocol):
    """The keys of one ledger. Nothing of them is ever in the log.

    An erasure scope is named by people (``run/<id>``, ``name/<text>``) and stored as
    a keyed pseudonym. A name whose scope was erased leads to a new scope from then on.
    """

    @property
    def content_key(self) -> bytes:
        """Key of content digests and pseudonyms: 32 bytes.

        Raises:
            LedgerUnusableError: the key store is missing or damaged.
        """
        ...

    @property
    def signer(self) -> Signer:
        """Signs with the current signing key, which is made when first asked for.

        Raises:
            LedgerUnusableError: the key store cannot be read or written.
        """
        ...

    def verifier_keys(self) -> list[VerifierKey]:
        """Return the public keys of all signing keys, older ones included."""
        ...

    def scope_of(self, name: str) -> str:
        """Return the pseudonym that the name of a scope has now."""
        ...

    def scopes_of(self, name: str) -> list[str]:
        """Return all pseudonyms that the name of a scope ever had, that of now last.

        Those before it were erased.
        """
        ...

    def sealer(self, name: str) -> Sealer:
        """Seal for the scope of this name, until it is erased.

        A scope that is new gets a key, which is on disk before this returns.

        Raises:
            LedgerUnusableError: the key store cannot be read or written.
        """
        ...

    def sealer_of(self, scope: str) -> Sealer:
        """Seal for the scope of this pseudonym, which has a key.

        What it seals fails, with ``ErasedError``, when the scope was erased.
        """
        ...

    def open(self, sealed: bytes) -> bytes:
        """Decrypt what any sealer of this ledger has made.

        Raises:
            ErasedError: the key of its scope was destroyed.
            KeyMissingError: it is of another ledger.
            BlobDamagedError: it is not what was sealed.
            LedgerUnusableError: the key store is missing or damaged.
        """
        ...

    def destroy(self, scopes: Collection[str]) -> None:
        """Destroy the keys of scopes, by pseudonym, on disk when this returns.

        Destroying twice is harmless.

        Raises:
            LedgerUnusableError: the key store cannot be read or written; all keys
                are still there.
        """
        ...

    def settle(self) -> None:
        """Wait until all sealers, of whatever process, know what was destroyed.

        They do not ask each time, for at most a tenth of a second.
        """
        ...

    def are_shared(self) -> bool:
        """Say whether another ledger has the same keys: one is a copy of the other.

        Raises:
            LedgerUnusableError: the key store cannot be read.
        """
        ...

    def rotate(self) -> VerifierKey:
        """Make a new signing key; the older ones stay, to verify with.

        Raises:
            LedgerUnusableError: the key store cannot be read or written.
        """
        ...

    @property
    def reader(self) -> str:
        """Public key that others can encrypt keys of blobs for; made when asked for.

        Raises:
            LedgerUnusableError: the key store cannot be read or written.
        """
        ...

    def share(
        self,
        heads: Collection[bytes],
        reader: str,
        about: bytes,
        *,
        only_accepted: bool = False,
    ) -> bytes:
        """Encrypt the keys of some sealed blobs, and no others, for a reader's key.

        Args:
            heads: the beginnings of the blobs, 117 bytes or more.
            about: what the keys are for; whoever opens them must say the same.
            only_accepted: keys that came to this ledger with its own reader's key, and
                none that it has made: who wrote down what these blobs belong to is
                somebody else.

        Raises:
            CheckpointError: it is no reader's key.
            ErasedError, BlobDamagedError: as ``open``; or the key was not accepted.
        """
        ...

    def receive(self, shared: bytes, about: bytes) -> SharedKeys:
        """Open the keys that somebody shared with the reader of this ledger.

        Raises:
            BlobDamagedError: it is for another reader, or was changed.
            LedgerUnusableError: the key store cannot be read or written.
        """
        ...
