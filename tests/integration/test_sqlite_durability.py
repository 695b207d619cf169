"""What an append to a SQLite ledger has done when it returns, and what comes later."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from tests.failing_disk import Disk, failing_disk
from tests.ledger_checks import first_broken, is_gapless, stored_events
from tests.waiting import until
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.sqlite import SqliteLedger, checkpointer, open_sqlite_ledger
from wct_domain.errors import LedgerError
from wct_domain.events import RunCompleted
from wct_domain.ports.ledger import ANY_VERSION, NewEvent
from wct_domain.testing.ledger_samples import (
    DONE,
    OTHER,
    RUN,
    event_id,
    foreign_rows,
    note,
    notes,
)
from wct_domain.testing.ledger_sealing_contract import checkpoint

BIG = "x" * 40_000  # ten pages


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
    opened.append("begun", notes(99_999), expected=0)
    disk.synced.clear()
    yield opened
    disk.work()
    opened.close()


def checkpointers() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if "checkpointer" in each.name]


def log_size(path: Path) -> int:
    log = path.with_name(path.name + "-wal")
    return log.stat().st_size if log.exists() else 0


def test_what_must_survive_a_power_cut_is_synced_when_append_returns(
    disk: Disk, ledger: SqliteLedger
) -> None:
    assert DONE.durability == "power"
    assert note(1).event.durability == "process"
    for number in range(1, 6):
        ledger.append(RUN, notes(number), expected=number - 1)
        assert disk.synced == []
    ledger.append(RUN, [NewEvent(event_id(6), DONE)], expected=5)
    assert disk.synced == ["ledger.db-wal"]
    ledger.append(RUN, notes(7), expected=6)
    assert len(disk.synced) == 1
    ledger.append(RUN, [note(8), NewEvent(event_id(9), DONE)], expected=7)
    assert disk.synced == ["ledger.db-wal"] * 2


def test_checkpoints_and_streams_taken_in_are_synced(
    disk: Disk, ledger: SqliteLedger
) -> None:
    ledger.add_checkpoint(checkpoint(1))
    assert disk.synced == ["ledger.db-wal"]
    ledger.import_rows(foreign_rows(OTHER, 11, 12), [])
    assert disk.synced == ["ledger.db-wal"] * 2


def test_little_work_starts_no_thread(path: Path, ledger: SqliteLedger) -> None:
    for number in range(1, 51):
        ledger.append(RUN, notes(number), expected=number - 1)
    reader = open_sqlite_ledger(path, clock=utc_now, read_only=True)
    assert len(list(reader.read(RUN))) == 50
    assert checkpointers() == []
    reader.close()


def test_a_writer_never_moves_its_log_itself(disk: Disk, ledger: SqliteLedger) -> None:
    writer = threading.get_ident()
    moved_by: set[int] = set()

    def watch(operation: str, name: str) -> None:
        if operation == "write" and name == "ledger.db":
            moved_by.add(threading.get_ident())

    disk.fail = watch
    for number in range(1, 301):
        ledger.append(RUN, [note(number, BIG)], expected=number - 1)
    assert until(lambda: bool(moved_by))
    assert writer not in moved_by


def test_a_log_is_moved_into_the_ledger_while_others_append(
    path: Path, ledger: SqliteLedger
) -> None:
    before = path.stat().st_size
    for number in range(1, 2001):
        ledger.append(RUN, [note(number, BIG)], expected=number - 1)
        if number % 100 == 0:
            assert [r.position for r in ledger.read(RUN, after=number - 1)] == [number]
    assert len(checkpointers()) == 1
    assert until(lambda: path.stat().st_size > before + 2000 * len(BIG) // 2)
    # 80 MB were written; a log that nobody starts over would be as long.
    assert log_size(path) <= 2 * checkpointer.LARGE * 4096
    ledger.close()
    assert checkpointers() == []
    assert not path.with_name("ledger.db-wal").exists()
    assert is_gapless(stored_events(path))


def test_a_log_is_cut_off_when_nobody_writes(
    path: Path, ledger: SqliteLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpointer, "QUIET", 0.05)
    for number in range(1, 151):
        ledger.append(RUN, [note(number, BIG)], expected=number - 1)
    assert until(lambda: log_size(path) == 0)
    ledger.append(RUN, notes(151), expected=150)
    assert log_size(path) > 0


def test_a_reader_in_the_way_of_the_checkpointer_bothers_nobody(
    path: Path, ledger: SqliteLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpointer, "QUIET", 0.05)
    monkeypatch.setattr(checkpointer, "LARGE", 1500)
    stuck: Any = apsw.Connection(str(path))
    stuck.execute("BEGIN")
    assert stuck.execute("SELECT count(*) FROM events").get == 1
    for number in range(1, 401):
        ledger.append(RUN, [note(number, BIG)], expected=number - 1)
    assert len(list(ledger.read(RUN))) == 400
    assert log_size(path) > 400 * len(BIG)
    stuck.execute("ROLLBACK")
    stuck.close()
    assert until(lambda: log_size(path) == 0)


def test_a_checkpoint_that_fails_is_made_later(
    disk: Disk, path: Path, ledger: SqliteLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpointer, "QUIET", 0.05)
    tried: list[str] = []

    def fail(operation: str, name: str) -> type[apsw.Error] | None:
        if name != "ledger.db" or operation != "write":
            return None
        tried.append(name)
        return apsw.FullError

    disk.fail = fail
    for number in range(1, 151):
        ledger.append(RUN, [note(number, BIG)], expected=number - 1)
    assert until(lambda: len(tried) > 2)
    ledger.append(RUN, notes(151), expected=150)
    disk.work()
    assert until(lambda: log_size(path) == 0)
    assert is_gapless(stored_events(path))


def test_a_checkpointer_leaves_a_ledger_alone_that_was_moved_away(
    path: Path, ledger: SqliteLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpointer, "QUIET", 0.5)
    for number in range(1, 101):
        ledger.append(RUN, [note(number, BIG)], expected=number - 1)
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").rename(f"{path}{suffix}.away")
    assert len(checkpointers()) == 1
    time.sleep(1)
    assert Path(f"{path}-wal.away").stat().st_size > 100 * len(BIG)
    with pytest.raises(LedgerError):
        ledger.append(RUN, notes(101), expected=100)
    ledger.close()
    assert not path.exists()


def test_a_run_of_all_kinds_of_appends_is_as_durable_as_its_last_power_event(
    disk: Disk, path: Path, ledger: SqliteLedger
) -> None:
    for number in range(1, 41):
        event = (
            RunCompleted(succeeded=number, failed=0, skipped=0)
            if number % 10 == 0
            else note(number).event
        )
        ledger.append(RUN, [NewEvent(event_id(number), event)], expected=ANY_VERSION)
        assert len(disk.synced) == number // 10
    assert first_broken(stored_events(path)) is None
