"""``wct`` on a terminal: a pseudo-terminal that somebody types on, and looks at."""

import os
import pty
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from tests.e2e.processes import COMMAND, Wct


@dataclass(frozen=True, slots=True)
class Seen:
    """How a command ended, and what the terminal shows."""

    status: int
    text: str

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()


def on_a_terminal(
    wct: Wct,
    *arguments: str,
    keys: str | None = None,
    interrupt_at: str | None = None,
    env: Mapping[str, str] | None = None,
) -> Seen:
    """Run a command to its end.

    Args:
        keys: what is typed, at once; None: nobody can type, and only stdout is a
            terminal.
        interrupt_at: SIGINT comes as soon as this is seen.
    """
    ours, theirs = pty.openpty()
    typed_on = keys is not None
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=wct.directory,
        env=wct.environment(env),
        stdin=theirs if typed_on else None,
        stdout=theirs,
        stderr=theirs if typed_on else None,
        start_new_session=typed_on,
    )
    os.close(theirs)
    seen = b""
    try:
        os.write(ours, (keys or "").encode())
        while piece := os.read(ours, 4096):
            seen += piece
            if interrupt_at is not None and interrupt_at.encode() in seen:
                process.send_signal(signal.SIGINT)
                interrupt_at = None
    except OSError:  # how Linux says that the other end is closed
        pass
    finally:
        os.close(ours)
    return Seen(process.wait(timeout=30), seen.decode())
