"""What the factories of our connectors have in common."""

from abc import abstractmethod
from typing import ClassVar, Generic, TypeVar

from wct_domain.ports.components import (
    BaseComponentConfiguration,
    ComponentConfig,
    ComponentFactory,
    Connector,
)
from wct_domain.schemas import Schema
from wct_domain.services import ServiceContainer

ConnectorT_co = TypeVar("ConnectorT_co", bound=Connector, covariant=True)


class ConfiguredFactory(ComponentFactory[ConnectorT_co], Generic[ConnectorT_co]):
    """Makes a connector whose configuration alone says whether it can be made."""

    makes: ClassVar[type[Connector]]

    def __init__(self, container: ServiceContainer) -> None:
        self._container = container

    @abstractmethod
    def configured(self, config: ComponentConfig) -> BaseComponentConfiguration:
        """Check the properties; raises ConnectorConfigError with all that is wrong."""

    def can_create(self, config: ComponentConfig) -> bool:
        try:
            self.configured(config)
        except Exception:  # noqa: BLE001 - promised: it never raises
            return False
        return True

    def get_component_name(self) -> str:
        return self.makes.get_name()

    def get_input_schemas(self) -> list[Schema]:
        return []

    def get_output_schemas(self) -> list[Schema]:
        return self.makes.get_supported_output_schemas()
