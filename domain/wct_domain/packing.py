"""Bodies as stored bytes: compressed, cut into parts, and back.

A stored body is one tag byte and what it says: plain JSON, zlib-compressed JSON, or
either of these sealed (:class:`wct_domain.ports.keys.Sealer`). One of more than
``PART_SIZE`` bytes is cut into parts, and the blob under its reference lists their
digests, so that a reference has one size whatever it names.

What is read may be somebody else's, out of a bundle. A reader therefore spends no more
memory on it than a fixed multiple of what is stored: a body is not longer than ``ROOM``
or ``RATIO`` times its stored form, and no list names a part twice. What events say of
sizes is no bound, for whoever makes up the one makes up the other.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import count, repeat
from typing import Final

from wct_domain.errors import BlobDamagedError

PART_SIZE: Final = 1 << 20  # bytes
ROOM: Final = 1 << 20
"""Bytes that any compressed body may have."""

RATIO: Final = 100
"""How many times a longer one may be as long as it is stored. Results of scans come to
5-25; deflate itself ends at 1032 (zlib's documentation, "Maximum Compression Factor").
"""

PLAIN, ZLIB, PARTS, SEALED = b"\x00", b"\x01", b"\x02", b"\x03"
_WORTH_COMPRESSING = 512  # bytes; below, zlib saves less than it costs
_FAST = 1  # zlib level: a third of the time of the default, a tenth larger
_DIGEST = 32  # bytes


def packed(body: bytes) -> bytes:
    """Give a body its tag, compressed if that makes it shorter."""
    if len(body) < _WORTH_COMPRESSING:
        return PLAIN + body
    found = zlib.compress(body, _FAST)
    if len(body) > _most(len(found)):
        # No code is shorter than a bit: an eighth at the best, whatever it holds.
        weaker = zlib.compressobj(_FAST, strategy=zlib.Z_HUFFMAN_ONLY)
        found = weaker.compress(body) + weaker.flush()
    return min(PLAIN + body, ZLIB + found, key=len)


def unpacked(stored: bytes) -> bytes:
    """Undo ``packed``.

    Raises:
        BlobDamagedError: it is not what ``packed`` makes.
    """
    tag, body = stored[:1], stored[1:]
    if tag == PLAIN:
        return body
    if tag != ZLIB:
        msg = "it is not what this wct can read"
        raise BlobDamagedError(msg)
    most, opened = _most(len(body)), zlib.decompressobj()
    try:
        found = opened.decompress(body, most + 1)
    except zlib.error as error:
        msg = "it is not what this wct can read"
        raise BlobDamagedError(msg) from error
    if len(found) > most:
        msg = (
            f"it would be longer than {most:,} bytes, where {len(stored):,} are "
            f"stored: no wct stores what grows to more than {RATIO} times its size"
        )
        raise BlobDamagedError(msg)
    if not opened.eof or opened.unused_data:
        msg = "it is cut off, or longer than it says"
        raise BlobDamagedError(msg)
    return found


def cut(stored: bytes) -> list[bytes]:
    """Cut what is to be stored into parts that all differ."""
    if len(stored) <= PART_SIZE:
        return [stored]
    parts = list(_slices(stored, repeat(PART_SIZE)))
    if len(set(parts)) < len(parts):  # never of what is sealed
        parts = list(_slices(stored, count(PART_SIZE, -1)))
    return parts


def list_of(digests: list[str]) -> bytes:
    """Make the blob that lists parts."""
    return PARTS + bytes.fromhex("".join(digests))


def parts_of(stored: bytes) -> list[str]:
    """Return the digests of a blob's parts; none for a blob that is whole."""
    if stored[:1] != PARTS:
        return []
    return [stored[at : at + _DIGEST].hex() for at in range(1, len(stored), _DIGEST)]


def joined(stored: bytes, blob: Callable[[str], bytes]) -> bytes:
    """Join the parts of a blob; one that is whole stays as it is.

    Raises:
        BlobDamagedError: it lists parts as no wct does.
    """
    if stored[:1] != PARTS:
        return stored
    parts = parts_of(stored)
    if len(set(parts)) < len(parts):
        msg = "it lists a part more than once, so that it would be longer than stored"
        raise BlobDamagedError(msg)
    if any(len(part) != 2 * _DIGEST for part in parts):
        msg = "its list of parts is cut off"
        raise BlobDamagedError(msg)
    return b"".join(map(blob, parts))


def sealed_for(stored: bytes) -> str | None:
    """Return the erasure scope that a blob was sealed for; None if it was for none."""
    return stored[1:17].hex() if stored[:1] == SEALED else None


def _slices(stored: bytes, sizes: Iterable[int]) -> Iterator[bytes]:
    start = 0
    for size in sizes:
        if start >= len(stored):
            return
        yield stored[start : start + size]
        start += size


def _most(stored: int) -> int:
    return max(ROOM, RATIO * stored)
