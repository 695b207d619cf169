"""Commands that prove, export and import, in a directory of their own."""

import json
from pathlib import Path

import pytest

from tests.e2e.processes import Cli
from tests.e2e.running.runbooks import write


@pytest.fixture(autouse=True)
def _elsewhere(elsewhere: Path) -> None:
    """Tests write where they stand."""


@pytest.fixture
def recorded(cli: Cli) -> str:
    """A run over a note with personal data; returns its id."""
    assert cli("run", write(), "-q").exit_code == 0
    found: str = json.loads(cli("show", "latest", "--json").stdout)["run"]
    return found
