"""Settings for all tests."""

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.mariadb import Server as MariaDB
    from tests.nats_server import NatsServer
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


@pytest.fixture(scope="session")
def mariadb_server() -> "Iterator[MariaDB]":
    """A MariaDB of this process's own; skips the test where there is none."""
    for module in ("sqlalchemy", "pymysql"):
        if importlib.util.find_spec(module) is None:
            _do_without(f"no {module}: pip install 'wct-compliance[mysql]'")
    from tests import mariadb

    program = mariadb.program()
    if program is None:
        _do_without("no MariaDB on this machine: apt-get install mariadb-server")
    with mariadb.running_server(program) as server:
        yield server


@pytest.fixture(scope="session")
def nats_program() -> Path:
    """Where nats-server is; skips the test where it is not."""
    if importlib.util.find_spec("nats") is None:
        _do_without("nats-py is not installed: pip install 'wct-compliance[nats]'")
    from tests import nats_server

    found = nats_server.program()
    if found is None:
        _do_without("no nats-server on this machine: apt-get install nats-server")
    return found


@pytest.fixture
def nats_server(nats_program: Path) -> "Iterator[NatsServer]":
    """A NATS server with JetStream, empty, for one test: it may be stopped."""
    from tests.nats_server import running_nats

    with running_nats(nats_program) as server:
        yield server


def _do_without(reason: str) -> NoReturn:
    if os.environ.get("WCT_TESTS_NEED_SERVERS"):
        pytest.fail(f"{reason} (WCT_TESTS_NEED_SERVERS is set)")
    pytest.skip(reason)
