"""What connectors for database servers do alike; the driver is imported when needed."""

from abc import abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from importlib import util as modules
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar

from wct_adapters.connectors.factory import ConfiguredFactory
from wct_adapters.connectors.relational import CellItems, Origin, Row, Table
from wct_adapters.connectors.server_config import DatabaseServerConfig
from wct_adapters.connectors.services import registered, supported
from wct_domain.context import current_step
from wct_domain.errors import ConnectorConfigError, ConnectorExtractionError
from wct_domain.explaining import explain
from wct_domain.extraction import ExtractionNotes
from wct_domain.message import Message
from wct_domain.ports.components import ComponentConfig, Connector
from wct_domain.schemas import Schema, SchemaLoader
from wct_domain.services import ServiceContainer

CONNECTION_LOST = "connection_lost"
_SCHEMAS = (Schema("standard_input", "1.0.0"),)


class Listed(NamedTuple):
    """A table as the catalogue has it.

    ``denied`` names columns that the user may not read, which are not in ``table``;
    ``estimate`` is the server's own idea of the number of rows.
    """

    schema: str
    table: Table
    estimate: int = 0
    denied: tuple[str, ...] = ()


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
        reading = _Reading(self._origin, self._config.max_rows_per_table)
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

    def _document(self, reading: "_Reading", version: str) -> dict[str, Any]:
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


class _Reading:
    """What has been read, and what has not, table by table."""

    def __init__(self, origin: Any, limit: int) -> None:
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
            origin: Origin = self._origin(listed.schema)
            self._cells[listed.schema] = CellItems(origin, self.notes, self.items)
        return self._cells[listed.schema]


ConnectorT_co = TypeVar(
    "ConnectorT_co", bound=DatabaseServerConnector[Any], covariant=True
)


class DatabaseServerFactory(
    ConfiguredFactory[ConnectorT_co], Generic[ConnectorT_co, ConfigT]
):
    """Makes a connector, if the packages are installed that it needs.

    ``environ`` is the environment of the process unless given.
    """

    model: type[ConfigT]
    extra: ClassVar[str]
    packages: ClassVar[Mapping[str, str]]  # module to name of the package

    def __init__(
        self, container: ServiceContainer, environ: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(container)
        self._environ = environ

    @abstractmethod
    def _made(
        self, config: ConfigT, schemas: SchemaLoader | None, won: Mapping[str, str]
    ) -> ConnectorT_co:
        """Make the connector of a configuration that was checked."""

    def configured(self, config: ComponentConfig) -> ConfigT:
        return self.model.from_properties(config, self._environ)

    def can_create(self, config: ComponentConfig) -> bool:
        return not self._missing() and super().can_create(config)

    def create(self, config: ComponentConfig) -> ConnectorT_co:
        """Make a connector.

        Raises:
            ConnectorConfigError: properties are wrong, or the driver is missing.
        """
        configured = self.configured(config)
        if missing := self._missing():
            msg = (
                f"{self.get_component_name()} needs {' and '.join(missing)}: "
                f"pip install 'wct-compliance[{self.extra}]'"
            )
            raise ConnectorConfigError(msg)
        won = self.model.decided_elsewhere(config, self._environ)
        return self._made(configured, registered(self._container, SchemaLoader), won)

    def get_obstacles(self, config: ComponentConfig) -> Mapping[str, str]:
        return self.configured(config).missing_files

    def get_config_model(self) -> type[ConfigT]:
        return self.model

    def _missing(self) -> list[str]:
        found = {
            name: modules.find_spec(module) for module, name in self.packages.items()
        }
        return [name for name, spec in found.items() if spec is None]
