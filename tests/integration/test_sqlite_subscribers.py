"""What a SQLite file keeps of subscribers: in older files, and in copies."""

from contextlib import closing
from pathlib import Path

from wct_adapters.identity import utc_now
from wct_adapters.ledgers.sqlite import SqliteLedger, open_sqlite_ledger
from wct_adapters.ledgers.sqlite.connections import connect_for_writing
from wct_adapters.ledgers.sqlite.restoring import restore_sqlite_ledger
from wct_domain.ports.cursors import KeptRow, Row
from wct_domain.testing.ledger_samples import OTHER, RUN, event_id, notes
from wct_domain.testing.ledger_subscriber_contract import parked

TABLES = ("subscribers", "parked", "kept_rows")


def opened(path: Path, *, read_only: bool = False) -> SqliteLedger:
    return open_sqlite_ledger(path, clock=utc_now, read_only=read_only)


def test_a_file_of_an_older_wct_is_given_the_tables(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with closing(opened(path)) as ledger:
        ledger.append(RUN, notes(1, 2), expected=0)
    connection = connect_for_writing(path)
    for table in TABLES:
        connection.execute(f"DROP TABLE {table}")
    connection.close()
    before = path.read_bytes()
    with closing(opened(path, read_only=True)) as ledger:
        assert ledger.cursors.standings() == []
        assert ledger.cursors.standing("chat") is None
        assert ledger.cursors.parked("chat") == []
        assert list(ledger.cursors.rows("chat")) == []
    assert path.read_bytes() == before
    with closing(opened(path)) as ledger:
        begun = ledger.cursors.begin("chat", None)
        ledger.cursors.move(begun, begun, rows=[(RUN, Row("k"))], park=[parked()])
        assert [each.key for each in ledger.cursors.rows("chat")] == ["k"]
        assert len(list(ledger.read_all())) == 2


def test_a_restored_ledger_goes_on_where_the_backup_stood(tmp_path: Path) -> None:
    path, backup, restored = (tmp_path / each for each in ("a.db", "b.db", "c.db"))
    with closing(opened(path)) as ledger:
        first, _ = ledger.append(RUN, notes(1, 2), expected=0)
        begun = ledger.cursors.begin("chat", ledger.cursor(first))
        rows = [(RUN, Row("k", {"n": 1}))]
        ledger.cursors.move(begun, begun, rows=rows, park=[parked()])
        ledger.maintenance.backup(backup)
        ledger.append(OTHER, notes(3), expected=0)
    restore_sqlite_ledger(backup, restored, keys_from=path.with_name("a.db.keys"))
    with closing(opened(restored)) as ledger:
        (standing,) = ledger.cursors.standings()
        (rest,) = ledger.read_all(after=standing.cursor)
        assert rest.id == event_id(2)
        assert list(ledger.cursors.rows("chat")) == [KeptRow("k", {"n": 1}, RUN)]
        assert ledger.cursors.parked("chat") == [parked()]


def test_rows_that_are_forgotten_are_not_in_the_file_either(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with closing(opened(path)) as ledger:
        begun = ledger.cursors.begin("chat", None)
        rows = [(RUN, Row(f"key {number}", {"of": RUN})) for number in range(300)]
        ledger.cursors.move(begun, begun, rows=rows)
        assert ledger.cursors.forget(RUN) == 300
        for suffix in ("", "-wal"):
            file = path.with_name(path.name + suffix)
            assert b"key 299" not in (file.read_bytes() if file.exists() else b"")
