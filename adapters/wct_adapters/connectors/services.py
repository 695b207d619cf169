"""What connectors ask for beside their properties: a schema, and known services."""

from collections.abc import Sequence
from typing import TypeVar

from wct_domain.errors import ConnectorConfigError
from wct_domain.schemas import Schema, SchemaLoader
from wct_domain.services import ServiceContainer

T = TypeVar("T")


def registered(container: ServiceContainer, service: type[T]) -> T | None:
    """Return a service that a connector can do without."""
    if not container.is_registered(service):
        return None
    return container.get_service(service)


def supported(
    asked: Schema | None, known: Sequence[Schema], loader: SchemaLoader | None = None
) -> Schema:
    """Return the schema to extract, able to check content where ``loader`` is.

    None asks for the first known one.

    Raises:
        ConnectorConfigError: nobody knows the name, or not this version of it.
    """
    if asked is None:
        asked = known[0]
    elif asked not in known:
        names = [schema.name for schema in known]
        msg = f"Unsupported output schema: {asked.name}. Supported schemas: {names}"
        if asked.name in names:
            versions = [each.version for each in known if each.name == asked.name]
            msg += f": version {asked.version} is none of {versions}"
        raise ConnectorConfigError(msg)
    return asked if loader is None else asked.bound(loader)
