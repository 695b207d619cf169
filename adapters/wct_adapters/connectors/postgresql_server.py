"""A database of a PostgreSQL server, by psycopg."""

from typing import Any, ClassVar

import sqlalchemy as sa

from wct_adapters.connectors.postgresql_config import PostgreSQLConnectorConfig
from wct_adapters.connectors.relational import Column, Table
from wct_adapters.connectors.server_session import DatabaseServer, Element
from wct_adapters.connectors.server_tables import Listed
from wct_domain.errors import ConnectorExtractionError

_REASONS = {  # appendix A of PostgreSQL's manual
    "42501": "permission_denied",
    "57014": "statement_timeout",
}
_KINDS = {
    "r": "BASE TABLE",
    "p": "BASE TABLE",  # in partitions, which are read with it
    "v": "VIEW",
    "m": "MATERIALIZED VIEW",
    "f": "FOREIGN",
}
_INTEGERS = frozenset({"int2", "int4", "int8"})
_GENERATED = {"s": "STORED GENERATED", "v": "VIRTUAL GENERATED"}

# Not information_schema: it hides what the user may not read, and that is to be told.
_CATALOGUE = sa.text("""
SELECT n.nspname, c.relname, c.relkind::text, c.reltuples::bigint,
       pg_catalog.obj_description(c.oid, 'pg_class'), row_security_active(c.oid),
       a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
       CASE a.attgenerated WHEN '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END,
       a.attgenerated::text, pg_catalog.col_description(c.oid, a.attnum),
       coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0),
       coalesce(b.typname, t.typname),
       pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_attribute AS a
       ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_type AS b ON b.oid = nullif(t.typbasetype, 0)
LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.pg_index AS i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C", a.attnum
""")


class PostgreSQLServer(DatabaseServer[PostgreSQLConnectorConfig]):
    """Asks for the text of whatever is no bytes: dates before Christ have one too."""

    url: ClassVar[str] = "postgresql+psycopg://"

    def arguments(self) -> dict[str, Any]:
        config = self.config
        verified: dict[str, Any] = {}
        if config.tls_ca is not None:
            verified = {"sslrootcert": str(config.tls_ca)}
        elif config.tls == "verify-full":
            verified = {"sslrootcert": "system"}
        if config.tls_cert is not None:
            verified |= {"sslcert": str(config.tls_cert), "sslkey": str(config.tls_key)}
        return {
            "host": config.host,
            "port": config.port,
            "user": config.user,
            # Empty, and not left out: then PGPASSWORD is not asked, which may be that
            # of the ledger. A password file is.
            "password": config.password.get_secret_value(),
            "dbname": config.database,
            "sslmode": config.tls,
            **verified,
            "connect_timeout": config.connect_timeout,
            # A network that dies silently is noticed in a minute.
            "keepalives_idle": 30,
            "tcp_user_timeout": 60_000,
            "application_name": "wct",
            "client_encoding": "UTF8",
            "prepare_threshold": None,  # connections may be shared by a pooler
        }

    def begin(self, connection: sa.Connection) -> str:
        milliseconds = int(self.config.statement_timeout * 1000)
        for statement in (
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            f"SET LOCAL statement_timeout = {milliseconds}",
            # Without a key rows come as they are stored: from the first one on.
            "SET LOCAL synchronize_seqscans = off",
            "SET LOCAL max_parallel_workers_per_gather = 0",
            # What others have defined is not what our queries mean.
            "SET LOCAL search_path = pg_catalog",
        ):
            connection.exec_driver_sql(statement)
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
        version = connection.exec_driver_sql("SHOW server_version").scalar_one()
        if encoding == "SQL_ASCII":  # bytes of any encoding: psycopg leaves them so
            connection.exec_driver_sql("SET LOCAL client_encoding = SQL_ASCII")
        return f"PostgreSQL {_text(version)}"

    def listed(self, connection: sa.Connection) -> list[Listed]:
        found: dict[tuple[str, str], tuple[list[Any], list[Column], list[str]]] = {}
        for row in connection.execute(_CATALOGUE):
            schema, name, kind, rows, comment, filtered, *column = map(_text, row)
            about = [_KINDS[kind], comment or "", max(rows, 0), filtered]
            _, columns, denied = found.setdefault((schema, name), (about, [], []))
            if column[0] is None:
                continue  # a table without columns
            if column[-1]:
                columns.append(_column(column))
            else:
                denied.append(column[0])
        # A view may call functions that look for names.
        connection.exec_driver_sql("SET LOCAL search_path TO DEFAULT")
        wanted = self._wanted({schema for schema, _ in found})
        return [
            _listed(schema, name, about, columns, denied)
            for (schema, name), (about, columns, denied) in found.items()
            if schema in wanted
        ]

    def _wanted(self, there: set[str]) -> set[str]:
        asked = self.config.schemas
        if asked is None:
            return there
        if missing := sorted(set(asked) - there):
            msg = f"schemas: without a table, or not there: {', '.join(missing)}"
            raise ConnectorExtractionError(msg)
        return set(asked)

    def selected(self, column: Column) -> Element:
        element: Element = sa.column(column.name)
        return element if column.binary else sa.cast(element, sa.Text())

    def reason(self, error: Any) -> str:
        state = getattr(error, "sqlstate", None)
        if state is None:
            return "postgresql_error"
        return _REASONS.get(state, f"postgresql_{state.lower()}")


def _listed(
    schema: str,
    name: str,
    about: list[Any],
    columns: list[Column],
    denied: list[str],
) -> Listed:
    kind, comment, rows, filtered = about
    table = Table(name, tuple(columns), kind, comment)
    return Listed(schema, table, rows, tuple(denied), filtered)


def _column(row: list[Any]) -> Column:
    name, kind, filled, default, generated, comment, key, base, _ = row
    return Column(
        name=name,
        type=kind,
        nullable=not filled,
        default=default,
        key=int(key),
        extra=_GENERATED.get(generated, ""),
        comment=comment or "",
        binary=base == "bytea",
        integer=base in _INTEGERS,
    )


def _text(value: Any) -> Any:
    return value.decode(errors="replace") if isinstance(value, bytes) else value
