"""Where steps run."""

from collections.abc import Callable
from typing import Protocol


class Workers(Protocol):
    """Runs tasks, at most so many at a time; the caller's thread runs none."""

    def submit(self, task: Callable[[], None]) -> None:
        """Queue a task, which must not raise. Tasks start in the order given."""
        ...

    def pause(self, seconds: float) -> None:
        """Let the task that calls this wait; ``stop`` ends the wait."""
        ...

    def stop(self) -> None:
        """Start nothing more. Does not wait for tasks that run."""
        ...
