"""The schema source of a process: whatever the registry holds at the moment."""

from pathlib import Path
from typing import Any

from wct_adapters.schemas.compiled import CompiledSchema
from wct_adapters.schemas.json_files import (
    BUNDLED,
    EVENT_SCHEMAS,
    JsonSchemaLoader,
)
from wct_domain.schemas import SchemaLoader, SchemaSource
from wct_entrypoints.schema_registry import SchemaRegistry

__all__ = [
    "EVENT_SCHEMAS",
    "CheckingLoader",
    "JsonSchemaLoader",
    "RegisteredSchemas",
    "bundled_file",
]


def bundled_file(name: str, version: str) -> Path:
    """Return where a schema that wct brings lies, or would lie."""
    return BUNDLED / name / version / f"{name}.json"


class RegisteredSchemas(SchemaSource):
    """Asks the registry anew each time, so that folders may be registered late."""

    def load(self, schema_name: str, version: str = "1.0.0") -> dict[str, Any]:
        return SchemaRegistry.get_loader().load(schema_name, version)

    def violation(self, schema_name: str, version: str, content: object) -> str | None:
        return SchemaRegistry.get_loader().violation(schema_name, version, content)


class CheckingLoader(SchemaSource):
    """Lets a loader that can only load check content too."""

    def __init__(self, loader: SchemaLoader) -> None:
        self._loader = loader
        self._compiled: dict[tuple[str, str], CompiledSchema] = {}

    def load(self, schema_name: str, version: str = "1.0.0") -> dict[str, Any]:
        return self._loader.load(schema_name, version)

    def violation(self, schema_name: str, version: str, content: object) -> str | None:
        key = schema_name, version
        if key not in self._compiled:
            self._compiled[key] = CompiledSchema(self.load(schema_name, version))
        return self._compiled[key].violation(content)
