"""What a plugin author implements: connectors, analysers and their factories."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Generic, Self, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict

from wct_domain.context import current_step
from wct_domain.errors import SchemaLoadError
from wct_domain.message import Message
from wct_domain.schemas import Schema

ComponentConfig: TypeAlias = dict[str, Any]
"""A component's ``properties`` from the runbook, as YAML gave them."""

ComponentT_co = TypeVar("ComponentT_co", covariant=True)


class Connector(ABC):
    """Reads one data source. A new instance serves each extraction."""

    @classmethod
    @abstractmethod
    def get_name(cls) -> str:
        """Name by which runbooks ask for it (``type:``)."""

    @classmethod
    def get_supported_output_schemas(cls) -> list[Schema]:
        """Schemas that ``extract`` can be asked for, any order."""
        return []

    @abstractmethod
    def extract(self, output_schema: Schema) -> Message:
        """Read the source.

        Returns:
            A message that says ``output_schema`` and satisfies it.

        Raises:
            ConnectorExtractionError: the source cannot be read.
        """


class Analyser(ABC):
    """Turns one message into another. A new instance serves each step."""

    @classmethod
    @abstractmethod
    def get_name(cls) -> str:
        """Name by which runbooks ask for it (``type:``)."""

    @classmethod
    def get_supported_input_schemas(cls) -> list[Schema]:
        """Schemas that ``process`` reads; an empty list means any."""
        return []

    @classmethod
    def get_supported_output_schemas(cls) -> list[Schema]:
        """Schemas that ``process`` can be asked for."""
        return []

    @abstractmethod
    def process(
        self, input_schema: Schema, output_schema: Schema, message: Message
    ) -> Message:
        """Analyse ``message``, which is the analyser's own copy.

        Raises:
            AnalyserError: the message cannot be read or analysed.
        """

    @staticmethod
    def validate_input_message(message: Message, expected_schema: Schema) -> None:
        """Check that the message says ``expected_schema`` and satisfies it.

        Raises:
            SchemaLoadError: it says another schema, or another version.
            MessageValidationError: its content does not satisfy the schema.
        """
        if message.schema and message.schema != expected_schema:
            msg = (
                f"Message schema {message.schema.name} does not match "
                f"expected input schema {expected_schema.name}"
            )
            raise SchemaLoadError(msg)
        message.validate()

    @staticmethod
    def update_analyses_chain(
        input_message: Message, analyser_name: str
    ) -> list[dict[str, Any]]:
        """Copy the chain of analyses that led to ``input_message``, one entry longer.

        Each entry is ``{order, analyser, execution_timestamp}``; the timestamp is the
        step's recorded time, as an aware ``datetime``.
        """
        metadata: dict[str, Any] = input_message.content.get("analysis_metadata") or {}
        so_far: list[dict[str, Any]] = metadata.get("analyses_chain") or []
        chain = [dict(entry) for entry in so_far]
        order = max((entry["order"] for entry in chain), default=0) + 1
        chain.append(
            {
                "order": order,
                "analyser": analyser_name,
                "execution_timestamp": current_step().at,
            }
        )
        return chain


class BaseComponentConfiguration(BaseModel):
    """A component's properties: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_assignment=True)

    @classmethod
    def from_properties(cls, properties: ComponentConfig) -> Self:
        """Make the configuration from a runbook's properties.

        Subclasses override this to fall back on the environment, or to raise an
        error of their own.
        """
        return cls.model_validate(properties)

    @classmethod
    def decided_elsewhere(cls, properties: ComponentConfig) -> Mapping[str, str]:
        """Map properties to the environment variables that win over them now.

        ``wct`` warns of each such property that a runbook sets all the same. What a
        runbook sets may decide which variables are asked.
        """
        del properties
        return {}


class ComponentFactory(ABC, Generic[ComponentT_co]):
    """Makes connectors, or analysers, of one type."""

    @abstractmethod
    def create(self, config: ComponentConfig) -> ComponentT_co:
        """Make a component.

        Raises:
            WctError, ValueError: the properties are wrong, or something that the
                component needs is not available; the text says what.
        """

    @abstractmethod
    def can_create(self, config: ComponentConfig) -> bool:
        """Say whether ``create`` would succeed. Never raises."""

    @abstractmethod
    def get_component_name(self) -> str:
        """Name by which runbooks ask for the component (``type:``)."""

    @abstractmethod
    def get_input_schemas(self) -> list[Schema]:
        """Schemas that the component reads; empty for connectors."""

    @abstractmethod
    def get_output_schemas(self) -> list[Schema]:
        """Schemas that the component produces."""

    def get_service_dependencies(self) -> dict[str, type]:
        """Services that ``create`` asks the container for, by parameter name."""
        return {}

    def get_config_model(self) -> type[BaseModel] | None:
        """Model of the properties, for validation and for the editor's schema.

        None means that only ``create`` knows what is allowed.
        """
        return None

    def get_obstacles(self, config: ComponentConfig) -> Mapping[str, str]:
        """Say what would keep a component from its work now: property to reason.

        For instance ``{"path": "there is no such file: letters.txt"}``; the name ``""``
        stands for the component as a whole. Asked by ``wct validate-runbook`` only,
        with properties that ``can_create`` accepts. A run does not ask: what is missing
        may be there when its step begins.
        """
        del config
        return {}

    def get_versions(self, config: ComponentConfig) -> Mapping[str, str]:
        """Say what, beside its code, decides the component's output.

        For instance ``{"ruleset personal_data": "1.0.0 sha256:9f…"}``. Recorded in
        ``run.started``; must hold no secret and no personal data.
        """
        del config
        return {}

    def get_rules(self, config: ComponentConfig) -> Mapping[str, Mapping[str, str]]:
        """Break what ``get_versions`` names into its rules, each with a digest.

        For instance ``{"ruleset personal_data": {"Health Data": "9f…"}}``. Recorded
        with the runbook, so that ``wct why`` can name the rule that was changed.
        """
        del config
        return {}
