"""One process that is fed on stdin, watched to its end, and stopped when it is due.

The reading end of its stdin stays open here too. So what it has left unread can be
counted when it has ended, and no write fails because it has ended before.
"""

import fcntl
import os
import selectors
import signal
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Final, NamedTuple

_KEPT: Final = 2048  # bytes of its stderr, the last ones
_READ: Final = 65536  # bytes at a time; also what a pipe holds
_GRACE: Final = 1.0  # seconds between asking a process to end and ending it
_LOOK: Final = 0.02  # seconds, where the system cannot tell us that a process ended


class Ended(NamedTuple):
    """How it ended."""

    status: int | None  # as of subprocess: negative for a signal; None: was stopped
    unread: int  # bytes that it was fed and has not read
    said: bytes  # the end of its stderr


class Feeding:
    """A process, in a group of its own, so that its children can be ended with it.

    Its stdout leads nowhere: that of wct is for results.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], directory: Path
    ) -> None:
        self._stdin, self._feed = os.pipe()
        try:
            self._process = subprocess.Popen(  # noqa: S603  # the user's own program
                command,
                stdin=self._stdin,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=dict(environment),
                cwd=directory,
                start_new_session=True,
            )
        except BaseException:
            os.close(self._stdin)
            os.close(self._feed)
            raise
        self._said = b""
        os.set_blocking(self._feed, False)
        os.set_blocking(self._stderr, False)

    @property
    def _stderr(self) -> int:
        assert self._process.stderr is not None  # noqa: S101  # asked for above
        return self._process.stderr.fileno()

    def finish(self, fed: bytes, seconds: float) -> Ended:
        """Feed it everything and wait for its end; stop it when the time is over."""
        until = monotonic() + seconds
        left = memoryview(fed)
        watched = _end_of(self._process.pid)
        try:
            with selectors.DefaultSelector() as ready:
                ready.register(self._feed, selectors.EVENT_WRITE)
                ready.register(self._stderr, selectors.EVENT_READ)
                if watched is not None:
                    ready.register(watched, selectors.EVENT_READ)
                while self._process.poll() is None:
                    remaining = until - monotonic()
                    if remaining <= 0:
                        self.stop()
                        return Ended(None, len(left), self._said)
                    wait = remaining if watched is not None else min(remaining, _LOOK)
                    for key, _ in ready.select(wait):
                        if key.fd == self._feed:
                            left = left[self._written(left) :]
                            if not left:  # the end of its stdin
                                ready.unregister(self._feed)
                                self._close_feed()
                        elif key.fd == self._stderr and not self._listen():
                            ready.unregister(self._stderr)
            self._listen()
            unread = len(left) + _waiting(self._stdin)
            return Ended(self._process.returncode, unread, self._said)
        finally:
            if watched is not None:
                os.close(watched)
            self._release()

    def stop(self, grace: float = _GRACE) -> None:
        """End it and its children; may be called from another thread."""
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(grace)
        # Also when it has ended by now: a child may have not.
        self._signal(signal.SIGKILL)
        self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        # Its id stands for the group as long as somebody is left in it.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _written(self, left: memoryview) -> int:
        try:
            return os.write(self._feed, left[:_READ])
        except BlockingIOError:
            return 0

    def _listen(self) -> bool:
        """Keep the end of what it says on stderr; say whether more may come."""
        try:
            chunk = os.read(self._stderr, _READ)
        except BlockingIOError:
            return True
        self._said = (self._said + chunk)[-_KEPT:]
        return bool(chunk)

    def _close_feed(self) -> None:
        if self._feed >= 0:
            os.close(self._feed)
            self._feed = -1

    def _release(self) -> None:
        self._close_feed()
        os.close(self._stdin)
        if self._process.poll() is None:  # we were interrupted
            self.stop()
        assert self._process.stderr is not None  # noqa: S101  # asked for above
        self._process.stderr.close()


def _end_of(pid: int) -> int | None:
    """Return what becomes readable when a process ends; None where there is none."""
    opened = getattr(os, "pidfd_open", None)  # Linux
    try:
        return None if opened is None else int(opened(pid))
    except OSError:
        return None


def _waiting(pipe: int) -> int:
    """Return how many bytes wait in a pipe."""
    answer = fcntl.ioctl(pipe, termios.FIONREAD, struct.pack("i", 0))
    return int(struct.unpack("i", answer)[0])
