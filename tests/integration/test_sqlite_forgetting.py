"""What a SQLite ledger forgets is in none of its files, and its room is given back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from tests.ledger_checks import first_broken, stored_events
from tests.waiting import until
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.sqlite import SqliteLedger, checkpointer, open_sqlite_ledger
from wct_domain.ports.ledger import NewEvent
from wct_domain.testing.ledger_samples import DONE, RUN, blob_of, event_id, note, notes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqliteLedger]:
    opened = open_sqlite_ledger(path, clock=utc_now)
    yield opened
    opened.close()


def test_what_is_forgotten_is_in_no_file(path: Path, ledger: SqliteLedger) -> None:
    secret = b"somebody's name, and more" * 4
    wide = b"in pages of its own" * 4000
    blobs = [blob_of(secret), blob_of(wide)]
    ledger.append(RUN, [note(1, "payload to go")], expected=0, blobs=blobs)
    assert secret in files_of(path)
    forget = [blob.digest for blob in blobs]
    ledger.append(RUN, [NewEvent(event_id(2), DONE)], expected=1, forget=forget)
    ledger.append(RUN, notes(3), expected=2, redact=[1])
    for gone in (secret, wide[:40], b"payload to go"):
        assert gone not in files_of(path)


def test_what_is_forgotten_while_somebody_reads_goes_when_it_is_quiet(
    path: Path, ledger: SqliteLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpointer, "QUIET", 0.05)
    secret = blob_of(b"somebody's name, and more" * 4)
    ledger.append(RUN, notes(1), expected=0, blobs=[secret])
    stuck: Any = apsw.Connection(str(path))
    stuck.execute("BEGIN")
    assert stuck.execute("SELECT count(*) FROM events").get == 1
    ledger.append(RUN, notes(2), expected=1, forget=[secret.digest])
    assert secret.stored in files_of(path)
    stuck.execute("ROLLBACK")
    stuck.close()
    assert until(lambda: secret.stored not in files_of(path))


def files_of(path: Path) -> bytes:
    files = (path.with_name(path.name + suffix) for suffix in ("", "-wal"))
    return b"".join(file.read_bytes() for file in files if file.exists())


def test_a_ledger_gives_room_back(path: Path, ledger: SqliteLedger) -> None:
    blobs = [blob_of(bytes([number]) * 100_000) for number in range(50)]
    ledger.append(RUN, notes(1), expected=0, blobs=blobs)
    forget = [blob.digest for blob in blobs[1:]]
    ledger.append(RUN, notes(2), expected=1, forget=forget)
    space = ledger.maintenance.space()
    assert space.ledger > space.unused > 4_000_000
    assert ledger.maintenance.compact() > 4_000_000
    after = ledger.maintenance.space()
    assert after.ledger + 4_000_000 < space.ledger
    assert (after.unused, after.log) == (0, 0)
    assert ledger.blob(blobs[0].digest) == blobs[0].stored
    ledger.append(RUN, notes(3), expected=2)
    assert first_broken(stored_events(path)) is None
