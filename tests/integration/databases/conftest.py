"""Every test of this folder has a database of its own, on each kind of server."""

import pytest

from tests.server_reading import Database, on_mariadb, on_postgresql


@pytest.fixture(params=["mysql", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    if request.param == "mysql":
        return on_mariadb(request.getfixturevalue("mariadb_server"))
    return on_postgresql(request.getfixturevalue("postgres_server"))
