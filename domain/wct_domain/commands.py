"""What wct can be asked to do to a run. Each command has exactly one handler."""

from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from wct_domain.events import Reason
from wct_domain.message import Message
from wct_domain.plan import ExecutionPlan
from wct_domain.runbook import ExecutionStep


class ExecuteRunbook(NamedTuple):
    """Load a runbook file and run all of its steps, as one run.

    ``run`` may be chosen by the caller, who then knows it before the first event.
    Runs of one ``erasure_scope`` are erased together; by default each run is its own.
    """

    path: Path
    run: str | None = None
    erasure_scope: str | None = None
    directory: Path | None = None  # that relative paths of the runbook are taken from
    record_inputs: bool = False  # what connectors read is kept


class ResumeRunbook(NamedTuple):
    """Go on with a run: do again what did not succeed, and what follows from it.

    ``path`` is where the runbook is now; by default where it was. ``from_step`` does
    that step again too, and those that read from it.
    """

    run: str
    path: Path | None = None
    from_step: str | None = None
    accept_changes: bool = False
    directory: Path | None = None  # as above; None: the one that is recorded
    record_inputs: bool = False  # as above; also kept if any was before


class StartRun(NamedTuple):
    """Record that a planned runbook is about to run."""

    plan: ExecutionPlan
    source: bytes  # the runbook file, as read
    versions: Mapping[str, str] = MappingProxyType({})
    path: Path | None = None  # of the runbook file
    directory: Path | None = None


class ResumeRun(NamedTuple):
    """Record that a new attempt at the run claims it.

    ``redo`` are the ids of the steps that begin anew.
    """

    plan: ExecutionPlan
    source: bytes
    redo: Collection[str]
    versions: Mapping[str, str] = MappingProxyType({})
    path: Path | None = None
    directory: Path | None = None


class RunStep(NamedTuple):
    """Read the step's input, analyse it, and record the outcome."""

    step: ExecutionStep
    plan: ExecutionPlan
    attempt: int = 1
    seed: int | None = None  # as recorded, when it is done again; None: the step's own


class SkipStep(NamedTuple):
    """Record that a step is not attempted: the step that it reads from failed."""

    step: ExecutionStep
    because: str  # id of the step that failed
    cause: str  # its error message


class CompleteRun(NamedTuple):
    """Record that all steps were visited."""


class FailRun(NamedTuple):
    """Record that the run stopped for a reason that is no step's."""

    error: BaseException


class InterruptRun(NamedTuple):
    """Record that somebody stopped the run."""

    signal: str


class SaveArtifact(NamedTuple):
    """Keep a message under a step's id, in place of an earlier one."""

    step_id: str
    message: Message


class ClearArtifacts(NamedTuple):
    """Forget all artifacts of the stream."""


class RequestErasure(NamedTuple):
    """Record that what a run has stored is about to be erased; the keys go next."""

    scope: str  # pseudonym
    reason: Reason
    by: str  # keyed pseudonym
    reference: str | None = None


class EraseBlobs(NamedTuple):
    """Remove blobs of a stream, whose key is destroyed, and record that they went."""

    scope: str  # pseudonym
    digests: tuple[str, ...]  # of blobs that are there


class PruneStream(NamedTuple):
    """Drop payloads and blobs of a stream, and record that they went."""

    positions: tuple[tuple[int, int], ...]  # ranges, both ends included
    digests: tuple[str, ...]  # of blobs that are there
    size: int  # bytes, of all that


class RevealEvidence(NamedTuple):
    """Record that raw evidence is about to be shown."""

    by: str  # keyed pseudonym
    command: str
    step: str | None = None


class NoteExport(NamedTuple):
    """Record that a copy of the run is about to leave the ledger."""

    by: str  # keyed pseudonym
    size: int  # of the checkpoint that the copy is proven by
    readable_by: str | None = None  # id of the recipient's key
    masked: bool = False


class NoteImport(NamedTuple):
    """Record that the run was taken in from another ledger."""

    by: str  # keyed pseudonym
    log: str  # id of the ledger that it was recorded in
    size: int  # of the checkpoint that proved it
    signers: tuple[str, ...] = ()


StreamCommand = (
    StartRun
    | ResumeRun
    | RunStep
    | SkipStep
    | CompleteRun
    | FailRun
    | InterruptRun
    | SaveArtifact
    | ClearArtifacts
    | RevealEvidence
    | NoteExport
    | NoteImport
    | RequestErasure
    | EraseBlobs
    | PruneStream
)
"""Commands whose handler yields events for one stream."""

Command = ExecuteRunbook | ResumeRunbook | StreamCommand
