"""Which runs have been kept long enough, and what of a run is kept for ever."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from wct_domain.projections.run_list import RunSummary
from wct_domain.projections.states import RunStatus

_KEPT: Final = {"run", "erasure", "data", "evidence"}
"""Subjects of wire names: that a run took place, how it ended, and what befell it."""


class Due(NamedTuple):
    """Runs that have been kept long enough, oldest first, and those that are open."""

    runs: tuple[RunSummary, ...]
    open: tuple[RunSummary, ...]  # somebody is at work on them: they stay


def due(
    newest_first: Sequence[RunSummary],
    *,
    ended_before: datetime | None = None,
    keep: int | None = None,
) -> Due:
    """Choose the runs that may be pruned.

    A run whose process was killed counts as ended when it began, if its status says
    that it was abandoned (:func:`wct_domain.projections.run.standing`).

    Args:
        ended_before: only those that ended before this moment.
        keep: all but so many of those that ended, the ones that started last.
    """
    oldest_first = newest_first[::-1]
    ended = [run for run in newest_first if run.status is not RunStatus.RUNNING]
    chosen = {
        run.run
        for run in ended[keep or 0 :]
        if ended_before is None or (run.ended_at or run.started_at) < ended_before
    }
    return Due(
        tuple(run for run in oldest_first if run.run in chosen),
        tuple(run for run in oldest_first if run.status is RunStatus.RUNNING),
    )


def is_kept(wire: str) -> bool:
    """Say whether events of this type keep their payload when their run is pruned."""
    return wire.partition(".")[0] in _KEPT


def ranges(positions: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Write ascending positions as ranges, both ends included."""
    found: list[tuple[int, int]] = []
    for position in positions:
        if found and found[-1][1] == position - 1:
            found[-1] = (found[-1][0], position)
        else:
            found.append((position, position))
    return tuple(found)
