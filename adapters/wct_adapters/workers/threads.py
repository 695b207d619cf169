"""Steps on threads of this process."""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Event, Lock, Thread


class Threads:
    """A pool of daemon threads, started as tasks come in, at most ``limit``.

    ``concurrent.futures`` joins its threads when the interpreter exits, so that a
    step that cannot be stopped would keep an interrupted run from ending.
    """

    def __init__(self, limit: int) -> None:
        if limit < 1:
            msg = f"at least one worker is needed, got {limit}"
            raise ValueError(msg)
        self._limit = limit
        self._tasks: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._lock = Lock()
        self._threads = 0
        self._idle = 0
        self._stopped = Event()

    def submit(self, task: Callable[[], None]) -> None:
        """Queue a task, which must not raise."""
        with self._lock:
            if self._stopped.is_set():
                return
            self._tasks.put(task)
            if self._idle > 0:
                self._idle -= 1
            elif self._threads < self._limit:
                self._start_another()

    def _start_another(self) -> None:
        name = f"wct-step-{self._threads + 1}"
        try:
            Thread(target=self._work, name=name, daemon=True).start()
        except RuntimeError:
            # The system gives no more threads. Those that run will come to the task.
            if self._threads == 0:
                raise
        else:
            self._threads += 1

    def pause(self, seconds: float) -> None:
        """Let the task that calls this wait; ``stop`` ends the wait."""
        self._stopped.wait(seconds)

    def stop(self) -> None:
        """Start nothing more; threads end after the task that they run."""
        with self._lock:
            self._stopped.set()
            for _ in range(self._threads):
                self._tasks.put(None)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            if not self._stopped.is_set():
                task()
            with self._lock:
                if self._tasks.empty():
                    self._idle += 1
