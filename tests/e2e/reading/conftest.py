"""Commands that read a ledger, in a directory of their own."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.e2e.reading.ledgers import Records
from wct_entrypoints.cli import main

Cli = Callable[..., Result]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("WCT_LEDGER", "WCT_KEYS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def records(tmp_path: Path) -> Records:
    """The ledger that commands use when nobody names another."""
    return Records(tmp_path / ".wct" / "ledger.db")


@pytest.fixture
def cli() -> Cli:
    """The command line in this process, which is much faster; a bug is raised."""

    def run(*arguments: str | os.PathLike[str]) -> Result:
        given = [os.fspath(each) for each in arguments]
        return CliRunner().invoke(main, given, catch_exceptions=False)

    return run
