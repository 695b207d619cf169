"""Records what a ledger does to the disk: SQLite's files, and the key store.

``recorded_disk`` puts itself below SQLite (as its default VFS) and below the key
store (as its ``os``), in this process only; both still write the real files.
"""

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from types import SimpleNamespace
from typing import Any, Final
from unittest.mock import patch

import apsw

from tests.crash.disk import Name, Operation, Resize, Sync, SyncNames, Told, Write
from wct_adapters.ledgers import replacing

_VFS: Final = "recording"
_REAL: Final = "unix"  # SQLite's own
_WITH_ITS_NAME: Final = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_WAL


class Recorder:
    """Operations in their order, whichever thread they come from.

    Args:
        lies: says of which files (by name) a sync is believed and does nothing.
    """

    def __init__(self, lies: Callable[[str], bool] = lambda name: False) -> None:
        self.operations: list[Operation] = []
        self._lies = lies
        self._files: dict[str, int] = {}
        self._contents: dict[int, bytes] = {}  # of files that are written as a whole
        self._last = 0
        self.alone = RLock()

    def told(self, what: object) -> None:
        self._add(Told(what))

    def opened(self, name: str) -> int:
        """Return the number of a file, which is new if nobody has met the name."""
        with self.alone:
            if name not in self._files:
                self._last += 1
                self._files[name] = self._last
                self.operations.append(Name(name, self._last))
            return self._files[name]

    def written(self, file: int, offset: int, data: bytes) -> None:
        self._add(Write(file, offset, data))

    def resized(self, file: int, size: int) -> None:
        self._add(Resize(file, size))

    def synced(self, name: str, file: int, *, with_names: bool) -> None:
        if not self._lies(name):
            self._add(Sync(file))
            if with_names:
                self._add(SyncNames())

    def deleted(self, name: str, *, synced: bool) -> None:
        with self.alone:
            self._files.pop(name, None)
            self.operations.append(Name(name, None))
            if synced:
                self.operations.append(SyncNames())

    def replaced(self, name: str, content: bytes) -> None:
        """Note what a file that was written as a whole holds by now."""
        file = self.opened(name)
        if self._contents.get(file) != content:
            self._contents[file] = content
            self.resized(file, 0)
            self.written(file, 0, content)

    def renamed(self, name: str, target: str) -> None:
        with self.alone:
            file = self._files[target] = self._files.pop(name)
            self.operations += [Name(target, file), Name(name, None)]

    def _add(self, operation: Operation) -> None:
        with self.alone:
            self.operations.append(operation)


@contextmanager
def recorded_disk(recorder: Recorder) -> Generator[None]:
    """Record all that SQLite and the key store do until the end of the block."""
    vfs = _RecordingVFS(recorder)
    with (
        patch.object(replacing, "os", _recording_os(recorder)),
        patch.object(Path, "replace", _recording_replace(recorder)),
    ):
        try:
            yield
        finally:
            vfs.unregister()


class _RecordingVFS(apsw.VFS):
    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        super().__init__(_VFS, base=_REAL, makedefault=True)

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802  # apsw's
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        if path is None:
            return apsw.VFSFile(_REAL, name, flags)  # temporary: nobody looks for it
        return _RecordingFile(self._recorder, Path(path).name, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802  # apsw's
        super().xDelete(filename, syncdir)
        self._recorder.deleted(Path(filename).name, synced=syncdir)


class _RecordingFile(apsw.VFSFile):
    def __init__(
        self, recorder: Recorder, name: str, given: Any, flags: list[int]
    ) -> None:
        self._recorder = recorder
        self._name = name
        # SQLite on Unix syncs the directory, too, when it first syncs a new journal.
        self._with_its_name = bool(flags[0] & _WITH_ITS_NAME)
        super().__init__(_REAL, given, flags)
        self._file = recorder.opened(name)

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802  # apsw's
        super().xWrite(data, offset)  # pyright: ignore[reportUnknownMemberType]  # Buffer
        self._recorder.written(self._file, offset, bytes(data))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802  # apsw's
        super().xTruncate(newsize)
        self._recorder.resized(self._file, newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802  # apsw's
        # Not the real one: these files need not survive.
        self._recorder.synced(self._name, self._file, with_names=self._with_its_name)
        self._with_its_name = False


def _recording_os(recorder: Recorder) -> SimpleNamespace:
    """Make an ``os`` that notes what it opens and syncs; all else is the real one."""

    def open_(path: Path, flags: int, mode: int = 0o777) -> int:
        with recorder.alone:
            if flags & os.O_CREAT:
                recorder.opened(path.name)
            return os.open(path, flags, mode)

    def fsync(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path.is_dir():
            recorder.synced("directory", -1, with_names=True)
            return
        recorder.replaced(path.name, path.read_bytes())
        file = recorder.opened(path.name)
        recorder.synced(path.name, file, with_names=False)

    return SimpleNamespace(**{**vars(os), "open": open_, "fsync": fsync})


def _recording_replace(recorder: Recorder) -> Callable[[Path, Path], Path]:
    real = Path.replace

    def replace(path: Path, target: Path) -> Path:
        recorder.replaced(path.name, path.read_bytes())  # synced or not
        with recorder.alone:
            recorder.renamed(path.name, Path(target).name)
            return real(path, target)

    return replace
