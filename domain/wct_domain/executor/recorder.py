"""The single writer of a stream: append, fold, publish."""

from collections.abc import Callable, Collection, Sequence
from threading import Lock
from typing import TypeAlias

from wct_domain.errors import LedgerError, LedgerWriteError
from wct_domain.events import Event
from wct_domain.ports.clock import NewId
from wct_domain.ports.ledger import Blob, EventLog, NewEvent, Recorded

Fold: TypeAlias = Callable[[Recorded], None]
"""A projection of wct's own, kept current with each append."""


class _Turn:
    """One caller's batch, waiting for whoever writes next."""

    def __init__(self, events: tuple[NewEvent, ...], blobs: tuple[Blob, ...]) -> None:
        self.events = events
        self.blobs = blobs
        self.forget: Collection[str] = ()
        self.redact: Collection[int] = ()
        self.recorded: tuple[Recorded, ...] = ()
        self.error: LedgerError | None = None
        self.done = False


class Recorder:
    """Appends batches of one stream, each at the version that the last one left.

    Several threads may record at once: who holds the lock commits everything that
    waits in one append (group commit), so that no thread of its own is needed and a
    batch that nobody competes with costs no switch of threads. Each batch stays
    atomic: it is a whole part of an atomic append.

    Args:
        correlation: the run that the stream belongs to; the stream itself by default.
        version: of the stream, as the caller saw it.
    """

    def __init__(
        self,
        log: EventLog,
        stream: str,
        *,
        new_id: NewId,
        folds: Sequence[Fold] = (),
        publish: Callable[[Recorded], None] | None = None,
        version: int = 0,
        correlation: str | None = None,
    ) -> None:
        self.stream = stream
        self._correlation = correlation
        self._log = log
        self._new_id = new_id
        self._folds = tuple(folds)
        self._publish = publish
        self._version = version
        self._waiting: list[_Turn] = []
        self._queue = Lock()
        self._writer = Lock()
        self._refusal: LedgerError | None = None
        self.closed = False

    def record(
        self,
        events: tuple[Event, ...],
        blobs: tuple[Blob, ...] = (),
        cause: str | None = None,
        forget: Collection[str] = (),
        redact: Collection[int] = (),
    ) -> tuple[Recorded, ...]:
        """Append a batch; return when it is recorded, folded and published.

        Args:
            cause: id of the event that led to these.
            forget: digests of blobs that go with it.
            redact: positions of events whose payloads go with it.

        Raises:
            LedgerError: nothing of the batch was recorded. After the first failure,
                and after ``close``, every later batch is refused: what follows
                a gap would not be the history of this run.
        """
        turn = self._turn(events, blobs, cause)
        turn.forget, turn.redact = forget, redact
        with self._queue:
            self._waiting.append(turn)
        with self._writer:
            if not turn.done:
                self._commit()
        if turn.error is not None:
            raise turn.error
        return turn.recorded

    def close(
        self,
        last: Callable[[], tuple[tuple[Event, ...], tuple[Blob, ...]]],
        cause: str | None,
        reason: str,
    ) -> tuple[Recorded, ...]:
        """Append the last batch of this writer, and refuse all others from now on.

        Args:
            last: makes the batch, when no other one can come before it any more: what
                the folds say then is how the record ends.
            reason: why others are refused, those that wait included.

        Raises:
            LedgerError: nothing of the batch was recorded.
        """
        with self._writer:
            events, blobs = last()
            turn = self._turn(events, blobs, cause)
            self._append([turn])
            self.closed = True
            self._refusal = self._refusal or LedgerWriteError(reason)
        if turn.error is not None:
            raise turn.error
        return turn.recorded

    def _turn(
        self, events: tuple[Event, ...], blobs: tuple[Blob, ...], cause: str | None
    ) -> _Turn:
        new = tuple(NewEvent(self._new_id(), event, cause) for event in events)
        return _Turn(new, blobs)

    def _commit(self) -> None:
        with self._queue:
            turns, self._waiting = self._waiting, []
        self._append(turns)

    def _append(self, turns: list[_Turn]) -> None:
        events = [event for turn in turns for event in turn.events]
        blobs = [blob for turn in turns for blob in turn.blobs]
        try:
            if self._refusal is not None:
                raise self._refusal
            recorded = self._log.append(
                self.stream,
                events,
                expected=self._version,
                blobs=blobs,
                correlation_id=self._correlation,
                forget=[digest for turn in turns for digest in turn.forget],
                redact=[position for turn in turns for position in turn.redact],
            )
        except BaseException as error:
            # Also an interrupt: what was committed by then, only the ledger knows.
            refused = error if isinstance(error, LedgerError) else _unfinished(error)
            self._refusal = refused
            for turn in turns:
                turn.error, turn.done = refused, True
            if refused is error:
                return
            raise
        self._version += len(recorded)
        start = 0
        for turn in turns:
            turn.recorded = recorded[start : start + len(turn.events)]
            start += len(turn.events)
            turn.done = True
        for each in recorded:
            for fold in self._folds:
                fold(each)
            if self._publish is not None:
                self._publish(each)


def _unfinished(error: BaseException) -> LedgerError:
    return LedgerWriteError(
        f"an append was broken off ({type(error).__name__}); nothing more is recorded"
    )


class Causes:
    """Which event led to which, while one handler is iterated.

    The first batch is caused by what made the command be given; the rest by the
    handler's own first event (``step.started`` causes ``step.completed``).
    """

    def __init__(self, given: str | None) -> None:
        self._given = given
        self._first: str | None = None

    @property
    def now(self) -> str | None:
        """Cause of the next batch."""
        return self._first or self._given

    def after(self, recorded: tuple[Recorded, ...]) -> None:
        """Take note of a recorded batch."""
        if self._first is None and recorded:
            self._first = recorded[0].id
