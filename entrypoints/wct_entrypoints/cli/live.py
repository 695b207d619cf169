"""Live progress: one line that is drawn again and again, and gone in the end."""

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Column

from wct_domain.events import StepCompleted, StepFailed, StepSkipped, StepStarted
from wct_domain.ports.ledger import Recorded
from wct_entrypoints.cli.shared import counted, printable

_LONGEST = 24  # columns for the names of steps that run


class LiveProgress:
    """Shows steps that are done, items that they made, time, and what runs now."""

    def __init__(self, steps: int) -> None:
        self._running: dict[str, None] = {}
        self._items = 0
        # Not up to the margin: what a terminal echoes there (^C) would wrap, and the
        # line above could no longer be taken away.
        name = Column(no_wrap=True, overflow="ellipsis", max_width=_LONGEST)
        self._display = Progress(
            BarColumn(bar_width=16, complete_style="green"),
            MofNCompleteColumn(),
            TextColumn("steps, {task.fields[items]},", markup=False),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False, table_column=name),
            console=Console(stderr=True),
            transient=True,
            refresh_per_second=8,
        )
        self._task = self._display.add_task("", total=steps, items=counted(0, "item"))
        self._display.start()

    def __call__(self, recorded: Recorded, /) -> None:
        match event := recorded.event:
            case StepStarted():
                self._running[event.step] = None
                self._show()
            case StepCompleted():
                self._items += event.items
                self._end(event.step)
            case StepFailed() | StepSkipped():
                self._end(event.step)
            case _:
                pass

    def close(self) -> None:
        """Take the line away and give stderr back."""
        self._display.stop()

    def _end(self, step: str) -> None:
        self._running.pop(step, None)
        self._display.advance(self._task)
        self._show()

    def _show(self) -> None:
        names = printable(", ".join(self._running))
        self._display.update(
            self._task, description=names, items=counted(self._items, "item")
        )
