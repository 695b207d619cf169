"""What factories of connectors for database servers do alike."""

from abc import abstractmethod
from collections.abc import Mapping
from importlib import util as modules
from typing import Any, ClassVar, Generic, TypeVar

from wct_adapters.connectors.factory import ConfiguredFactory
from wct_adapters.connectors.server_config import DatabaseServerConfig
from wct_adapters.connectors.server_connector import DatabaseServerConnector
from wct_adapters.connectors.services import registered
from wct_domain.errors import ConnectorConfigError
from wct_domain.ports.components import ComponentConfig
from wct_domain.schemas import SchemaLoader
from wct_domain.services import ServiceContainer

ConfigT = TypeVar("ConfigT", bound=DatabaseServerConfig)
ConnectorT_co = TypeVar(
    "ConnectorT_co", bound=DatabaseServerConnector[Any], covariant=True
)


class DatabaseServerFactory(
    ConfiguredFactory[ConnectorT_co], Generic[ConnectorT_co, ConfigT]
):
    """Makes a connector, if the packages are installed that it needs.

    ``environ`` is the environment of the process unless given.
    """

    model: type[ConfigT]
    extra: ClassVar[str]
    packages: ClassVar[Mapping[str, str]]  # module to name of the package

    def __init__(
        self, container: ServiceContainer, environ: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(container)
        self._environ = environ

    @abstractmethod
    def _made(
        self, config: ConfigT, schemas: SchemaLoader | None, won: Mapping[str, str]
    ) -> ConnectorT_co:
        """Make the connector of a configuration that was checked."""

    def configured(self, config: ComponentConfig) -> ConfigT:
        return self.model.from_properties(config, self._environ)

    def can_create(self, config: ComponentConfig) -> bool:
        return not self._missing() and super().can_create(config)

    def create(self, config: ComponentConfig) -> ConnectorT_co:
        """Make a connector.

        Raises:
            ConnectorConfigError: properties are wrong, or the driver is missing.
        """
        configured = self.configured(config)
        if missing := self._missing():
            msg = (
                f"{self.get_component_name()} needs {' and '.join(missing)}: "
                f"pip install 'wct-compliance[{self.extra}]'"
            )
            raise ConnectorConfigError(msg)
        won = self.model.decided_elsewhere(config, self._environ)
        return self._made(configured, registered(self._container, SchemaLoader), won)

    def get_obstacles(self, config: ComponentConfig) -> Mapping[str, str]:
        return self.configured(config).missing_files

    def get_config_model(self) -> type[ConfigT]:
        return self.model

    def _missing(self) -> list[str]:
        found = {
            name: modules.find_spec(module) for module, name in self.packages.items()
        }
        return [name for name, spec in found.items() if spec is None]
