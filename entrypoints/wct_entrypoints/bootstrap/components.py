"""The components that wct brings, and the services that they ask for."""

from pathlib import Path

from wct_adapters.analysers.data_subject import DataSubjectAnalyserFactory
from wct_adapters.analysers.personal_data import PersonalDataAnalyserFactory
from wct_adapters.analysers.processing_purpose import ProcessingPurposeAnalyserFactory
from wct_adapters.connectors.filesystem import FilesystemConnectorFactory
from wct_adapters.connectors.sqlite import SQLiteConnectorFactory
from wct_adapters.matching.portable import PortableMatcherCompiler
from wct_adapters.rulesets.loader import YamlRulesets
from wct_domain.components import Components
from wct_domain.ports.matching import MatcherCompiler
from wct_domain.rulesets.source import RulesetSource, RulesetSummary
from wct_domain.services import Provided, ServiceContainer
from wct_entrypoints import plugins


def provide_services(container: ServiceContainer) -> None:
    """Register what built-in components need, where the caller has not."""
    if not container.is_registered(MatcherCompiler):
        container.register(MatcherCompiler, Provided(PortableMatcherCompiler))
    if not container.is_registered(RulesetSource):
        container.register(RulesetSource, Provided(installed_rulesets))


def installed_rulesets() -> RulesetSource:
    """Make the source of bundled rulesets and of those that plugins bring."""
    rulesets = YamlRulesets()
    plugins.load_rulesets(lambda directory, _origin: rulesets.register(directory))
    return rulesets


def ruleset_origins(own: str) -> list[tuple[RulesetSummary, str]]:
    """List the installed rulesets, each with who brings it; ours are ``own``."""
    rulesets = YamlRulesets()
    origins = {each.name: own for each in rulesets.list()}

    def register(directory: Path, origin: str) -> None:
        rulesets.register(directory)
        for each in rulesets.list():
            origins.setdefault(each.name, origin)

    plugins.load_rulesets(register)
    return [(each, origins[each.name]) for each in rulesets.list()]


def built_in(container: ServiceContainer) -> Components:
    """Make the factories of the components that wct brings."""
    components = Components()
    for connector in (FilesystemConnectorFactory, SQLiteConnectorFactory):
        source = connector(container)
        components.connectors[source.get_component_name()] = source
    for analyser in (
        PersonalDataAnalyserFactory,
        DataSubjectAnalyserFactory,
        ProcessingPurposeAnalyserFactory,
    ):
        analysis = analyser(container)
        components.analysers[analysis.get_component_name()] = analysis
    return components


def installed(container: ServiceContainer) -> Components:
    """Make all factories: built-in ones, then those of plugins, schemas first."""
    provide_services(container)
    plugins.load_schemas()
    components = built_in(container)
    plugins.load_components(components, container)
    return components
