"""The usual workplace of a step's components: here."""

from wct_domain.components import Components, make_analyser, make_connector
from wct_domain.ports.workplaces import Analyses, Extracts, Workplace
from wct_domain.runbook import AnalyserConfig, ConnectorConfig


class Here(Workplace):
    """Components work in the thread that asks them, for as long as they like."""

    def __init__(self, components: Components) -> None:
        self._components = components

    def connector(self, config: ConnectorConfig) -> Extracts:
        return make_connector(self._components.connector_factory(config), config)

    def analyser(self, config: AnalyserConfig) -> Analyses:
        return make_analyser(self._components.analyser_factory(config), config)

    def seconds_left(self) -> float | None:
        return None

    def close(self) -> None:
        return
