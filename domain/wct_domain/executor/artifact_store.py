"""The artifact store: a service over the fold of a stream."""

from threading import RLock

from wct_domain.commands import ClearArtifacts, SaveArtifact
from wct_domain.errors import ArtifactNotFoundError, LedgerWriteError
from wct_domain.executor.stream import StreamAtWork
from wct_domain.message import Message
from wct_domain.ports.artifact_store import ArtifactStore
from wct_domain.schemas import SchemaLoader


class RecordedArtifactStore(ArtifactStore):
    """Saves and clears by events; reads what the fold of these events says.

    It belongs to one stream at a time: a private one at first, then, bound by the
    executor, that of the run. After the run its artifacts stay readable; what is saved
    or cleared then is recorded in a stream of its own, ``artifacts/<run>/<id>`` in the
    same ledger, caused by the run's first event: the record of a run ends with the run.
    ``get`` returns an equal message, never the same one, so that nobody can change
    what is stored.
    """

    def __init__(self, stream: StreamAtWork, schemas: SchemaLoader) -> None:
        self._stream = stream
        self._schemas = schemas
        self._lock = RLock()
        self._cause: str | None = None

    def bind(self, stream: StreamAtWork) -> None:
        """Turn to another stream: that of the run that starts."""
        with self._lock:
            self._stream, self._cause = stream, None

    def save(self, step_id: str, message: Message) -> None:
        self._dispatch(SaveArtifact(step_id, message))

    def get(self, step_id: str) -> Message:
        stream = self._bound
        saved = stream.artifacts.saved.get(step_id)
        if saved is None:
            raise ArtifactNotFoundError(step_id)
        message = stream.blobs.message(saved.result)
        if message.schema is not None:
            message.schema = message.schema.bound(self._schemas)
        return message

    def exists(self, step_id: str) -> bool:
        return step_id in self._bound.artifacts.saved

    def clear(self) -> None:
        self._dispatch(ClearArtifacts())

    def _dispatch(self, command: SaveArtifact | ClearArtifacts) -> None:
        stream, cause = self._writable()
        try:
            stream.dispatch(command, cause)
        except LedgerWriteError:
            if not stream.ended:
                raise
            # It ended between the two lines above.
            stream, cause = self._writable()
            stream.dispatch(command, cause)

    def _writable(self) -> tuple[StreamAtWork, str | None]:
        with self._lock:
            if self._stream.ended:
                self._cause = self._stream.run.started_id
                self._stream = self._stream.afterwards()
            return self._stream, self._cause

    @property
    def _bound(self) -> StreamAtWork:
        with self._lock:
            return self._stream
