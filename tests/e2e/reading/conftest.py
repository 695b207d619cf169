"""Commands that read a ledger, in a directory of their own."""

from pathlib import Path

import pytest

from tests.e2e.reading.ledgers import Records


@pytest.fixture(autouse=True)
def _elsewhere(elsewhere: Path) -> None:
    """Tests write where they stand."""


@pytest.fixture
def records(tmp_path: Path) -> Records:
    """The ledger that commands use when nobody names another."""
    return Records(tmp_path / ".wct" / "ledger.db")
