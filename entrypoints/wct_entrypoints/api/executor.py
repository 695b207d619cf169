"""The executor as the seed's users know it: a container in, a list of results out."""

import os
from pathlib import Path
from typing import Self

from wct_domain.commands import ExecuteRunbook
from wct_domain.components import Components
from wct_domain.events import Event
from wct_domain.executor.artifact_store import RecordedArtifactStore
from wct_domain.executor.outcome import Outcome
from wct_domain.ports.artifact_store import ArtifactStore
from wct_domain.ports.bus import Subscriber
from wct_domain.ports.components import Analyser, ComponentFactory, Connector
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.results import AnalysisResult
from wct_domain.services import Provided, ServiceContainer
from wct_entrypoints.api.artifact_store import ArtifactStoreFactory
from wct_entrypoints.bootstrap.application import equipment, make_bus, make_executor
from wct_entrypoints.bootstrap.ledgers import memory_ledger, open_ledger
from wct_entrypoints.bootstrap.schemas import RegisteredSchemas


class Executor:
    """Executes runbooks with the components that are registered.

    What the container lacks is made: an artifact store, and a ledger, which is in
    memory unless the container has one (registered as ``Ledger``) or ``WCT_LEDGER``
    names a file. A foreign artifact store in the container is told of every artifact
    once it is recorded; the ledger stays the authority.

    Args:
        max_workers: steps that may run at the same time.

    Raises:
        ValueError: the artifact store's backend (``ARTIFACT_STORE_BACKEND``) is not
            known.
        LedgerUnusableError: the file that ``WCT_LEDGER`` names is not usable.
    """

    def __init__(
        self, container: ServiceContainer, *, max_workers: int | None = None
    ) -> None:
        if not container.is_registered(ArtifactStore):
            container.register(ArtifactStore, ArtifactStoreFactory())
        if not container.is_registered(Ledger):
            container.register(Ledger, Provided(_default_ledger))
        self._container = container
        self._components = Components()
        self.artifact_store: ArtifactStore = container.get_service(ArtifactStore)
        self.ledger: Ledger = container.get_service(Ledger)
        self._bus = make_bus(self.ledger)
        store = self.artifact_store
        own = store if isinstance(store, RecordedArtifactStore) else None
        self._executor = make_executor(
            equipment(self.ledger, self._bus, RegisteredSchemas(), self._components),
            max_workers=max_workers,
            artifact_store=own,
            mirror=None if own else store,
        )

    @classmethod
    def create_with_built_ins(
        cls,
        container: ServiceContainer | None = None,
        *,
        max_workers: int | None = None,
    ) -> Self:
        """Make an executor with the built-in components and those of plugins.

        Args:
            container: services of the caller's own, for instance a ledger; whatever
                it lacks is added to it.
            max_workers: steps that may run at the same time.
        """
        # Here, because it imports every component.
        from wct_entrypoints.bootstrap.components import installed

        container = container or ServiceContainer()
        executor = cls(container, max_workers=max_workers)
        found = installed(container)
        executor.connector_factories.update(found.connectors)
        executor.analyser_factories.update(found.analysers)
        executor._components.origins.update(found.origins)
        executor._components.found = found.found
        return executor

    @property
    def connector_factories(self) -> dict[str, ComponentFactory[Connector]]:
        """Connector factories by component name."""
        return self._components.connectors

    @property
    def analyser_factories(self) -> dict[str, ComponentFactory[Analyser]]:
        """Analyser factories by component name."""
        return self._components.analysers

    def register_connector_factory(self, factory: ComponentFactory[Connector]) -> None:
        """Make connectors of this type available; replaces an earlier registration."""
        self._components.connectors[factory.get_component_name()] = factory

    def register_analyser_factory(self, factory: ComponentFactory[Analyser]) -> None:
        """Make analysers of this type available; replaces an earlier registration."""
        self._components.analysers[factory.get_component_name()] = factory

    def list_available_connectors(self) -> dict[str, ComponentFactory[Connector]]:
        """Return the registered connectors; changing the copy changes nothing."""
        return dict(self._components.connectors)

    def list_available_analysers(self) -> dict[str, ComponentFactory[Analyser]]:
        """Return the registered analysers; changing the copy changes nothing."""
        return dict(self._components.analysers)

    def subscribe(
        self, subscriber: Subscriber, *kinds: type[Event], name: str | None = None
    ) -> None:
        """Tell ``subscriber`` of recorded events of these kinds; of all, if none given.

        It runs on a thread of its own and cannot slow or break a run. Call ``drain``
        to wait until it has been told everything.
        """
        self._bus.subscribe(subscriber, *kinds, name=name)

    def drain(self, seconds: float = 2.0) -> list[str]:
        """Wait for subscribers, at most so long; name those that were not done."""
        return self._bus.drain(seconds)

    def execute_runbook(
        self,
        runbook_path: Path,
        *,
        erasure_scope: str | None = None,
        record_inputs: bool = False,
    ) -> list[AnalysisResult]:
        """Run all steps of a runbook file.

        Args:
            erasure_scope: runs of one name are encrypted under one key and erased
                together; by default each run is its own. The name is not recorded.
            record_inputs: keep what connectors read, sealed as results are, so that
                steps can be done again without their sources.

        Returns:
            One result for each step, in the order of the file. A failed step is a
            result with ``success=False``.

        Raises:
            ExecutorError: the runbook is not usable; nothing was recorded.
            LedgerError: the ledger refused in the middle of the run.
        """
        command = ExecuteRunbook(
            Path(runbook_path),
            erasure_scope=erasure_scope,
            directory=Path.cwd(),
            record_inputs=record_inputs,
        )
        return self.dispatch(command).results

    def dispatch(self, command: ExecuteRunbook) -> Outcome:
        """Give a command; raises as ``execute_runbook``."""
        return self._executor.dispatch(command)

    def interrupt(self, signal: str) -> bool:
        """Ask the run that executes now to stop; safe in a signal handler."""
        return self._executor.interrupt(signal)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Tell subscribers nothing more, and close the ledger."""
        self._bus.close()
        self.ledger.close()


def _default_ledger() -> Ledger:
    path = os.environ.get("WCT_LEDGER")
    return open_ledger(path, create=True) if path else memory_ledger()
