"""What can be wrong with a PostgreSQL ledger when it is opened: one clear line each."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.postgres import Server
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.postgres import PostgresLedger, open_postgres_ledger
from wct_domain.errors import LedgerUnusableError, LedgerWriteError
from wct_domain.ports.cursors import Row
from wct_domain.testing.ledger_samples import OTHER, RUN, event_id, notes, sealed

SECRET = "open-sesame"
PAGE = "keep-the-ledger-in-postgresql.md"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def opened(
    url: str, keys: Path, *, create: bool = True, read_only: bool = False
) -> PostgresLedger:
    return open_postgres_ledger(
        url,
        clock=utc_now,
        keys=lambda _: keys,
        create=create,
        read_only=read_only,
    )


def refusal(url: str, keys: Path, **how: bool) -> str:
    """Open what cannot be opened; return what is said, which has no secret in it."""
    with pytest.raises(LedgerUnusableError) as caught:
        opened(url, keys, **how)
    said = str(caught.value)
    assert SECRET not in said
    assert "\n" not in said
    return said


def executed(url: str, *statements: str) -> None:
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@pytest.fixture
def recorded(postgres_url: str, keys: Path) -> str:
    """A ledger with three events in two streams."""
    with closing(opened(postgres_url, keys)) as ledger:
        ledger.append(RUN, notes(1, 2), expected=0)
        ledger.append(OTHER, notes(3), expected=0)
    return postgres_url


# What is there


def test_where_nothing_is_recorded_a_reader_makes_nothing(
    postgres_url: str, keys: Path
) -> None:
    for how in ({"read_only": True}, {"create": False}):
        assert "nothing is recorded there yet" in refusal(postgres_url, keys, **how)
    with closing(psycopg.connect(postgres_url)) as connection:
        found = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'wct'")
        assert found.fetchall() == []
    assert not keys.exists()


def test_those_who_come_first_at_the_same_time_make_one_ledger(
    postgres_url: str, keys: Path
) -> None:
    def work(number: int) -> str:
        with closing(opened(postgres_url, keys)) as ledger:
            ledger.append(f"of {number}", notes(number), expected=0)
            return ledger.log_id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(work, range(1, 9)))) == 1
    with closing(opened(postgres_url, keys)) as ledger:
        assert sealed(ledger, 8) == 8


def test_a_schema_of_somebody_else_is_left_alone(postgres_url: str, keys: Path) -> None:
    executed(postgres_url, "CREATE SCHEMA wct", "CREATE TABLE wct.jobs (id int)")
    assert "holds something else" in refusal(postgres_url, keys)
    executed(postgres_url, "CREATE TABLE wct.log_meta (key text, value text)")
    assert "holds something else" in refusal(postgres_url, keys, read_only=True)


def test_an_empty_schema_that_was_made_for_us_is_used(
    postgres_url: str, keys: Path
) -> None:
    executed(postgres_url, "CREATE SCHEMA wct")
    with closing(opened(postgres_url, keys)) as ledger:
        ledger.append(RUN, notes(1), expected=0)


def test_a_newer_format_is_read_and_not_written(recorded: str, keys: Path) -> None:
    executed(recorded, "UPDATE wct.log_meta SET value = '2' WHERE key = 'format'")
    assert "install a newer wct" in refusal(recorded, keys)
    with closing(opened(recorded, keys, read_only=True)) as ledger:
        assert len(list(ledger.read_all())) == 3
        with pytest.raises(LedgerWriteError, match="reading only"):
            ledger.append(RUN, notes(4), expected=2)


def test_a_database_that_is_not_in_utf_8_is_refused(
    postgres_server: Server, keys: Path
) -> None:
    name = postgres_server.new_database(
        "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    )
    assert "UTF-8" in refusal(postgres_server.url(name), keys)


def test_a_table_that_is_gone_is_said(recorded: str, keys: Path) -> None:
    executed(recorded, "DROP TABLE wct.events CASCADE")
    assert "a table is missing" in refusal(recorded, keys)


def test_a_ledger_that_is_replaced_while_it_is_open_is_refused(
    recorded: str, keys: Path, tmp_path: Path
) -> None:
    with closing(opened(recorded, keys)) as ledger:
        executed(recorded, "DROP SCHEMA wct CASCADE")
        opened(recorded, tmp_path / "other keys").close()
        executed(recorded, _KILL_OTHERS)
        with pytest.raises(LedgerWriteError, match="deleted or replaced"):
            ledger.append(RUN, notes(4), expected=2)


# Keys


def test_keys_are_kept_for_their_owner_only(postgres_url: str, tmp_path: Path) -> None:
    data = tmp_path / "share" / "wct"
    opener = partial(open_postgres_ledger, postgres_url, clock=utc_now)
    with closing(opener(keys=lambda log: data / f"{log}.keys")) as ledger:
        store = data / f"{ledger.log_id}.keys"
        assert store.stat().st_mode & 0o777 == 0o600
    assert data.stat().st_mode & 0o777 == 0o700


def test_a_directory_that_is_not_ours_is_not_made(
    postgres_url: str, tmp_path: Path
) -> None:
    assert "cannot be written" in refusal(postgres_url, tmp_path / "no" / "keys")


def test_without_its_keys_a_ledger_can_be_read_but_not_written(
    recorded: str, tmp_path: Path
) -> None:
    assert "is missing" in refusal(recorded, tmp_path / "lost")
    with closing(opened(recorded, tmp_path / "lost", read_only=True)) as ledger:
        assert len(list(ledger.read_all())) == 3


def test_a_new_ledger_cannot_be_begun_with_two_sets_of_keys(
    postgres_url: str, tmp_path: Path
) -> None:
    opened(postgres_url, tmp_path / "here").close()
    said = refusal(postgres_url, tmp_path / "on another computer")
    assert "begun with other keys" in said
    opened(postgres_url, tmp_path / "here").close()


# The server


def test_a_database_that_is_not_there_is_said(
    postgres_server: Server, keys: Path
) -> None:
    said = refusal(postgres_server.url("nonesuch", password=SECRET), keys)
    assert "there is no such database" in said


def test_a_server_that_is_not_there_is_said(keys: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        port = taken.getsockname()[1]
        url = f"postgresql://u:{SECRET}@127.0.0.1:{port}/db"
        assert "no server is listening" in refusal(url, keys)
    assert "no such service" in refusal("postgresql:///?service=none", keys)
    url = f"postgresql://u:{SECRET}@db.invalid/db"
    assert "no such host" in refusal(url, keys)


def test_a_url_that_libpq_cannot_read_is_not_quoted(keys: Path) -> None:
    for url in (
        f"postgresql://u:%zz{SECRET}@h/db",
        f"postgresql://u:{SECRET}@h/db?nonesuch=1",
    ):
        with pytest.raises(LedgerUnusableError, match="is no PostgreSQL URL") as caught:
            opened(url, keys)
        assert caught.value.__cause__ is None
        assert SECRET not in str(caught.value)


def test_a_server_without_encryption_is_said(
    postgres_server: Server, keys: Path
) -> None:
    url = f"postgresql://postgres:{SECRET}@127.0.0.1:{postgres_server.port}/postgres"
    assert "no encrypted connection" in refusal(f"{url}?sslmode=require", keys)


@pytest.fixture
def member(postgres_server: Server, recorded: str) -> Iterator[str]:
    """The URL, without database, of a user that has a password and no rights."""
    hba = postgres_server.directory / "data" / "pg_hba.conf"
    before = hba.read_text()
    with closing(postgres_server.connect()) as connection:
        connection.execute(f"CREATE ROLE member LOGIN PASSWORD '{SECRET}'".encode())
        hba.write_text(f"host all member 127.0.0.1/32 scram-sha-256\n{before}")
        connection.execute("SELECT pg_reload_conf()")
        yield f"127.0.0.1:{postgres_server.port}"
        hba.write_text(before)
        connection.execute("SELECT pg_reload_conf()")
    executed(recorded, "DROP OWNED BY member")
    executed(postgres_server.url("postgres"), "DROP ROLE member")


def database_of(url: str) -> str:
    return str(conninfo_to_dict(url)["dbname"])


def test_passwords_come_from_where_libpq_looks_for_them(
    recorded: str,
    keys: Path,
    member: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = database_of(recorded)
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))
    url = f"postgresql://member@{member}/{name}"
    assert "asks for a password" in refusal(url, keys)
    wrong = f"postgresql://member:not-{SECRET}@{member}/{name}"
    assert "the password is wrong" in refusal(wrong, keys)
    executed(recorded, "GRANT USAGE ON SCHEMA wct TO member")
    executed(recorded, "GRANT SELECT ON ALL TABLES IN SCHEMA wct TO member")
    host, port = member.split(":")
    passwords = tmp_path / "passwords"
    passwords.write_text(f"{host}:{port}:*:member:{SECRET}\n")
    passwords.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    services = tmp_path / "services"
    services.write_text(
        f"[audit]\nhost={host}\nport={port}\nuser=member\ndbname={name}\n"
    )
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    for each in (url, "postgresql:///?service=audit"):
        with closing(opened(each, keys, read_only=True)) as ledger:
            assert ledger.location == each
            assert len(list(ledger.read_all())) == 3
    for variable, value in {"HOST": host, "PORT": port, "USER": "member"}.items():
        monkeypatch.setenv(f"PG{variable}", value)
    with closing(opened(f"postgresql:///{name}", keys, read_only=True)) as ledger:
        assert len(ledger.streams()) == 2


def test_rights_that_are_missing_are_said_and_those_documented_are_enough(
    recorded: str, postgres_server: Server, keys: Path, member: str
) -> None:
    url = f"postgresql://member:{SECRET}@{member}/{database_of(recorded)}"
    assert "may not do that" in refusal(url, keys)
    other = postgres_server.new_database()
    empty = f"postgresql://member:{SECRET}@{member}/{other}"
    assert "may not do that" in refusal(empty, keys)
    executed(recorded, *documented_grants("member"))
    with closing(opened(url, keys)) as ledger:
        ledger.append(RUN, notes(4), expected=2, blobs=[], forget=["ab" * 32])
        ledger.append(RUN, notes(5), expected=3, redact=[1])
        assert ledger.seal(patience=5) == 5
        begun = ledger.cursors.begin("chat", ledger.cursors.head())
        rows = [(RUN, Row("a")), (RUN, Row("a", change="delete"))]
        ledger.cursors.move(begun, begun, rows=rows)
        ledger.cursors.forget(RUN)
        ledger.cursors.remove("chat")
    executed(recorded, "REVOKE INSERT ON wct.events FROM member")
    with (
        closing(opened(url, keys)) as ledger,
        pytest.raises(LedgerWriteError, match="may not do that"),
    ):
        ledger.append(RUN, notes(6), expected=4)


def documented_grants(role: str) -> list[str]:
    """The statements of that page, for a role of another name."""
    page = Path(__file__).parents[2] / "docs" / "how-to" / PAGE
    block = page.read_text().split("```sql file=grants.sql\n")[1].split("```")[0]
    statements = [each.strip() for each in block.split(";")]
    return [each.replace("compliance", role) for each in statements if each]


# After a dump was restored on another server


@pytest.fixture
def restored(recorded: str) -> str:
    """As pg_restore leaves it on a server that has given fewer xids."""
    executed(
        recorded,
        "ALTER TABLE wct.events DISABLE TRIGGER USER",
        "UPDATE wct.events SET xid = (xid::text::bigint + 5000000000"
        " - 100 * position)::text::xid8",
        "ALTER TABLE wct.events ENABLE TRIGGER USER",
    )
    return recorded


def test_a_restored_dump_keeps_its_streams_and_goes_on(
    recorded: str, keys: Path, request: pytest.FixtureRequest
) -> None:
    with closing(opened(recorded, keys)) as ledger:
        before = [r[:2] for r in ledger.read(RUN)]
        cursor = ledger.cursor(next(ledger.read(RUN)))
        log_id = ledger.log_id
    request.getfixturevalue("restored")
    assert "wct verify" in refusal(recorded, keys, read_only=True)
    with closing(opened(recorded, keys)) as ledger:
        assert ledger.log_id == log_id
        assert [r[:2] for r in ledger.read(RUN)] == before
        assert len(list(ledger.read_all())) == 3
        with pytest.raises(LedgerUnusableError, match="read from the start"):
            list(ledger.read_all(after=cursor))
        assert ledger.seal() == 3
        ledger.append(RUN, notes(4), expected=2)
        assert sealed(ledger, 4) == 4
        assert [row.seal for row in ledger.rows()] == [1, 2, 3, 4]
        assert [r.id for r in ledger.read_all()][-1] == event_id(4)
    opened(recorded, keys, read_only=True).close()


def test_after_a_dump_was_restored_subscribers_miss_nothing(
    recorded: str, keys: Path, request: pytest.FixtureRequest
) -> None:
    with closing(opened(recorded, keys)) as ledger:
        first, second, _ = map(ledger.cursor, ledger.read_all())
        cursors = ledger.cursors
        cursors.begin("new", None)
        told = cursors.begin("outside", first)
        cursors.move(told, told._replace(handed=second))
        counts = cursors.begin("counts", second)
        cursors.move(counts, counts, rows=[(RUN, Row("events", {"n": 2}))])
        remaining = list(ledger.read_all(after=first))
    request.getfixturevalue("restored")
    with closing(opened(recorded, keys)) as ledger:
        cursors = ledger.cursors
        standings = {each.subscriber: each for each in cursors.standings()}
        assert standings["new"].cursor is None
        after = standings["outside"].cursor
        told_again = {r.id for r in ledger.read_all(after=after)}
        assert {r.id for r in remaining} <= told_again
        assert standings["outside"].handed == cursors.head()
        assert standings["counts"].cursor is None
        assert list(cursors.rows("counts")) == []
        cursors.move(standings["outside"], standings["outside"])


def test_a_ledger_of_an_older_wct_is_given_the_tables_of_subscribers(
    recorded: str, keys: Path
) -> None:
    tables = ("subscribers", "parked", "kept_rows")
    executed(recorded, *(f"DROP TABLE wct.{table}" for table in tables))
    with closing(opened(recorded, keys, read_only=True)) as ledger:
        assert ledger.cursors.standings() == []
        assert ledger.cursors.parked("chat") == []
        assert list(ledger.cursors.rows("chat")) == []
    with closing(opened(recorded, keys)) as ledger:
        begun = ledger.cursors.begin("chat", None)
        assert ledger.cursors.standings() == [begun]
        assert len(list(ledger.read_all())) == 3


_KILL_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def test_facts_cannot_be_changed_by_accident(recorded: str, keys: Path) -> None:
    with closing(opened(recorded, keys)) as ledger:
        assert sealed(ledger, 3) == 3
        ledger.append(RUN, notes(4), expected=2, redact=[1])
        before = list(ledger.rows())
    refused = (
        "DELETE FROM wct.events",
        "TRUNCATE wct.events",
        "UPDATE wct.events SET recorded_at = 0",
        "UPDATE wct.events SET xid = '9'",
        "UPDATE wct.events SET payload = 'x' WHERE position = 2",
        "UPDATE wct.events SET salt = 's', payload = 'x' WHERE payload IS NULL",
        "UPDATE wct.events SET payload_digest = 'x' WHERE payload IS NULL",
        "UPDATE wct.streams SET name = 'x'",
        "DELETE FROM wct.streams",
        "UPDATE wct.seals SET seal = seal + 10",
        "DELETE FROM wct.seals",
        "TRUNCATE wct.checkpoints",
        "UPDATE wct.blobs SET stored = 'x'",
    )
    with closing(psycopg.connect(recorded, autocommit=True)) as connection:
        for statement in refused:
            with pytest.raises(psycopg.errors.RaiseException, match="facts"):
                connection.execute(statement.encode())
        shown: Any = connection.execute(
            "SELECT stream, payload FROM wct.readable_events WHERE seal = 2"
        ).fetchone()
    assert shown[0] == RUN
    assert '"name":"2"' in shown[1]
    with closing(opened(recorded, keys)) as ledger:
        assert list(ledger.rows())[: len(before)] == before
