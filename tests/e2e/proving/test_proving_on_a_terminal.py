"""``wct verify`` and ``wct export`` where people watch."""

from tests.e2e.processes import Wct
from tests.e2e.running.terminals import on_a_terminal


def test_progress_is_counted_and_wiped_away(wct: Wct, recorded: str) -> None:
    seen = on_a_terminal(wct, "verify", recorded)
    assert seen.status == 0
    states = seen.drawn()[0]
    assert any(state.endswith(" events") for state in states)
    assert states[-1].startswith("Ledger ")


def test_a_bundle_is_not_written_to_a_terminal(wct: Wct, recorded: str) -> None:
    seen = on_a_terminal(wct, "export", recorded, "-o", "-")
    assert seen.status == 2
    assert "a bundle is no text" in seen.text
