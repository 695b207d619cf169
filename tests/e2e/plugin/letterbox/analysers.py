"""Counts letters, and quotes each of them as evidence."""

from wct_entrypoints.api import (
    Analyser,
    ComponentConfig,
    ComponentFactory,
    Message,
    Schema,
    ServiceContainer,
)

LETTERS = Schema("letters", "1.0.0")
COUNTS = Schema("letter_count_finding", "1.0.0")


class LetterCounter(Analyser):
    """Counts the words of each letter."""

    @classmethod
    def get_name(cls) -> str:
        return "letter_counter"

    @classmethod
    def get_supported_input_schemas(cls) -> list[Schema]:
        return [LETTERS]

    @classmethod
    def get_supported_output_schemas(cls) -> list[Schema]:
        return [COUNTS]

    def process(
        self, input_schema: Schema, output_schema: Schema, message: Message
    ) -> Message:
        self.validate_input_message(message, input_schema)
        findings = [
            {
                "words": len(letter.split()),
                "risk_level": "high" if "secret" in letter else "low",
                "letter": letter,
            }
            for letter in message.content["data"]
        ]
        return Message("count", {"findings": findings}, output_schema).validate()


class CounterFactory(ComponentFactory[LetterCounter]):
    """Makes counters, which take no properties."""

    def __init__(self, container: ServiceContainer) -> None:
        del container

    def create(self, config: ComponentConfig) -> LetterCounter:
        return LetterCounter()

    def can_create(self, config: ComponentConfig) -> bool:
        return not config

    def get_component_name(self) -> str:
        return "letter_counter"

    def get_input_schemas(self) -> list[Schema]:
        return [LETTERS]

    def get_output_schemas(self) -> list[Schema]:
        return [COUNTS]
