"""What connectors for relational databases share: tables described, cells as items."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from wct_domain.extraction import ExtractionNotes

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Row(NamedTuple):
    """Values in the order of the columns; ``id`` is the database's own number of it."""

    values: Sequence[object]
    id: int | None = None


class RepairedText(str):
    """Text of a cell in which bytes that are no characters were replaced."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the database declares it.

    ``type`` as written there; ``key`` is the place in the primary key, from 1 on,
    or 0 outside of it. ``binary``: what is in it is bytes, and text by chance only.
    """

    name: str
    type: str
    nullable: bool
    default: str | None
    key: int
    extra: str = ""
    comment: str = ""
    binary: bool = False
    integer: bool = False

    @property
    def document(self) -> dict[str, Any]:
        """Names as in the SQL standard's ``information_schema.columns``."""
        return {
            "COLUMN_NAME": self.name,
            "DATA_TYPE": self.type,
            "IS_NULLABLE": "YES" if self.nullable else "NO",
            "COLUMN_DEFAULT": self.default,
            "COLUMN_COMMENT": self.comment,
            "COLUMN_KEY": "PRI" if self.key else "",
            "EXTRA": self.extra,
        }


@dataclass(frozen=True, slots=True)
class Table:
    """A table, or a view, as the database declares it."""

    name: str
    columns: tuple[Column, ...]
    kind: str = "BASE TABLE"
    comment: str = ""

    @property
    def key(self) -> tuple[Column, ...]:
        """The columns of the primary key, in its order; empty without one."""
        return tuple(sorted((each for each in self.columns if each.key), key=_place))

    def document(self, rows: int) -> dict[str, Any]:
        return {
            "name": self.name,
            "type": self.kind,
            "comment": self.comment,
            "estimated_rows": rows,
            "columns": [column.document for column in self.columns],
        }


@dataclass(frozen=True, slots=True)
class Origin:
    """Which database cells come from, and who read them."""

    kind: str  # sqlite, as it begins the names of items
    connector: str
    database: str
    schema: str = ""  # inside the database, where it has any

    def source(self, table: str, column: str | None = None) -> str:
        """Name a table, or a column of it."""
        schema = f"_schema_({self.schema})" if self.schema else ""
        name = f"{self.kind}_database_({self.database}){schema}_table_({table})"
        return name if column is None else f"{name}_column_({column})"


@dataclass(slots=True)
class CellItems:
    """Turns rows into data items, one per cell that holds text or a number.

    Null and blank cells are no content. A binary cell is read if its bytes are
    plain text; otherwise it is counted in ``notes``, as is text that was repaired.
    """

    origin: Origin
    notes: ExtractionNotes
    items: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def add(self, table: Table, rows: Iterator[Row]) -> int:
        """Add the rows of one table, and return how many there were."""
        sources = [self.origin.source(table.name, each.name) for each in table.columns]
        bases = [self._base(table.name, each.name) for each in table.columns]
        problems: Counter[tuple[str, str]] = Counter()
        read = 0
        try:
            for row in rows:
                read += 1
                place = {} if row.id is None else {"row_id": row.id}
                for value, source, base in zip(row.values, sources, bases, strict=True):
                    text, problem = _text(value)
                    if problem:
                        problems[source, problem] += 1
                    if text is not None:
                        name = {"source": f"{source}_row_({read})"}
                        metadata = {**name, **base, **place}
                        self.items.append({"content": text, "metadata": metadata})
        finally:  # what was read before the table turned out to be damaged counts
            for (source, problem), count in sorted(problems.items()):
                self.notes.unreadable(source, problem, count)
        return read

    def _base(self, table: str, column: str) -> dict[str, str]:
        return {
            "connector_type": self.origin.connector,
            "table_name": table,
            "column_name": column,
            "schema_name": self.origin.schema or self.origin.database,
        }


def _place(column: Column) -> int:
    return column.key


def _text(value: object) -> tuple[str | None, str]:
    """Return the text of a cell, if it has any, and the code of what is wrong."""
    match value:
        case None:
            return None, ""
        case bytes():
            return _text_of_bytes(value)
        case RepairedText():
            return str(value), "not_utf8"
        case _:
            return _unless_blank(str(value)), ""


def _text_of_bytes(value: bytes) -> tuple[str | None, str]:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return None, "binary"
    if _CONTROL.search(text):
        return None, "binary"
    return _unless_blank(text), ""


def _unless_blank(text: str) -> str | None:
    return text if text and not text.isspace() else None
