"""What can go wrong, as one tree.

Every class has a ``code`` that stays stable for programs that match on it, and
the ``exit_status`` with which the command line ends when the error reaches it.
An expected failure of a step is an event (``step.failed``), not an exception
that escapes; a bug is a traceback. The module is long because the tree is one thing,
and reads best in one place.

::

    WctError                        (public name: WaivernError)
    ├─ ConnectorError               ConnectorConfigError · ConnectorExtractionError
    ├─ AnalyserError                AnalyserConfigError · AnalyserInputError
    │                               AnalyserProcessingError
    ├─ MessageValidationError       ContentNotJsonError
    ├─ SchemaLoadError · DataParsingError · ParserError
    ├─ RulesetError                 RulesetNotFoundError
    │                               RulesetAlreadyRegisteredError
    ├─ ExecutorError                SchemaNotFoundError · VersionMismatchError
    │                               VersionNotSupportedError · UpstreamFailedError
    │                               StepTimeoutError · StepProcessError
    │                               StepStoppedError
    ├─ RunbookError                 RunbookLoadError · RunbookValidationError
    ├─ ConfigurationError
    ├─ ArtifactStoreError           ArtifactNotFoundError
    ├─ LLMServiceError              LLMConfigurationError · LLMConnectionError
    │                               LLMAnswerError · LLMNotRecordedError
    ├─ ExportError · BundleError · RunNotFoundError
    ├─ SubscriberError              DeliveryError · ReceiverGoneError
    ├─ ResumeError                  RunHeldError · RunbookChangedError
    └─ LedgerError                  WrongExpectedVersionError · EventIdReusedError
                                    PartialRetryError · StreamTakenError
                                    UnknownEventError
                                    BlobMissingError
                                    BlobDamagedError ─ KeyMissingError
                                    LedgerUnusableError · LedgerEmptyError
                                    LedgerWriteError
                                    CheckpointError · ErasedError
                                    ErasureRefusedError · CursorMovedError
"""

from typing import ClassVar


class WctError(Exception):
    """Root of every error that wct raises on purpose.

    ``str(error)`` is one line for people: place, reason and way out, without any
    value that was read from a data source.
    """

    code: ClassVar[str] = "wct"
    exit_status: ClassVar[int] = 1


WaivernError = WctError


class ConnectorError(WctError):
    """A connector could not do its work."""

    code = "connector"


class ConnectorConfigError(ConnectorError):
    """A connector's properties are wrong."""

    code = "connector.config"


class ConnectorExtractionError(ConnectorError):
    """A connector could not read its source."""

    code = "connector.extraction"


class AnalyserError(WctError):
    """An analyser could not do its work."""

    code = "analyser"


class AnalyserConfigError(AnalyserError):
    """An analyser's properties are wrong."""

    code = "analyser.config"


class AnalyserInputError(AnalyserError):
    """An analyser was given a message that it cannot read."""

    code = "analyser.input"


class AnalyserProcessingError(AnalyserError):
    """An analyser failed on a message that it can read."""

    code = "analyser.processing"


class MessageValidationError(WctError):
    """A message does not satisfy its schema; the text names path and rule."""

    code = "message.validation"


class ContentNotJsonError(MessageValidationError):
    """A message holds something that JSON cannot express; the text names its path."""

    code = "message.not-json"


class SchemaLoadError(WctError):
    """A JSON Schema is missing, unreadable, or not the version that it says."""

    code = "schema.load"


class DataParsingError(WctError):
    """Content does not fit the typed model that a component reads it into."""

    code = "data.parsing"


class ParserError(WctError):
    """A source file could not be parsed."""

    code = "parser"


class RulesetError(WctError):
    """A ruleset is not usable."""

    code = "ruleset"


class RulesetNotFoundError(RulesetError):
    """No installed ruleset has this name (and version)."""

    code = "ruleset.not-found"


class RulesetAlreadyRegisteredError(RulesetError):
    """Two rulesets claim one name."""

    code = "ruleset.already-registered"


