"""A file shows what memory shows, whatever is done; faulty ledgers are told apart."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.differential import machine
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.memory import MemoryLedger
from wct_adapters.ledgers.sqlite import open_sqlite_ledger
from wct_domain.errors import WrongExpectedVersionError
from wct_domain.ports.cursors import Cursor
from wct_domain.ports.ledger import Blob, Ledger, NewEvent, Recorded, Stream
from wct_domain.ports.sealed_log import StoredCheckpoint, StoredRow


def memory(directory: Path) -> Ledger:
    del directory
    return MemoryLedger(utc_now)


def sqlite(directory: Path) -> Ledger:
    return open_sqlite_ledger(directory / "ledger.db", clock=utc_now)


def test_a_file_shows_what_memory_shows() -> None:
    slow = [HealthCheck.too_slow]
    run_state_machine_as_test(
        machine(memory, sqlite),
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=slow,
        ),
    )


class Faulty(MemoryLedger):
    """Appends as asked; each fault changes one thing."""

    def append(
        self, stream: str, events: Sequence[NewEvent], **how: Any
    ) -> tuple[Recorded, ...]:
        return super().append(stream, events, **self.changed(stream, **how))

    def changed(self, stream: str, **how: Any) -> dict[str, Any]:
        return how


class IgnoresTheExpectedVersion(Faulty):
    def changed(self, stream: str, **how: Any) -> dict[str, Any]:
        return {**how, "expected": None}


class IgnoresWhatToForget(Faulty):
    def changed(self, stream: str, **how: Any) -> dict[str, Any]:
        return {**how, "forget": ()}


class RedactsTheNextPosition(Faulty):
    def changed(self, stream: str, **how: Any) -> dict[str, Any]:
        return {**how, "redact": {each + 1 for each in how["redact"]}}


class LosesTheCorrelation(Faulty):
    def changed(self, stream: str, **how: Any) -> dict[str, Any]:
        return {**how, "correlation_id": None}


class KeepsBlobsOfARefusedBatch(Faulty):
    def append(
        self, stream: str, events: Sequence[NewEvent], **how: Any
    ) -> tuple[Recorded, ...]:
        blobs: Sequence[Blob] = how["blobs"]
        if events:
            self._contents.blobs.update((blob.digest, blob.stored) for blob in blobs)
        return super().append(stream, events, **how)


class RefusesARetry(Faulty):
    def append(
        self, stream: str, events: Sequence[NewEvent], **how: Any
    ) -> tuple[Recorded, ...]:
        known = {each.id for each in self.read(stream)}
        if events and all(each.id in known for each in events):
            raise WrongExpectedVersionError(stream, how["expected"], len(known))
        return super().append(stream, events, **how)


class RecordsHalfABatch(Faulty):
    def append(
        self, stream: str, events: Sequence[NewEvent], **how: Any
    ) -> tuple[Recorded, ...]:
        return super().append(stream, events[:2], **how)


class MissesAnEventAfterACursor(MemoryLedger):
    def read_all(
        self,
        *,
        after: Cursor | None = None,
        types: Collection[str] | None = None,
        settled: bool = True,
    ) -> Iterator[Recorded]:
        found = super().read_all(after=after, types=types)
        if after is not None:
            next(found, None)
        return found


class HasACursorThatStandsStill(MemoryLedger):
    def cursor(self, recorded: Recorded) -> Cursor:
        earlier = max(0, recorded.global_position - 1)
        return super().cursor(recorded._replace(global_position=earlier))


class ReadsAllTypes(MemoryLedger):
    def read_all(
        self,
        *,
        after: Cursor | None = None,
        types: Collection[str] | None = None,
        settled: bool = True,
    ) -> Iterator[Recorded]:
        return super().read_all(after=after, types=None)


class FindsPrefixesInside(MemoryLedger):
    def streams(self, prefix: str = "") -> list[Stream]:
        return [each for each in super().streams() if prefix in each.name]


class SealsOneEventLess(MemoryLedger):
    def seal(self, *, patience: float = 0.0) -> int:
        return max(0, super().seal(patience=patience) - 1)


class KeepsOnlyTheLastCheckpoint(MemoryLedger):
    def add_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        self._contents.checkpoints.clear()
        super().add_checkpoint(checkpoint)


class ImportsAStreamTwice(MemoryLedger):
    def import_rows(self, rows: Sequence[StoredRow], blobs: Sequence[Blob]) -> int:
        super().import_rows(rows, blobs)
        return len(rows)


FAULTS = [
    IgnoresTheExpectedVersion,
    IgnoresWhatToForget,
    RedactsTheNextPosition,
    LosesTheCorrelation,
    KeepsBlobsOfARefusedBatch,
    RefusesARetry,
    RecordsHalfABatch,
    MissesAnEventAfterACursor,
    HasACursorThatStandsStill,
    ReadsAllTypes,
    FindsPrefixesInside,
    SealsOneEventLess,
    KeepsOnlyTheLastCheckpoint,
    ImportsAStreamTwice,
]


@pytest.mark.parametrize("faulty", FAULTS, ids=lambda each: each.__name__)
def test_a_planted_fault_is_told_apart(faulty: type[MemoryLedger]) -> None:
    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            machine(memory, lambda _: faulty(utc_now)),
            settings=settings(
                max_examples=500,
                deadline=None,
                derandomize=True,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=[
                    HealthCheck.too_slow,
                    HealthCheck.filter_too_much,
                ],
            ),
        )
