"""Reading a connector once for all steps that want the same from it."""

from collections import Counter
from collections.abc import Callable, Collection
from threading import Lock
from typing import Any, TypeAlias, cast

from wct_domain.errors import StepStoppedError, StepTimeoutError
from wct_domain.handlers.analysing import extracted
from wct_domain.message import Message
from wct_domain.plan import ExecutionPlan
from wct_domain.ports.workplaces import Extracts
from wct_domain.runbook import ExecutionStep
from wct_domain.schemas import Schema

Digest: TypeAlias = Callable[[Message], tuple[str, int]]
"""Keyed digest of a message's content, and its size in bytes; raises if it is not
JSON."""


class _Reading:
    def __init__(self) -> None:
        self.lock = Lock()
        self.message: Message | None = None
        self.error: BaseException | None = None


class SharedSources:
    """Messages read in this run, by connector and schema, until no step wants them.

    Each step gets a copy of its own. A source that could not be read is not tried
    again for the next step: both would be told different things of one run.

    Args:
        done: steps that will not ask.
    """

    def __init__(self, plan: ExecutionPlan, done: Collection[str] = ()) -> None:
        self._lock = Lock()
        self._readings: dict[tuple[str, Schema], _Reading] = {}
        self._waiting = Counter(
            step.connector
            for step in plan.runbook.execution
            if step.connector and step.id not in done
        )

    def read(
        self,
        name: str,
        schema: Schema,
        connector: Extracts,
        digest: Digest,
        patience: float | None = None,
    ) -> tuple[Message, tuple[str, int] | None]:
        """Return what the connector reads, with its digest if it was read just now.

        Args:
            patience: seconds to wait for another step that is reading it.

        Raises:
            StepTimeoutError: that step took longer.
            BaseException: whatever the connector raised, now or for an earlier step.
            ContentNotJsonError: what it brought cannot be recorded; told to every
                step that asks, as above.
        """
        with self._lock:
            reading = self._readings.setdefault((name, schema), _Reading())
        # Of several steps at once, the first reads and the others wait for it.
        if not reading.lock.acquire(timeout=-1 if patience is None else patience):
            msg = "timed out while another step read the same source"
            raise StepTimeoutError(msg)
        try:
            if reading.error is not None:
                raise reading.error
            if reading.message is not None:
                return self._share(name, reading.message), None
            try:
                message = extracted(connector, schema)
                digested = digest(message)
            except (StepTimeoutError, StepStoppedError):
                raise  # it says nothing of the source: others may have more time
            except BaseException as error:
                reading.error = error
                raise
            # Not the connector's own: it may keep what it returned, and read it again.
            reading.message = copied(message)
            return self._share(name, reading.message), digested
        finally:
            reading.lock.release()

    def try_again(self, step: ExecutionStep) -> None:
        """Forget that the connector of a step could not be read."""
        with self._lock:
            for (name, _), reading in list(self._readings.items()):
                if name == step.connector and reading.error is not None:
                    reading.error = None

    def visited(self, step: ExecutionStep) -> None:
        """Forget what no other step will ask for."""
        if step.connector is None:
            return
        with self._lock:
            self._waiting[step.connector] -= 1
            if self._waiting[step.connector] > 0:
                return
            for key in [key for key in self._readings if key[0] == step.connector]:
                del self._readings[key]

    def _share(self, name: str, message: Message) -> Message:
        # The last step to ask may keep what was kept for it.
        return message if self._waiting[name] <= 1 else copied(message)


def copied(message: Message) -> Message:
    """Return a message that shares nothing with ``message`` that can be changed."""
    return Message(
        id=message.id,
        content=_copied(message.content),
        schema=message.schema,
        context=_copied(message.context),
        schema_validated=message.schema_validated,
    )


def _copied(value: Any) -> Any:
    """Copy JSON; ten times as fast as ``deepcopy``, and text is shared."""
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {name: _copied(member) for name, member in members.items()}
    if isinstance(value, list):
        return [_copied(item) for item in cast("list[Any]", value)]
    if isinstance(value, tuple):  # JSON to a writer, and may hold what can be changed
        return tuple(_copied(item) for item in cast("tuple[Any, ...]", value))
    return value
