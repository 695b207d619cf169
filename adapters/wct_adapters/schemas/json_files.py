"""JSON Schemas from files named ``<base>/<name>/<version>/<name>.json``."""

import json
from pathlib import Path
from typing import Any, cast

from wct_adapters.schemas.compiled import CompiledSchema
from wct_domain.errors import SchemaLoadError
from wct_domain.schemas import SchemaSource

BUNDLED = Path(__file__).with_name("data")
"""Schemas that wct brings."""

EVENT_SCHEMAS = Path(__file__).with_name("events")
"""Generated documents on events: ``asyncapi.json``, and one schema for each event."""


class JsonSchemaLoader(SchemaSource):
    """Looks for a schema in each search path in turn; the first that has it wins.

    Each schema is read and compiled once. Threads may share a loader: two that ask
    for the same schema at once may both read it, and get the same object.
    """

    def __init__(self, search_paths: list[Path] | None = None) -> None:
        """Search ``search_paths`` only; None or an empty list means :data:`BUNDLED`."""
        self._search_paths = [Path(path) for path in search_paths or [BUNDLED]]
        self._documents: dict[tuple[str, str], dict[str, Any]] = {}
        self._compiled: dict[tuple[str, str], CompiledSchema] = {}

    def load(self, schema_name: str, version: str = "1.0.0") -> dict[str, Any]:
        """Return the JSON Schema, which callers share and must not change.

        Raises:
            FileNotFoundError: no search path has it.
            SchemaLoadError: its file cannot be read, is not JSON, or says another
                version at its top level.
        """
        key = schema_name, version
        if key not in self._documents:
            path = self._path(schema_name, version)
            self._documents.setdefault(key, _read(path, version))
        return self._documents[key]

    def violation(self, schema_name: str, version: str, content: object) -> str | None:
        """Say which rule ``content`` breaks and where; see ``SchemaSource``.

        Raises:
            FileNotFoundError, SchemaLoadError: as ``load``; also when the file is
                JSON, but no JSON Schema.
        """
        key = schema_name, version
        if key not in self._compiled:
            document = self.load(schema_name, version)
            try:
                compiled = CompiledSchema(document)
            except SchemaLoadError as error:
                path = self._path(schema_name, version)
                msg = f"Invalid JSON Schema in schema file '{path}': {error}"
                raise SchemaLoadError(msg) from None
            self._compiled.setdefault(key, compiled)
        return self._compiled[key].violation(content)

    def _path(self, name: str, version: str) -> Path:
        if _is_one_step(name) and _is_one_step(version):
            for base in self._search_paths:
                path = base / name / version / f"{name}.json"
                if _is_there(path):
                    return path
        msg = (
            f"Schema file for '{name}' version '{version}' not found in any of: "
            f"{self._search_paths}"
        )
        raise FileNotFoundError(msg)


def _is_one_step(name: str) -> bool:
    """Say whether a name stays inside the folder that it is looked up in."""
    return name not in ("", ".", "..") and Path(name).name == name


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # such as a name that is too long for the file system
        return False


def _read(path: Path, version: str) -> dict[str, Any]:
    try:
        document: object = json.loads(path.read_bytes())
    except json.JSONDecodeError as error:
        msg = f"Invalid JSON in schema file '{path}': {error}"
        raise SchemaLoadError(msg) from error
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        msg = f"Cannot read schema file '{path}': {error}"
        raise SchemaLoadError(msg) from error
    if not isinstance(document, dict):
        msg = f"Invalid JSON Schema in schema file '{path}': it is not an object"
        raise SchemaLoadError(msg)
    schema = cast("dict[str, Any]", document)
    found = schema.get("version", version)
    if found != version:
        msg = (
            f"Schema version mismatch: expected '{version}', found '{found}' "
            f"in '{path}'"
        )
        raise SchemaLoadError(msg)
    return schema
