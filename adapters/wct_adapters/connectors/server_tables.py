"""Tables of a server, as a session offers them and as they end up in a message."""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from wct_adapters.connectors.relational import CellItems, Origin, Row, Table
from wct_domain.errors import ConnectorExtractionError
from wct_domain.extraction import ExtractionNotes

CONNECTION_LOST = "connection_lost"


class Listed(NamedTuple):
    """A table as the catalogue has it.

    ``denied`` names columns that the user may not read, which are not in ``table``;
    ``estimate`` is the server's own idea of the number of rows; ``filtered``: the
    server may leave rows out for this user, and does not say which.
    """

    schema: str
    table: Table
    estimate: int = 0
    denied: tuple[str, ...] = ()
    filtered: bool = False


class Taken(NamedTuple):
    """Rows of a table, and how many there are; ``exact`` unless that is an estimate."""

    rows: list[Row]
    total: int
    exact: bool


class Unreadable(Exception):  # noqa: N818  # a finding about a table, told as a note
    """A table cannot be read; ``reason`` is a code, and nothing of the data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Session(Protocol):
    """One transaction that reads: everything as it was at one moment."""

    @property
    def version(self) -> str:
        """What the server says that it is."""
        ...

    def tables(self) -> list[Listed]:
        """List tables and views by schema and name."""
        ...

    def take(self, listed: Listed) -> Taken:
        """Read rows of a table; raises Unreadable."""
        ...


class TablesRead:
    """What has been read, and what has not, table by table."""

    def __init__(self, origin: Callable[[str], Origin], limit: int) -> None:
        self._origin = origin
        self._limit = limit
        self._cells: dict[str, CellItems] = {}
        self.notes = ExtractionNotes()
        self.items: list[dict[str, Any]] = []
        self.tables: list[dict[str, Any]] = []

    def all_of(self, session: Session) -> None:
        """Read every table.

        Raises:
            ConnectorExtractionError: the connection was lost before anything was read.
        """
        lost = False
        for listed in session.tables():
            try:
                if lost:
                    raise Unreadable(CONNECTION_LOST)
                self._table(listed, session.take(listed))
            except Unreadable as error:
                lost = lost or error.reason == CONNECTION_LOST
                source = self._of(listed).origin.source(listed.table.name)
                self.notes.unreadable(source, error.reason)
        if lost and not self.tables:
            msg = "the connection was lost before a table was read"
            raise ConnectorExtractionError(msg)

    def _table(self, listed: Listed, taken: Taken) -> None:
        cells, table = self._of(listed), listed.table
        for name in listed.denied:
            source = cells.origin.source(table.name, name)
            self.notes.unreadable(source, "permission_denied")
        if listed.filtered:
            source = cells.origin.source(table.name)
            self.notes.unreadable(source, "row_security")
        read = cells.add(table, iter(taken.rows))
        if read == self._limit and (read < taken.total or not taken.exact):
            self._cut(listed, read, taken)
        self.tables.append(table.document(taken.total))

    def _cut(self, listed: Listed, read: int, taken: Taken) -> None:
        """State what is missing, as an estimate where counting took too long."""
        origin = self._of(listed).origin
        of = {"table": listed.table.name}
        if origin.schema:
            of["schema"] = origin.schema
        if not taken.exact:
            of["counted"] = "estimated"
        left_out = max(taken.total - read, 0)
        self.notes.cut(
            "max_rows_per_table", self._limit, read=read, left_out=left_out, **of
        )

    def _of(self, listed: Listed) -> CellItems:
        if listed.schema not in self._cells:
            origin = self._origin(listed.schema)
            self._cells[listed.schema] = CellItems(origin, self.notes, self.items)
        return self._cells[listed.schema]
