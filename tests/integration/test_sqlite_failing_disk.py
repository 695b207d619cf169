"""A disk that fails or fills up under a SQLite ledger: an error, and nothing lost."""

import os
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.failing_disk import Disk, failing_disk
from tests.ledger_checks import first_broken, is_gapless, stored_events
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.sqlite import SqliteLedger, open_sqlite_ledger
from wct_adapters.ledgers.sqlite.failures import read_failure
from wct_domain.errors import BlobMissingError, LedgerError, LedgerWriteError
from wct_domain.ports.ledger import NewEvent
from wct_domain.testing.ledger_samples import (
    DONE,
    OTHER,
    RUN,
    blob_of,
    event_id,
    foreign_rows,
    notes,
)
from wct_domain.testing.ledger_sealing_contract import checkpoint

ERRORS = [apsw.FullError, apsw.IOError]


@pytest.fixture
def disk() -> Iterator[Disk]:
    with failing_disk() as made:
        yield made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(disk: Disk, path: Path) -> Iterator[SqliteLedger]:
    opened = open_sqlite_ledger(path, clock=utc_now)
    opened.append(RUN, notes(1), expected=0)
    yield opened
    disk.work()
    opened.close()


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("operation", ["write", "sync"])
def test_what_cannot_be_written_is_not_recorded_and_can_be_tried_again(
    disk: Disk,
    path: Path,
    ledger: SqliteLedger,
    error: type[apsw.Error],
    operation: str,
) -> None:
    blob = blob_of(os.urandom(20_000))
    batch = [*notes(2), NewEvent(event_id(3), DONE)]
    disk.fail_always(error, operation)
    for _ in range(3):
        with pytest.raises(LedgerWriteError, match="nothing was recorded") as caught:
            ledger.append(RUN, batch, expected=1, blobs=[blob])
        assert ("disk is full" in str(caught.value)) == (error is apsw.FullError)
        assert "\n" not in str(caught.value)
    assert [r.id for r in ledger.read(RUN)] == [event_id(1)]
    with pytest.raises(BlobMissingError):
        ledger.blob(blob.digest)
    disk.work()
    ledger.append(RUN, batch, expected=1, blobs=[blob])
    ledger.close()
    assert len(stored_events(path)) == 3
    assert first_broken(stored_events(path)) is None


@pytest.mark.parametrize("error", ERRORS)
def test_checkpoints_and_streams_taken_in_are_whole_or_not_there(
    disk: Disk, path: Path, ledger: SqliteLedger, error: type[apsw.Error]
) -> None:
    rows, blob = foreign_rows(OTHER, *range(11, 60)), blob_of(os.urandom(50_000))
    failures = 0
    for count in range(200):
        disk.fail_at(count, error)
        try:
            stored = ledger.import_rows(rows, [blob])
        except LedgerWriteError:
            failures += 1
            assert [stream.name for stream in ledger.streams()] == [RUN]
        else:
            assert stored == len(rows)
            break
    assert failures > 10
    disk.fail_always(error)
    with pytest.raises(LedgerWriteError):
        ledger.add_checkpoint(checkpoint(1))
    assert ledger.last_checkpoint() is None
    disk.work()
    ledger.close()
    assert first_broken(stored_events(path)) is None


def test_what_was_to_be_forgotten_is_there_if_that_could_not_be_recorded(
    disk: Disk, ledger: SqliteLedger
) -> None:
    blob = blob_of(b"still needed")
    ledger.append(RUN, notes(2), expected=1, blobs=[blob])
    disk.fail_always(apsw.FullError)
    with pytest.raises(LedgerWriteError):
        ledger.append(RUN, notes(3), expected=2, forget=[blob.digest], redact=[1])
    disk.work()
    assert ledger.blob(blob.digest) == blob.stored
    assert [type(r.event).__name__ for r in ledger.read(RUN)] == ["PluginNoted"] * 2


def test_what_is_recorded_counts_though_the_log_cannot_be_moved(
    disk: Disk, ledger: SqliteLedger
) -> None:
    blob = blob_of(b"to be forgotten")
    ledger.append(RUN, notes(2), expected=1, blobs=[blob])
    disk.fail_always(apsw.FullError, suffix="ledger.db")
    ledger.append(RUN, notes(3), expected=2, forget=[blob.digest])
    assert len(list(ledger.read(RUN))) == 3
    with pytest.raises(BlobMissingError):
        ledger.blob(blob.digest)


