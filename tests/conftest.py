"""Settings for all tests."""

import importlib.util
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, NoReturn

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.postgres import Server

# A deadline measures the machine, not the code. Failing examples are kept in
# .hypothesis/ and tried again first. CI draws the same examples every time: what lands
# must not depend on luck; developers' runs keep looking for new ones.
settings.register_profile("wct", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "wct")


@pytest.fixture(scope="session")
def postgres_server() -> "Iterator[Server]":
    """A PostgreSQL of this process's own; skips the test where there is none."""
    if importlib.util.find_spec("psycopg") is None:
        _do_without("psycopg is not installed: pip install 'wct-compliance[postgres]'")
    from tests import postgres

    binaries = postgres.binaries()
    if binaries is None:
        _do_without("no PostgreSQL on this machine: apt-get install postgresql")
    with postgres.running_server(binaries) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: "Server") -> str:
    """The URL of an empty database."""
    return postgres_server.url(postgres_server.new_database())


def _do_without(reason: str) -> NoReturn:
    if os.environ.get("WCT_TESTS_NEED_SERVERS"):
        pytest.fail(f"{reason} (WCT_TESTS_NEED_SERVERS is set)")
    pytest.skip(reason)
