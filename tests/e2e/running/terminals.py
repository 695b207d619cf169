"""``wct`` on a terminal of its own."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.processes import COMMAND, Wct

PATIENCE = 30.0  # seconds

_SIGN = re.compile(r"\x1b\[[0-9;]*m|\x1b\[K|[\s\S]")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a terminal was told, and how the process ended."""

    text: str
    status: int

    def drawn(self) -> list[list[str]]:
        """Return the states of each line, without colours: one per carriage return."""
        lines = [[""]]
        column = 0
        for sign in _SIGN.findall(self.text):
            line = lines[-1]
            if sign == "\r":
                column = 0
                line.append(line[-1])
            elif sign == "\n":
                lines.append([""])
            elif sign == "\x1b[K":
                line[-1] = line[-1][:column]
            elif not sign.startswith("\x1b"):
                line[-1] = line[-1][:column] + sign + line[-1][column + 1 :]
                column += 1
        return lines


def on_a_terminal(
    wct: Wct,
    *arguments: str | Path,
    columns: int = 80,
    press: tuple[str, bytes] | None = None,
    env: Mapping[str, str] | None = None,
) -> Seen:
    """Run a command with a terminal for all three streams.

    Args:
        press: what to type when a text has been seen.
    """
    master, terminal = pty.openpty()
    size = struct.pack("HHHH", 24, columns, 0, 0)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        cwd=wct.directory,
        env=wct.environment({"TERM": "xterm-256color", **(env or {})}),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
        # The new session needs a terminal to take Ctrl-C from; tests have one thread.
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  # as above
    )
    os.close(terminal)
    try:
        text = _read(master, press)
        return Seen(text, process.wait(PATIENCE))
    finally:
        process.kill()
        os.close(master)


def _read(master: int, press: tuple[str, bytes] | None) -> str:
    told = b""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if not select.select([master], [], [], 0.1)[0]:
            continue
        try:
            more = os.read(master, 65_536)
        except OSError:  # the other side is closed
            break
        if not more:
            break
        told += more
        if press is not None and press[0].encode() in told:
            time.sleep(0.3)
            os.write(master, press[1])
            press = None
    return told.decode()
