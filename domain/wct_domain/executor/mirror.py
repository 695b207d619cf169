"""A foreign artifact store that is told what a run saves."""

from collections.abc import Callable

from wct_domain.errors import ArtifactStoreError
from wct_domain.executor.stream import StreamAtWork
from wct_domain.ports.artifact_store import ArtifactStore


class Mirror:
    """Shows a run's saved artifacts to a store of somebody else's, once recorded.

    The fold stays the authority: what the store does with them changes no run, and
    neither does its failure.

    Args:
        on_failure: is told when the store raises.
    """

    def __init__(
        self, store: ArtifactStore, on_failure: Callable[[Exception], None]
    ) -> None:
        self._store = store
        self._on_failure = on_failure

    def begin(self, stream: StreamAtWork) -> None:
        """Empty the store, and show it what an earlier attempt of the run has saved."""
        self._told(self._store.clear)
        for step in list(stream.artifacts.saved):
            self.reflect(stream, step)

    def reflect(self, stream: StreamAtWork, step: str) -> None:
        """Show what a step has saved; nothing, if it saved nothing."""
        saved = stream.artifacts.saved.get(step)
        if saved is not None:
            self._told(
                lambda: self._store.save(step, stream.blobs.message(saved.result))
            )

    def _told(self, tell: Callable[[], None]) -> None:
        try:
            tell()
        except Exception as error:  # noqa: BLE001  # foreign code must not stop a run
            msg = f"the registered artifact store failed: {error}"
            failure = ArtifactStoreError(msg)
            failure.__cause__ = error
            self._on_failure(failure)
