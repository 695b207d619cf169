"""Messages as blobs, and back."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wct_domain.archive import BlobDraft, BlobReader, VolatileFields
from wct_domain.digests import blob_digest
from wct_domain.errors import BlobDamagedError, BlobMissingError, ContentNotJsonError
from wct_domain.message import Message
from wct_domain.packing import PART_SIZE
from wct_domain.ports.ledger import Blob
from wct_domain.schemas import Schema
from wct_domain.testing.scenario import AnySchema

KEY = b"k" * 32

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
OBJECT = st.dictionaries(st.text(), JSON)


class Blobs:
    """A blob store that is a dict."""

    def __init__(self, blobs: tuple[Blob, ...]) -> None:
        self.kept = {blob.digest: blob.stored for blob in blobs}

    def blob(self, digest: str) -> bytes:
        if digest not in self.kept:
            raise BlobMissingError(digest)
        return self.kept[digest]


class Timestamped(AnySchema):
    """A schema with a volatile field in each of its items."""

    def load(self, schema_name: str, version: str = "1.0.0") -> dict[str, Any]:
        item: Mapping[str, Any] = {
            "properties": {"at": {"x-wct-volatile": True}, "n": {"type": "integer"}}
        }
        return {"properties": {"data": {"items": item}}}


def draft(source: AnySchema | None = None) -> BlobDraft:
    return BlobDraft(KEY, VolatileFields(source or AnySchema()))


@given(
    identity=st.text(),
    content=OBJECT,
    context=st.none() | OBJECT,
    schema=st.none() | st.builds(Schema, st.text(), st.text()),
    validated=st.booleans(),
)
def test_a_message_comes_back_equal(
    identity: str,
    content: dict[str, Any],
    context: dict[str, Any] | None,
    schema: Schema | None,
    validated: bool,  # Hypothesis fills it
) -> None:
    message = Message(identity, content, schema, context, validated)
    drafts = draft()
    stored = drafts.message(message)
    assert BlobReader(Blobs(drafts.take())).message(stored.reference) == message


def test_a_large_message_is_cut_into_parts_and_comes_back_equal() -> None:
    # Hexadecimal digits compress to half at the best, so several parts are needed.
    digits = random.Random(1).randbytes(2 * PART_SIZE).hex()  # the seed is fixed
    message = Message("m", {"data": [digits]}, Schema("s", "1.0.0"))
    drafts = draft()
    stored = drafts.message(message)
    blobs = drafts.take()
    assert stored.parts == len(blobs) - 1
    assert stored.parts > 1
    assert all(len(blob.stored) <= PART_SIZE for blob in blobs)
    assert all(blob_digest(blob.stored) == blob.digest for blob in blobs)
    assert BlobReader(Blobs(blobs)).message(stored.reference) == message


def test_keys_keep_their_order_and_the_digest_does_not_depend_on_it() -> None:
    drafts = draft()
    first = drafts.message(Message("m", {"b": 1, "a": 2})).reference
    second = drafts.message(Message("m", {"a": 2, "b": 1})).reference
    read = BlobReader(Blobs(drafts.take())).message(first)
    assert list(read.content) == ["b", "a"]
    assert first.content == second.content


def test_times_become_text() -> None:
    drafts = draft()
    at = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    stored = drafts.message(Message("m", {"at": at}))
    read = BlobReader(Blobs(drafts.take())).message(stored.reference)
    assert read.content == {"at": "2026-01-02T03:04:00+00:00"}


def test_volatile_fields_change_the_blob_and_not_the_content_digest() -> None:
    schema = Schema("s", "1.0.0")
    drafts = draft(Timestamped())
    first, second, other = (
        drafts.message(Message("m", {"data": [{"at": at, "n": n}]}, schema)).reference
        for at, n in (("noon", 1), ("midnight", 1), ("noon", 2))
    )
    assert first.blob != second.blob
    assert first.content == second.content
    assert first.content != other.content


def test_the_content_digest_needs_the_key_and_tells_schemas_apart() -> None:
    message = Message("m", {"name": "x"}, Schema("s", "1.0.0"))
    other_key = BlobDraft(b"o" * 32, VolatileFields(AnySchema()))
    other_schema = Message("m", {"name": "x"}, Schema("s", "2.0.0"))
    digests = {
        draft().message(message).reference.content,
        other_key.message(message).reference.content,
        draft().message(other_schema).reference.content,
    }
    assert len(digests) == 3


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"x": value}
    return value


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"a": [1, {2, 3}]}, "content -> a -> 1 is not JSON: a set"),
        ({"a": {(1, 2): "x"}}, "content -> a is not JSON: a key of type tuple"),
        ({"a": b"raw"}, "content -> a is not JSON: a bytes"),
        ({"a": "\ud800"}, "content -> a is not JSON: text with a lone surrogate"),
        ({"\ud800": 1}, "content is not JSON: a key with a lone surrogate"),
        (
            nested(100_000),
            "content is not JSON: nested too deeply, or refers to itself",
        ),
    ],
)
def test_what_is_not_json_is_named_by_its_path(
    content: dict[str, Any], text: str
) -> None:
    with pytest.raises(ContentNotJsonError) as caught:
        draft().message(Message("m", content))
    assert str(caught.value) == text


@pytest.mark.parametrize("stored", [b"", b"\x01not zlib", b"\x00{", b"\x09", b"\x00[]"])
def test_a_blob_that_is_no_message_is_reported_as_damaged(stored: bytes) -> None:
    drafts = draft()
    reference = drafts.message(Message("m", {})).reference
    blobs = Blobs(())
    blobs.kept[reference.blob] = stored
    with pytest.raises(BlobDamagedError, match=reference.blob):
        BlobReader(blobs).message(reference)
