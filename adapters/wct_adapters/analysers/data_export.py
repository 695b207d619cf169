"""``data_export_analyser``: a name that is taken, for work that is not done yet."""

from collections.abc import Mapping

from wct_domain.message import Message
from wct_domain.ports.components import Analyser, ComponentConfig, ComponentFactory
from wct_domain.schemas import Schema
from wct_domain.services import ServiceContainer

NAME = "data_export_analyser"
NOT_YET = (
    f"{NAME} does nothing yet: a step that uses it fails; remove it from the runbook"
)


class DataExportAnalyser(Analyser):
    """Does nothing yet: a name that runbooks may hold."""

    @classmethod
    def get_name(cls) -> str:
        return NAME

    def process(
        self, input_schema: Schema, output_schema: Schema, message: Message
    ) -> Message:
        """Refuse.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError(NOT_YET)


class DataExportAnalyserFactory(ComponentFactory[DataExportAnalyser]):
    """Makes the placeholder, whatever its properties."""

    def __init__(self, container: ServiceContainer) -> None:
        del container  # it needs nothing

    def create(self, config: ComponentConfig) -> DataExportAnalyser:
        del config  # whatever a runbook says counts for nothing
        return DataExportAnalyser()

    def can_create(self, config: ComponentConfig) -> bool:
        del config
        return True

    def get_component_name(self) -> str:
        return NAME

    def get_input_schemas(self) -> list[Schema]:
        return []

    def get_output_schemas(self) -> list[Schema]:
        return []

    def get_obstacles(self, config: ComponentConfig) -> Mapping[str, str]:
        del config
        return {"": NOT_YET}
