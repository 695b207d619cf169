"""Keys from a terminal, as they are typed."""

import os
import pty
import sys
from collections.abc import Iterator
from io import StringIO

import pytest

from wct_entrypoints.cli.keyboard import Keyboard, keys


class Terminal:
    """The two ends of a terminal; ``ours`` is where somebody types."""

    def __init__(self) -> None:
        self.ours, self.theirs = pty.openpty()

    def type(self, text: bytes) -> None:
        os.write(self.ours, text)

    def fileno(self) -> int:
        return self.theirs

    def close(self) -> None:
        os.close(self.ours)
        os.close(self.theirs)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdin", terminal)
    monkeypatch.setattr(sys, "stdout", StringIO())
    yield terminal
    terminal.close()


def test_what_was_typed_before_is_not_lost(terminal: Terminal) -> None:
    terminal.type(b"nb")
    with keys() as keyboard:
        assert [keyboard.key(), keyboard.key()] == ["n", "b"]


@pytest.mark.parametrize(
    "typed", ["\x1b[C", "\x1b[3~", "\x1b[O", "\x1bOB", "é", "界", "\x1b"]
)
def test_a_key_is_one_key_however_many_bytes_it_has(
    terminal: Terminal, typed: str
) -> None:
    with keys() as keyboard:
        terminal.type(typed.encode())
        assert keyboard.key() == typed


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        (b"kept\r", "kept"),
        (b" kept \n", "kept"),
        (b"kex\x7fpt\r", "kept"),
        (b"\x7f\x7fa\r", "a"),
        (b"a\x1b[Cb\r", "ab"),
        (b"a\tb\r", "ab"),
        ("é界\r".encode(), "é界"),
        (b"kept\x04", "kept"),
    ],
)
def test_a_line_is_typed_and_corrected(
    terminal: Terminal, typed: bytes, line: str
) -> None:
    with keys() as keyboard:
        terminal.type(typed)
        assert keyboard.line("step: ") == line


def test_the_escape_key_gives_a_line_up(terminal: Terminal) -> None:
    with keys() as keyboard:
        terminal.type(b"kept\x1b")
        assert keyboard.line("step: ") == ""


def test_a_line_is_shown_as_it_is_typed(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = StringIO()
    monkeypatch.setattr(sys, "stdout", shown)
    with keys() as keyboard:
        terminal.type(b"ab\x7f\r")
        keyboard.line("step: ")
    assert shown.getvalue() == "step: ab\b \b\n"


def test_keys_typed_after_an_arrow_are_their_own(terminal: Terminal) -> None:
    with keys() as keyboard:
        terminal.type(b"\x1b[Cn\x1bOBq")
        assert [keyboard.key() for _ in range(4)] == ["\x1b[C", "n", "\x1bOB", "q"]


def test_no_more_input_is_an_empty_key(monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    os.close(write)
    with os.fdopen(read) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        assert Keyboard().key() == ""


def test_the_terminal_is_as_it_was_afterwards(terminal: Terminal) -> None:
    import termios

    before = termios.tcgetattr(terminal.theirs)
    with keys():
        assert termios.tcgetattr(terminal.theirs) != before
    assert termios.tcgetattr(terminal.theirs) == before
