"""What connectors for database servers do alike; the driver is imported when needed."""

from abc import abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Generic, TypeVar

from wct_adapters.connectors.relational import Origin
from wct_adapters.connectors.server_config import DatabaseServerConfig
from wct_adapters.connectors.server_tables import Session, TablesRead
from wct_adapters.connectors.services import supported
from wct_domain.context import current_step
from wct_domain.errors import ConnectorExtractionError
from wct_domain.explaining import explain
from wct_domain.message import Message
from wct_domain.ports.components import Connector
from wct_domain.schemas import Schema, SchemaLoader

_SCHEMAS = (Schema("standard_input", "1.0.0"),)


ConfigT = TypeVar("ConfigT", bound=DatabaseServerConfig)


class DatabaseServerConnector(Connector, Generic[ConfigT]):
    """Reads some rows of every table and view, one data item per cell.

    All of them inside one transaction. What ``max_rows_per_table`` cut off, and
    tables and cells that cannot be read, are stated in ``metadata.extraction``.
    """

    name: ClassVar[str]
    kind: ClassVar[str]  # how the names of items begin

    def __init__(
        self,
        config: ConfigT,
        *,
        schemas: SchemaLoader | None = None,
        won: Mapping[str, str] | None = None,
    ) -> None:
        """Read the server of ``config``; ``won`` are variables that it is made of."""
        self._config = config
        self._schemas = schemas
        self._won = won or {}

    @classmethod
    def get_name(cls) -> str:
        return cls.name

    @classmethod
    def get_supported_output_schemas(cls) -> list[Schema]:
        return list(_SCHEMAS)

    @abstractmethod
    def _opened(self) -> AbstractContextManager[Session]:
        """Connect; raises ConnectorExtractionError with what the driver says."""

    @abstractmethod
    def _origin(self, schema: str) -> Origin:
        """Say what cells of a schema are named after."""

    def extract(self, output_schema: Schema | None = None) -> Message:
        """Read the database; None asks for standard_input 1.0.0.

        Raises:
            ConnectorExtractionError: the server cannot be reached or refuses the
                user, or the schema is not supported.
        """
        product = self._config.product
        try:
            schema = supported(output_schema, _SCHEMAS, self._schemas)
            for name, variable in self._won.items():
                fact = {"property": name, "variable": variable}
                current_step().note(self.name, "environment.won", fact)
            content = self._content()
            label = self._config.database or "all databases"
            return Message(f"{product} data from {label}", content, schema).validate()
        except Exception as error:
            msg = f"{product} extraction failed: {explain(error)}"
            raise ConnectorExtractionError(msg) from error

    def _content(self) -> dict[str, Any]:
        reading = TablesRead(self._origin, self._config.max_rows_per_table)
        try:
            for name, reason in self._config.missing_files.items():
                raise ConnectorExtractionError(f"{name}: {reason}")
            with self._opened() as session:
                reading.all_of(session)
                version = session.version
        except ConnectorExtractionError as error:
            msg = f"Database metadata extraction failed: {error}"
            raise ConnectorExtractionError(msg) from error
        return self._document(reading, version)

    def _document(self, reading: TablesRead, version: str) -> dict[str, Any]:
        config, count = self._config, len(reading.items)
        place: dict[str, Any] = {"host": config.host, "port": config.port}
        label = config.database or "all databases"
        return {
            "schemaVersion": "1.0.0",
            "name": f"{self.kind}_text_from_{config.database or 'all_databases'}",
            "description": (
                f"Text content extracted from {config.product} database: {label}"
            ),
            "contentEncoding": "utf-8",
            "source": f"{config.host}:{config.port}/{config.database}",
            "metadata": {
                "connector_type": self.name,
                "connection_info": {
                    **place,
                    "database": config.database,
                    "user": config.user,
                },
                "database_schema": {
                    "database_name": config.database,
                    "tables": reading.tables,
                },
                "server_info": {"version": version, **place},
                "total_data_items": count,
                "extraction_summary": {
                    "tables_processed": len(reading.tables),
                    "cell_values_extracted": count,
                    "max_rows_per_table": config.max_rows_per_table,
                    **self._sample(),
                },
                "extraction": reading.notes.document(count),
            },
            "data": reading.items,
        }

    def _sample(self) -> dict[str, Any]:
        if self._config.sample == "first":
            return {"sample": "first"}
        return {"sample": "random", "sample_seed": self._config.sample_seed}
