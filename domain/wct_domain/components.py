"""The installed components, and how one of them is made for a step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar, cast, get_args

from wct_domain.errors import ExecutorError
from wct_domain.explaining import explain
from wct_domain.ports.components import Analyser, ComponentFactory, Connector
from wct_domain.runbook import AnalyserConfig, ConnectorConfig
from wct_domain.schemas import Schema
from wct_domain.services import ServiceContainer

T = TypeVar("T")


class Found(NamedTuple):
    """Components that were found by their names, as another process would find them.

    ``services`` is what they were made with; ``given`` are the names of services in it
    that only this process has.
    """

    factories: tuple[ComponentFactory[Any], ...]
    services: ServiceContainer
    given: tuple[str, ...] = ()

    def lacks(self, factory: ComponentFactory[Any]) -> bool:
        return not any(each is factory for each in self.factories)


@dataclass(slots=True)
class Components:
    """Factories by component name; a later registration replaces an earlier one."""

    connectors: dict[str, ComponentFactory[Connector]] = field(
        default_factory=dict[str, ComponentFactory[Connector]]
    )
    analysers: dict[str, ComponentFactory[Analyser]] = field(
        default_factory=dict[str, ComponentFactory[Analyser]]
    )
    origins: dict[str, str] = field(default_factory=dict[str, str])
    """Component name to the distribution that brings it, unless that is wct."""
    found: Found | None = None
    """Those that were not handed over as objects; None: all were."""

    def analyser_factory(self, config: AnalyserConfig) -> ComponentFactory[Analyser]:
        """Find the factory of an analyser.

        Raises:
            ExecutorError: no analyser of this type is installed.
        """
        return _find(self.analysers, config.type, "analyser")

    def connector_factory(self, config: ConnectorConfig) -> ComponentFactory[Connector]:
        """Find the factory of a connector.

        Raises:
            ExecutorError: no connector of this type is installed.
        """
        return _find(self.connectors, config.type, "connector")


def _find(
    factories: Mapping[str, ComponentFactory[T]], kind: str, what: str
) -> ComponentFactory[T]:
    if kind not in factories:
        msg = f"Unknown {what} type: {kind}"
        raise ExecutorError(msg)
    return factories[kind]


def component_class(
    factory: ComponentFactory[Any],
) -> type[Connector] | type[Analyser] | None:
    """Return the class that a factory says it makes: ``ComponentFactory[MyConnector]``.

    None where it does not say, or says no more than that it is a connector.
    """
    bases: tuple[object, ...] = getattr(type(factory), "__orig_bases__", ())
    for named in (argument for base in bases for argument in get_args(base)):
        if isinstance(named, type) and issubclass(named, (Connector, Analyser)):
            return None if named in {Connector, Analyser} else named
    return None


def description(factory: ComponentFactory[Any]) -> str:
    """Say in one line what a factory makes: from the docstring of what it makes.

    Where it does not say what it makes, from its own.
    """
    for described in (component_class(factory), type(factory)):
        if described is not None and (text := described.__doc__):
            return text.strip().partition("\n")[0]
    return ""


def input_schemas(factory: ComponentFactory[Any]) -> list[Schema]:
    """Ask for the schemas that a component reads; empty: any, or a connector.

    Its class is asked, if that is known: that is what a run asks.
    """
    kind = component_class(factory)
    if kind is None or not issubclass(kind, Analyser):
        return list(factory.get_input_schemas())
    return list(kind.get_supported_input_schemas())


def output_schemas(factory: ComponentFactory[Any]) -> list[Schema]:
    """Ask for the schemas that a component produces, as above; empty: it cannot say."""
    kind = component_class(factory)
    if kind is None:
        return list(factory.get_output_schemas())
    return list(kind.get_supported_output_schemas())


def make_analyser(
    factory: ComponentFactory[Analyser], config: AnalyserConfig
) -> Analyser:
    """Make an analyser with the runbook's properties.

    Raises:
        ExecutorError: its factory refuses them; the cause is told.
    """
    sentence = f"Analyser '{config.type}' cannot be created with given configuration. "
    if _wants_model(config.properties):
        sentence += (
            "LLM service may be unavailable (required when LLM validation is enabled). "
        )
    return _Making(factory, config.properties).component(sentence + "Cause: {cause}")


def make_connector(
    factory: ComponentFactory[Connector], config: ConnectorConfig
) -> Connector:
    """Make a connector with the runbook's properties.

    Raises:
        ExecutorError: its factory refuses them; the cause is told.
    """
    sentence = f"Connector '{config.type}' cannot be created with given configuration"
    return _Making(factory, config.properties).component(sentence + ": {cause}")


class _Making(NamedTuple, Generic[T]):
    factory: ComponentFactory[T]
    properties: dict[str, Any]

    def component(self, sentence: str) -> T:
        """Ask ``can_create`` as the seed does, then ``create``, which knows why not."""
        willing = self.factory.can_create(self.properties)
        try:
            component = self.factory.create(self.properties)
        except Exception as error:
            if willing:
                raise
            # Any plugin's factory: whatever it raises is why it cannot be created.
            raise ExecutorError(sentence.replace("{cause}", explain(error))) from error
        if not willing:
            cause = "its factory refuses the configuration without saying why"
            raise ExecutorError(sentence.replace("{cause}", cause))
        return component


def _wants_model(properties: Mapping[str, Any]) -> bool:
    section = properties.get("llm_validation")
    if not isinstance(section, dict):
        return False
    return bool(cast("dict[str, Any]", section).get("enable_llm_validation"))
