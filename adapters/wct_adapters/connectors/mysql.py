"""``mysql_connector``: the cells of all tables of a MySQL or MariaDB database."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import ClassVar

from wct_adapters.connectors.mysql_config import MySQLConnectorConfig
from wct_adapters.connectors.relational import Origin
from wct_adapters.connectors.server_connector import DatabaseServerConnector
from wct_adapters.connectors.server_factory import DatabaseServerFactory
from wct_adapters.connectors.server_tables import Session
from wct_domain.schemas import SchemaLoader


class MySQLConnector(DatabaseServerConnector[MySQLConnectorConfig]):
    """Reads tables and views of one database, or of all that the user sees."""

    name: ClassVar[str] = "mysql_connector"
    kind: ClassVar[str] = "mysql"

    def _opened(self) -> AbstractContextManager[Session]:
        # Here, because SQLAlchemy takes longer to import than most runs take.
        from wct_adapters.connectors.mysql_server import MySQLServer  # noqa: PLC0415

        return MySQLServer(self._config).opened()

    def _origin(self, schema: str) -> Origin:
        return Origin(self.kind, self.name, schema)  # to MySQL both are one


class MySQLConnectorFactory(
    DatabaseServerFactory[MySQLConnector, MySQLConnectorConfig]
):
    """Reads the cells of all tables of a MySQL or MariaDB database."""

    makes = MySQLConnector
    model = MySQLConnectorConfig
    extra: ClassVar[str] = "mysql"
    packages: ClassVar[Mapping[str, str]] = {
        "sqlalchemy": "SQLAlchemy",
        "pymysql": "PyMySQL",
    }

    def _made(
        self,
        config: MySQLConnectorConfig,
        schemas: SchemaLoader | None,
        won: Mapping[str, str],
    ) -> MySQLConnector:
        return MySQLConnector(config, schemas=schemas, won=won)
