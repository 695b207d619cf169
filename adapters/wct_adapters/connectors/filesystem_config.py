"""Properties of ``filesystem_connector``."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    BeforeValidator,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from wct_adapters.connectors.file_tree import compiled
from wct_adapters.connectors.paths import as_path
from wct_domain.errors import ConnectorConfigError
from wct_domain.explaining import explain
from wct_domain.ports.components import BaseComponentConfiguration, ComponentConfig

ERROR_HANDLERS = ["strict", "replace", "ignore"]
MAX_FILE_SIZE = 256 * 1024 * 1024
"""Bytes. A run holds a text several times over (file, message, JSON), so a larger
file is more likely to end the process than to be analysed."""


def _stripped(value: object) -> Path:
    return as_path(value.strip() if isinstance(value, str) else value)


class FilesystemConnectorConfig(BaseComponentConfiguration):
    """What to read, and how to turn it into text."""

    path: Annotated[Path, BeforeValidator(_stripped)] = Field(
        description="File or directory to read; relative to the working directory."
    )
    chunk_size: int = Field(
        default=8192,
        gt=0,
        description="Bytes asked for at a time, where a file is longer than it says.",
    )
    encoding: str = Field(
        default="utf-8",
        description="Character encoding; a byte order mark in a file wins over it.",
    )
    errors: str = Field(
        default="strict",
        description="What to do with bytes that are not in the encoding: strict "
        "leaves the file out and says so; replace and ignore read what remains.",
        json_schema_extra={"enum": list(ERROR_HANDLERS)},
    )
    include_patterns: list[str] | None = Field(
        default=None,
        description="Patterns as in .gitignore, relative to path; null reads all.",
    )
    exclude_patterns: list[str] | None = Field(
        default=None,
        description="Patterns as in .gitignore, relative to path. "
        "Not together with include_patterns.",
    )
    max_files: int = Field(
        default=1000, gt=0, description="Readable files to read at most."
    )
    max_file_size: int | None = Field(
        default=MAX_FILE_SIZE,
        gt=0,
        description="Bytes; a larger file is left out and reported. null: no limit.",
    )

    @field_validator("path")
    @classmethod
    def _is_there(cls, value: Path) -> Path:
        # Asked twice on purpose: a broken link exists for lstat only.
        if not value.exists():
            msg = f"Path does not exist: {value}"
            raise ValueError(msg)
        if not (value.is_file() or value.is_dir()):
            msg = f"Path must be a file or directory: {value}"
            raise ValueError(msg)
        return value

    @field_validator("errors")
    @classmethod
    def _is_a_known_handler(cls, value: str) -> str:
        if value not in ERROR_HANDLERS:
            msg = f"errors must be one of {ERROR_HANDLERS}, got: {value}"
            raise ValueError(msg)
        return value

    @field_validator("include_patterns", "exclude_patterns")
    @classmethod
    def _are_patterns(cls, value: list[str] | None) -> list[str] | None:
        for pattern in value or ():
            try:
                compiled([pattern])
            except ValueError:
                msg = f"not a pattern as in .gitignore: {pattern!r}"
                raise ValueError(msg) from None
        return value

    @model_validator(mode="after")
    def _asks_for_one_thing(self) -> Self:
        if self.include_patterns and self.exclude_patterns:
            msg = "include_patterns and exclude_patterns are mutually exclusive"
            raise ValueError(msg)
        return self

    @classmethod
    def from_properties(cls, properties: ComponentConfig) -> Self:
        """Check the properties of a runbook; the path must exist now.

        Raises:
            ConnectorConfigError: a property is missing, unknown or out of range.
        """
        path = properties.get("path")
        if path is None or (isinstance(path, str) and not path.strip()):
            msg = "path property is required"
            raise ConnectorConfigError(msg)
        try:
            return cls.model_validate(properties)
        except ValidationError as error:
            msg = f"Invalid filesystem connector configuration: {explain(error)}"
            raise ConnectorConfigError(msg) from None
