"""Events that somebody put where the numbers of the ledger do not lead."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from tests.ledger_forgery import straight_to
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.ciphers import signature_fits
from wct_adapters.ledgers.postgres import open_postgres_ledger
from wct_adapters.ledgers.sqlite import SqliteLedger, open_sqlite_ledger
from wct_domain.chain import header, link, payload_digest
from wct_domain.ports.ledger import Ledger
from wct_domain.ports.sealed_log import StoredRow
from wct_domain.testing.ledger_samples import OTHER, RUN, event_id, notes, sealed
from wct_domain.verification import Trust, verify_ledger, verify_run

IDS = UUID(event_id(9)).bytes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def sqlite(path: Path) -> Iterator[SqliteLedger]:
    with closing(open_sqlite_ledger(path, clock=utc_now)) as ledger:
        yield ledger


def recorded(ledger: Ledger) -> StoredRow:
    """Record two streams; return the last event of the first."""
    ledger.append(RUN, notes(1, 2), expected=0)
    ledger.append(OTHER, notes(3), expected=0)
    sealed(ledger, 3)
    assert places(ledger) == [[], []]
    return list(ledger.rows(stream=RUN))[-1]


def hash_of_next(last: StoredRow) -> bytes:
    """Compute what anybody can: the hash of one more event, with the same payload."""
    assert last.salt is not None
    assert last.payload is not None
    head = header(
        *(RUN, last.position + 1, event_id(9), last.type, last.recorded_at),
        *(last.correlation_id, last.causation_id),
    )
    return link(last.hash, head, payload_digest(last.salt, last.payload))


def places(ledger: Ledger) -> list[list[str]]:
    trust = Trust(signature_fits)
    verdicts = (verify_ledger(ledger, trust), verify_run(ledger, RUN, trust))
    return [[flaw.place for flaw in verdict.flaws] for verdict in verdicts]


@pytest.mark.parametrize("position", [0, -1, -(1 << 63)])
def test_an_event_below_the_first_number_is_found(
    sqlite: SqliteLedger, path: Path, position: int
) -> None:
    last = recorded(sqlite)
    connection = straight_to(path)
    connection.execute(
        "INSERT INTO events SELECT ?, stream, 3, ?, type, recorded_at, correlation, "
        "causation, salt, payload, payload_digest, ? FROM events "
        "WHERE global_position = 2",
        (position, IDS, hash_of_next(last)),
    )
    connection.close()
    assert len(list(sqlite.read(RUN))) == 3  # as readers see it
    assert places(sqlite) == [[f"event 3 of {RUN}"]] * 2


def test_an_event_of_a_transaction_that_was_numbered_before_is_found(
    postgres_url: str, tmp_path: Path
) -> None:
    keys = tmp_path / "keys"
    with closing(
        open_postgres_ledger(postgres_url, clock=utc_now, keys=lambda _: keys)
    ) as ledger:
        last = recorded(ledger)
        with psycopg.connect(postgres_url) as beside:
            beside.execute(
                "INSERT INTO wct.events (xid, stream, position, event_id, type, "
                "recorded_at, correlation, causation, salt, payload, hash) "
                "SELECT '5', stream, 3, %s, type, recorded_at, correlation, causation, "
                "salt, payload, %s FROM wct.events WHERE position = 2",
                (IDS, hash_of_next(last)),
            )
        sealed(ledger, 3)
        assert len(list(ledger.read(RUN))) == 3  # as readers see it
        assert places(ledger) == [[f"event 3 of {RUN}"]] * 2
