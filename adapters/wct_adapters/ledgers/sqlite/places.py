"""Which files may hold a ledger: looked at before SQLite is let near them.

Nothing here opens an existing file. Closing a descriptor would drop the locks that
SQLite holds on that file elsewhere in this process.
"""

import os
import re
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Final

from wct_domain.errors import LedgerUnusableError
from wct_domain.ports.own_files import OWN_DIRECTORY

_ELSEWHERE: Final = "name another file with --ledger or WCT_LEDGER"
_MOUNTS: Final = Path("/proc/self/mountinfo")
_NETWORK: Final = re.compile(
    "afs|beegfs|ceph|cifs|davfs|drvfs|gfs2|glusterfs|gpfs|lustre|ncpfs|nfs4?|ocfs2"
    r"|orangefs|smb3|smbfs|fuse\.(ceph|davfs2|gcsfuse|glusterfs|rclone|s3fs|sshfs)"
)

_IGNORING: Final = ".gitignore"
_CREATING: Final = Lock()
"""Held from looking for the file until it is made and closed: see above."""


def refuse_unfit(path: Path) -> None:
    """Refuse a place where no ledger can be, whatever is to be done with it.

    Raises:
        LedgerUnusableError: a directory or device, no parent, a network file system.
    """
    parent = path.parent
    if path.is_dir():
        raise _unusable(path, "is a directory; name a file in it")
    if path.exists() and not path.is_file():
        raise _unusable(path, f"is not a regular file; {_ELSEWHERE}")
    if parent.name == OWN_DIRECTORY and not parent.exists():
        parent = parent.parent
    if not parent.is_dir():
        reason = f"cannot be: there is no directory '{parent}'; make it first"
        raise _unusable(path, reason)
    kind = _mounted_as(parent)
    if kind and _NETWORK.fullmatch(kind):
        reason = (
            f"is on a network file system ({kind}), which SQLite cannot lock; put it "
            "on a local disk (--ledger or WCT_LEDGER)"
        )
        raise _unusable(path, reason)


def refuse_unwritable(path: Path) -> None:
    """Refuse a file that is there and that this user may not write.

    Raises:
        LedgerUnusableError: the file or its directory is read-only.
    """
    if not may(path, os.R_OK | os.W_OK):
        raise _unusable(path, f"may not be written by this user; {_ELSEWHERE}")
    if not may(path.parent, os.W_OK | os.X_OK):
        reason = (
            "may not be written: SQLite keeps files beside it, and the directory "
            f"'{path.parent}' is read-only; {_ELSEWHERE}"
        )
        raise _unusable(path, reason)


def refuse_missing(path: Path) -> None:
    """Refuse to go on without a file.

    Raises:
        LedgerUnusableError: there is none, or an empty one.
    """
    if not path.exists() or path.stat().st_size == 0:
        where = "" if path.is_absolute() else "go where 'wct run' was run, or "
        reason = f"does not exist: nothing is recorded there yet; {where}{_ELSEWHERE}"
        raise _unusable(path, reason)


def make_file(path: Path) -> None:
    """Make an empty file that only its owner may read, unless there is a file.

    A missing ``.wct`` is made too, for its owner, and ignored by git as a whole.

    Raises:
        LedgerUnusableError: the directory cannot be written, a link is there, or the
            log of a ledger that is gone, which SQLite would delete.
    """
    with _CREATING:
        refuse_log_of_another(path)
        if path.exists():
            _mend_ignoring(path.parent)
            return
        try:
            _make_own_directory(path.parent)
            _make_empty(path)
        except OSError as error:
            reason = f"cannot be made: {error.strerror}; {_ELSEWHERE}"
            raise _unusable(path, reason) from error
        if not path.exists():
            raise _unusable(path, f"is a link that leads nowhere; {_ELSEWHERE}")


def make_own_directory(path: Path) -> None:
    """Make ``.wct``, if that is where a file is to be, for its owner, ignored by git.

    Raises:
        LedgerUnusableError: it cannot be made.
    """
    try:
        _make_own_directory(path.parent)
    except OSError as error:
        reason = f"cannot be made: {error.strerror}; {_ELSEWHERE}"
        raise _unusable(path, reason) from error


def may(path: Path, what: int) -> bool:
    """Say whether the effective user has these permissions (``os.W_OK`` ...)."""
    return os.access(path, what, effective_ids=os.access in os.supports_effective_ids)


def mount_kind(mountinfo: str, device: str) -> str | None:
    """Find the file system type of ``major:minor`` in the text of mountinfo(5).

    A Windows drive in WSL 2 is ``drvfs``; any other 9p is what a container or virtual
    machine calls its disk, and works. None: not listed, as on btrfs.
    """
    pattern = rf"^\d+ \d+ {re.escape(device)} .*? - (\S+) \S* (.*)$"
    found = re.search(pattern, mountinfo, re.MULTILINE)
    if found is None:
        return None
    kind, options = found.groups()
    return "drvfs" if kind == "9p" and "aname=drvfs" in options else kind


def _mounted_as(directory: Path) -> str | None:
    if not _MOUNTS.exists():  # only Linux has it
        return None
    device = directory.stat().st_dev
    text = _MOUNTS.read_text(errors="replace")
    return mount_kind(text, f"{os.major(device)}:{os.minor(device)}")


def refuse_log_of_another(path: Path) -> None:
    """Refuse a place where the log of a ledger is, and no ledger.

    Raises:
        LedgerUnusableError
    """
    log = path.with_name(path.name + "-wal")
    # In this order: another process may be making the ledger, its log last.
    if log.exists() and not (path.exists() and path.stat().st_size):
        reason = (
            f"is gone, but its log '{log}' is there and may hold the last events: "
            f"put the ledger back beside it, or move the log away; or {_ELSEWHERE}"
        )
        raise _unusable(path, reason)


def _make_own_directory(directory: Path) -> None:
    if directory.name == OWN_DIRECTORY:
        if not directory.exists():
            directory.mkdir(mode=0o700, exist_ok=True)
            _sync(directory.parent)  # it is to be there after a power cut
        _ignore(directory)


def _make_empty(path: Path) -> None:
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _ignore(directory: Path) -> None:
    """Have git ignore a directory, unless a file there says what git ignores.

    An empty one says nothing: it is what a wct that was killed has left.
    """
    path = directory / _IGNORING
    if path.exists() and path.stat().st_size:
        return
    temporary = path.with_name(f"{_IGNORING}.{os.getpid()}")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with os.fdopen(os.open(temporary, flags, 0o644), "wb") as file:
            file.write(b"*\n")
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _mend_ignoring(directory: Path) -> None:
    """Fill an empty ``.gitignore`` beside a ledger, but bring back none."""
    if directory.name == OWN_DIRECTORY and (directory / _IGNORING).exists():
        with suppress(OSError):  # whether the ledger may be written is seen elsewhere
            _ignore(directory)


def _unusable(path: Path, reason: str) -> LedgerUnusableError:
    return LedgerUnusableError(f"ledger '{path}' {reason}")
