"""The facts of a run.

An event is in the past tense, immutable, and holds neither personal data nor
secrets: references, counts, digests and names from the runbook. It is stored under
its wire name (``step.completed/1``), never under a Python path. A change that
cannot be derived from the old form is a new event; any other raises the version
and brings an upcaster (:mod:`wct_domain.upcasting`). Released forms stay loadable
for ever: see ``tests/golden``. All facts stand in this one module, over our usual
size, because they are the language of the log and are read as a list.
"""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, NamedTuple, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from wct_domain.digests import Reference

Count = Annotated[int, Field(ge=0)]

Reason: TypeAlias = Literal["art17", "retention", "other"]
"""Why data was erased. ``art17``: somebody asked for it, GDPR Article 17."""

Durability: TypeAlias = Literal["process", "power"]
"""What an acknowledged event survives: the end of its process, or of the power.

Of the class ``process`` a power cut may take the last events, never one before them.
"""


class Fact(BaseModel):
    """What all events share: the wire name ``subject.verb/version``.

    An event is of the class ``power`` where something outside of the ledger is done,
    said or destroyed once it is recorded.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: ClassVar[str]
    durability: ClassVar[Durability] = "process"


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
    digests. What the run stores is sealed for ``scope`` and is erased together with
    all else of that scope.
    """

    type = "run.started/1"
    durability = "power"
    runbook: str  # its name
    steps: tuple[PlannedStep, ...]
    components: tuple[PlannedComponent, ...] = ()
    versions: dict[str, str] = {}  # wct, python
    document: Reference
    scope: str | None = None  # keyed pseudonym of the erasure scope; None: not sealed


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
    message: Reference | None = None  # what was read, if inputs were to be kept


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
    found: dict[str, Count] = {}
    """How many findings have which risk level (``high`` …); under ``special_category``
    those of special categories of personal data (GDPR Article 9). None are left out."""


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
    retry_in: Count | None = (
        None  # microseconds to the next attempt; None: none follows
    )


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


class ModelAsked(Fact):
    """A step is about to ask a language model; what it asks leaves the machine.

    ``question`` is all that is sent, so its ``content`` is the same whoever is asked.
    """

    type = "model.asked/1"
    durability = "power"
    step: str
    question: Reference
    provider: str
    model: str
    endpoint: str = ""  # keyed pseudonym of a server's URL; empty: the provider's own
    items: Count  # findings that it asks about


class ModelAnswered(Fact):
    """A language model answered a step, or did not; nobody asks it the same again.

    What was answered before, in any run of this ledger, is not asked, and costs
    nothing: ``reused_from`` says where it comes from, and the bodies are stored with
    this run too. An answer that cannot be used is asked for again by the next run.
    """

    type = "model.answered/1"
    step: str
    question: Reference  # as in model.asked
    provider: str
    model: str
    endpoint: str = ""  # as in model.asked
    status: Literal["answered", "unusable", "failed"]
    answer: Reference | None = None  # None: there is none
    duration: Count  # microseconds, further attempts included
    attempts: Count = 1  # requests that it took; 0 if it is reused
    tokens_in: Count | None = None  # None: the model did not say
    tokens_out: Count | None = None
    cost: Count | None = None  # millionths of the price's currency; None: no price
    code: str | None = None  # of the error, if it failed
    http_status: Count | None = None  # of the last answer, if it failed
    reused_from: str | None = None  # id of a run


class RunCompleted(Fact):
    """All steps were visited."""

    type = "run.completed/1"
    durability = "power"
    succeeded: Count
    failed: Count
    skipped: Count


class RunFailed(Fact):
    """The run stopped for a reason that is no step's."""

    type = "run.failed/1"
    durability = "power"
    code: str
    error: str  # class of the exception
    message: Reference


class RunInterrupted(Fact):
    """Somebody stopped the run; the named steps had begun and not ended."""

    type = "run.interrupted/1"
    durability = "power"
    signal: str  # SIGINT, SIGTERM
    in_flight: tuple[str, ...]


class RunResumed(Fact):
    """A new attempt at this run claimed it, and goes on from what is recorded.

    The steps of ``redo`` begin anew: what is recorded of them counts no more. All
    others stay as they are. ``document`` is the runbook as read for this attempt.
    """

    type = "run.resumed/1"
    durability = "power"
    attempt: int = Field(ge=2)  # of the run as a whole
    redo: tuple[str, ...]  # step ids, in declaration order
    steps: tuple[PlannedStep, ...]
    components: tuple[PlannedComponent, ...] = ()
    versions: dict[str, str] = {}  # wct, python
    document: Reference


class EvidenceRevealed(Fact):
    """Somebody had raw evidence of this run shown."""

    type = "evidence.revealed/1"
    durability = "power"
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


class SubscriberParked(Fact):
    """A subscriber was told an event again and again, and did not take it.

    From this event on it is told nothing more of the run, until somebody has that
    tried again; of other runs it is. In the stream ``subscriber/<name>``, as above.
    """

    type = "subscriber.parked/1"
    subscriber: str
    run: str
    position: Count  # of the event
    attempts: Count
    error: str  # class of the exception; empty: its process ended


class ErasureRequested(Fact):
    """Somebody asked for what this run has stored to be erased; the keys go next.

    Every run of the scope has one before the first key is destroyed, so that an
    erasure which was cut short is finished at the next start.
    """

    type = "erasure.requested/1"
    durability = "power"
    scope: str  # as in run.started
    reason: Reason
    by: str  # keyed pseudonym of the operating system's user
    reference: str | None = None  # of a ticket; no personal data


class DataErased(Fact):
    """The blobs of this run are gone, after the key that alone could open them."""

    type = "data.erased/1"
    durability = "power"
    scope: str  # as in run.started
    blobs: Count


class RunPruned(Fact):
    """Payloads and blobs of this run were dropped to save space; its hashes stay.

    ``positions`` are ranges of this stream, both ends included, all before this event.
    """

    type = "run.pruned/1"
    durability = "power"
    positions: tuple[tuple[int, int], ...]
    blobs: Count
    size: Count  # bytes, of what was dropped


class RunExported(Fact):
    """A copy of this run left the ledger."""

    type = "run.exported/1"
    durability = "power"
    by: str  # keyed pseudonym of the operating system's user
    size: Count  # of the checkpoint that the copy is proven by, in events
    readable_by: str | None = None  # id of the recipient's key
    masked: bool = False  # the masked results are part of it, in clear


class RunImported(Fact):
    """This run was recorded in another ledger, and verified when it was taken in."""

    type = "run.imported/1"
    durability = "power"
    by: str  # keyed pseudonym of the operating system's user
    log: str  # id of the ledger that it was recorded in
    size: Count  # of the checkpoint that proved it, in events
    signers: tuple[str, ...] = ()  # names of the keys that signed it


class PrunedEvent(NamedTuple):
    """A fact whose payload was dropped: that it happened is all that is left."""

    type: str


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
    | ModelAsked
    | ModelAnswered
    | RunCompleted
    | RunFailed
    | RunInterrupted
    | RunResumed
    | EvidenceRevealed
    | SubscriberFailed
    | SubscriberParked
    | ErasureRequested
    | DataErased
    | RunPruned
    | RunExported
    | RunImported
)
"""What may be appended."""

AnyEvent = Event | UnknownEvent | PrunedEvent
"""What may be read back."""
