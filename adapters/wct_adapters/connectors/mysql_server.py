"""A server of MySQL or MariaDB, by PyMySQL."""

import ssl
from collections import defaultdict
from importlib import import_module
from math import ceil
from typing import Any, ClassVar

import sqlalchemy as sa

from wct_adapters.connectors.mysql_config import MySQLConnectorConfig
from wct_adapters.connectors.relational import Column, Table
from wct_adapters.connectors.server_session import DatabaseServer, Element
from wct_adapters.connectors.server_tables import Listed
from wct_domain.errors import ConnectorExtractionError

_GRACE = 30.0  # seconds beyond the server's own limit, until it counts as gone
_BINARY = frozenset(
    {
        *("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"),
        *("geometry", "point", "linestring", "polygon", "multipoint", "vector"),
        *("multilinestring", "multipolygon", "geometrycollection", "geomcollection"),
    }
)
_INTEGERS = frozenset({"tinyint", "smallint", "mediumint", "int", "bigint"})
_OWN = ("information_schema", "mysql", "performance_schema", "sys")

# Numbers of errors, as MySQL's and MariaDB's lists of them say.
_REASONS = {
    **dict.fromkeys((1044, 1142, 1143, 1227, 1345, 1370), "permission_denied"),
    1356: "invalid_view",  # it, or who defined it, lost a table, column or right
    **dict.fromkeys((1205, 1317, 1969, 3024), "statement_timeout"),
}

_TABLES = sa.text(
    "SELECT table_schema, table_name, table_type, table_rows, table_comment"
    " FROM information_schema.tables"
    " WHERE (table_schema = :name OR :name = '' AND table_schema NOT IN :own)"
    " AND table_type NOT IN ('SEQUENCE', 'SYSTEM VIEW', 'TEMPORARY')"
    " ORDER BY table_schema, table_name"
).bindparams(sa.bindparam("own", _OWN, expanding=True))
_COLUMNS = sa.text(
    "SELECT c.table_schema, c.table_name, c.column_name, c.data_type, c.is_nullable,"
    " c.column_default, c.extra, c.column_comment, coalesce(s.seq_in_index, 0)"
    " FROM information_schema.columns AS c"
    " LEFT JOIN information_schema.statistics AS s"
    " ON s.table_schema = c.table_schema AND s.table_name = c.table_name"
    " AND s.column_name = c.column_name AND s.index_name = 'PRIMARY'"
    " WHERE c.table_schema = :name OR :name = '' AND c.table_schema NOT IN :own"
    " ORDER BY c.table_schema, c.table_name, c.ordinal_position"
).bindparams(sa.bindparam("own", _OWN, expanding=True))


class MySQLServer(DatabaseServer[MySQLConnectorConfig]):
    """Asks for bytes and decodes them: no cell can keep others from being read."""

    url: ClassVar[str] = "mysql+pymysql://"

    def arguments(self) -> dict[str, Any]:
        config = self.config
        if import_module("pymysql.charset").charset_by_name(config.charset) is None:
            msg = "charset: PyMySQL knows none of this name; the default is utf8mb4"
            raise ConnectorExtractionError(msg)
        where: dict[str, Any] = {"host": config.host, "port": config.port}
        if config.socket is not None:
            where = {"unix_socket": config.socket}
        return {
            **where,
            **self._encryption(),
            "user": config.user,
            # PyMySQL itself would encode a text as Latin-1.
            "password": config.password.get_secret_value().encode(),
            "database": config.database or None,
            "charset": config.charset,
            "connect_timeout": config.connect_timeout,
            # Until it has let us in; see begin.
            "read_timeout": config.connect_timeout,
            "write_timeout": config.connect_timeout,
            "program_name": "wct",
        }

    def _encryption(self) -> dict[str, Any]:
        """Say what PyMySQL is to do; without a word it encrypts where it can."""
        config = self.config
        if config.tls == "disable":
            return {"ssl_disabled": True}
        if config.tls == "prefer" and config.tls_cert is None:
            return {}
        try:
            context = ssl.create_default_context(cafile=config.tls_ca)
            context.check_hostname = config.tls == "verify-full"
            if config.tls not in ("verify-ca", "verify-full"):
                context.verify_mode = ssl.CERT_NONE
            if config.tls_cert is not None:
                context.load_cert_chain(config.tls_cert, config.tls_key)
        except (OSError, ValueError) as error:
            msg = f"tls_ca, tls_cert or tls_key is of no use: {error}"
            raise ConnectorExtractionError(msg) from error
        return {"ssl": context}

    def begin(self, connection: sa.Connection) -> str:
        driver: Any = connection.connection.dbapi_connection
        self.encoding = driver.encoding
        version = str(connection.exec_driver_sql("SELECT VERSION()").scalar_one())
        seconds = self.config.statement_timeout
        limit = f"max_execution_time = {int(seconds * 1000)}"
        if "mariadb" in version.lower():
            limit = f"max_statement_time = {seconds}"
        for statement in (
            f"SET SESSION {limit}",
            f"SET SESSION lock_wait_timeout = {ceil(seconds)}",  # a day by default
            "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
            "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
        ):
            connection.exec_driver_sql(statement)
        driver.use_unicode = False
        driver.decoders = {}
        # PyMySQL has no other way to wait for a query longer than for the login.
        driver._read_timeout = seconds + _GRACE  # noqa: SLF001  # as said above
        return version

    def listed(self, connection: sa.Connection) -> list[Listed]:
        values = {"name": self.config.database}
        columns: defaultdict[tuple[str, str], list[Column]] = defaultdict(list)
        for row in connection.execute(_COLUMNS, values):
            schema, table, *rest = map(self._text, row)
            columns[schema, table].append(_column(rest))
        found: list[Listed] = []
        for row in connection.execute(_TABLES, values):
            schema, name, kind, rows, comment = map(self._text, row)
            table = Table(name, tuple(columns[schema, name]), kind, comment)
            found.append(Listed(schema, table, int(rows or 0)))
        return found

    def selected(self, column: Column) -> Element:
        element: Element = sa.column(column.name)
        # As a number; the server's own form of a bit is a byte.
        return element + sa.literal_column("0") if column.type == "bit" else element

    def reason(self, error: Any) -> str:
        number = next(iter(error.args), None)
        if not isinstance(number, int):
            return "mysql_error"
        return _REASONS.get(number, f"mysql_{number}")

    def _text(self, value: Any) -> Any:
        if isinstance(value, bytes):
            return value.decode(self.encoding, errors="replace")
        return value


def _column(row: list[Any]) -> Column:
    name, kind, nullable, default, extra, comment, key = row
    kind = kind.lower()
    return Column(
        name=name,
        type=kind,
        nullable=nullable == "YES",
        default=default,
        key=int(key),
        extra=extra,
        comment=comment,
        binary=kind in _BINARY,
        integer=kind in _INTEGERS,
    )
