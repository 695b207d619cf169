"""The JSON Schema of runbooks, as the seed's users get it."""

from pathlib import Path
from typing import Any

from wct_domain.runbook_schema import SCHEMA_VERSION, runbook_schema
from wct_domain.services import ServiceContainer
from wct_entrypoints.bootstrap.files import write_document
from wct_entrypoints.bootstrap.schemas import bundled_file


class RunbookSchemaGenerator:
    """Describes runbooks for editors: the format, and what components take."""

    SCHEMA_VERSION = SCHEMA_VERSION

    @classmethod
    def generate_schema(cls) -> dict[str, Any]:
        """Describe runbooks that use the installed components, plugins included."""
        # Here, because it imports every component.
        from wct_entrypoints.bootstrap.components import installed

        return runbook_schema(installed(ServiceContainer())).document

    @classmethod
    def save_schema(cls, output_path: Path) -> None:
        """Write the schema, and make its directory if need be.

        Raises:
            ExportError: the file cannot be written.
        """
        schema = cls.generate_schema()
        write_document(schema, Path(output_path), "runbook schema", mode=0o644)

    @classmethod
    def get_schema_path(cls) -> Path:
        """Return the schema that wct brings: that of its own components only."""
        return bundled_file("runbook", cls.SCHEMA_VERSION)

    @classmethod
    def get_schema_url(cls) -> str:
        """Return where an editor finds the schema that wct brings.

        The URL of a file: the schema is published nowhere else.
        """
        return cls.get_schema_path().absolute().as_uri()
