"""Reading commands import what they need, and nothing of what runs need."""

import subprocess
import sys

import pytest

from tests.e2e.processes import Wct
from tests.e2e.reading.ledgers import Records

CALL = """
import sys
from wct_entrypoints.cli import main
try:
    main.main()  # main() ends the process at once
finally:
    print(*sys.modules, file=sys.stderr)
"""
HEAVY = {
    *("ahocorasick", "blinker", "jsonschema_rs", "pathspec", "structlog", "tqdm"),
    *("yaml", "wct_entrypoints.plugins", "wct_domain.executor.stream"),
    *("wct_domain.analysis.masking", "wct_adapters.analysers", "wct_adapters.rulesets"),
}


def imported(wct: Wct, *arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CALL, *arguments],
        cwd=wct.directory,
        env=wct.environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return set(done.stderr.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("runs",),
        ("runs", "--json"),
        ("events", "latest"),
        ("events", "latest", "--json"),
        ("artifacts", "latest"),
    ],
    ids=" ".join,
)
def test_nothing_heavy_is_imported(
    wct: Wct, records: Records, arguments: tuple[str, ...]
) -> None:
    records.completed()
    assert imported(wct, *arguments) & HEAVY == set()


def test_a_run_is_shown_without_what_runs_need(wct: Wct, records: Records) -> None:
    records.completed()
    # Places of findings are shown, and any text from a source passes the masker.
    masker = {"wct_domain.analysis.masking"}
    assert imported(wct, "show", "latest") & HEAVY <= masker


def test_what_masks_is_imported_where_something_is_masked(
    wct: Wct, records: Records
) -> None:
    records.with_failures()
    assert "wct_domain.analysis.masking" in imported(wct, "show", "latest")
    assert "wct_domain.analysis.masking" in imported(wct, "artifacts", "latest", "kept")
