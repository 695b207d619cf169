"""One SQLite ledger that threads share: its connections have no lock but ours."""

from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event

from wct_adapters.identity import new_id, utc_now
from wct_adapters.ledgers.sqlite import SqliteLedger, open_sqlite_ledger
from wct_domain.events import ArtifactsCleared
from wct_domain.ports.ledger import NewEvent

BATCH, BATCHES, READERS, WRITERS = 50, 40, 4, 2


def write(ledger: SqliteLedger) -> None:
    run = new_id()
    for batch in range(BATCHES):
        events = [NewEvent(new_id(), ArtifactsCleared()) for _ in range(BATCH)]
        ledger.append(run, events, expected=batch * BATCH)


def read(ledger: SqliteLedger, complete: Event) -> list[int]:
    """Follow the ledger until it is complete; return what was seen, in order."""
    seen: list[int] = []
    cursor = None
    last = False
    while not last:
        last = complete.is_set()
        for recorded in ledger.read_all(after=cursor):
            seen.append(recorded.global_position)
            cursor = ledger.cursor(recorded)
    return seen


def test_each_thread_sees_every_event_once_while_others_read_and_write(
    tmp_path: Path,
) -> None:
    ledger = open_sqlite_ledger(tmp_path / "ledger.db", clock=utc_now)
    complete = Event()
    with ThreadPoolExecutor(READERS + WRITERS) as threads:
        readers = [threads.submit(read, ledger, complete) for _ in range(READERS)]
        writers = [threads.submit(write, ledger) for _ in range(WRITERS)]
        wait(writers)
        complete.set()
    assert [writer.exception() for writer in writers] == [None] * WRITERS
    every = list(range(1, WRITERS * BATCHES * BATCH + 1))
    assert all(reader.result() == every for reader in readers)
    ledger.close()
