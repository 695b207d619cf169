"""Commands that prove, export and import, in a directory of their own."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.e2e.running.runbooks import write
from wct_entrypoints.cli import main

Cli = Callable[..., Result]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("WCT_LEDGER", "WCT_KEYS", "WCT_SIGNING_KEY", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def cli() -> Cli:
    """The command line in this process, which is much faster; a bug is raised."""

    def run(*arguments: str | os.PathLike[str]) -> Result:
        given = [os.fspath(each) for each in arguments]
        return CliRunner().invoke(main, given, catch_exceptions=False)

    return run


@pytest.fixture
def recorded(cli: Cli) -> str:
    """A run over a note with personal data; returns its id."""
    assert cli("run", write(), "-q").exit_code == 0
    found: str = json.loads(cli("show", "latest", "--json").stdout)["run"]
    return found
