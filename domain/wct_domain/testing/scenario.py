"""Scenarios: given events, when a command, then events.

::

    given(started, saved).when(RunStep(...)).then(StepStarted(...), StepCompleted(...))

The scenario runs the real handler against a small working ledger. Times are those of
a fixed clock, durations are zero, ids count up. An empty ``then()`` says that nothing
happened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any, Self

from wct_domain.archive import BlobDraft, BlobReader, VolatileFields
from wct_domain.commands import StreamCommand
from wct_domain.components import Components
from wct_domain.digests import Reference
from wct_domain.errors import LedgerError
from wct_domain.events import AnyEvent, Event
from wct_domain.executor.stream import Equipment, StreamAtWork
from wct_domain.handlers.sources import SharedSources
from wct_domain.message import Message
from wct_domain.plan import ExecutionPlan
from wct_domain.ports.bus import SilentBus
from wct_domain.ports.ledger import Ledger
from wct_domain.schemas import SchemaSource

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
RUN = "01900000-0000-7000-8000-000000000000"


class AnySchema(SchemaSource):
    """A source that knows every schema and finds every content valid."""

    def load(self, schema_name: str, version: str = "1.0.0") -> dict[str, Any]:
        """Return a schema without rules."""
        del schema_name
        return {"version": version}

    def violation(self, schema_name: str, version: str, content: object) -> str | None:
        """Find nothing wrong."""
        del schema_name, version, content
        return None  # mypy wants it said


@dataclass
class Scenario:
    """One stream in which things have happened, and a command that is given to it."""

    ledger: Ledger
    past: Sequence[Event] = ()
    components: Components = field(default_factory=Components)
    schemas: SchemaSource = field(default_factory=AnySchema)
    messages: Mapping[str, Message] = field(default_factory=dict[str, Message])
    plan: ExecutionPlan | None = None
    before: int = 0
    error: LedgerError | None = None

    def __post_init__(self) -> None:
        ids = (f"00000000-0000-7000-8000-{number:012x}" for number in count(1))
        self.equipment = Equipment(
            ledger=self.ledger,
            bus=SilentBus(),
            schemas=self.schemas,
            components=self.components,
            clock=lambda: NOON,
            timer=lambda: 0,
            new_id=lambda: next(ids),
            versions={},
        )
        key = self.ledger.keys.content_key
        self.draft = BlobDraft(key, VolatileFields(self.schemas))

    def reference(self, message: Message) -> Reference:
        """Return what an event says of ``message``, whether or not it is stored."""
        reference = self.draft.message(message).reference
        self.draft.take()
        return reference

    def text(self, reference: Reference) -> str:
        """Return the text that a failure refers to."""
        blobs = BlobReader(self.ledger, self.ledger.keys)
        document: dict[str, str] = blobs.document(reference)
        return document["message"]

    def when(self, command: StreamCommand) -> Self:
        """Record the past, then give the command to its handler."""
        sources = None if self.plan is None else SharedSources(self.plan)
        stream = StreamAtWork(RUN, self.equipment, sources=sources)
        for message in self.messages.values():
            self.draft.message(message)
        if self.past:
            stream.recorder.record(tuple(self.past), self.draft.take())
        self.before = stream.run.version
        self.stream = stream
        stream.dispatch(command)
        return self

    @property
    def happened(self) -> list[AnyEvent]:
        """Events that the command led to."""
        return [each.event for each in self.ledger.read(RUN, after=self.before)]

    def then(self, *expected: Event) -> Self:
        """Check that exactly these events were recorded, in this order."""
        assert self.happened == list(expected)
        return self
