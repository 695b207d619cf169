"""What becomes of a process that answers, dies, hangs, or is stopped."""

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.waiting import until
from wct_adapters.workers.child import Child
from wct_adapters.workers.frames import framed
from wct_domain.errors import StepProcessError, StepStoppedError, StepTimeoutError

_ECHO = """
import os
def read(left):
    found = b""
    while left > len(found):
        piece = os.read(0, left - len(found))
        if not piece:
            os._exit(0)
        found += piece
    return found
while True:
    head = read(8)
    rest = memoryview(head + read(int.from_bytes(head, "big")))
    while rest:
        rest = rest[os.write(1, rest):]
"""
_STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"


def child(program: str, limit: float = 30) -> Child:
    def command(lifeline: int) -> list[str]:
        return [sys.executable, "-S", "-c", program, str(lifeline)]

    return Child(command, os.environ, limit)


def test_frames_of_any_length_go_there_and_back() -> None:
    echo = child(_ECHO)
    try:
        for length in (0, 1, 7, 8, 65_536, 3_000_001):
            assert echo.ask(b"x" * length) == b"x" * length
    finally:
        echo.close()


@pytest.mark.parametrize(
    ("program", "how"),
    [
        ("raise SystemExit(3)", "exited with status 3"),
        ("import os; os.kill(os.getpid(), 11)", "ended by SIGSEGV"),
        ("import os; os.kill(os.getpid(), 9)", "perhaps for want of memory"),
        ("import os; os.write(1, bytes(7)); os._exit(0)", "exited with status 0"),
        ("import os; os.close(0); os.close(1); import time; time.sleep(60)", "killed"),
    ],
)
def test_how_it_died_is_told(program: str, how: str) -> None:
    doomed = child(program)
    with pytest.raises(StepProcessError, match=how):
        doomed.ask(b"{}")
    doomed.close()


def test_a_program_that_is_not_there_is_told_of() -> None:
    with pytest.raises(StepProcessError, match="No such file"):
        Child(lambda _: ["/nowhere/python"], os.environ, 30)


def test_one_that_does_not_read_is_stopped_too_when_its_time_is_over() -> None:
    slow = child("import time; time.sleep(60)", limit=0.3)
    begun = time.monotonic()
    with pytest.raises(StepTimeoutError, match=r"timed out after 0\.3 s"):
        slow.ask(b"x" * 10_000_000)
    assert time.monotonic() - begun < 10
    assert slow.seconds_left == 0


def test_who_ignores_the_gentle_signal_is_killed() -> None:
    slow = child(_STUBBORN, limit=0.8)
    begun = time.monotonic()
    with pytest.raises(StepTimeoutError):
        slow.ask(b"{}")
    assert time.monotonic() - begun < 15


def test_it_is_stopped_from_another_thread_at_once() -> None:
    slow = child("import time; time.sleep(60)")
    threading.Timer(0.2, slow.stop).start()
    begun = time.monotonic()
    with pytest.raises(StepStoppedError):
        slow.ask(b"{}")
    assert time.monotonic() - begun < 10
    slow.stop()  # once more, when it is gone: nothing is there to be stopped


def test_what_it_started_does_not_keep_its_death_from_being_seen(
    tmp_path: Path,
) -> None:
    """It holds the pipes open, in the same session or in one of its own."""
    file = tmp_path / "orphan"
    program = (
        "import os, time, pathlib\n"
        "if (pid := os.fork()):\n"
        f"    pathlib.Path({str(file)!r}).write_text(str(pid))\n"
        "    os._exit(4)\n"
        "time.sleep(60)"
    )
    doomed = child(program)
    begun = time.monotonic()
    with pytest.raises(StepProcessError, match="exited with status 4"):
        doomed.ask(b"{}")
    assert time.monotonic() - begun < 10
    orphan = int(file.read_text())
    assert until(lambda: not _lives(orphan))


def _lives(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in ("Z", "X")


def _open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_nothing_is_left_open_or_unburied() -> None:
    before, children = _open_files(), _children()
    for program in (_ECHO, "raise SystemExit(3)"):
        each = child(program)
        if program == _ECHO:
            assert each.ask(b"{}") == b"{}"
        each.close()
        each.close()
    assert _open_files() == before
    assert _children() == children  # servers of other tests, if any


def _children() -> set[str]:
    """Processes that this one has started and not buried, dead ones among them."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {pid for each in tasks for pid in each.read_text().split()}


def test_a_frame_says_its_length_first() -> None:
    assert framed(b"ab") == b"\0\0\0\0\0\0\0\2ab"
