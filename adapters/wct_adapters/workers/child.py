"""A process of one step: started, asked, stopped when its time is over.

It has a session of its own, so that Ctrl-C at the terminal reaches wct alone, and what
the step starts is stopped with it. A lifeline, a pipe on which nothing is ever written,
tells it when wct is gone, however wct went.
"""

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from threading import Lock
from typing import IO, Final, cast

from wct_adapters.workers.frames import HEAD, framed
from wct_domain.durations import in_words
from wct_domain.errors import StepProcessError, StepStoppedError, StepTimeoutError

GRACE: Final = 1.0
"""Seconds between SIGTERM and SIGKILL."""

_LOOK: Final = 0.25  # seconds; how often a process is looked at that says nothing
_PIECE: Final = 1 << 20  # bytes asked for at once

Command = Callable[[int], Sequence[str]]
"""Makes the program's arguments, given the number of its lifeline's descriptor."""


class Child:
    """One process, which answers one frame with one frame.

    ``ask`` belongs to one thread; ``stop`` may be called from any.

    Args:
        limit: seconds from now on that it may take, for all that it is asked.

    Raises:
        StepProcessError: the system starts no process.
    """

    def __init__(
        self, command: Command, environment: Mapping[str, str], limit: float
    ) -> None:
        self._limit = limit
        self._end = time.monotonic() + limit
        self._lock = Lock()
        self._buried = False
        self._stopped = False
        theirs, self._lifeline = os.pipe()
        try:
            self._process = subprocess.Popen(  # noqa: S603  # our own program
                [*command(theirs)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=(theirs,),
                env=environment,
                start_new_session=True,
                bufsize=0,
            )
        except OSError as error:
            os.close(self._lifeline)
            msg = f"no process could be started for it: {error.strerror}"
            raise StepProcessError(msg) from error
        finally:
            os.close(theirs)
        self._pipes = (
            cast("IO[bytes]", self._process.stdin),
            cast("IO[bytes]", self._process.stdout),
        )
        self._requests, self._answers = (each.fileno() for each in self._pipes)
        os.set_blocking(self._requests, False)
        os.set_blocking(self._answers, False)

    @property
    def seconds_left(self) -> float:
        return max(0.0, self._end - time.monotonic())

    def ask(self, request: bytes) -> bytes:
        """Send a frame, and return what is answered.

        Raises:
            StepTimeoutError: the time is over; the process is gone.
            StepProcessError: the process ended without an answer.
            StepStoppedError: ``stop`` was called.
        """
        rest = memoryview(framed(request))
        while rest:
            self._await(self._requests, select.POLLOUT)
            try:
                rest = rest[os.write(self._requests, rest[:_PIECE]) :]
            except BlockingIOError:
                continue
            except OSError:
                raise self._ended() from None
        (length,) = HEAD.unpack(self._received(HEAD.size))
        return self._received(length)

    def stop(self) -> None:
        """End it at once, with all that it started."""
        self._stopped = True
        self._signal(signal.SIGKILL)

    def close(self) -> None:
        """Let it end, for a moment; then end it, with all that it started."""
        if self._buried:
            return
        self._pipes[0].close()
        self._await_end()
        self._bury()

    def _received(self, length: int) -> bytes:
        found = bytearray()
        while len(found) < length:
            self._await(self._answers, select.POLLIN)
            with suppress(BlockingIOError):
                piece = os.read(self._answers, min(_PIECE, length - len(found)))
                if not piece:
                    raise self._ended()
                found += piece
        return bytes(found)

    def _await(self, descriptor: int, event: int) -> None:
        """Wait until a pipe can be used, or has nobody at its other end."""
        poll = select.poll()
        poll.register(descriptor, event)
        while True:
            if self._stopped:
                raise self._ended()
            left = self._end - time.monotonic()
            if left <= 0:
                self._signal(signal.SIGTERM)
                self._await_end()
                self._bury()
                raise StepTimeoutError(f"timed out after {in_words(self._limit)}")
            if poll.poll(min(left, _LOOK) * 1000):
                return
            # What it started may hold its pipes open when it is gone.
            if self._is_dead() and not poll.poll(0):
                raise self._ended()

    def _ended(self) -> StepProcessError | StepStoppedError:
        """Bury it, and say how it ended."""
        self._await_end()
        if not self._is_dead():
            self._signal(signal.SIGKILL)  # it closed its pipes, and lives
        status = self._bury()
        if self._stopped:
            return StepStoppedError("the run was told to stop")
        return StepProcessError(f"its process {_how(status)} before the step had ended")

    def _await_end(self) -> None:
        end = time.monotonic() + GRACE
        while not self._is_dead() and time.monotonic() < end:
            time.sleep(0.002)

    def _is_dead(self) -> bool:
        """Look without burying it: its number, and its group's, stay its own."""
        if self._buried:
            return True
        if not hasattr(os, "waitid"):  # macOS before Python 3.13
            return self._process.poll() is not None
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT
        try:
            return os.waitid(os.P_PID, self._process.pid, options) is not None
        except ChildProcessError:  # a program that uses us buries all its children
            return True

    def _signal(self, number: int) -> None:
        with self._lock:
            if not self._buried:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._process.pid, number)

    def _bury(self) -> int:
        """End what is left of its session; return its status."""
        self._signal(signal.SIGKILL)
        with self._lock:
            status = self._process.wait()
            if not self._buried:
                self._buried = True
                os.close(self._lifeline)
                for pipe in self._pipes:
                    with suppress(OSError):
                        pipe.close()
        return status


def _how(status: int) -> str:
    if status >= 0:
        return f"exited with status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    if -status == signal.SIGKILL:
        return f"was killed ({name}, perhaps for want of memory)"
    return f"was ended by {name}"
