"""Live progress: one line that is drawn again and again, and gone in the end."""

import sys
from threading import Event, RLock, Thread
from typing import Any, Final, TextIO, cast

from tqdm import tqdm
from tqdm.contrib import DummyTqdmFile

from wct_domain.events import (
    RunResumed,
    StepCompleted,
    StepFailed,
    StepSkipped,
    StepStarted,
)
from wct_domain.ports.ledger import Recorded
from wct_entrypoints.cli.shared import counted, printable

_LONGEST: Final = 24  # columns for the names of steps that run
_REFRESHED: Final = 0.5  # seconds; the time that it shows goes on between events


class LiveProgress:
    """Shows steps that are done, items that they made, time, and what runs now."""

    def __init__(self, steps: int) -> None:
        self._running: dict[str, None] = {}
        self._items = 0
        self._lock = RLock()
        self._stderr: TextIO | None = sys.stderr
        # tqdm has no types of its own, and those of others lag behind.
        self._bar: Any = tqdm(
            total=steps,
            file=sys.stderr,
            leave=False,
            dynamic_ncols=True,
            bar_format="{bar:16} {n_fmt}/{total_fmt} steps{postfix}, {elapsed} {desc}",
            postfix=counted(0, "item"),
        )
        # What others print meanwhile goes above the line.
        sys.stderr = cast("TextIO", DummyTqdmFile(sys.stderr))
        self._closed = Event()
        self._clock = Thread(target=self._refresh, name="progress", daemon=True)
        self._clock.start()

    def __call__(self, recorded: Recorded, /) -> None:
        match event := recorded.event:
            case RunResumed():
                with self._lock:
                    self._bar.total = len(event.redo)
            case StepStarted():
                self._running[event.step] = None
                self._show()
            case StepCompleted():
                self._items += event.items
                self._end(event.step)
            case StepFailed(retry_in=None) | StepSkipped():
                self._end(event.step)
            case StepFailed():
                self._running.pop(event.step, None)
                self._show()
            case _:
                pass

    def close(self) -> None:
        """Take the line away and give stderr back."""
        if self._stderr is None:
            return
        self._closed.set()
        self._clock.join()
        with self._lock:
            self._bar.close()
        sys.stderr, self._stderr = self._stderr, None

    def _end(self, step: str) -> None:
        self._running.pop(step, None)
        with self._lock:
            self._bar.update(1)
        self._show()

    def _show(self) -> None:
        names = printable(", ".join(self._running))
        if len(names) > _LONGEST:
            names = f"{names[: _LONGEST - 1]}…"
        with self._lock:
            self._bar.set_postfix_str(counted(self._items, "item"), refresh=False)
            self._bar.set_description_str(names)

    def _refresh(self) -> None:
        while not self._closed.wait(_REFRESHED):
            with self._lock:
                self._bar.refresh()
