"""``postgresql_connector``: the cells of all tables of a PostgreSQL database."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import ClassVar

from wct_adapters.connectors.postgresql_config import PostgreSQLConnectorConfig
from wct_adapters.connectors.relational import Origin
from wct_adapters.connectors.server_connector import DatabaseServerConnector
from wct_adapters.connectors.server_factory import DatabaseServerFactory
from wct_adapters.connectors.server_tables import Session
from wct_domain.schemas import SchemaLoader


class PostgreSQLConnector(DatabaseServerConnector[PostgreSQLConnectorConfig]):
    """Reads tables, views and foreign tables of one database, in all of its schemas."""

    name: ClassVar[str] = "postgresql_connector"
    kind: ClassVar[str] = "postgresql"

    def _opened(self) -> AbstractContextManager[Session]:
        # Here, because SQLAlchemy takes longer to import than most runs take.
        from wct_adapters.connectors.postgresql_server import PostgreSQLServer  # noqa: PLC0415

        return PostgreSQLServer(self._config).opened()

    def _origin(self, schema: str) -> Origin:
        return Origin(self.kind, self.name, self._config.database, schema)


class PostgreSQLConnectorFactory(
    DatabaseServerFactory[PostgreSQLConnector, PostgreSQLConnectorConfig]
):
    """Reads the cells of all tables of a PostgreSQL database."""

    makes = PostgreSQLConnector
    model = PostgreSQLConnectorConfig
    extra: ClassVar[str] = "postgres"
    packages: ClassVar[Mapping[str, str]] = {
        "sqlalchemy": "SQLAlchemy",
        "psycopg": "psycopg",
    }

    def _made(
        self,
        config: PostgreSQLConnectorConfig,
        schemas: SchemaLoader | None,
        won: Mapping[str, str],
    ) -> PostgreSQLConnector:
        return PostgreSQLConnector(config, schemas=schemas, won=won)
