"""Reads letters that are written into the runbook."""

from pydantic import Field

from wct_entrypoints.api import (
    BaseComponentConfiguration,
    ComponentConfig,
    ComponentFactory,
    Connector,
    Message,
    Schema,
    ServiceContainer,
)

LETTERS = Schema("letters", "1.0.0")


class LetterboxConfig(BaseComponentConfiguration):
    """What lies in the letterbox."""

    letters: list[str] = Field(min_length=1, description="One text for each letter.")


class Letterbox(Connector):
    """Hands out the letters of the runbook."""

    def __init__(self, config: LetterboxConfig) -> None:
        self._config = config

    @classmethod
    def get_name(cls) -> str:
        return "letterbox"

    @classmethod
    def get_supported_output_schemas(cls) -> list[Schema]:
        return [LETTERS]

    def extract(self, output_schema: Schema) -> Message:
        content = {"data": self._config.letters}
        return Message("letters", content, output_schema).validate()


class LetterboxFactory(ComponentFactory[Letterbox]):
    """Makes letterboxes."""

    def __init__(self, container: ServiceContainer) -> None:
        del container

    def create(self, config: ComponentConfig) -> Letterbox:
        return Letterbox(LetterboxConfig.from_properties(config))

    def can_create(self, config: ComponentConfig) -> bool:
        try:
            self.create(config)
        except ValueError:
            return False
        return True

    def get_component_name(self) -> str:
        return "letterbox"

    def get_input_schemas(self) -> list[Schema]:
        return []

    def get_output_schemas(self) -> list[Schema]:
        return [LETTERS]

    def get_config_model(self) -> type[LetterboxConfig]:
        return LetterboxConfig
