"""Where the components of a step work: in this process, or in one of their own."""

from collections.abc import Collection
from typing import Protocol

from wct_domain.message import Message
from wct_domain.runbook import AnalyserConfig, ConnectorConfig
from wct_domain.schemas import Schema


class Extracts(Protocol):
    """What a step needs of a connector; every ``Connector`` has it."""

    def get_name(self) -> str: ...

    def get_supported_output_schemas(self) -> list[Schema]: ...

    def extract(self, output_schema: Schema) -> Message:
        """Read the source; see ``Connector.extract``."""
        ...


class Analyses(Protocol):
    """What a step needs of an analyser; every ``Analyser`` has it."""

    def get_name(self) -> str: ...

    def get_supported_input_schemas(self) -> list[Schema]: ...

    def get_supported_output_schemas(self) -> list[Schema]: ...

    def process(
        self, input_schema: Schema, output_schema: Schema, message: Message
    ) -> Message:
        """Analyse ``message``; see ``Analyser.process``."""
        ...


class Workplace(Protocol):
    """Makes the components of one step, and is where they work.

    What is asked of one in a process of its own may, beside what the component
    raises, raise StepTimeoutError, StepProcessError, or StepStoppedError.
    """

    def connector(self, config: ConnectorConfig) -> Extracts:
        """Make a connector. Raises as ``make_connector``."""
        ...

    def analyser(self, config: AnalyserConfig) -> Analyses:
        """Make an analyser. Raises as ``make_analyser``."""
        ...

    def seconds_left(self) -> float | None:
        """Return what is left of the step's time, perhaps nothing; None: no limit."""
        ...

    def close(self) -> None:
        """End what there is of a process; whoever works there is not waited for."""
        ...


class Workplaces(Protocol):
    """Processes for steps that must end in time, as many as steps of one run."""

    def obstacle(self, what: str, component: str) -> str | None:
        """Say why another process could not make a component; None if it can.

        Args:
            what: ``connector`` or ``analyser``.
            component: its type, as runbooks name it.
        """
        ...

    def open(self, limit: float, components: Collection[str]) -> Workplace:
        """Return a workplace, whose time begins with the first thing it is asked.

        Args:
            limit: seconds.
            components: types of those that it will be asked to make.
        """
        ...

    def stop(self) -> None:
        """End all processes, and let none begin any more; safe in any thread."""
        ...
