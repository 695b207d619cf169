"""Messages and texts as blobs, and back."""

import json
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from typing import Any, NamedTuple

from pydantic_core import from_json

from wct_domain.digests import (
    Reference,
    blob_digest,
    both_forms,
    canonical_json,
    content_digest,
    digest_of_long_texts,
    stored_json,
)
from wct_domain.errors import BlobDamagedError, SchemaLoadError
from wct_domain.extraction import extraction_facts
from wct_domain.marks import MarkedFields, marked, without
from wct_domain.message import Message
from wct_domain.packing import (
    SEALED,
    cut,
    joined,
    list_of,
    packed,
    parts_of,
    unpacked,
)
from wct_domain.ports.keys import Keys
from wct_domain.ports.ledger import Blob, BlobStore, Ledger
from wct_domain.recent import RecentBlobs
from wct_domain.schemas import Schema, SchemaLoader

VOLATILE = "x-wct-volatile"


class StoredMessage(NamedTuple):
    """A message on its way into the ledger."""

    reference: Reference
    parts: int  # blobs that hold it
    items: int  # length of its main list
    size: int  # bytes of canonical content, without volatile fields


class VolatileFields:
    """Which fields of a schema's content differ from run to run; looked up once."""

    def __init__(self, schemas: SchemaLoader) -> None:
        self._schemas = schemas
        self._known: dict[Schema, MarkedFields] = {}

    def of(self, schema: Schema | None) -> MarkedFields:
        """Return the marked fields; none for a schema that cannot be loaded."""
        if schema is None:
            return {}
        if schema not in self._known:
            try:
                definition = schema.bound(self._schemas).schema
            except (FileNotFoundError, SchemaLoadError):
                definition = {}
            self._known[schema] = marked(definition, VOLATILE)
        return self._known[schema]


def schema_name(schema: Schema | None) -> str | None:
    """``name/version``, the form in which events and digests name a schema."""
    return None if schema is None else f"{schema.name}/{schema.version}"


class BlobDraft:
    """Blobs that the next append is to store together with its events.

    Args:
        key: of content digests.
        seal: encrypts what is stored, after compression; None: it stays readable.
        recent: is told of what was drafted, so that it need not be read back.
    """

    def __init__(
        self,
        key: bytes,
        volatile: VolatileFields,
        seal: Callable[[bytes], bytes] | None = None,
        recent: RecentBlobs | None = None,
    ) -> None:
        self._recent = recent
        self._key = key
        self._volatile = volatile
        self._seal = seal
        self._blobs: list[Blob] = []
        self._forgotten: list[str] = []
        self._redacted: list[int] = []

    def message(self, message: Message) -> StoredMessage:
        """Draft a whole message.

        Raises:
            ContentNotJsonError: content or context is not JSON.
        """
        volatile = self._volatile.of(message.schema)
        stored, lasting = both_forms(message.content, volatile)
        schema = message.schema and [message.schema.name, message.schema.version]
        body = b'{"content":%b,"context":%b,"id":%b,"schema":%b,"validated":%b}' % (
            stored,
            stored_json(message.context),
            stored_json(message.id),
            stored_json(schema),
            b"true" if message.schema_validated else b"false",
        )
        blob, parts = self._store(body)
        digest = content_digest(self._key, schema_name(message.schema), lasting)
        return StoredMessage(
            reference=Reference.model_construct(blob=blob, content=digest),
            parts=parts,
            items=extraction_facts(message).items,
            size=len(lasting),
        )

    def content_digest(self, message: Message) -> tuple[str, int]:
        """Keyed digest of content that is not stored, and its size in bytes."""
        lasting = without(message.content, self._volatile.of(message.schema))
        # What is not stored is what a connector read: whole files.
        return digest_of_long_texts(self._key, schema_name(message.schema), lasting)

    def document(self, document: object) -> Reference:
        """Draft any JSON value: an error text, a runbook."""
        body = canonical_json(document)
        blob, _ = self._store(body)
        return Reference(blob=blob, content=content_digest(self._key, None, body))

    def take(self) -> tuple[Blob, ...]:
        """Hand over what was drafted since the last call."""
        blobs = tuple(self._blobs)
        self._blobs.clear()
        return blobs

    def forget(self, digests: Iterable[str]) -> None:
        """Have stored blobs go when what was drafted is stored."""
        self._forgotten += digests

    def take_forgotten(self) -> tuple[str, ...]:
        """Hand over the digests of blobs to go, since the last call."""
        digests = tuple(self._forgotten)
        self._forgotten.clear()
        return digests

    def redact(self, positions: Iterable[int]) -> None:
        """Have the payloads of events of the stream go when the rest is stored."""
        self._redacted += positions

    def take_redacted(self) -> tuple[int, ...]:
        """Hand over the positions of payloads to go, since the last call."""
        positions = tuple(self._redacted)
        self._redacted.clear()
        return positions

    def _store(self, body: bytes) -> tuple[str, int]:
        body = stored = packed(body)
        if self._seal is not None:
            stored = self._seal(stored)
        parts = [self._add(part) for part in cut(stored)]
        if len(parts) > 1:
            return self._add(list_of(parts)), len(parts)
        if self._recent is not None:
            self._recent.keep(parts[0], body)
        return parts[0], 1

    def _add(self, stored: bytes) -> str:
        digest = blob_digest(stored)
        self._blobs.append(Blob(digest, stored))
        return digest


