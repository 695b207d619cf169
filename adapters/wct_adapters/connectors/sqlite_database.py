"""One SQLite file, opened so that nothing can be written to it."""

import os
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from wct_adapters.connectors.relational import Column, RepairedText, Row, Table

PATIENCE = 5.0
"""Seconds to wait for another process that is writing."""

_GENERATED = {2: "VIRTUAL GENERATED", 3: "STORED GENERATED"}
_MOST = 2**63 - 1  # the largest integer of SQLite
_ROW_ID = ("rowid", "_rowid_", "oid")  # a column of that name hides it
_HIDDEN = 1  # columns of virtual tables that are arguments, not data


class SqliteDatabase:
    """Reads tables inside one read transaction: all of them at the same moment.

    Every method raises ``sqlite3.Error``; its text names tables and columns, never
    what is in them.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def table_names(self) -> list[str]:
        """List ordinary and virtual tables by name, SQLite's own among them."""
        rows = self._connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        )
        return [str(name) for (name,) in rows]

    def describe(self, name: str) -> Table:
        """Say which columns a table has, hidden ones of virtual tables aside."""
        columns = self._connection.execute(
            'SELECT name, type, "notnull", dflt_value, pk, hidden '
            "FROM pragma_table_xinfo(?) ORDER BY cid",
            (name,),
        )
        found = tuple(_column(row) for row in columns if row[5] != _HIDDEN)
        return Table(name, found)

    def count(self, table: Table) -> int:
        """Count all rows, for which SQLite reads the table, or an index, to its end."""
        (count,) = self._connection.execute(
            f"SELECT count(*) FROM {_quoted(table.name)}"  # noqa: S608 - quoted
        ).fetchone()
        return int(count)

    def rows(self, table: Table, limit: int) -> Iterator[Row]:
        """Yield the first ``limit`` rows by row id, or else by primary key.

        The id of a row is its row id, which an integer primary key is another name of.
        Other keys are left out: they may be personal data themselves.
        """
        columns = ", ".join(_quoted(column.name) for column in table.columns)
        name, row_id = _quoted(table.name), self._row_id(table)
        found = self._connection.execute(
            f"SELECT {row_id or 'NULL'}, {columns} FROM {name}"  # noqa: S608 - quoted names
            f"{_order(table, row_id)} LIMIT ?",
            (min(limit, _MOST),),
        )
        for number, *values in found:
            yield Row(values, number if isinstance(number, int) else None)

    def _row_id(self, table: Table) -> str | None:
        """Name what holds the row id; None for WITHOUT ROWID, and if all are hidden."""
        taken = {column.name.lower() for column in table.columns}
        for alias in _ROW_ID:
            if alias not in taken and self._has_row_ids(table, alias):
                return alias
        return None

    def _has_row_ids(self, table: Table, alias: str) -> bool:
        try:
            self._connection.execute(
                f"SELECT {alias} FROM {_quoted(table.name)} LIMIT 0"  # noqa: S608 - as above
            )
        except sqlite3.OperationalError:
            return False  # WITHOUT ROWID
        return True


@contextmanager
def opened(path: Path) -> Generator[SqliteDatabase]:
    """Open a file for reading; another process may go on writing to it.

    Raises:
        sqlite3.Error: it cannot be opened, or is not a database.
    """
    # Immutable is not claimed: it would make SQLite ignore locks and the WAL.
    uri = f"file:{quote(os.fsencode(path.absolute()))}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None)
    with closing(connection):
        connection.text_factory = _decoded
        # The schema comes from whoever made the file: it may not call functions
        # with side effects, and what a page says of itself is checked.
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("BEGIN")
        yield SqliteDatabase(connection)


def _column(row: tuple[Any, ...]) -> Column:
    name, declared, not_null, default, key, hidden = row
    return Column(
        name=str(name),
        type=str(declared),
        nullable=not not_null,
        default=None if default is None else str(default),
        key=int(key),
        extra=_GENERATED.get(hidden, ""),
    )


def _order(table: Table, row_id: str | None) -> str:
    if row_id is not None:
        return f" ORDER BY {row_id}"
    keys = [_quoted(each.name) for each in table.key]
    return f" ORDER BY {', '.join(keys)}" if keys else ""


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _decoded(raw: bytes) -> str:
    """Decode TEXT, in which SQLite stores whatever bytes it was given."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return RepairedText(raw.decode(errors="replace"))