class ExecutorError(WctError):
    """A runbook could not be executed, or one of its steps not be set up."""

    code = "executor"


class SchemaNotFoundError(ExecutorError):
    """A component does not produce, or does not read, the schema that a step names."""

    code = "executor.schema-not-found"


class VersionMismatchError(ExecutorError):
    """Producer and consumer have no version of the schema in common."""

    code = "executor.version-mismatch"


class VersionNotSupportedError(ExecutorError):
    """The version that the step asks for is not one that both sides support."""

    code = "executor.version-not-supported"


class UpstreamFailedError(ExecutorError):
    """A step was not attempted, because the step that it reads from failed."""

    code = "executor.upstream-failed"


class StepTimeoutError(ExecutorError):
    """A step was stopped, because it took longer than its runbook allows."""

    code = "timeout"


class StepProcessError(ExecutorError):
    """The process in which a step ran ended before the step did, or never began."""

    code = "process.died"


class StepStoppedError(ExecutorError):
    """The run was told to stop while a step ran in a process of its own.

    Never recorded: such a step has not ended.
    """

    code = "run.stopped"


class RunbookError(WctError):
    """A runbook is not usable."""

    code = "runbook"


class RunbookLoadError(RunbookError):
    """A runbook file is missing, unreadable, or not YAML."""

    code = "runbook.load"


class RunbookValidationError(RunbookError):
    """A runbook is YAML, but not a runbook."""

    code = "runbook.validation"


class ConfigurationError(WctError):
    """``wct.yaml``, or a file that belongs to it, cannot be used."""

    code = "configuration"


class ArtifactStoreError(WctError):
    """The artifact store could not answer."""

    code = "artifact-store"


class ArtifactNotFoundError(ArtifactStoreError):
    """No artifact is stored under this step id."""

    code = "artifact-store.not-found"

    def __init__(self, step_id: str) -> None:
        super().__init__(
            f"Artifact '{step_id}' not found. "
            "Ensure previous step has 'save_output: true'."
        )
        self.step_id = step_id


class LLMServiceError(WctError):
    """A language model could not be asked."""

    code = "llm"


class LLMConfigurationError(LLMServiceError):
    """A language model provider is not set up."""

    code = "llm.config"