def stored_sizes(ledger: Ledger, digests: Collection[str]) -> dict[str, int]:
    """Map blobs that are there, with their parts, to their sizes in bytes."""
    sizes = ledger.maintenance.blob_sizes(digests)
    parts: set[str] = set()
    for digest, size in sizes.items():
        if size % 32 == 1:  # a tag and whole digests: it may be a list of parts
            with suppress(BlobDamagedError):  # it goes all the same
                parts.update(parts_of(ledger.blob(digest)))
    return sizes | ledger.maintenance.blob_sizes(parts) if parts else sizes


class BlobReader:
    """What references refer to, rebuilt from the ledger.

    Args:
        keys: open what is sealed; None: it stays closed.
        recent: is asked first.
    """

    def __init__(
        self,
        blobs: BlobStore,
        keys: Keys | None = None,
        recent: RecentBlobs | None = None,
    ) -> None:
        self._blobs = blobs
        self._keys = keys
        self._recent = recent

    def message(self, reference: Reference) -> Message:
        """Rebuild a message; a new one with each call, which the caller may change.

        Raises:
            BlobMissingError, BlobDamagedError: the ledger cannot provide it.
            ErasedError: the key that could open it is destroyed.
        """
        document = self.document(reference)
        try:
            schema = document["schema"]
            return Message(
                id=document["id"],
                content=document["content"],
                schema=None if schema is None else Schema(*schema),
                context=document["context"],
                schema_validated=document["validated"],
            )
        except (KeyError, TypeError) as error:
            msg = f"blob {reference.blob} does not hold a message"
            raise BlobDamagedError(msg) from error

    def document(self, reference: Reference) -> Any:
        """Rebuild any JSON value. Raises as ``message``."""
        digest = reference.blob
        stored = None if self._recent is None else self._recent.get(digest)
        return self._parse(digest, stored or self._blobs.blob(digest))

    def _parse(self, digest: str, stored: bytes) -> Any:
        try:
            body = joined(stored, self._blobs.blob)
            if body[:1] == SEALED:
                body = self._opened(body)
            return _parsed(unpacked(body))
        except BlobDamagedError as error:
            msg = f"blob {digest} cannot be read: {error}"
            raise type(error)(msg) from error
        except (ValueError, RecursionError) as error:
            msg = f"blob {digest} is not what this wct can read"
            raise BlobDamagedError(msg) from error

    def _opened(self, sealed: bytes) -> bytes:
        if self._keys is None:
            msg = "it is sealed, and no keys are at hand"
            raise BlobDamagedError(msg)
        return self._keys.open(sealed)


def _parsed(body: bytes) -> Any:
    try:
        return from_json(body)
    except ValueError:
        # The fast parser stops at 200 levels of nesting, which the writer does not.
        return json.loads(body)
