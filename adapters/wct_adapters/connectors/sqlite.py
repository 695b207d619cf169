"""``sqlite_connector``: the cells of all tables of a SQLite file."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wct_adapters.connectors.factory import ConfiguredFactory
from wct_adapters.connectors.paths import belongs_to_wct, shown
from wct_adapters.connectors.relational import CellItems, Origin
from wct_adapters.connectors.services import registered, supported
from wct_adapters.connectors.sqlite_config import SQLiteConnectorConfig
from wct_adapters.connectors.sqlite_database import SqliteDatabase, opened
from wct_domain.context import current_step
from wct_domain.errors import ConnectorExtractionError
from wct_domain.explaining import explain
from wct_domain.extraction import ExtractionNotes
from wct_domain.message import Message
from wct_domain.ports.components import ComponentConfig, Connector
from wct_domain.ports.own_files import OwnFiles
from wct_domain.schemas import Schema, SchemaLoader
from wct_domain.services import ServiceContainer

NAME = "sqlite_connector"
_SCHEMAS = (Schema("standard_input", "1.0.0"),)


class SQLiteConnector(Connector):
    """Reads the first rows of every table, one data item per cell.

    Tables in the order of their names, rows in the order of their row ids. What
    ``max_rows_per_table`` cut off, and tables and cells that cannot be read, are
    stated in ``metadata.extraction``.
    """

    def __init__(
        self,
        config: SQLiteConnectorConfig,
        *,
        schemas: SchemaLoader | None = None,
        own: OwnFiles | None = None,
        path_from: str | None = None,
    ) -> None:
        """Read the file of ``config``; its path is from this environment variable."""
        self._config = config
        self._path_from = path_from
        self._path = config.database_path
        self._stem = shown(self._path.stem)
        self._schemas = schemas
        self._own = own or OwnFiles()

    @classmethod
    def get_name(cls) -> str:
        return NAME

    @classmethod
    def get_supported_output_schemas(cls) -> list[Schema]:
        return list(_SCHEMAS)

    def extract(self, output_schema: Schema | None = None) -> Message:
        """Read the database; None asks for standard_input 1.0.0.

        Raises:
            ConnectorExtractionError: the file is missing, locked or no database, or
                the schema is not supported.
        """
        try:
            schema = supported(output_schema, _SCHEMAS, self._schemas)
            self._note_environment()
            content = self._content()
            message = Message(f"SQLite data from {self._stem}", content, schema)
            return message.validate()
        except Exception as error:
            msg = f"SQLite extraction failed: {explain(error)}"
            raise ConnectorExtractionError(msg) from error

    def _note_environment(self) -> None:
        """Have it recorded that the runbook did not decide what is read."""
        if self._path_from is not None:
            fact = {"property": "database_path", "variable": self._path_from}
            current_step().note(NAME, "environment.won", fact)

    def _content(self) -> dict[str, Any]:
        notes = ExtractionNotes()
        origin = Origin("sqlite", NAME, self._stem)
        cells, tables = CellItems(origin, notes), list[dict[str, Any]]()
        try:
            if (reason := _obstacle(self._path, self._own)) is not None:
                named = f" (named by {self._path_from})" if self._path_from else ""
                raise ConnectorExtractionError(f"{reason}{named}")
            with opened(self._path) as database:
                for name in database.table_names():
                    table = self._table(database, name, cells)
                    if table is not None:
                        tables.append(table)
        except (sqlite3.Error, OSError, ConnectorExtractionError) as error:
            msg = f"Database metadata extraction failed: {error}"
            raise ConnectorExtractionError(msg) from error
        return self._document(tables, cells)

    def _table(
        self, database: SqliteDatabase, name: str, cells: CellItems
    ) -> dict[str, Any] | None:
        """Read one table and describe it; damage is noted, and the others are read."""
        limit = self._config.max_rows_per_table
        try:
            table = database.describe(name)
            read = cells.add(table, database.rows(table, limit))
            rows = database.count(table)
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorname", type(error).__name__)
            cells.notes.unreadable(cells.origin.source(name), code.lower())
            return None
        if read < rows:
            cells.notes.cut(
                "max_rows_per_table", limit, read=read, left_out=rows - read, table=name
            )
        return table.document(rows)

    def _document(
        self, tables: list[dict[str, Any]], cells: CellItems
    ) -> dict[str, Any]:
        path, count = shown(self._path), len(cells.items)
        return {
            "schemaVersion": "1.0.0",
            "name": f"sqlite_text_from_{self._stem}",
            "description": f"Text content extracted from SQLite database: {path}",
            "contentEncoding": "utf-8",
            "source": shown(self._path.absolute()),
            "metadata": {
                "connector_type": NAME,
                "connection_info": {"database_path": path},
                "database_schema": {
                    "database_name": self._stem,
                    "tables": tables,
                },
                "server_info": {
                    "version": f"SQLite {sqlite3.sqlite_version}",
                    "database_path": path,
                },
                "total_data_items": count,
                "extraction_summary": {
                    "tables_processed": len(tables),
                    "cell_values_extracted": count,
                    "max_rows_per_table": self._config.max_rows_per_table,
                },
                "extraction": cells.notes.document(count),
            },
            "data": cells.items,
        }


def _obstacle(path: Path, own: OwnFiles) -> str | None:
    """Say why a file cannot be a database to read; None if it may be one."""
    if not path.exists():
        return f"SQLite database file not found: {shown(path)}"
    if not path.is_file():
        return f"SQLite database is not a file: {shown(path)}"
    if belongs_to_wct(path, own):
        return f"{shown(path)} belongs to wct, which never reads its own files"
    return None


class SQLiteConnectorFactory(ConfiguredFactory[SQLiteConnector]):
    """Reads the cells of all tables of a SQLite file.

    ``environ`` is the environment of the process unless given.
    """

    makes = SQLiteConnector

    def __init__(
        self, container: ServiceContainer, environ: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(container)
        self._environ = environ

    def configured(self, config: ComponentConfig) -> SQLiteConnectorConfig:
        return SQLiteConnectorConfig.from_properties(config, self._environ)

    def create(self, config: ComponentConfig) -> SQLiteConnector:
        """Make a connector; raises ConnectorConfigError with all that is wrong."""
        return SQLiteConnector(
            self.configured(config),
            schemas=registered(self._container, SchemaLoader),
            own=registered(self._container, OwnFiles),
            path_from=self._won(config).get("database_path"),
        )

    def get_obstacles(self, config: ComponentConfig) -> Mapping[str, str]:
        own = registered(self._container, OwnFiles) or OwnFiles()
        reason = _obstacle(self.configured(config).database_path, own)
        return {} if reason is None else {"database_path": reason}

    def _won(self, config: ComponentConfig) -> Mapping[str, str]:
        return SQLiteConnectorConfig.decided_elsewhere(config, self._environ)

    def get_config_model(self) -> type[SQLiteConnectorConfig]:
        return SQLiteConnectorConfig
