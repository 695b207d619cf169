"""Single keys from a terminal.

Not ``click.getchar``: it throws away what was typed before it is called, and with it
every second key of somebody who types fast.
"""

import codecs
import os
import select
import sys
import termios
import tty
from collections.abc import Generator
from contextlib import contextmanager

ESCAPE = "\x1b"
_MORE = 0.05  # seconds that the rest of an arrow key may take
_ENDS = frozenset({"", "\x04"})  # hung up; Ctrl-D


class Keyboard:
    """Reads what is typed, key by key, from stdin in the mode that ``keys`` sets."""

    def __init__(self) -> None:
        self._file = sys.stdin.fileno()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def key(self) -> str:
        """Wait for a key; an arrow is its escape sequence, and no more input is ""."""
        sign = self._sign()
        if sign != ESCAPE or not self._is_more():
            return sign
        # As ECMA-48 has them: ESC [ ... and a letter or ~; or ESC O and a letter.
        sequence = sign + self._sign()
        while self._is_more() and (len(sequence) == 2 or not _ends(sequence)):
            sequence += self._sign()
            if sequence[1] == "O":
                break
        return sequence

    def line(self, prompt: str) -> str:
        """Ask for a line, which is shown as it is typed; "" if the escape key ends it.

        The backspace key takes the last sign away.
        """
        _show(prompt)
        typed = ""
        while (key := self.key()) not in {"\r", "\n", *_ENDS}:
            if key == ESCAPE:
                typed = ""
                break
            if key in {"\x7f", "\b"}:
                _show("\b \b" if typed else "")
                typed = typed[:-1]
            elif key.isprintable():
                _show(key)
                typed += key
        _show("\n")
        return typed.strip()

    def _sign(self) -> str:
        while piece := os.read(self._file, 1):
            if sign := self._decoder.decode(piece):
                return sign
        return ""

    def _is_more(self) -> bool:
        return bool(select.select([self._file], [], [], _MORE)[0])


@contextmanager
def keys() -> Generator[Keyboard]:
    """Have the terminal hand over each key as it is typed, and not show it."""
    file = sys.stdin.fileno()
    before = termios.tcgetattr(file)
    # Now, and not when the output is written: that would drop what was typed already.
    tty.setcbreak(file, termios.TCSANOW)
    try:
        yield Keyboard()
    finally:
        termios.tcsetattr(file, termios.TCSADRAIN, before)


def _ends(sequence: str) -> bool:
    return sequence[-1].isalpha() or sequence[-1] == "~"


def _show(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
