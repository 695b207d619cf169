"""Commands that run and check runbooks, in a directory of their own."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from wct_entrypoints.cli import main

Cli = Callable[..., Result]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("WCT_LEDGER", "WCT_KEYS", "SQLITE_DATABASE_PATH", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def cli() -> Cli:
    """The command line in this process, which is much faster; a bug is raised."""

    def run(*arguments: str | os.PathLike[str]) -> Result:
        given = [os.fspath(each) for each in arguments]
        return CliRunner().invoke(main, given, catch_exceptions=False)

    return run
