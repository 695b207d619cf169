"""A replay in lines: one for each event, and the state where it stops."""

from collections.abc import Iterator, Sequence
from datetime import date

from wct_domain.ports.ledger import Ledger, Recorded
from wct_domain.projections.inventory import Kept
from wct_domain.projections.replay import Replay, Told
from wct_domain.projections.run import Run, RunStatus
from wct_domain.projections.timeline import seconds, size
from wct_entrypoints.cli.gone import why_gone
from wct_entrypoints.cli.printing import local, table_lines, wrapped
from wct_entrypoints.cli.run_report import report_of
from wct_entrypoints.cli.run_text import state_lines, status_text
from wct_entrypoints.cli.shared import counted


def story_line(told: Told, day: date) -> str:
    """Tell an event: position, time, how long after the first event, what, and why.

    The date is said of an event of another day than ``day`` only.
    """
    at = told.recorded.at.astimezone()
    date_of = "" if at.date() == day else f"{at:%Y-%m-%d} "
    head = (
        f"{told.recorded.position:>4}  {date_of}"
        f"{at.time().isoformat('milliseconds')}"
        f"  {'+' + seconds(max(0, told.since)):>8}  "
    )
    return wrapped(head, _sentence(told))


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
        yield "no event says that the run ended: it goes on, or its process was killed"
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
    # A step's line says how long it took; that of a run's end does not.
    took = ""
    if told.took is not None and told.recorded.event.type.startswith("run."):
        took = f", after {seconds(told.took)}"
    because = "" if told.cause is None else f"  (because of {told.cause})"
    return f"{told.text}{took}{because}"


def _artifact(kept: Kept) -> tuple[str, ...]:
    how_large = "-" if kept.size is None else size(kept.size)
    return (kept.name, f"{counted(kept.items, 'item')}", how_large, kept.schema or "")
