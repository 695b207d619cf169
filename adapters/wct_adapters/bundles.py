"""Bundles as files: zip archives of one exact form.

Members are stored, not compressed, so that a bundle is no larger than it looks. The
archive is read as it must have been written, byte for byte: every byte is either a
member's or follows from the members, so that no two programs can see different ones.
Any zip program can list and extract it.
"""

import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Final, NamedTuple, Protocol

from wct_domain.bundle import LARGEST, Member, Members
from wct_domain.errors import BundleError

_LOCAL: Final = struct.Struct("<4s5H3I2H")
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
_END64: Final = struct.Struct("<4sQ2H2I4Q")
_LOCATOR: Final = struct.Struct("<4sIQI")
_END: Final = struct.Struct("<4s4H2IH")
_LOCAL_SIGN, _CENTRAL_SIGN = b"PK\x03\x04", b"PK\x01\x02"
_VERSION = 45  # 4.5 of the specification: zip64
_BY_UNIX = 3 << 8 | _VERSION
_UTF8 = 1 << 11
_DAY = 33  # 1980-01-01, the first that a zip file knows
_MODE = 0o100600 << 16
_MOST32, _MOST16 = 0xFFFFFFFF, 0xFFFF
_NAME = re.compile(rb"[a-z0-9][a-z0-9./-]{0,99}")
MOST_MEMBERS: Final = 1_000_000


class Target(Protocol):
    """Where a bundle is written to."""

    def write(self, data: bytes, /) -> object: ...


class _Entry(NamedTuple):
    name: bytes
    size: int
    crc: int
    offset: int  # of its header

    @property
    def header(self) -> bytes:
        return _LOCAL.pack(
            *(_LOCAL_SIGN, _VERSION, _UTF8, 0, 0, _DAY, self.crc, self.size),
            *(self.size, len(self.name), 0),
        )

    @property
    def data(self) -> int:
        """Offset of its content."""
        return self.offset + _LOCAL.size + len(self.name)

    @property
    def end(self) -> int:
        return self.data + self.size


def write_bundle(target: Target, members: Iterable[Member]) -> int:
    """Write members, in their order; return the bytes written. Nothing is sought.

    Raises:
        OSError: it cannot be written.
    """
    entries: list[_Entry] = []
    offset = 0
    for name, content in members:
        entry = _Entry(name.encode(), len(content), zlib.crc32(content), offset)
        target.write(entry.header + entry.name)
        target.write(content)
        entries.append(entry)
        offset = entry.end
    directory = _directory(entries, offset)
    target.write(directory)
    return offset + len(directory)


class BundleFile(Members):
    """A bundle in a file; what is in it is found when it is opened.

    Raises:
        BundleError: it is not a bundle, or not as it was written.
        OSError: it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("rb")
        try:
            self._entries = {
                entry.name.decode(): entry for entry in _entries(self._file)
            }
        except BaseException:
            self._file.close()
            raise

    def names(self) -> list[str]:
        """Return all names."""
        return list(self._entries)

    def read(self, name: str) -> bytes:
        """See :class:`wct_domain.bundle.Members`."""
        entry = self._entries.get(name)
        if entry is None:
            msg = f"the bundle has no {name}"
            raise BundleError(msg)
        if entry.size > LARGEST:
            msg = f"{name} has {entry.size} bytes, more than a bundle may have in one"
            raise BundleError(msg)
        self._file.seek(entry.data)
        content = self._file.read(entry.size)
        if zlib.crc32(content) != entry.crc:
            msg = f"{name} is damaged: its bytes have another checksum"
            raise BundleError(msg)
        return content

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _entries(file: IO[bytes]) -> list[_Entry]:
    entries: list[_Entry] = []
    names: set[bytes] = set()
    length = file.seek(0, 2)
    offset = 0
    while (entry := _entry(file, offset)) is not None:
        if entry.name in names:
            msg = f"it has two members {entry.name.decode()}"
            raise _no_bundle(msg)
        if entry.end > length:
            msg = "it is cut off"
            raise _no_bundle(msg)
        if len(entries) == MOST_MEMBERS:
            msg = f"it has more than {MOST_MEMBERS:,} members"
            raise _no_bundle(msg)
        names.add(entry.name)
        entries.append(entry)
        offset = entry.end
    expected = _directory(entries, offset)
    file.seek(offset)
    if not entries or file.read(len(expected) + 1) != expected:
        msg = "it is not written as wct writes bundles, or was changed"
        raise _no_bundle(msg)
    return entries


def _entry(file: IO[bytes], offset: int) -> _Entry | None:
    """Read the header at this place; None where the directory begins."""
    file.seek(offset)
    head = file.read(_LOCAL.size)
    if len(head) < _LOCAL.size or head[:4] != _LOCAL_SIGN:
        return None
    *_, crc, size, _, name_size, _ = _LOCAL.unpack(head)
    entry = _Entry(file.read(name_size), size, crc, offset)
    if entry.header != head or not _NAME.fullmatch(entry.name):
        msg = "it has a member that wct does not write"
        raise _no_bundle(msg)
    return entry


def _directory(entries: list[_Entry], start: int) -> bytes:
    """Make what follows the members: the central directory, and where it is."""
    central = b"".join(_central(entries))
    count, size = len(entries), len(central)
    large = count >= _MOST16 or start >= _MOST32 or size >= _MOST32
    end64 = b""
    if large:
        end64 = _END64.pack(
            *(b"PK\x06\x06", _END64.size - 12, _BY_UNIX, _VERSION, 0, 0),
            *(count, count, size, start),
        )
        end64 += _LOCATOR.pack(b"PK\x06\x07", 0, start + size, 1)
    few, near, short = min(count, _MOST16), min(start, _MOST32), min(size, _MOST32)
    end = _END.pack(b"PK\x05\x06", 0, 0, few, few, short, near, 0)
    return central + end64 + end


def _central(entries: Iterable[_Entry]) -> Iterator[bytes]:
    for name, size, crc, offset in entries:
        extra = b""
        if offset >= _MOST32:
            extra = struct.pack("<2HQ", 1, 8, offset)
        yield _CENTRAL.pack(
            *(_CENTRAL_SIGN, _BY_UNIX, _VERSION, _UTF8, 0, 0, _DAY, crc, size, size),
            *(len(name), len(extra), 0, 0, 0, _MODE, min(offset, _MOST32)),
        )
        yield name + extra


def _no_bundle(what: str) -> BundleError:
    return BundleError(f"it is not a bundle of wct: {what}")
