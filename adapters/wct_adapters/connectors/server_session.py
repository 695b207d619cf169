"""Reading tables of a database server through SQLAlchemy, whatever its dialect."""

from abc import ABC, abstractmethod
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, ClassVar, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from wct_adapters.connectors.relational import Column, RepairedText, Row
from wct_adapters.connectors.server_config import DatabaseServerConfig
from wct_adapters.connectors.server_tables import (
    CONNECTION_LOST,
    Listed,
    Session,
    Taken,
    Unreadable,
)
from wct_domain.errors import ConnectorExtractionError

_LARGEST = 2**63 - 1  # the largest LIMIT, and the largest row id that is told
_SAVEPOINT = "wct_table"

ConfigT = TypeVar("ConfigT", bound=DatabaseServerConfig)
Element = sa.ColumnElement[Any]


class DatabaseServer(ABC, Generic[ConfigT]):
    """A server as one dialect speaks to it."""

    url: ClassVar[str]  # dialect and driver; where and who are arguments
    encoding = "utf-8"  # of texts that come as bytes

    def __init__(self, config: ConfigT) -> None:
        self.config = config

    @abstractmethod
    def arguments(self) -> dict[str, Any]:
        """Return what the driver is to connect with; the password is among it."""

    @abstractmethod
    def begin(self, connection: sa.Connection) -> str:
        """Begin a transaction that reads, and return the server's version."""

    @abstractmethod
    def listed(self, connection: sa.Connection) -> list[Listed]:
        """List tables and views by schema and name, with their columns."""

    @abstractmethod
    def reason(self, error: Any) -> str:
        """Return the code of a driver's error; its text may quote data."""

    def selected(self, column: Column) -> Element:
        """Return what to ask for to get a column as text, or as bytes."""
        return sa.column(column.name)

    def shuffled(self, elements: Sequence[Element]) -> Element:
        """Return what puts rows into an order that the seed decides."""
        return sa.func.md5(sa.func.concat_ws(":", *elements))

    @contextmanager
    def opened(self) -> Generator[Session]:
        """Connect, and read inside of one transaction that ends with the block.

        Raises:
            ConnectorExtractionError: as the server, or its driver, says.
        """
        engine = sa.create_engine(
            self.url,
            connect_args=self.arguments(),
            poolclass=NullPool,
            hide_parameters=True,
            isolation_level="AUTOCOMMIT",  # the transaction is begun by hand
        )
        try:
            connection = engine.connect()
        except SQLAlchemyError as error:
            msg = f"{self.config.product} connection failed: {_said(error)}"
            raise ConnectorExtractionError(msg) from error
        try:
            try:
                version = self.begin(connection)
            except SQLAlchemyError as error:
                raise ConnectorExtractionError(_said(error)) from error
            yield Transaction(self, connection, version)
        finally:
            with suppress(SQLAlchemyError):  # it may have been lost
                connection.close()


class Transaction(Session):
    """What has been begun on a connection; ends with it."""

    def __init__(
        self, server: DatabaseServer[Any], connection: sa.Connection, version: str
    ) -> None:
        self._server = server
        self._connection = connection
        self._version = version

    @property
    def version(self) -> str:
        return self._version

    def tables(self) -> list[Listed]:
        try:
            return self._server.listed(self._connection)
        except SQLAlchemyError as error:
            raise ConnectorExtractionError(_said(error)) from error

    def take(self, listed: Listed) -> Taken:
        limit = min(self._server.config.max_rows_per_table, _LARGEST)
        with self._apart():
            found = self._connection.execute(self._query(listed, limit)).all()
        rows = [self._row(listed, values) for values in found]
        if len(rows) < limit:
            return Taken(rows, len(rows), exact=True)
        try:
            with self._apart():
                return Taken(rows, self._count(listed), exact=True)
        except Unreadable as error:
            # What was read is kept; a connection that was lost shows at the next table.
            del error
            return Taken(rows, max(listed.estimate, len(rows)), exact=False)

    @contextmanager
    def _apart(self) -> Generator[None]:
        """Keep a failure from spoiling the transaction; raises Unreadable instead."""
        try:
            self._connection.exec_driver_sql(f"SAVEPOINT {_SAVEPOINT}")
            yield
            self._connection.exec_driver_sql(f"RELEASE SAVEPOINT {_SAVEPOINT}")
        except SQLAlchemyError as error:
            if not self._recovered(error):
                raise Unreadable(CONNECTION_LOST) from error
            reason = "sql_error"
            if isinstance(error, DBAPIError):
                reason = self._server.reason(error.orig)
            raise Unreadable(reason) from error

    def _recovered(self, error: SQLAlchemyError) -> bool:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            return False
        try:
            self._connection.exec_driver_sql(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}")
        except SQLAlchemyError:
            return False
        return True

    def _query(self, listed: Listed, limit: int) -> sa.Select[Any]:
        """Select all columns, and then the key, of as many rows as are wanted.

        What has no primary key comes in the server's own order; a sample of it is
        drawn by what is in its rows.
        """
        server, table = self._server, listed.table
        source = _source(listed)
        names = [f"c{number}" for number in range(len(table.columns))]
        cells = [
            server.selected(column).label(name)
            for column, name in zip(table.columns, names, strict=True)
        ] or [sa.literal(1).label("none")]
        keys: list[Element] = [sa.column(column.name) for column in table.key]
        labelled = [key.label(f"k{number}") for number, key in enumerate(keys)]
        query = sa.select(*cells, *labelled).select_from(source)
        if server.config.sample == "first":
            return query.order_by(*keys).limit(limit)
        seed: Element = sa.literal_column(f"'{server.config.sample_seed}'")
        basis = keys or [server.selected(column) for column in table.columns]
        drawn = query.order_by(server.shuffled([seed, *basis])).limit(limit)
        if not keys:
            return drawn
        sample = drawn.subquery("drawn")
        order = [sample.c[f"k{number}"] for number in range(len(keys))]
        return sa.select(sample).order_by(*order)

    def _count(self, listed: Listed) -> int:
        query = sa.select(sa.func.count()).select_from(_source(listed))
        return int(self._connection.execute(query).scalar_one())

    def _row(self, listed: Listed, found: Sequence[Any]) -> Row:
        columns = listed.table.columns
        encoding = self._server.encoding
        values = [
            _decoded(value, column, encoding)
            for value, column in zip(found[: len(columns)], columns, strict=True)
        ]
        # Like a row id of SQLite. Any other key may be personal data itself.
        key = listed.table.key
        number = int(found[-1]) if len(key) == 1 and key[0].integer else None
        if number is not None and number > _LARGEST:
            number = None
        return Row(
            values, number if number is not None and number <= _LARGEST else None
        )


def _source(listed: Listed) -> sa.TableClause:
    """Name a table; SQLAlchemy quotes what needs it."""
    name = sa.quoted_name(listed.table.name, quote=True)
    schema = sa.quoted_name(listed.schema, quote=True)
    return sa.table(name, schema=schema)


def _decoded(value: Any, column: Column, encoding: str) -> object:
    """Make text of bytes, where the driver was told to leave that to us."""
    if not isinstance(value, bytes) or column.binary:
        return value
    try:
        return value.decode(encoding)
    except UnicodeDecodeError:
        return RepairedText(value.decode(encoding, errors="replace"))


def _said(error: SQLAlchemyError) -> str:
    """Return the driver's own words: SQLAlchemy adds the statement and an address."""
    text = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    return " ".join(text.split())
