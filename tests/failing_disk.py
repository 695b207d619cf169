"""A disk below SQLite that counts what is synced, and fails when it is told to."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import apsw

_REAL: Final = "unix"  # SQLite's own


class Disk:
    """What the files of one test do, by name; operations are "write" and "sync".

    ``fail``: is asked before each of them, and returns the error that it is to raise.
    """

    def __init__(self) -> None:
        self.synced: list[str] = []
        self.fail: Callable[[str, str], type[apsw.Error] | None] = _never

    def fail_always(
        self, error: type[apsw.Error], operation: str = "write", suffix: str = ""
    ) -> None:
        """Fail from now on, at files whose name ends so."""
        self.fail = lambda done, name: (
            error if done == operation and name.endswith(suffix) else None
        )

    def fail_at(self, count: int, error: type[apsw.Error]) -> None:
        """Fail at the operation of this number from now on, and at all after it."""
        left = count

        def fail(_: str, __: str) -> type[apsw.Error] | None:
            nonlocal left
            left -= 1
            return error if left < 0 else None

        self.fail = fail

    def work(self) -> None:
        self.fail = _never

    def before(self, operation: str, name: str) -> None:
        error = self.fail(operation, name)
        if error is not None:
            raise error
        if operation == "sync":
            self.synced.append(name)


def _never(_: str, __: str) -> None:
    return None


@contextmanager
def failing_disk() -> Generator[Disk]:
    """Have SQLite use this disk, in connections that are opened meanwhile."""
    disk = Disk()
    vfs = _Vfs(disk)
    try:
        yield disk
    finally:
        vfs.unregister()


class _Vfs(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        super().__init__("failing", _REAL, makedefault=True)

    def xOpen(self, name: Any, flags: list[int]) -> "_File":  # noqa: N802  # theirs
        return _File(self._disk, name, flags)


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        self._real: Any = super()
        self._disk = disk
        named = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._name = "" if named is None else Path(str(named)).name
        super().__init__(_REAL, name, flags)

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802  # theirs
        self._disk.before("write", self._name)
        self._real.xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802  # theirs
        self._disk.before("sync", self._name)
        self._real.xSync(flags)
