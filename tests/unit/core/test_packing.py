"""Bodies as stored bytes: no more is read than what is stored can be worth."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wct_domain.archive import BlobDraft, BlobReader, VolatileFields
from wct_domain.digests import Reference, blob_digest
from wct_domain.errors import BlobDamagedError
from wct_domain.message import Message
from wct_domain.packing import (
    PART_SIZE,
    PARTS,
    PLAIN,
    RATIO,
    ROOM,
    ZLIB,
    cut,
    joined,
    list_of,
    packed,
    unpacked,
)
from wct_domain.testing.scenario import AnySchema


class Kept(dict[str, bytes]):
    """A blob store that is a dict."""

    def blob(self, digest: str) -> bytes:
        return self[digest]


@given(st.binary(max_size=5000), st.integers(1, 40))
def test_what_is_packed_comes_back(piece: bytes, times: int) -> None:
    assert unpacked(packed(piece * times)) == piece * times


@pytest.mark.parametrize("size", [ROOM, ROOM + 1, 40 * ROOM])
def test_what_repeats_itself_comes_back_and_stays_within_the_bound(size: int) -> None:
    body = b"a" * size
    stored = packed(body)
    assert stored[:1] == ZLIB
    assert size <= max(ROOM, RATIO * len(stored))
    assert unpacked(stored) == body


def test_more_than_that_is_refused_before_it_is_in_memory() -> None:
    squeezed = zlib.compressobj(9)
    block = bytes(1 << 20)
    bomb = b"".join(squeezed.compress(block) for _ in range(300)) + squeezed.flush()
    assert len(bomb) < 310_000  # 300 MiB, stored as 0.3 MB
    with pytest.raises(BlobDamagedError, match="longer than 30,"):
        unpacked(ZLIB + bomb)


@pytest.mark.parametrize(
    "stored",
    [b"", b"\x07", PARTS, ZLIB, ZLIB + b"no", packed(b"a" * 1000)[:-1]],
)
def test_what_nobody_packed_is_refused(stored: bytes) -> None:
    with pytest.raises(BlobDamagedError):
        unpacked(stored)


def test_nothing_follows_what_was_compressed() -> None:
    with pytest.raises(BlobDamagedError):
        unpacked(packed(b"a" * 1000) + b"b")


@pytest.mark.parametrize("stored", [b"", bytes(PART_SIZE), bytes(range(256)) * 20000])
def test_parts_all_differ_also_where_what_is_cut_repeats_itself(stored: bytes) -> None:
    parts = cut(stored)
    assert b"".join(parts) == stored
    assert len(set(parts)) == len(parts)
    assert all(len(part) <= PART_SIZE for part in parts)


def test_a_list_that_names_a_part_twice_is_refused() -> None:
    part = blob_digest(b"part")
    with pytest.raises(BlobDamagedError, match="more than once"):
        joined(list_of([part, part]), Kept({part: b"part"}).blob)


def test_a_list_that_is_cut_off_is_refused() -> None:
    with pytest.raises(BlobDamagedError, match="cut off"):
        joined(list_of([blob_digest(b"part")])[:-1], Kept().blob)


def test_a_reader_names_the_blob_that_it_does_not_read() -> None:
    bomb = ZLIB + zlib.compress(bytes(4 * ROOM), 9)
    digest = blob_digest(bomb)
    reader = BlobReader(Kept({digest: bomb}))
    with pytest.raises(BlobDamagedError, match=f"blob {digest} cannot be read"):
        reader.document(Reference(blob=digest, content="0" * 64))


def test_lists_are_not_nested() -> None:
    inner, outer = (list_of([blob_digest(each)]) for each in (PLAIN + b"1", b"x"))
    outer = list_of([blob_digest(inner)])
    blobs = {blob_digest(each): each for each in (PLAIN + b"1", inner, outer)}
    with pytest.raises(BlobDamagedError):
        BlobReader(Kept(blobs)).document(
            Reference(blob=blob_digest(outer), content="0" * 64)
        )


def test_a_message_that_repeats_itself_comes_back_equal() -> None:
    drafts = BlobDraft(b"k" * 32, VolatileFields(AnySchema()))
    message = Message("m", {"data": "a" * (20 * PART_SIZE)})
    stored = drafts.message(message)
    blobs = Kept({blob.digest: blob.stored for blob in drafts.take()})
    assert stored.parts > 1
    assert BlobReader(blobs).message(stored.reference) == message
