"""The facts of a run.

An event is in the past tense, immutable, and holds neither personal data nor
secrets: references, counts, digests and names from the runbook. It is stored under
its wire name (``step.completed/1``), never under a Python path. A change that
cannot be derived from the old form is a new event; any other raises the version
and brings an upcaster (:mod:`wct_domain.upcasting`). Released forms stay loadable
for ever: see ``tests/golden``.
"""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from wct_domain.digests import Reference

Count = Annotated[int, Field(ge=0)]


class Fact(BaseModel):
    """What all events share: the wire name ``subject.verb/version``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: ClassVar[str]


class PlannedStep(BaseModel):
    """One step as planned: where it reads from, and what it runs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    connector: str | None = None  # instance name in the runbook
    input_from: str | None = None  # id of an earlier step
    analyser: str | None = None  # None: the step only reads
    saves: bool = False


class PlannedComponent(BaseModel):
    """One connector or analyser instance of the runbook, and what decides its output.

    ``versions`` maps what the output depends on to its version: the distribution
    that brings the component, its rulesets with their digests.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["connector", "analyser"]
    name: str
    type: str
    versions: dict[str, str] = {}


class RunStarted(Fact):
    """A runbook was loaded and planned; its steps are about to run.

    ``document`` refers to the runbook as read, with secret values replaced by keyed
    digests.
    """

    type = "run.started/1"
    runbook: str  # its name
    steps: tuple[PlannedStep, ...]
    components: tuple[PlannedComponent, ...] = ()
    versions: dict[str, str] = {}  # wct, python
    document: Reference


class ArtifactsCleared(Fact):
    """The artifact store starts empty."""

    type = "artifacts.cleared/1"


class StepStarted(Fact):
    """A step began. ``at`` and ``seed`` are all it may know of time and chance."""

    type = "step.started/1"
    step: str
    attempt: int = Field(default=1, ge=1)
    at: datetime  # UTC
    seed: Count


class SourceRead(Fact):
    """A connector read its source.

    It was read for ``step``, and serves every other step that asks the same connector
    for the same schema.
    """

    type = "source.read/1"
    step: str
    connector: str
    output_schema: str  # name/version
    items: Count
    size: Count  # bytes of canonical content
    content: str  # keyed digest, as in Reference.content
    unreadable: Count = 0  # items that are there but could not be read
    truncated: bool = False  # something was left out because of a limit
    notes: Reference | None = None  # which items and limits, if there are any


class StepCompleted(Fact):
    """A step succeeded; ``result`` refers to its result message, saved or not."""

    type = "step.completed/1"
    step: str
    duration: Count  # microseconds
    input_schema: str  # name/version
    output_schema: str  # name/version
    items: Count  # findings, or data items: the length of the result's main list
    result: Reference
    parts: int = Field(default=1, ge=1)  # blobs that hold the result
    truncated: bool = False  # its source was cut off; see source.read


class ArtifactSaved(Fact):
    """A step's result may be read by later steps, under the step's id."""

    type = "artifact.saved/1"
    artifact: str
    result: Reference
    items: Count
    size: Count  # bytes, canonical content
    parts: int = Field(default=1, ge=1)


class ArtifactMissing(Fact):
    """A step asked for an artifact that nobody saved."""

    type = "artifact.missing/1"
    step: str
    artifact: str


class StepFailed(Fact):
    """A step did not succeed. The text may quote data, so it is a blob."""

    type = "step.failed/1"
    step: str
    duration: Count  # microseconds
    code: str  # of the error tree, or "unexpected"
    error: str  # class of the exception
    message: Reference


class StepSkipped(Fact):
    """A step was not attempted: one that it reads from, directly or not, failed.

    Not the step that was skipped before it is named: a text that quotes the text
    before it would grow with every step of a chain.
    """

    type = "step.skipped/1"
    step: str
    code: str
    because: str  # id of the step that failed, however many lie between
    message: Reference


class PluginNoted(Fact):
    """A plugin wants a fact of its own in the log."""

    type = "plugin.noted/1"
    plugin: str
    name: str
    data: dict[str, JsonValue]


class RunCompleted(Fact):
    """All steps were visited."""

    type = "run.completed/1"
    succeeded: Count
    failed: Count
    skipped: Count


class RunFailed(Fact):
    """The run stopped for a reason that is no step's."""

    type = "run.failed/1"
    code: str
    error: str  # class of the exception
    message: Reference


class RunInterrupted(Fact):
    """Somebody stopped the run; the named steps had begun and not ended."""

    type = "run.interrupted/1"
    signal: str  # SIGINT, SIGTERM
    in_flight: tuple[str, ...]


class EvidenceRevealed(Fact):
    """Somebody had raw evidence of this run shown."""

    type = "evidence.revealed/1"
    by: str  # keyed pseudonym of the operating system's user
    command: str
    step: str | None = None  # None: of all steps


class SubscriberFailed(Fact):
    """A subscriber raised on an event.

    Recorded in the stream ``subscriber/<name>``, never in a run's.
    """

    type = "subscriber.failed/1"
    subscriber: str
    run: str
    position: Count  # of the event that it was told
    error: str  # class of the exception


class UnknownEvent(BaseModel):
    """A fact from a newer wct or from another tool: kept as it is."""

    model_config = ConfigDict(frozen=True)

    type: str
    data: dict[str, JsonValue]


Event = (
    RunStarted
    | ArtifactsCleared
    | StepStarted
    | SourceRead
    | StepCompleted
    | ArtifactSaved
    | ArtifactMissing
    | StepFailed
    | StepSkipped
    | PluginNoted
    | RunCompleted
    | RunFailed
    | RunInterrupted
    | EvidenceRevealed
    | SubscriberFailed
)
"""What may be appended."""

AnyEvent = Event | UnknownEvent
"""What may be read back."""