@pytest.mark.parametrize("error", ERRORS)
def test_a_copy_that_cannot_be_written_leaves_no_file(
    disk: Disk, ledger: SqliteLedger, tmp_path: Path, error: type[apsw.Error]
) -> None:
    ledger.append(RUN, notes(2), expected=1, blobs=[blob_of(os.urandom(100_000))])
    before = set(tmp_path.iterdir())
    for count in (0, 1, 5, 20):
        disk.fail_at(count, error)
        with pytest.raises(LedgerWriteError, match="backup"):
            ledger.maintenance.backup(tmp_path / "backup.db")
        disk.work()
        assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize("error", ERRORS)
def test_a_compaction_that_fails_loses_nothing(
    disk: Disk, path: Path, ledger: SqliteLedger, error: type[apsw.Error]
) -> None:
    blobs = [blob_of(os.urandom(10_000)) for _ in range(30)]
    ledger.append(RUN, notes(2), expected=1, blobs=blobs)
    forget = [blob.digest for blob in blobs[::2]]
    ledger.append(RUN, notes(3), expected=2, forget=forget)
    for count in (0, 3, 30, 60):
        disk.fail_at(count, error)
        with pytest.raises(LedgerError):
            ledger.maintenance.compact()
        disk.work()
        assert len(list(ledger.read(RUN))) == 3
        assert [ledger.blob(blob.digest) for blob in blobs[1::2]] == [
            blob.stored for blob in blobs[1::2]
        ]
    assert ledger.maintenance.compact() > 0
    assert first_broken(stored_events(path)) is None


@given(
    # Of each batch: how many events, how large a blob, and the operation that fails.
    st.lists(
        st.tuples(
            st.integers(1, 4),
            st.sampled_from([0, 300, 9_000, 60_000]),
            st.none() | st.integers(0, 30),
            st.sampled_from(ERRORS),
            st.booleans(),
        ),
        max_size=12,
    )
)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_was_acknowledged_is_there_whatever_fails_when(
    tmp_path_factory: pytest.TempPathFactory,
    batches: list[tuple[int, int, int | None, type[apsw.Error], bool]],
) -> None:
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    told: list[str] = []
    with failing_disk() as disk:
        ledger = open_sqlite_ledger(path, clock=utc_now)
        number = 0
        for events, size, fails_at, error, again in batches:
            numbers = range(number + 1, number + 1 + events)
            number += events
            batch = [*notes(*numbers)[:-1], NewEvent(event_id(number), DONE)]
            blobs = [blob_of(bytes([number]) * size)]
            if fails_at is not None:
                disk.fail_at(fails_at, error)
            for _ in range(1 + again):
                try:
                    recorded = ledger.append(
                        RUN, batch, expected=len(told), blobs=blobs
                    )
                except LedgerWriteError:
                    disk.work()
                else:
                    told += [r.id for r in recorded]
                    break
            disk.work()
            assert [r.id for r in ledger.read(RUN)] == told
        ledger.close()
    events_there = stored_events(path)
    assert [str(event_id_of(each.event_id)) for each in events_there] == told
    assert is_gapless(events_there)
    assert first_broken(events_there) is None


def event_id_of(raw: bytes) -> str:
    text = raw.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def test_what_was_acknowledged_outlives_a_log_that_was_deleted_meanwhile(
    path: Path, ledger: SqliteLedger
) -> None:
    ledger.append(RUN, notes(2, 3), expected=1)
    path.with_name("ledger.db-wal").unlink()
    with pytest.raises(LedgerWriteError, match="was deleted or replaced"):
        ledger.append(RUN, notes(4), expected=3)
    ledger.close()
    assert len(stored_events(path)) == 3
    again = open_sqlite_ledger(path, clock=utc_now)
    again.append(RUN, notes(4), expected=3)
    again.close()
    assert first_broken(stored_events(path)) is None


def test_a_reader_that_the_disk_fails_is_told_that_it_may_be_full() -> None:
    told = str(read_failure("x.db", apsw.IOError("disk I/O error")))
    assert told.endswith("free some space if the disk is full, else check it")
