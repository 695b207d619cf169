"""A step's source as it was recorded: what it read, given to it once more."""

from collections.abc import Mapping

from wct_domain.archive import BlobReader
from wct_domain.components import Components
from wct_domain.errors import LedgerError
from wct_domain.executor.pasts import Past
from wct_domain.handlers.workplaces import Here
from wct_domain.message import Message
from wct_domain.ports.workplaces import Extracts
from wct_domain.runbook import ConnectorConfig, ExecutionStep
from wct_domain.schemas import Schema, SchemaSource


class AsRecorded(Here):
    """Here, but that connectors give what is recorded of them, and read nothing."""

    def __init__(
        self, components: Components, schemas: SchemaSource, read: Mapping[str, Message]
    ) -> None:
        super().__init__(components)
        self._schemas = schemas
        self._read = read

    def connector(self, config: ConnectorConfig) -> Extracts:
        return _Recorded(config.type, self._schemas, self._read)


class _Recorded(Extracts):
    def __init__(
        self, name: str, schemas: SchemaSource, read: Mapping[str, Message]
    ) -> None:
        self._name = name
        self._schemas = schemas
        self._read = read

    def get_name(self) -> str:
        return self._name

    def get_supported_output_schemas(self) -> list[Schema]:
        names = (each.partition("/") for each in self._read)
        return [Schema(name, version) for name, _, version in names]

    def extract(self, output_schema: Schema) -> Message:
        message = self._read[f"{output_schema.name}/{output_schema.version}"]
        if message.schema is not None:
            message.schema = message.schema.bound(self._schemas)
        return message


def recorded_inputs(
    step: ExecutionStep, past: Past, blobs: BlobReader
) -> dict[str, Message] | None:
    """Map schemas to what the step's connector read; None: not kept, or gone.

    A new message with each call, which the caller may change.
    """
    kept = {
        schema: reference
        for (name, schema), reference in past.kept.items()
        if name == step.connector
    }
    try:
        return {schema: blobs.message(ref) for schema, ref in kept.items()} or None
    except LedgerError:
        return None
