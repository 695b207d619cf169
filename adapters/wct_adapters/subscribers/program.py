"""A program of the user's, fed with events as lines of CloudEvents JSON.

One process for each batch: it reads its stdin to the end, and says with exit status 0
that it has taken everything. That it has read everything is checked, so a script that
looks at one line only is found out. Turned down: a program that stays and answers each
event on its stdout with the event's id. It has to flush each answer, which most do not
and then nothing moves; and what it has not answered, it may have taken all the same.
"""

import shutil
import signal
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Final

from wct_adapters.subscribers.feeding import Ended, Feeding
from wct_domain.cloud_events import cloud_event
from wct_domain.errors import DeliveryError, SubscriberError
from wct_domain.ports.ledger import Recorded
from wct_domain.secrecy import without_secrets_in_text

_PASSED: Final = frozenset(
    {
        *("HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "SHELL"),
        *("SSL_CERT_DIR", "SSL_CERT_FILE", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR"),
        *("TZ", "USER"),
    }
)
_LOCALE: Final = "LC_"
_AT_CLOSE: Final = 0.1  # seconds to end in, when nobody waits for it any more
_LINE: Final = 200  # signs of its last line on stderr


def environment_of(
    environ: Mapping[str, str], named: Collection[str] = ()
) -> dict[str, str]:
    """Return what a program gets of the environment.

    What programs need to run, and what is ``named``; nothing else, so neither wct's
    signing key nor the password of a database that a connector reads.

    Raises:
        SubscriberError: a variable that is named is not set.
    """
    for name in named:
        if name not in environ:
            msg = f"environment variable {name} is not set"
            raise SubscriberError(msg)
    return {
        name: value
        for name, value in environ.items()
        if name in _PASSED or name.startswith(_LOCALE) or name in named
    }


class Program:
    """A transport.

    Args:
        directory: where it runs, and where a path of it starts.
        timeout: seconds from its start to its end.

    Raises:
        SubscriberError: there is no such program.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        log_id: str,
        environment: Mapping[str, str],
        directory: Path,
        timeout: float,
    ) -> None:
        self._name = command[0]
        self.description = f"feeds the program {self._name}"
        self._command = [_found(command[0], environment, directory), *command[1:]]
        self._log_id = log_id
        self._environment = environment
        self._directory = directory
        self._timeout = timeout
        self._lock = Lock()
        self._at_work: Feeding | None = None
        self._closed = False

    def __call__(self, recorded: Recorded) -> None:
        """Feed it one event.

        Raises:
            DeliveryError: it did not take the event.
        """
        self.batch((recorded,))

    def batch(self, events: Sequence[Recorded]) -> None:
        """Feed it several, as one process.

        Raises:
            DeliveryError: it did not take all of them.
        """
        if not events:
            return
        lines = b"".join(cloud_event(each, self._log_id) + b"\n" for each in events)
        feeding = self._started()
        try:
            ended = feeding.finish(lines, self._timeout)
        finally:
            with self._lock:
                self._at_work = None
        if problem := self._problem(ended):
            said = _last_line(ended.said)
            msg = (
                f"program '{self._name}' {problem}; to see what it says: wct events "
                f"{events[0].stream} --format cloudevents | {self._name} ..."
            )
            raise DeliveryError(msg, said=said)

    def close(self) -> None:
        """End the process that is at work, if there is one."""
        with self._lock:
            self._closed = True
            feeding = self._at_work
        if feeding is not None:
            feeding.stop(_AT_CLOSE)

    def _started(self) -> Feeding:
        with self._lock:
            if self._closed:
                msg = f"program '{self._name}' is told nothing more"
                raise DeliveryError(msg)
            try:
                feeding = Feeding(self._command, self._environment, self._directory)
            except OSError as error:
                reason = error.strerror or type(error).__name__
                msg = (
                    f"program '{self._name}' cannot be started: {reason}; see that it "
                    "is executable, and that its first line names an interpreter"
                )
                raise DeliveryError(msg) from error
            self._at_work = feeding
            return feeding

    def _problem(self, ended: Ended) -> str | None:
        if ended.status is None:
            return f"had not ended after {self._timeout:g} s and was stopped"
        if ended.status < 0:
            return f"was ended by {_signal_name(-ended.status)}"
        if ended.status > 0:
            return f"exited with status {ended.status}"
        if ended.unread:
            return (
                f"exited with status 0 and left {ended.unread:,} bytes unread, where "
                "it has to read its stdin to the end"
            )
        return None


def _found(program: str, environment: Mapping[str, str], directory: Path) -> str:
    """Return the absolute path of a program, from the directory or from PATH."""
    if Path(program).name != program:
        path = directory / program
        found = str(path) if shutil.which(path) else None
        why = "is not there, or is not executable"
    else:
        found = shutil.which(program, path=environment.get("PATH"))
        why = "is in no directory of PATH; a file beside you is ./NAME"
    if found is None:
        msg = f"program '{program}' {why}"
        raise SubscriberError(msg)
    return found


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _last_line(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").strip().splitlines()
    if not lines:
        return ""
    shown = "".join(sign for sign in lines[-1] if sign.isprintable())
    return without_secrets_in_text(shown)[:_LINE]
