"""A file that is replaced as a whole, and is on disk before anybody uses it.

Whoever replaces it holds both the old file and the new one, by locks that end with
the process: a reader waits until the new file's name is on disk, too.
"""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Hold a file, made empty if there is none, against other processes."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
            break
        os.close(descriptor)  # replaced while we waited for it
    try:
        yield
    finally:
        os.close(descriptor)


def replace(path: Path, content: bytes) -> None:
    """Write a file anew, for whoever holds it; on disk when this returns."""
    target = path.resolve()  # not the link, if it is one
    # One name for all: what a process that was killed has left may hold what the next
    # change is there to destroy.
    temporary = target.with_name(f"{target.name}.new")
    temporary.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(temporary, flags, 0o600), "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # until its name, too, is on disk
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            temporary.replace(target)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        directory = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def settled_content(path: Path) -> bytes:
    """Read a file, once whoever has put it there has it on disk.

    Not for whoever holds it.
    """
    while True:
        with path.open("rb") as file:
            with suppress(OSError):  # a file system without locks
                fcntl.flock(file, fcntl.LOCK_SH)
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file.read()
