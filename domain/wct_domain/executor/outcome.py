"""What an executor is given to run, and what comes of it."""

from pathlib import Path
from typing import NamedTuple, Protocol

from wct_domain.errors import WctError
from wct_domain.ports.sealed_log import StoredCheckpoint
from wct_domain.projections.results import AnalysisResult
from wct_domain.projections.run import Run
from wct_domain.runbook import Runbook


class LoadedRunbook(NamedTuple):
    """A runbook with the bytes that it was read from."""

    runbook: Runbook
    source: bytes


class RunbookReader(Protocol):
    """Reads runbook files."""

    def __call__(self, path: Path, /) -> LoadedRunbook:
        """Read and validate a file.

        Raises:
            RunbookError: it is missing, unreadable, or not a runbook.
        """
        ...


class RunInterruptedError(WctError):
    """A run was stopped by a signal; ``run.interrupted`` is recorded."""

    code = "run.interrupted"

    def __init__(self, run: str, signal: str, in_flight: tuple[str, ...]) -> None:
        steps = ", ".join(in_flight) or "none"
        super().__init__(f"Run {run} was interrupted ({signal}); in flight: {steps}")
        self.run = run
        self.signal = signal
        self.in_flight = in_flight


class Outcome(NamedTuple):
    """A finished run: its state, the runbook, and one result for each step."""

    run: Run
    runbook: Runbook
    results: list[AnalysisResult]
    checkpoint: StoredCheckpoint | None = None  # None: not signed yet