class LLMConnectionError(LLMServiceError):
    """A language model did not answer.

    Attributes:
        retryable: the same question may be answered at another time.
        retry_after: seconds that the other side asked to be left alone for.
        status: of the HTTP answer, if there was one.
    """

    code = "llm.connection"

    def __init__(
        self,
        text: str,
        *,
        retryable: bool = False,
        retry_after: float | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(text)
        self.retryable = retryable
        self.retry_after = retry_after
        self.status = status


class LLMAnswerError(LLMServiceError):
    """A language model answered something that is no answer to the question."""

    code = "llm.answer"


class LLMNotRecordedError(LLMServiceError):
    """A step is done again, and asks what its language model was not asked then."""

    code = "llm.not-recorded"


class ExportError(WctError):
    """Results could not be written."""

    code = "export"


class BundleError(WctError):
    """A file is not a bundle, or not as it was when it was made."""

    code = "bundle"


class SubscriberError(WctError):
    """What was named, or installed, as a subscriber is none."""

    code = "subscriber"


class DeliveryError(SubscriberError):
    """A subscriber outside of this process has not taken an event.

    The text names who, why, and the way out, without anything of the event and
    without a secret.

    Attributes:
        retryable: the same event may be taken at another time. If not, only somebody
            who changes something on either side can help.
        retry_after: seconds that the other side asked to be left alone for.
        said: the last line that it left, shortened, secrets hidden as far as they can
            be known. For the eyes of who runs it; never to be stored.
    """

    code = "subscriber.delivery"

    def __init__(
        self,
        text: str,
        *,
        retryable: bool = True,
        retry_after: float | None = None,
        said: str = "",
    ) -> None:
        super().__init__(text)
        self.retryable = retryable
        self.retry_after = retry_after
        self.said = said


class ReceiverGoneError(DeliveryError):
    """The other side wants no event any more: HTTP 410."""

    code = "subscriber.gone"

    def __init__(self, text: str) -> None:
        super().__init__(text, retryable=False)


class RunNotFoundError(WctError):
    """No run, or more than one, answers to an id on the command line."""

    code = "run.not-found"


class ResumeError(WctError):
    """A run cannot be gone on with as it was asked for."""

    code = "run.resume"


class RunHeldError(ResumeError):
    """A process that lives is at work on the run."""

    code = "run.held"


class RunbookChangedError(ResumeError):
    """The runbook is not what the run began with.

    ``before`` and ``now`` are the two, in the form that is recorded: without secrets.
    """

    code = "run.runbook-changed"

    def __init__(self, text: str, before: object, now: object) -> None:
        super().__init__(text)
        self.before = before
        self.now = now


class LedgerError(WctError):
    """The ledger refused, or failed."""

    code = "ledger"


class WrongExpectedVersionError(LedgerError):
    """Somebody else appended to the stream first."""

    code = "ledger.wrong-expected-version"

    def __init__(self, stream: str, expected: int, actual: int) -> None:
        super().__init__(
            f"Stream '{stream}' is at version {actual}, not {expected}: "
            "another process appended to it. Read it again and decide anew."
        )
        self.stream = stream
        self.expected = expected
        self.actual = actual


class EventIdReusedError(LedgerError):
    """An event id is already recorded, with another stream, type or payload."""

    code = "ledger.event-id-reused"


class PartialRetryError(LedgerError):
    """Some events of a batch are recorded and others are not."""

    code = "ledger.partial-retry"


class UnknownEventError(LedgerError):
    """A strict projection met an event type that this wct does not know."""

    code = "ledger.unknown-event"


class BlobMissingError(LedgerError):
    """The ledger has no blob with this digest."""

    code = "ledger.blob-missing"


class BlobDamagedError(LedgerError):
    """A blob's bytes do not have the digest under which they are stored."""

    code = "ledger.blob-damaged"


class KeyMissingError(BlobDamagedError):
    """A blob is sealed, and the key store has no key that opens it."""

    code = "ledger.key-missing"


class StreamTakenError(LedgerError):
    """A stream cannot be taken in: one of its name is here, with other events."""

    code = "ledger.stream-taken"

    def __init__(self, stream: str) -> None:
        super().__init__(
            f"Stream '{stream}' is in this ledger already, with other events than "
            "the ones to be taken in; import it into another ledger."
        )
        self.stream = stream


class LedgerUnusableError(LedgerError):
    """What was opened is not a ledger that this wct can use."""

    code = "ledger.unusable"


class LedgerEmptyError(LedgerUnusableError):
    """There is a database, and no ledger in it yet: the first run makes it."""

    code = "ledger.empty"


class LedgerWriteError(LedgerError):
    """The ledger could not be written (disk full, read-only); nothing was recorded."""

    code = "ledger.write"


class CheckpointError(LedgerError):
    """A checkpoint or a key is not in its format, or a signature does not fit."""

    code = "ledger.checkpoint"


class ErasedError(LedgerError):
    """What is asked for was erased: its key is destroyed."""

    code = "ledger.erased"


class ErasureRefusedError(LedgerError):
    """What was asked to be erased is still at work, shared, or was never sealed."""

    code = "ledger.erasure-refused"


class CursorMovedError(LedgerError):
    """Somebody else has delivered to a subscriber meanwhile; nothing was changed."""

    code = "ledger.cursor-moved"

    def __init__(self, subscriber: str) -> None:
        super().__init__(
            f"Another process delivers events to '{subscriber}': its cursor has "
            "moved. Nothing was changed here; let the other one go on."
        )
        self.subscriber = subscriber
