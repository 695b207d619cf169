"""Schemas and components as plugins know them: found in files, by convention."""

import inspect
from pathlib import Path
from typing import TYPE_CHECKING

from wct_domain.ports.components import Analyser as DomainAnalyser
from wct_domain.ports.components import Connector as DomainConnector
from wct_domain.schemas import Schema as DomainSchema
from wct_domain.schemas import SchemaLoader, SchemaSource
from wct_entrypoints.bootstrap.schemas import CheckingLoader, RegisteredSchemas


class _EverySchema(type):
    """Takes any schema for an instance: also one that was read from the ledger."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, DomainSchema)


class RegisteredSchema(DomainSchema, metaclass=_EverySchema):
    """A schema that is looked up in the process's registry, unless told otherwise.

    Equal to any other schema of the same name and version.
    """

    __slots__ = ()

    def __init__(
        self, name: str, version: str, loader: SchemaLoader | None = None
    ) -> None:
        if loader is None:
            loader = RegisteredSchemas()
        elif not isinstance(loader, SchemaSource):
            loader = CheckingLoader(loader)
        super().__init__(name, version, loader)


if TYPE_CHECKING:
    # One type to checkers, or a plugin's ``extract(self, output_schema: Schema)`` would
    # accept less than the method that it overrides.
    Schema = DomainSchema
else:
    Schema = RegisteredSchema


class Connector(DomainConnector):
    """A connector whose schemas are found in ``schema_producers/`` beside its file."""

    @classmethod
    def get_supported_output_schemas(cls) -> list[DomainSchema]:
        """Return one schema for each ``<name>_<major>_<minor>_<patch>.py`` there."""
        return discovered(cls, "schema_producers")


class Analyser(DomainAnalyser):
    """An analyser whose schemas are found beside its file.

    What it reads is in ``schema_readers/``, what it produces in ``schema_producers/``.
    """

    @classmethod
    def get_supported_input_schemas(cls) -> list[DomainSchema]:
        """Return one schema for each ``<name>_<major>_<minor>_<patch>.py`` there."""
        return discovered(cls, "schema_readers")

    @classmethod
    def get_supported_output_schemas(cls) -> list[DomainSchema]:
        """Return one schema for each ``<name>_<major>_<minor>_<patch>.py`` there."""
        return discovered(cls, "schema_producers")


def discovered(component: type, folder: str) -> list[DomainSchema]:
    """List the schemas that a folder beside a class's file declares, by file name.

    Files that begin with ``_`` or do not end in three parts are left out; a class
    without a file (made in a shell) declares none.
    """
    try:
        directory = Path(inspect.getfile(component)).parent / folder
    except (OSError, TypeError):
        return []
    if not directory.is_dir():
        return []
    stems = sorted(
        path.stem for path in directory.glob("*.py") if not path.name.startswith("_")
    )
    parts = (stem.rsplit("_", 3) for stem in stems)
    return [
        Schema(name, f"{major}.{minor}.{patch}")
        for name, major, minor, patch in (found for found in parts if len(found) == 4)
    ]
