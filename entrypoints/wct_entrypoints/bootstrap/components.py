"""The components that wct brings, and the services that they ask for.

Each is imported when it is wanted: a run needs a few of them, and start-up time is
part of the command line's contract.
"""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TypeVar

from wct_domain.components import Components, Found
from wct_domain.ports.artifact_store import ArtifactStore
from wct_domain.ports.components import Analyser, ComponentFactory, Connector
from wct_domain.ports.ledger import Ledger
from wct_domain.ports.matching import MatcherCompiler
from wct_domain.ports.own_files import OwnFiles
from wct_domain.rulesets.source import RulesetSource, RulesetSummary
from wct_domain.services import Provided, ServiceContainer
from wct_entrypoints import plugins

T = TypeVar("T")


def _filesystem(container: ServiceContainer) -> ComponentFactory[Connector]:
    from wct_adapters.connectors.filesystem import FilesystemConnectorFactory

    return FilesystemConnectorFactory(container)


def _mysql(container: ServiceContainer) -> ComponentFactory[Connector]:
    from wct_adapters.connectors.mysql import MySQLConnectorFactory

    return MySQLConnectorFactory(container)


def _postgresql(container: ServiceContainer) -> ComponentFactory[Connector]:
    from wct_adapters.connectors.postgresql import PostgreSQLConnectorFactory

    return PostgreSQLConnectorFactory(container)


def _sqlite(container: ServiceContainer) -> ComponentFactory[Connector]:
    from wct_adapters.connectors.sqlite import SQLiteConnectorFactory

    return SQLiteConnectorFactory(container)


def _personal_data(container: ServiceContainer) -> ComponentFactory[Analyser]:
    from wct_adapters.analysers.personal_data import PersonalDataAnalyserFactory

    return PersonalDataAnalyserFactory(container)


def _data_subjects(container: ServiceContainer) -> ComponentFactory[Analyser]:
    from wct_adapters.analysers.data_subject import DataSubjectAnalyserFactory

    return DataSubjectAnalyserFactory(container)


def _purposes(container: ServiceContainer) -> ComponentFactory[Analyser]:
    from wct_adapters.analysers.processing_purpose import (
        ProcessingPurposeAnalyserFactory,
    )

    return ProcessingPurposeAnalyserFactory(container)


def _source_code(container: ServiceContainer) -> ComponentFactory[Analyser]:
    from wct_adapters.analysers.source_code import SourceCodeAnalyserFactory

    return SourceCodeAnalyserFactory(container)


def _data_export(container: ServiceContainer) -> ComponentFactory[Analyser]:
    from wct_adapters.analysers.data_export import DataExportAnalyserFactory

    return DataExportAnalyserFactory(container)


CONNECTORS: Mapping[str, Callable[[ServiceContainer], ComponentFactory[Connector]]] = {
    "filesystem_connector": _filesystem,
    "mysql_connector": _mysql,
    "postgresql_connector": _postgresql,
    "sqlite_connector": _sqlite,
}
"""Component name to what makes its factory."""

ANALYSERS: Mapping[str, Callable[[ServiceContainer], ComponentFactory[Analyser]]] = {
    "personal_data_analyser": _personal_data,
    "data_subject_analyser": _data_subjects,
    "processing_purpose_analyser": _purposes,
    "source_code_analyser": _source_code,
    "data_export_analyser": _data_export,
}


class _Usual(Provided[T]):
    """A service as every process makes it that nobody gave another one."""


def provide_services(container: ServiceContainer) -> None:
    """Register what built-in components need, where the caller has not."""
    if not container.is_registered(MatcherCompiler):
        container.register(MatcherCompiler, _Usual(_matcher_compiler))
    if not container.is_registered(RulesetSource):
        container.register(RulesetSource, _Usual(installed_rulesets))


_NOT_OF_COMPONENTS = {ArtifactStore, Ledger, OwnFiles}
"""Services of wct's own; of the files, every process of a run is told."""


def _given(container: ServiceContainer) -> tuple[str, ...]:
    """Name the services that a caller has registered for components."""
    return tuple(
        each.service_type.__name__
        for each in container.descriptors
        if each.service_type not in _NOT_OF_COMPONENTS
        and not isinstance(each.factory, _Usual)
    )


def _matcher_compiler() -> MatcherCompiler:
    from wct_adapters.matching.portable import PortableMatcherCompiler

    return PortableMatcherCompiler()


def installed_rulesets() -> RulesetSource:
    """Make the source of bundled rulesets and of those that plugins bring."""
    from wct_adapters.rulesets.loader import YamlRulesets

    rulesets = YamlRulesets()
    plugins.load_rulesets(lambda directory, _origin: rulesets.register(directory))
    return rulesets


def ruleset_origins(own: str) -> list[tuple[RulesetSummary, str]]:
    """List the installed rulesets, each with who brings it; ours are ``own``."""
    from wct_adapters.rulesets.loader import YamlRulesets

    rulesets = YamlRulesets()
    origins = {each.name: own for each in rulesets.list()}

    def register(directory: Path, origin: str) -> None:
        rulesets.register(directory)
        for each in rulesets.list():
            origins.setdefault(each.name, origin)

    plugins.load_rulesets(register)
    return [(each, origins[each.name]) for each in rulesets.list()]


def built_in(
    container: ServiceContainer, wanted: Collection[str] | None = None
) -> Components:
    """Make the factories of the components that wct brings; of all by default."""
    components = Components()
    for name, connector in CONNECTORS.items():
        if wanted is None or name in wanted:
            components.connectors[name] = connector(container)
    for name, analyser in ANALYSERS.items():
        if wanted is None or name in wanted:
            components.analysers[name] = analyser(container)
    return components


def installed(
    container: ServiceContainer, wanted: Collection[str] | None = None
) -> Components:
    """Make factories: built-in ones, then those of plugins, schemas first.

    Args:
        wanted: component names. Where each of them is found, built-in components of
            other names are left out.
    """
    provide_services(container)
    plugins.load_schemas()
    components = built_in(container, wanted)
    plugins.load_components(components, container)
    found = {*components.connectors, *components.analysers}
    if wanted is not None and not found.issuperset(wanted):
        # Somebody is about to ask what there is instead.
        others = built_in(container)
        for name, connector in others.connectors.items():
            components.connectors.setdefault(name, connector)
        for name, analyser in others.analysers.items():
            components.analysers.setdefault(name, analyser)
    factories = (*components.connectors.values(), *components.analysers.values())
    components.found = Found(factories, container, _given(container))
    return components
