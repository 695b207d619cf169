"""The run list, kept as rows.

An event sets fields of its run's row, whatever was there before: so a function of one
event makes them. Attempts begin and end under the position of their event.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from wct_domain.events import (
    DataErased,
    RunCompleted,
    RunFailed,
    RunImported,
    RunInterrupted,
    RunPruned,
    RunResumed,
    RunStarted,
)
from wct_domain.ports.cursors import KeptRow, Row
from wct_domain.ports.ledger import Ledger, Recorded
from wct_domain.projections.kept_rows import from_rows
from wct_domain.projections.run_list import (
    LIFECYCLE,
    RunList,
    RunSummary,
    status_after,
)
from wct_domain.projections.states import RunStatus
from wct_domain.projections.working_time import WorkingTime

NAME: Final = "wct.runs.1"
"""Of the subscriber. The number is that of the rows' form: another form has another
name, so that two versions of wct never write into the same rows."""

_COUNT: Final = "/runs"  # key of the row that counts them; no run has this name
_BEGUN, _ENDED = "+", "-"  # before the position of the event
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_STATUSES: Final[Mapping[str | None, RunStatus]] = {
    None: RunStatus.RUNNING,
    **{str(status): status for status in RunStatus},
}


def rows_of(recorded: Recorded) -> list[Row]:
    """Return what an event of ``LIFECYCLE`` changes; nothing for any other."""
    run, at = recorded.stream, (recorded.at - _EPOCH) // _MICROSECOND
    changed: dict[str, Any]
    match event := recorded.event:
        case RunStarted():
            place = [recorded.transaction, recorded.global_position]
            value = {"place": place, "runbook": event.runbook}
            value |= _begun(event, recorded.position, at)
            return [Row(run, value), Row(_COUNT, {"runs": 1}, "add")]
        case RunResumed():
            changed = _begun(event, recorded.position, at)
            changed["tally"] = None
        case RunCompleted() | RunFailed() | RunInterrupted():
            changed = {f"{_ENDED}{recorded.position}": at}
            changed["status"] = status_after(event)
            if isinstance(event, RunCompleted):
                changed["tally"] = [event.succeeded, event.failed, event.skipped]
        case DataErased():
            changed = {"erased": at}
        case RunPruned():
            changed = {"pruned": at}
        case RunImported():
            changed = {"imported": at}
        case _:
            return []
    return [Row(run, changed, "merge")]


def _begun(event: RunStarted | RunResumed, position: int, at: int) -> dict[str, Any]:
    return {"steps": len(event.steps), f"{_BEGUN}{position}": at, "status": None}


def list_runs(ledger: Ledger) -> RunList:
    """Return all runs, as a fold of the whole log would.

    Raises:
        LedgerUnusableError: the log cannot be read.
    """
    kept = runs_in_rows(ledger)
    if kept is not None:
        return kept
    return RunList.of(ledger.read_all(types=LIFECYCLE, settled=False))


def runs_in_rows(ledger: Ledger) -> RunList | None:
    """Return all runs, of the rows and what follows them; None: the log has to tell.

    Raises:
        LedgerUnusableError: the log cannot be read.
    """
    return from_rows(ledger, NAME, LIFECYCLE, _kept)


def _kept(rows: Iterable[KeptRow]) -> RunList | None:
    """Read rows; None: there are none, or some are missing."""
    found: list[tuple[list[int], RunSummary]] = []
    number: int | None = None
    for key, value, _ in rows:
        if (place := value.get("place")) is not None:
            found.append((place, _summary(key, value)))
        elif key == _COUNT:
            number = value["runs"]
        # Any other is of something that never began, which a fold passes over, too.
    if len(found) != number:
        return None
    found.sort(key=lambda each: each[0])
    return RunList.going_on_from(run for _, run in found)


def _summary(run: str, value: Mapping[str, Any]) -> RunSummary:
    moments = list(_moments(value))
    status = _STATUSES[value["status"]]
    return RunSummary(
        run,
        value["runbook"],
        value["steps"],
        moments[0][1],
        None if status is RunStatus.RUNNING else moments[-1][1],
        status,
        _tally(*value["tally"]) if value.get("tally") else None,
        _moment(value, "erased"),
        _moment(value, "pruned"),
        _moment(value, "imported"),
        WorkingTime.of(moments),
    )


def _moments(value: Mapping[str, Any]) -> Iterator[tuple[bool, datetime]]:
    """Yield beginnings (true) and endings: a row has them in the order of events."""
    for name, at in value.items():
        if (sign := name[0]) == _BEGUN or sign == _ENDED:
            yield sign == _BEGUN, _EPOCH + timedelta(0, 0, at)


def _moment(value: Mapping[str, Any], name: str) -> datetime | None:
    at = value.get(name)
    return None if at is None else _EPOCH + timedelta(0, 0, at)


@lru_cache(maxsize=1000)  # most runs have one of a few
def _tally(succeeded: int, failed: int, skipped: int) -> RunCompleted:
    return RunCompleted(succeeded=succeeded, failed=failed, skipped=skipped)
