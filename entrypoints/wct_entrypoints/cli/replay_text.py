"""A replay in lines: one for each event, and the state where it stops."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from wct_domain.events import (
    AnyEvent,
    RunCompleted,
    RunFailed,
    RunInterrupted,
    StepFailed,
    StepSkipped,
)
from wct_domain.ports.ledger import Ledger, Recorded
from wct_domain.projections.inventory import Kept
from wct_domain.projections.replay import Replay, Told
from wct_domain.projections.run import Run
from wct_domain.projections.states import RunStatus
from wct_domain.projections.timeline import seconds, size
from wct_entrypoints.cli.gone import why_gone
from wct_entrypoints.cli.printing import (
    is_coloured,
    local,
    table_lines,
    terminal_width,
    tinted,
    wrapped,
)
from wct_entrypoints.cli.run_report import report_of
from wct_entrypoints.cli.run_text import state_lines, status_text
from wct_entrypoints.cli.shared import counted, printable


class Story:
    """Tells events in lines, below ``HEADING``.

    The date is said of an event of another day than the first one only.
    """

    HEADING = "EVENT  TIME             AFTER  CAUSE  WHAT HAPPENED"

    def __init__(self, first: Recorded | None) -> None:
        self._day = "" if first is None else f"{first.at.astimezone():%Y-%m-%d }"
        self._minute = self._after = datetime.min.replace(tzinfo=UTC)
        self._said = ""  # of the time, up to its seconds
        # Asked once: the lines of a run are many.
        self._place = _in_line if terminal_width() is None else wrapped
        self._coloured = is_coloured()

    def line(self, told: Told) -> str:
        """Tell an event."""
        recorded = told.recorded
        at = recorded.at
        if not self._minute <= at < self._after:
            self._begin_minute(at)
        when = f"{self._said}{at.second:02}.{at.microsecond // 1000:03}"
        since = "+" + seconds(told.since)
        head = f"{recorded.position:>5}  {when}  {since:>8}  {told.cause or '':>5}  "
        line = self._place(head, _sentence(told))
        if self._coloured and (status := _status(recorded.event)) is not None:
            return head + tinted(line[len(head) :], status)
        return line

    def _begin_minute(self, at: datetime) -> None:
        # Once a minute: to ask for the time zone takes as long as all else of a line.
        self._minute = at.replace(second=0, microsecond=0)
        self._after = self._minute + _MINUTE
        self._said = f"{at.astimezone():%Y-%m-%d %H:%M:}".removeprefix(self._day)


_MINUTE = timedelta(minutes=1)


def _in_line(head: str, text: str) -> str:
    return head + printable(text)


def state_of(
    ledger: Ledger, run: str, replay: Replay, history: Sequence[Recorded]
) -> Iterator[str]:
    """Lay out the state that a replay has come to."""
    whole = Run.of(history)
    report = report_of(ledger, run, replay.run, replay.inventory, whole)
    yield f"State after event {replay.run.version:,} of {len(history):,}"
    yield wrapped("  runbook   ", report.started.runbook)
    yield wrapped("  status    ", status_text(report))
    if report.reason is not None:
        yield wrapped("  reason    ", report.reason)
    for remark in remarks(replay, whole):
        yield wrapped("  note      ", remark)
    yield from state_lines(report)
    if report.artifacts:
        yield from ("", "Artifacts")
        rows = [_artifact(kept) for kept in report.artifacts.values()]
        yield from table_lines(rows, indent=2, right=(1, 2))


def remarks(replay: Replay, whole: Run) -> Iterator[str]:
    """Say what a reader must know to take the story for what it is."""
    run = replay.run
    if run.version < whole.version:
        more = counted(whole.version - run.version, "later event")
        yield f"without {more}, and what they changed"
    elif run.status is RunStatus.RUNNING:
        yield "no event says that the run ended: it goes on"
    elif run.status is RunStatus.ABANDONED:
        yield "no event says that the run ended: its process was killed"
    if replay.unknown:
        what = counted(replay.unknown, "event")
        yield f"{what} of a kind that this wct does not know: they change no state"
    if replay.pruned:
        what = counted(replay.pruned, "event")
        yield f"{what} whose content was pruned: what they changed is not known"
    if whole.imported is not None and whole.imported_at is not None:
        when = local(whole.imported_at)
        yield f"recorded in ledger {whole.imported.log}, imported on {when}"
    if (gone := why_gone(whole)) is not None:
        yield f"what its steps produced was {gone}"


def _sentence(told: Told) -> str:
    text = told.text
    # A step's line says how long it took; that of a run's end does not.
    if told.took and told.recorded.event.__class__ in _ENDS:
        text += f", after {seconds(told.took)} at work"
    return text


_ENDS: frozenset[type] = frozenset({RunCompleted, RunFailed, RunInterrupted})


def _status(event: AnyEvent) -> str | None:
    """Say as which status an event is coloured; None: not at all."""
    match event:
        case StepFailed() | RunFailed():
            return "failed"
        case StepSkipped() | RunInterrupted():
            return "skipped"
        case RunCompleted(failed=0, skipped=0):
            return "completed"
        case RunCompleted():
            return "completed with failures"
        case _:
            return None


def _artifact(kept: Kept) -> tuple[str, ...]:
    how_large = "-" if kept.size is None else size(kept.size)
    return (kept.name, f"{counted(kept.items, 'item')}", how_large, kept.schema or "")
