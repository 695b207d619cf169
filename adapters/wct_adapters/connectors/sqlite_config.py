"""Properties of ``sqlite_connector``."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, ConfigDict, Field, ValidationError

from wct_adapters.connectors.paths import as_path
from wct_domain.errors import ConnectorConfigError
from wct_domain.explaining import explain
from wct_domain.ports.components import BaseComponentConfiguration, ComponentConfig

ENVIRONMENT = "SQLITE_DATABASE_PATH"


class SQLiteConnectorConfig(BaseComponentConfiguration):
    """Which file to read, and how much of each table; other properties are ignored."""

    model_config = ConfigDict(extra="ignore")

    database_path: Annotated[Path, BeforeValidator(as_path)] = Field(
        description="SQLite file; relative to the working directory. "
        f"The environment variable {ENVIRONMENT} wins over it.",
    )
    max_rows_per_table: int = Field(
        default=10,
        gt=0,
        description="Rows to read of each table, in the order of their row ids.",
    )

    @classmethod
    def decided_elsewhere(
        cls, properties: ComponentConfig, environ: Mapping[str, str] | None = None
    ) -> Mapping[str, str]:
        del properties
        environ = os.environ if environ is None else environ
        return {"database_path": ENVIRONMENT} if ENVIRONMENT in environ else {}

    @classmethod
    def from_properties(
        cls, properties: ComponentConfig, environ: Mapping[str, str] | None = None
    ) -> Self:
        """Check the properties; ``environ`` is the process's unless given.

        Raises:
            ConnectorConfigError: there is no path, or a property is out of range.
        """
        values = dict(properties)
        environ = os.environ if environ is None else environ
        if ENVIRONMENT in environ:  # even if empty: then it is an error
            values["database_path"] = environ[ENVIRONMENT]
        path = values.get("database_path")
        if path is None or (isinstance(path, str) and not path.strip()):
            msg = "SQLite configuration error: database_path is required"
            raise ConnectorConfigError(msg)
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            msg = f"SQLite configuration error: {explain(error)}"
            raise ConnectorConfigError(msg) from None
