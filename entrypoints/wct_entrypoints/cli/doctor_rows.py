"""``wct doctor`` on the rows of wct's own: whether they say what the log says."""

from collections.abc import Iterator

from wct_domain.ports.ledger import Ledger
from wct_domain.projections.kept_runs import (
    NAME,
    events_behind,
    list_runs,
    runs_in_rows,
)
from wct_domain.projections.run_list import LIFECYCLE, RunList
from wct_entrypoints.cli.doctor_lines import Check, Level, Line
from wct_entrypoints.cli.shared import counted

_COUNTED = 10_000  # events; rows that are further behind are that much behind


def row_checks(ledger: Ledger) -> dict[str, Check]:
    """Compare rows with a fold of the log."""
    return {"run list": lambda: _run_list(ledger)}


def _run_list(ledger: Ledger) -> Iterator[Line]:
    check, cursors = "run list", ledger.cursors
    way_out = f"wct rebuild {NAME}"
    standing = cursors.standing(NAME)
    if standing is None:
        yield Line(check, "read from the log: no rows are kept yet", facts={"rows": 0})
        return
    behind = events_behind(ledger, _COUNTED)
    facts = {"rows": sum(1 for _ in cursors.rows(NAME)), "behind": behind}
    if runs_in_rows(ledger) is None:
        text = "its rows are missing or incomplete: it is read from the log"
        yield Line(check, text, Level.WARNING, way_out, facts)
    elif not _is_as_in_the_log(ledger):
        text = "its rows are not what the log says: somebody has changed them"
        yield Line(check, text, Level.WARNING, way_out, facts)
    elif behind:
        text = f"{counted(behind, 'event')} behind, which are read from the log"
        yield Line(check, text, facts=facts)
    else:
        yield Line(check, "up to date", facts=facts)


def _is_as_in_the_log(ledger: Ledger) -> bool:
    before = list_runs(ledger).newest_first
    history = ledger.read_all(types=LIFECYCLE, settled=False)
    folded = RunList.of(history).newest_first
    # Whoever records meanwhile changes both, and nothing can be said.
    return before == folded or before != list_runs(ledger).newest_first
