"""A ledger that is gone, while its keys are there, is not passed over in silence."""

from pathlib import Path

from tests.e2e.letterbox_runbooks import count, write
from tests.e2e.processes import Wct


def test_a_run_is_shown_without_its_keys_as_far_as_it_can_be(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    runbook = write(tmp_path / "letters.yaml", count("letters"))
    wct_with_plugin("run", runbook)
    (tmp_path / ".wct" / "ledger.db.keys").unlink()
    shown = wct_with_plugin("show", "latest")
    assert shown.returncode == 0
    text = " ".join(shown.stdout.split())
    assert "cannot be shown here: ledger '.wct/ledger.db': its key store" in text
    assert "restore it from a backup" in text
    assert "wct artifacts" not in text
    assert "completed: 1 succeeded of 1 step" in text


def test_a_history_that_is_gone_is_told_before_another_one_begins(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    runbook = write(tmp_path / "letters.yaml", count("letters"))
    first = wct_with_plugin("run", runbook)
    assert "there is no ledger" not in first.stderr
    (tmp_path / ".wct" / "ledger.db").unlink()

    listed = wct_with_plugin("runs")
    assert (listed.returncode, listed.stdout) == (0, "")
    assert "though its key store '.wct/ledger.db.keys' is there" in listed.stderr

    second = wct_with_plugin("run", runbook)
    assert second.returncode == 0
    assert "warning: there is no ledger '.wct/ledger.db', though" in second.stderr
    assert "put it back" in second.stderr

    assert "there is no ledger" not in wct_with_plugin("run", runbook).stderr
