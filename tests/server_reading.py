"""Makes databases on real servers and reads them, for several modules."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from wct_adapters.connectors.mysql import MySQLConnector, MySQLConnectorFactory
from wct_adapters.connectors.mysql_config import MySQLConnectorConfig
from wct_adapters.connectors.mysql_server import MySQLServer
from wct_adapters.connectors.postgresql import (
    PostgreSQLConnector,
    PostgreSQLConnectorFactory,
)
from wct_adapters.connectors.postgresql_config import PostgreSQLConnectorConfig
from wct_adapters.connectors.postgresql_server import PostgreSQLServer
from wct_adapters.connectors.server_session import DatabaseServer
from wct_adapters.schemas.json_files import JsonSchemaLoader
from wct_domain.message import Message
from wct_domain.ports.components import ComponentConfig
from wct_domain.schemas import Schema, SchemaLoader
from wct_domain.services import Provided, ServiceContainer

if TYPE_CHECKING:
    from tests import mariadb, postgres

LOADER = JsonSchemaLoader()
STANDARD_INPUT = Schema("standard_input", "1.0.0", LOADER)
Kind = Literal["mysql", "postgresql"]


class Database(NamedTuple):
    """An empty database, the properties that lead to it, and a way to fill it.

    ``held`` locks a table as long as the block lasts.
    """

    kind: Kind
    name: str
    properties: ComponentConfig
    run: Callable[..., list[Any]]
    held: Callable[[str], AbstractContextManager[None]]

    def connector(
        self, *, environ: dict[str, str] | None = None, **properties: Any
    ) -> MySQLConnector | PostgreSQLConnector:
        given, environ = {**self.properties, **properties}, environ or {}
        container = ServiceContainer()
        container.register(SchemaLoader, Provided(JsonSchemaLoader))
        if self.kind == "mysql":
            return MySQLConnectorFactory(container, environ).create(given)
        return PostgreSQLConnectorFactory(container, environ).create(given)

    def server(self) -> DatabaseServer[Any]:
        """What a connector opens."""
        if self.kind == "mysql":
            config = MySQLConnectorConfig.from_properties(self.properties, {})
            return MySQLServer(config)
        return PostgreSQLServer(
            PostgreSQLConnectorConfig.from_properties(self.properties, {})
        )

    def cut(self) -> None:
        """Have the server end the connections of others to this database."""
        if self.kind == "mysql":
            found = self.run(
                "SELECT id FROM information_schema.processlist"
                f" WHERE db = '{self.name}' AND id <> CONNECTION_ID()"
            )
            self.run(*(f"KILL {number}" for (number,) in found))
        else:
            self.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                f" WHERE datname = '{self.name}' AND pid <> pg_backend_pid()"
            )

    def extracted(self, **properties: Any) -> Message:
        return self.connector(**properties).extract(STANDARD_INPUT)

    def source(self, table: str, column: str | None = None) -> str:
        """How items of a table are named; tables of PostgreSQL are in public."""
        schema = "" if self.kind == "mysql" else "_schema_(public)"
        name = f"{self.kind}_database_({self.name}){schema}_table_({table})"
        return name if column is None else f"{name}_column_({column})"

    def either(self, mysql: str, postgresql: str) -> str:
        """What differs between the two."""
        return mysql if self.kind == "mysql" else postgresql


def on_mariadb(server: "mariadb.Server") -> Database:
    name = server.new_database()

    def run(*statements: str) -> list[Any]:
        return server.run(name, *statements)

    where: ComponentConfig = {"host": server.socket, "user": "root", "database": name}

    def held(table: str) -> AbstractContextManager[None]:
        return server.held(f"{name}.{table}")

    return Database("mysql", name, where, run, held)


def on_postgresql(server: "postgres.Server", options: str = "") -> Database:
    name = server.new_database(options)

    def run(*statements: str) -> list[Any]:
        rows: list[Any] = []
        with closing(server.connect(name)) as connection:
            for statement in statements:
                done = connection.execute(statement.encode())
                rows = done.fetchall() if done.description else []
        return rows

    @contextmanager
    def held(table: str) -> Generator[None]:
        with closing(server.connect(name)) as connection:
            connection.execute("BEGIN")
            connection.execute(f"LOCK TABLE {table}".encode())
            yield

    where: ComponentConfig = {"host": str(server.directory), "port": server.port}
    properties = {**where, "user": "postgres", "database": name}
    return Database("postgresql", name, properties, run, held)


@contextmanager
def reader(
    database: Database, password: str, *rights: str
) -> Generator[dict[str, Any]]:
    """Someone who logs in by TCP with a password, with rights on all tables."""
    name = f"reader_{database.name}"
    if database.kind == "mysql":
        database.run(
            f"CREATE USER '{name}'@'%' IDENTIFIED BY '{password}'",
            *(f"GRANT {each} ON {database.name}.* TO '{name}'@'%'" for each in rights),
        )
        port = database.run("SELECT @@port")[0][0]
    else:
        database.run(
            f"CREATE ROLE {name} LOGIN PASSWORD '{password}'",
            *(
                f"GRANT {each} ON ALL TABLES IN SCHEMA public TO {name}"
                for each in rights
            ),
        )
        port = database.properties["port"]
        path = Path(database.run("SHOW hba_file")[0][0])
        path.write_text(f"host all {name} all scram-sha-256\n{path.read_text()}")
        database.run("SELECT pg_reload_conf()", "SELECT pg_sleep(0.2)")
    try:
        yield {"host": "127.0.0.1", "port": port, "user": name}
    finally:
        if database.kind == "mysql":
            database.run(f"DROP USER '{name}'@'%'")
        else:
            database.run(f"DROP OWNED BY {name}", f"DROP ROLE {name}")


def cells(message: Message) -> list[tuple[str, str, str]]:
    """(table, column, text) of every item, in the order of the message."""
    return [
        (
            item["metadata"]["table_name"],
            item["metadata"]["column_name"],
            item["content"],
        )
        for item in message.content["data"]
    ]


def contents(message: Message) -> list[str]:
    return [item["content"] for item in message.content["data"]]


def notes(message: Message) -> dict[str, Any]:
    found: dict[str, Any] = message.content["metadata"]["extraction"]
    return found


def unreadable(message: Message) -> dict[str, str]:
    """Source to reason of what was not read."""
    return {each["source"]: each["reason"] for each in notes(message)["unreadable"]}
