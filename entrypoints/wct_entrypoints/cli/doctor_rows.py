"""``wct doctor`` on the rows of wct's own: whether they say what the log says."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final, NamedTuple

from wct_domain.ports.ledger import Ledger
from wct_domain.projections import found_index, kept_runs
from wct_domain.projections.found_index import TELLING, FoundIndex
from wct_domain.projections.kept_rows import events_behind
from wct_domain.projections.run_list import LIFECYCLE, RunList
from wct_entrypoints.cli.doctor_lines import Check, Level, Line
from wct_entrypoints.cli.shared import counted

_COUNTED = 10_000  # events; rows that are further behind are that much behind


class _Kept(NamedTuple):
    """A projection that is kept as rows, and two ways to what it says."""

    check: str
    name: str
    types: tuple[str, ...]
    of_rows: Callable[[Ledger], Any]  # None: they are not the whole truth
    folded: Callable[[Ledger], Any]


def _listed(ledger: Ledger) -> Any:
    runs = kept_runs.runs_in_rows(ledger)
    return None if runs is None else runs.newest_first


def _listed_anew(ledger: Ledger) -> Any:
    return RunList.of(ledger.read_all(types=LIFECYCLE, settled=False)).newest_first


def _found(ledger: Ledger) -> Any:
    index = found_index.found_in_rows(ledger)
    return None if index is None else index.by_run()


def _found_anew(ledger: Ledger) -> Any:
    return FoundIndex.of(ledger.read_all(types=TELLING, settled=False)).by_run()


_ALL: Final = (
    _Kept("run list", kept_runs.NAME, LIFECYCLE, _listed, _listed_anew),
    _Kept("findings", found_index.NAME, TELLING, _found, _found_anew),
)


def row_checks(ledger: Ledger) -> dict[str, Check]:
    """Compare rows with a fold of the log."""
    return {kept.check: partial(_looked_at, kept, ledger) for kept in _ALL}


def _looked_at(kept: _Kept, ledger: Ledger) -> Iterator[Line]:
    check, cursors = kept.check, ledger.cursors
    way_out = f"wct rebuild {kept.name}"
    if cursors.standing(kept.name) is None:
        yield Line(check, "read from the log: no rows are kept yet", facts={"rows": 0})
        return
    behind = events_behind(ledger, kept.name, kept.types, _COUNTED)
    facts = {"rows": sum(1 for _ in cursors.rows(kept.name)), "behind": behind}
    if (before := kept.of_rows(ledger)) is None:
        text = "its rows are missing or incomplete: it is read from the log"
        yield Line(check, text, Level.WARNING, way_out, facts)
    elif before != kept.folded(ledger) and before == kept.of_rows(ledger):
        # Whoever records meanwhile changes both, and nothing could be said.
        text = "its rows are not what the log says: somebody has changed them"
        yield Line(check, text, Level.WARNING, way_out, facts)
    elif behind:
        text = f"{counted(behind, 'event')} behind, which are read from the log"
        yield Line(check, text, facts=facts)
    else:
        yield Line(check, "up to date", facts=facts)
