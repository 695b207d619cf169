"""A disk that tells what is synced from what is only written, and what a cut leaves.

Operations are recorded in their order. A cut after any of them leaves what was synced
before; of the rest, whatever a loss model keeps. Sectors that were not being written
stay as they were, and what was never written reads as zeros.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, TypeAlias


class Write(NamedTuple):
    file: int
    offset: int  # bytes
    data: bytes


class Resize(NamedTuple):
    file: int
    size: int  # bytes


class Sync(NamedTuple):
    """All that was done to the file before is on disk."""

    file: int


class Name(NamedTuple):
    """A name leads to another file now; None: to none. Directories keep order."""

    name: str
    file: int | None


class SyncNames(NamedTuple):
    """All names are on disk as they are now."""


class Told(NamedTuple):
    """Somebody outside was told something: from here on it must be true."""

    what: object


Operation: TypeAlias = Write | Resize | Sync | Name | SyncNames | Told
Loss: TypeAlias = Literal[
    "lost", "kept", "prefix", "reordered", "torn 512", "torn 4096"
]
LOSSES: Final[tuple[Loss, ...]] = (
    "lost",
    "kept",
    "prefix",
    "reordered",
    "torn 512",
    "torn 4096",
)

_Change: TypeAlias = Write | Resize


@dataclass
class Disk:
    """What is on disk for sure after the operations taken so far, and what is not."""

    files: dict[int, bytearray] = field(default_factory=dict[int, bytearray])
    names: dict[str, int] = field(default_factory=dict[str, int])
    unsynced: list[_Change] = field(default_factory=list[_Change])
    unsynced_names: list[Name] = field(default_factory=list[Name])

    def take(self, operation: Operation) -> None:
        match operation:
            case Write() | Resize():
                self.unsynced.append(operation)
            case Sync(file):
                for change in self.unsynced:
                    if change.file == file:
                        _apply(self.files, change)
                self.unsynced = [each for each in self.unsynced if each.file != file]
            case Name():
                self.unsynced_names.append(operation)
            case SyncNames():
                _rename(self.names, self.unsynced_names)
                self.unsynced_names = []
            case Told():
                pass

    def after_a_cut(self, loss: Loss, chance: random.Random) -> dict[str, bytes]:
        """Return names and contents of the files that somebody finds afterwards."""
        kept_names = len(self.unsynced_names)
        if loss != "kept":
            kept_names = 0 if loss == "lost" else chance.randint(0, kept_names)
        names = dict(self.names)
        _rename(names, self.unsynced_names[:kept_names])
        files = {file: bytearray(data) for file, data in self.files.items()}
        for change in _KEEP[loss](self.unsynced, chance):
            _apply(files, change)
        return {name: bytes(files.get(file, b"")) for name, file in names.items()}


def _all(changes: list[_Change], chance: random.Random) -> Iterable[_Change]:
    del chance
    return changes


def _none(changes: list[_Change], chance: random.Random) -> Iterable[_Change]:
    del changes, chance
    return ()


def _prefix(changes: list[_Change], chance: random.Random) -> Iterable[_Change]:
    """What a cache that keeps order has written, the last write cut off anywhere."""
    if not changes:
        return
    last = chance.randrange(len(changes))
    yield from changes[:last]
    change = changes[last]
    if isinstance(change, Write):
        size = chance.randint(0, len(change.data))
        yield change._replace(data=change.data[:size])


def _some(changes: list[_Change], chance: random.Random) -> Iterable[_Change]:
    """Any of the writes, whole, whichever came first."""
    share = chance.random()
    return [change for change in changes if chance.random() < share]


def _torn(
    sector: int,
) -> Callable[[list[_Change], random.Random], Iterable[_Change]]:
    """Any of the sectors of any of the writes."""

    def keep(changes: list[_Change], chance: random.Random) -> Iterable[_Change]:
        share = chance.random()
        for change in changes:
            if isinstance(change, Resize):
                if chance.random() < share:
                    yield change
                continue
            for part in _sectors(change, sector):
                if chance.random() < share:
                    yield part

    return keep


_KEEP: Final[
    dict[Loss, Callable[[list[_Change], random.Random], Iterable[_Change]]]
] = {
    "lost": _none,
    "kept": _all,
    "prefix": _prefix,
    "reordered": _some,
    "torn 512": _torn(512),
    "torn 4096": _torn(4096),
}


def _sectors(write: Write, sector: int) -> Iterable[Write]:
    start, end = write.offset, write.offset + len(write.data)
    while start < end:
        stop = min(end, (start // sector + 1) * sector)
        data = write.data[start - write.offset : stop - write.offset]
        yield Write(write.file, start, data)
        start = stop


def _apply(files: dict[int, bytearray], change: _Change) -> None:
    content = files.setdefault(change.file, bytearray())
    match change:
        case Write(_, offset, data):
            if data and len(content) < offset:
                content.extend(bytes(offset - len(content)))
            content[offset : offset + len(data)] = data
        case Resize(_, size):
            if size < len(content):
                del content[size:]
            else:
                content.extend(bytes(size - len(content)))


def _rename(names: dict[str, int], changes: Iterable[Name]) -> None:
    for name, file in changes:
        if file is None:
            names.pop(name, None)
        else:
            names[name] = file
