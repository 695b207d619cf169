"""The built-in connectors keep the promises that plugins are asked to keep."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.server_reading import Database, on_mariadb, on_postgresql
from wct_adapters.connectors.filesystem import (
    FilesystemConnector,
    FilesystemConnectorFactory,
)
from wct_adapters.connectors.mysql import MySQLConnector, MySQLConnectorFactory
from wct_adapters.connectors.postgresql import (
    PostgreSQLConnector,
    PostgreSQLConnectorFactory,
)
from wct_adapters.connectors.sqlite import SQLiteConnector, SQLiteConnectorFactory
from wct_adapters.schemas.json_files import JsonSchemaLoader
from wct_domain.ports.components import ComponentConfig
from wct_domain.schemas import SchemaSource
from wct_domain.services import ServiceContainer
from wct_domain.testing.component_contract import ConnectorContractTests


class TestFilesystemConnector(ConnectorContractTests[FilesystemConnector]):
    @pytest.fixture
    def factory(self) -> FilesystemConnectorFactory:
        return FilesystemConnectorFactory(ServiceContainer())

    @pytest.fixture
    def valid_config(self, tmp_path: Path) -> ComponentConfig:
        (tmp_path / "letters").mkdir()
        for name in ("c", "a", "b"):
            (tmp_path / "letters" / f"{name}.txt").write_text(f"letter {name}")
        (tmp_path / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n\xff")
        return {"path": str(tmp_path)}

    @pytest.fixture
    def schemas(self) -> SchemaSource:
        return JsonSchemaLoader()


class TestSQLiteConnector(ConnectorContractTests[SQLiteConnector]):
    @pytest.fixture
    def factory(self) -> SQLiteConnectorFactory:
        return SQLiteConnectorFactory(ServiceContainer(), environ={})

    @pytest.fixture
    def valid_config(self, tmp_path: Path) -> ComponentConfig:
        path = tmp_path / "shop.db"
        with closing(sqlite3.connect(path)) as database:
            database.execute("CREATE TABLE customers (name TEXT, photo BLOB)")
            database.executemany(
                "INSERT INTO customers VALUES (?, ?)",
                [(f"name {number}", b"\xff\xd8") for number in range(20)],
            )
            database.commit()
        return {"database_path": str(path)}

    @pytest.fixture
    def schemas(self) -> SchemaSource:
        return JsonSchemaLoader()


def filled(database: Database, kind: str, photo: str) -> ComponentConfig:
    """More rows than are read, without a key, some of them binary."""
    rows = ", ".join(f"('name {number}', {photo})" for number in range(20))
    database.run(
        f"CREATE TABLE customers (name VARCHAR(20), photo {kind})",
        f"INSERT INTO customers VALUES {rows}",
        "CREATE VIEW names AS SELECT name FROM customers",
    )
    return {**database.properties, "sample": "random"}


class TestMySQLConnector(ConnectorContractTests[MySQLConnector]):
    @pytest.fixture
    def factory(self) -> MySQLConnectorFactory:
        return MySQLConnectorFactory(ServiceContainer(), environ={})

    @pytest.fixture
    def valid_config(self, mariadb_server: Any) -> ComponentConfig:
        return filled(on_mariadb(mariadb_server), "BLOB", "x'ffd8'")

    @pytest.fixture
    def schemas(self) -> SchemaSource:
        return JsonSchemaLoader()


class TestPostgreSQLConnector(ConnectorContractTests[PostgreSQLConnector]):
    @pytest.fixture
    def factory(self) -> PostgreSQLConnectorFactory:
        return PostgreSQLConnectorFactory(ServiceContainer(), environ={})

    @pytest.fixture
    def valid_config(self, postgres_server: Any) -> ComponentConfig:
        return filled(on_postgresql(postgres_server), "BYTEA", r"'\xffd8'")

    @pytest.fixture
    def schemas(self) -> SchemaSource:
        return JsonSchemaLoader()
