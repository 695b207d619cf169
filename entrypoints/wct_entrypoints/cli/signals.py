"""Ctrl-C, SIGTERM and SIGHUP while a runbook is executed."""

import os
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

# SIGHUP: the terminal, or the connection to it, is gone.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def exit_status(name: str) -> int:
    """Return what a shell reports for a process that this signal ended."""
    return 128 + signal.Signals[name]


@contextmanager
def interrupting(interrupt: Callable[[str], bool]) -> Generator[None]:
    """Hand the first signal to ``interrupt``; let a second one end the process at once.

    Where ``interrupt`` says that nothing is there to be interrupted, the signal does
    what it does without us. Only the main thread can use this.
    """
    received: list[int] = []

    def handle(number: int, _frame: FrameType | None) -> None:
        if received:
            os._exit(128 + number)
        received.append(number)
        name = signal.Signals(number).name
        if not interrupt(name):
            raise Interrupted(name)

    before = {each: signal.signal(each, handle) for each in SIGNALS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


class Interrupted(BaseException):
    """A signal came when there was no run to record it; not an ``Exception``."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name
