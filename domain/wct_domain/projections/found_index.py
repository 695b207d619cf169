"""Which runs found what: findings of a whole ledger, by risk, without their results.

Counted is what ``step.completed`` says of each step, that of its last attempt. Kept as
rows, one a run, with a field a step.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final, get_args

from wct_domain.events import RunPruned, RunResumed, RunStarted, StepCompleted
from wct_domain.ports.cursors import KeptRow, Row
from wct_domain.ports.ledger import Ledger, Recorded
from wct_domain.projections.kept_rows import from_rows
from wct_domain.upcasting import CURRENT, UPCASTERS

NAME: Final = "wct.findings.1"
"""Of the subscriber; the number is that of the rows' form."""

Telling = RunStarted | RunResumed | StepCompleted | RunPruned

_NAMES = {kind.type.partition("/")[0] for kind in get_args(Telling)}

TELLING: Final = tuple(
    wire for wire in (*CURRENT, *UPCASTERS) if wire.partition("/")[0] in _NAMES
)
"""Wire names, of all versions, of the events that this index needs."""

_BEGUN: Final = "/"  # a field of each run that began; no step has this name
_COUNT: Final = "/runs"  # key of the row that counts them; no run has this name


class FoundIndex:
    """A fold: what each run found, by step."""

    def __init__(self, runs: Mapping[str, dict[str, Mapping[str, int]]]) -> None:
        self._runs = dict(runs)

    @classmethod
    def of(cls, history: Iterable[Recorded]) -> "FoundIndex":
        """Fold a whole history, or that part of it that is of ``TELLING``."""
        index = cls({})
        for recorded in history:
            index.apply(recorded)
        return index

    def apply(self, recorded: Recorded) -> None:
        """Take one more event into account."""
        match event := recorded.event:
            case RunStarted():
                self._runs[recorded.stream] = {}
            case StepCompleted():
                if (steps := self._runs.get(recorded.stream)) is not None:
                    steps[event.step] = event.found
            case RunResumed():
                steps = self._runs.get(recorded.stream, {})
                for step in event.redo:
                    steps.pop(step, None)
            case RunPruned():
                self._runs.get(recorded.stream, {}).clear()
            case _:
                pass

    def by_run(self) -> dict[str, dict[str, int]]:
        """Return what runs found, added up over their steps; runs of none are there."""
        return {run: _added_up(steps.values()) for run, steps in self._runs.items()}


def rows_of(recorded: Recorded) -> list[Row]:
    """Return what an event changes; nothing for any that is not of ``TELLING``."""
    run = recorded.stream
    match event := recorded.event:
        case RunStarted():
            return [Row(run, {_BEGUN: 1}), Row(_COUNT, {"runs": 1}, "add")]
        case StepCompleted():
            return [Row(run, {event.step: dict(event.found)}, "merge")]
        case RunResumed():
            return [Row(run, dict.fromkeys(event.redo), "merge")]
        case RunPruned():
            return [Row(run, {_BEGUN: 1})]
        case _:
            return []


def found_index(ledger: Ledger) -> FoundIndex:
    """Return what all runs found, as a fold of the whole log would.

    Raises:
        LedgerUnusableError: the log cannot be read.
    """
    kept = found_in_rows(ledger)
    if kept is not None:
        return kept
    return FoundIndex.of(ledger.read_all(types=TELLING, settled=False))


def found_in_rows(ledger: Ledger) -> FoundIndex | None:
    """Return what all runs found, of the rows and what follows; None: ask the log.

    Raises:
        LedgerUnusableError: the log cannot be read.
    """
    return from_rows(ledger, NAME, TELLING, _kept)


def _kept(rows: Iterable[KeptRow]) -> FoundIndex | None:
    found: dict[str, dict[str, Mapping[str, int]]] = {}
    number: int | None = None
    for key, value, _ in rows:
        if key == _COUNT:
            number = value["runs"]
        elif _BEGUN in value:
            found[key] = _steps(value)
        # Any other is of something that never began, which a fold passes over, too.
    return FoundIndex(found) if len(found) == number else None


def _steps(value: Mapping[str, Any]) -> dict[str, Mapping[str, int]]:
    return {
        step: found
        for step, found in value.items()
        if step != _BEGUN and found is not None
    }


def _added_up(found: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in found:
        total.update(each)
    return dict(total)
