"""Damage inside of a SQLite ledger: named by readers, seen by verifiers."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.ledger_forgery import straight_to, without_triggers
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.sqlite import SqliteLedger, open_sqlite_ledger
from wct_adapters.ledgers.sqlite.connections import connect_for_reading
from wct_adapters.ledgers.sqlite.presence import OpenedFile
from wct_adapters.ledgers.sqlite.read import PagedReader
from wct_adapters.ledgers.sqlite.sealed import SealedReader
from wct_domain.errors import BlobDamagedError, LedgerUnusableError
from wct_domain.testing.ledger_samples import RUN, blob_of, notes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqliteLedger]:
    opened = open_sqlite_ledger(path, clock=utc_now)
    yield opened
    opened.close()


def test_a_payload_that_cannot_be_read_is_named(
    path: Path, ledger: SqliteLedger
) -> None:
    ledger.append(RUN, notes(1, 2), expected=0)
    connection = without_triggers(path)
    connection.execute(
        "UPDATE events SET payload = CAST('?' AS BLOB) WHERE position = 2"
    )
    connection.close()
    reader = ledger.read(RUN)
    assert next(reader).position == 1
    with pytest.raises(LedgerUnusableError, match=f"event 2 of stream '{RUN}'"):
        next(reader)


@pytest.mark.parametrize("table", ["types", "streams"])
def test_an_event_without_a_name_for_its_number_is_damage_and_not_absent(
    path: Path, ledger: SqliteLedger, table: str
) -> None:
    ledger.append(RUN, notes(1), expected=0)
    ledger.close()
    connection = without_triggers(path)
    connection.execute(f"UPDATE {table} SET id = 1000 + id")
    connection.close()
    reader = open_sqlite_ledger(path, clock=utc_now, read_only=True)
    with pytest.raises(LedgerUnusableError, match=f"damaged.*{table}"):
        list(reader.read_all())
    (row,) = reader.rows()  # which a verifier is to see, whatever it is
    assert (row.type, row.stream)[table == "streams"].startswith("?")
    reader.close()


@pytest.mark.parametrize(
    "damage",
    ["event_id = x'00'", "causation = x'0011'", "recorded_at = 1 << 62", "salt = x''"],
)
def test_a_verifier_sees_every_row_whatever_is_damaged(
    path: Path, ledger: SqliteLedger, damage: str
) -> None:
    ledger.append(RUN, notes(1, 2, 3), expected=0)
    before = list(ledger.rows())
    connection = without_triggers(path)
    connection.execute(f"UPDATE events SET {damage} WHERE position = 2")
    connection.close()
    after = list(ledger.rows())
    assert [after[0], after[2]] == [before[0], before[2]]
    assert after[1] != before[1]


def test_a_date_out_of_range_is_damage(path: Path, ledger: SqliteLedger) -> None:
    ledger.append(RUN, notes(1), expected=0)
    connection = without_triggers(path)
    connection.execute("UPDATE events SET recorded_at = 1 << 62")
    connection.close()
    with pytest.raises(LedgerUnusableError, match=r"damaged.*dated"):
        list(ledger.read(RUN))


def test_a_damaged_blob_is_named(path: Path, ledger: SqliteLedger) -> None:
    blob = blob_of(b"as it was")
    ledger.append(RUN, notes(1), expected=0, blobs=[blob])
    connection = straight_to(path)
    connection.execute("UPDATE blobs SET stored = CAST('forged' AS BLOB)")
    connection.close()
    with pytest.raises(BlobDamagedError, match=blob.digest):
        ledger.blob(blob.digest)


class Circle(PagedReader):
    """Reads a file whose pages lead back to the first one, for ever."""

    def page(self, sql: str, bindings: tuple[str | int | bytes, ...]) -> list[Any]:
        if "position > ?" not in sql:
            return super().page(sql, bindings)
        return super().page(sql, (*bindings[:-1], 0))


def test_pages_that_lead_in_a_circle_are_damage_and_no_endless_loop(
    path: Path, ledger: SqliteLedger
) -> None:
    ledger.append(RUN, notes(1, 2), expected=0)
    circle = Circle(partial(connect_for_reading, path), OpenedFile(path), "it")
    sealed = SealedReader(circle, "it")
    for endless in (
        circle.read_all(after=0, types=None),
        sealed.rows(),
        sealed.rows(stream=RUN),
    ):
        with pytest.raises(LedgerUnusableError, match="rows are not in order"):
            list(endless)
    circle.close()
