"""Steps done again from what is recorded of them, and nothing recorded of that.

A step is given the artifact, the time and the seed that it was given then; a connector
reads its source once more. What it emits is compared with what is recorded, by content
digests, which leave out what differs from run to run.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeAlias

from wct_domain.archive import BlobDraft, BlobReader, VolatileFields
from wct_domain.commands import RunStep
from wct_domain.components import Components, make_connector
from wct_domain.digests import Reference
from wct_domain.errors import BlobMissingError, LedgerError, WctError
from wct_domain.events import (
    Event,
    StepCompleted,
    StepStarted,
)
from wct_domain.executor.answers import RecordedAnswers
from wct_domain.executor.pasts import Past
from wct_domain.executor.recorded_inputs import AsRecorded, recorded_inputs
from wct_domain.handlers.run_step import run_step
from wct_domain.handlers.sources import Digest, SharedSources
from wct_domain.handlers.tools import StepTools
from wct_domain.message import Message
from wct_domain.plan import ExecutionPlan
from wct_domain.ports.keys import Keys
from wct_domain.ports.ledger import Blob, BlobStore, Ledger
from wct_domain.ports.workplaces import Extracts, Workplace
from wct_domain.projections.artifacts import Artifacts
from wct_domain.runbook import ExecutionStep
from wct_domain.schemas import Schema, SchemaSource

Seal: TypeAlias = Callable[[bytes], bytes]
Read: TypeAlias = Literal["unchanged", "changed", "not available"]


class Again(NamedTuple):
    """A step that was done again."""

    emitted: tuple[Event, ...]
    result: Message | None
    read: Read | None  # how its source was found; None: it has none, or was not read
    error: BaseException | None  # why it failed
    as_recorded: bool = False  # it was given what is recorded of its source
    stored: tuple[Blob, ...] = ()  # what the emitted events refer to


class NotPossibleError(WctError):
    """A step cannot be done again from what is recorded."""

    code = "replay.not-possible"


class _Readings(SharedSources):
    """Sources as they are now, each read once, and what came of that."""

    def __init__(self, plan: ExecutionPlan) -> None:
        super().__init__(plan)
        self.digests: dict[tuple[str, str], str] = {}
        self.failed: set[str] = set()

    def read(
        self,
        name: str,
        schema: Schema,
        connector: Extracts,
        digest: Digest,
        patience: float | None = None,
    ) -> tuple[Message, tuple[str, int] | None]:
        try:
            message, digested = super().read(name, schema, connector, digest, patience)
        except BaseException:
            self.failed.add(name)
            raise
        if digested is not None:
            self.digests[name, f"{schema.name}/{schema.version}"] = digested[0]
        return message, digested


class _Drafted(BlobStore):
    """Blobs that are never stored."""

    def __init__(self, blobs: Sequence[Blob]) -> None:
        self._blobs = {blob.digest: blob.stored for blob in blobs}

    def blob(self, digest: str) -> bytes:
        if digest not in self._blobs:
            msg = f"nothing was drafted under {digest}"
            raise BlobMissingError(msg)
        return self._blobs[digest]


class Reexecution:
    """Does steps of one run again, with what is installed now.

    Args:
        plan: the run's runbook, secrets included.
        timer: monotonic nanoseconds.
    """

    def __init__(
        self,
        ledger: Ledger,
        plan: ExecutionPlan,
        components: Components,
        schemas: SchemaSource,
        timer: Callable[[], int],
    ) -> None:
        self._plan = plan
        self._components = components
        self._schemas = schemas
        self._timer = timer
        self._blobs = BlobReader(ledger, ledger.keys)
        self._keys = ledger.keys
        self._key = ledger.keys.content_key
        self._volatile = VolatileFields(schemas)
        self._readings = _Readings(plan)

    def again(
        self,
        step: ExecutionStep,
        past: Past,
        *,
        read_anew: bool = True,
        seal: Seal | None = None,
    ) -> Again:
        """Do a step again.

        Its source is read anew. If that cannot be, or brings something else, and what
        was read then is kept, the step is given that.

        Args:
            read_anew: try the source at all, where what was read is kept.
            seal: seals what the step makes; None: it will not be stored.

        Raises:
            NotPossibleError: what it needs is gone, or not installed.
            SystemExit: a component asked the process to exit.
        """
        recorded = recorded_inputs(step, past, self._blobs)
        self._refuse_what_is_missing(step, past, source=recorded is None)
        if recorded is None:
            return self._from_source(step, past, seal)
        read: Read | None = None
        if read_anew:
            found = self._from_source(step, past, seal)
            read = found.read
            if read not in ("changed", "not available"):
                return found
        place = AsRecorded(self._components, self._schemas, recorded)
        sources = SharedSources(self._plan)
        found = self._done(step, past, sources, seal, place)
        return found._replace(read=read, as_recorded=True)

    def _from_source(self, step: ExecutionStep, past: Past, seal: Seal | None) -> Again:
        unavailable = self._unavailable(step, past)
        if unavailable is not None:
            return Again((), None, "not available", unavailable)
        found = self._done(step, past, self._readings, seal)
        self._readings.visited(step)
        return found._replace(read=self._read(step, past))

    def _done(
        self,
        step: ExecutionStep,
        past: Past,
        sources: SharedSources,
        seal: Seal | None,
        workplace: Workplace | None = None,
    ) -> Again:
        error: list[BaseException] = []
        draft = BlobDraft(self._key, self._volatile, seal)
        tools = self._tools(past, draft, error.append)
        tools = tools._replace(sources=sources, workplace=workplace)
        command = RunStep(step, self._plan, past.started.attempt, past.started.seed)
        emitted: list[Event] = []
        stored: list[Blob] = []
        for batch in run_step(command, tools):
            emitted += (each for each in batch if not isinstance(each, StepStarted))
            stored += draft.take()
        return Again(
            tuple(emitted),
            _result(emitted, stored, self._keys),
            None,
            error[0] if error else None,
            stored=tuple(stored),
        )

    def passed_over(self, step: ExecutionStep) -> None:
        """Let go of what was read for a step that is not done again."""
        self._readings.visited(step)

    def content_of(self, reference: Reference) -> str:
        """Digest of a recorded message under this ledger's key, by opening it.

        Raises:
            LedgerError: it is gone, or damaged.
        """
        message = self._blobs.message(reference)
        return BlobDraft(self._key, self._volatile).content_digest(message)[0]

    def _tools(
        self, past: Past, draft: BlobDraft, raised: Callable[[BaseException], None]
    ) -> StepTools:
        given = past.given
        at: datetime = past.started.at
        return StepTools(
            components=self._components,
            sources=self._readings,
            schemas=self._schemas,
            artifacts=Artifacts({} if given is None else {given.artifact: given}),
            blobs=self._blobs,
            draft=draft,
            clock=lambda: at,
            timer=self._timer,
            memory=RecordedAnswers(past.emitted),
            answers_recorded=True,
            raised=raised,
        )

    def _refuse_what_is_missing(
        self, step: ExecutionStep, past: Past, *, source: bool
    ) -> None:
        wanted: list[tuple[str, str, Any]] = []
        if step.analyser is not None:
            kind = self._plan.analysers[step.analyser].type
            wanted.append(("analyser", kind, self._components.analysers))
        if step.connector is not None and source:
            kind = self._plan.connectors[step.connector].type
            wanted.append(("connector", kind, self._components.connectors))
        for what, kind, factories in wanted:
            # A step that failed for want of a component may fail so again.
            if kind not in factories and isinstance(past.ended, StepCompleted):
                msg = f"no {what} of type '{kind}' is installed"
                raise NotPossibleError(msg)
        if past.given is not None:
            try:
                self._blobs.message(past.given.result)
            except LedgerError as error:
                msg = f"the artifact that it reads is gone: {error}"
                raise NotPossibleError(msg) from error

    def _unavailable(self, step: ExecutionStep, past: Past) -> Exception | None:
        """Return why a connector that read its source then cannot even be made now."""
        name = step.connector
        if name is None or not any(each[0] == name for each in past.sources):
            return None
        config = self._plan.connectors[name]
        try:
            make_connector(self._components.connector_factory(config), config)
        except Exception as error:  # noqa: BLE001  # a stranger's: any means no
            return error
        return None

    def _read(self, step: ExecutionStep, past: Past) -> Read | None:
        name = step.connector
        if name is None:
            return None
        if name in self._readings.failed:
            known = any(each[0] == name for each in past.sources)
            return "not available" if known else None
        now = {k: v for k, v in self._readings.digests.items() if k[0] == name}
        if not now:
            return None
        same = all(
            past.sources.get(key, digest) == digest for key, digest in now.items()
        )
        return "unchanged" if same else "changed"


def _result(
    emitted: Sequence[Event], stored: Sequence[Blob], keys: Keys
) -> Message | None:
    for event in emitted:
        if isinstance(event, StepCompleted):
            return BlobReader(_Drafted(stored), keys).message(event.result)
    return None
