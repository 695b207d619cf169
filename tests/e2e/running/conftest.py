"""Commands that run and check runbooks, in a directory of their own."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _elsewhere(elsewhere: Path) -> None:
    """Tests write where they stand."""
