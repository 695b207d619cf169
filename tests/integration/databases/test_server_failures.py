"""What keeps a database server from being read, and how the connectors say so."""

import socket
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Any

import pytest

from tests.postgres import free_port
from tests.server_reading import (
    Database,
    cells,
    contents,
    notes,
    on_mariadb,
    on_postgresql,
    reader,
    unreadable,
)
from wct_adapters.connectors.server_session import Transaction
from wct_adapters.connectors.server_tables import Listed, Taken
from wct_domain.errors import ConnectorExtractionError
from wct_domain.extraction import extraction_facts

SECRET = "hunter2-Zoë"


def failure(action: Callable[[], object]) -> str:
    with pytest.raises(ConnectorExtractionError) as raised:
        action()
    text = str(raised.value)
    assert SECRET not in text
    assert "\n" not in text
    return text


def test_a_server_that_is_not_there_is_told_in_the_words_of_the_driver(
    database: Database,
) -> None:
    port = free_port()

    text = failure(
        lambda: database.extracted(host="127.0.0.1", port=port, password=SECRET)
    )

    begins = database.either("MySQL", "PostgreSQL")
    assert text.startswith(
        f"{begins} extraction failed: Database metadata extraction failed: "
        f"{begins} connection failed: "
    )
    if database.kind == "mysql":
        assert text.endswith(
            "(2003, \"Can't connect to MySQL server on '127.0.0.1' "
            '([Errno 111] Connection refused)")'
        )
    assert "Connection refused" in text


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of PyMySQL, when refused
def test_a_wrong_password_is_told_without_it(database: Database) -> None:
    with reader(database, SECRET, "SELECT") as properties:
        text = failure(lambda: database.extracted(**properties, password=SECRET * 2))

    assert database.either("Access denied for user", "authentication failed") in text


def test_a_password_beyond_ascii_is_understood(database: Database) -> None:
    database.run("CREATE TABLE t (a INT)", "INSERT INTO t VALUES (1)")
    with reader(database, SECRET, "SELECT") as properties:
        assert contents(database.extracted(**properties, password=SECRET)) == ["1"]


def test_a_table_that_the_user_may_not_read_is_stated_and_the_others_are_read(
    database: Database,
) -> None:
    database.run(
        "CREATE TABLE a (x INT)",
        "CREATE TABLE b (x INT)",
        "CREATE TABLE c (x INT)",
        *(f"INSERT INTO {name} VALUES (1)" for name in "abc"),
    )
    with reader(database, SECRET) as properties:
        for name in "ac":
            _grant(database, properties["user"], "SELECT", name)
        _grant(database, properties["user"], "INSERT", "b")
        message = database.extracted(**properties, password=SECRET)

    assert cells(message) == [("a", "x", "1"), ("c", "x", "1")]
    denied = dict.fromkeys(unreadable(message), "permission_denied")
    assert unreadable(message) == denied
    assert database.source("b") in {name.partition("_column")[0] for name in denied}
    assert extraction_facts(message).unreadable == 1


def _grant(database: Database, name: str, right: str, table: str) -> None:
    who = f"'{name}'@'%'" if database.kind == "mysql" else name
    schema = "" if database.kind == "postgresql" else f"{database.name}."
    database.run(f"GRANT {right} ON {schema}{table} TO {who}")


def test_what_a_statement_takes_too_long_for_is_stated_and_the_others_are_read(
    database: Database,
) -> None:
    sleep = database.either("SLEEP(9)", "pg_sleep(9)::text")
    database.run(
        "CREATE TABLE a (x INT)",
        "INSERT INTO a VALUES (1)",
        f"CREATE VIEW slow AS SELECT {sleep} AS x FROM a",
        "CREATE VIEW z AS SELECT x FROM a",
    )

    message = database.extracted(statement_timeout=0.3)

    assert cells(message) == [("a", "x", "1"), ("z", "x", "1")]
    assert unreadable(message) == {database.source("slow"): "statement_timeout"}


def test_a_table_that_somebody_else_holds_is_not_waited_for_for_ever(
    database: Database,
) -> None:
    database.run("CREATE TABLE a (x INT)", "CREATE TABLE b (x INT)")
    with database.held("a"):
        message = database.extracted(statement_timeout=0.5)

    assert unreadable(message) == {database.source("a"): "statement_timeout"}


def test_rows_that_cannot_be_counted_in_time_are_estimated(database: Database) -> None:
    sleep = database.either("SLEEP(2) = 5", "pg_sleep(2)::text = 'x'")
    database.run(
        "CREATE TABLE a (x INT)",
        "INSERT INTO a VALUES (1), (2), (3)",
        # Only who reads all rows has to wait.
        f"CREATE VIEW slow AS SELECT x FROM a WHERE x < 3 OR {sleep}",
    )

    message = database.extracted(statement_timeout=0.5, max_rows_per_table=1)

    (slow,) = [each for each in notes(message)["limits"] if each["table"] == "slow"]
    assert slow["read"] == 1
    assert slow["counted"] == "estimated"
    assert ("slow", "x", "1") in cells(message)


def test_a_view_that_fails_is_stated_and_the_others_are_read(
    database: Database,
) -> None:
    """PostgreSQL gives up the whole transaction at an error, unless kept from it."""
    database.run(
        "CREATE TABLE a (x INT)",
        "INSERT INTO a VALUES (1)",
        database.either(
            "CREATE VIEW broken AS SELECT x FROM a",
            "CREATE VIEW broken AS SELECT 1/(x - x) FROM a",
        ),
        "CREATE TABLE z (x VARCHAR(9))",
        "INSERT INTO z VALUES ('fine')",
    )
    if database.kind == "mysql":
        database.run("ALTER TABLE a RENAME COLUMN x TO y")

    message = database.extracted()

    assert [text for _, _, text in cells(message)] == ["1", "fine"]
    reason = database.either("invalid_view", "postgresql_22012")
    assert unreadable(message) == {database.source("broken"): reason}


def test_when_the_connection_is_lost_what_was_read_stays_and_the_rest_is_stated(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.run(*(f"CREATE TABLE {name} (x INT)" for name in "abcd"))
    database.run(*(f"INSERT INTO {name} VALUES (1)" for name in "abcd"))
    _cut_before(monkeypatch, database, "c")

    message = database.extracted()

    assert cells(message) == [("a", "x", "1"), ("b", "x", "1")]
    assert unreadable(message) == {
        database.source("c"): "connection_lost",
        database.source("d"): "connection_lost",
    }


def test_when_the_connection_is_lost_before_anything_was_read_the_step_fails(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.run("CREATE TABLE a (x INT)")
    _cut_before(monkeypatch, database, "a")

    assert failure(database.extracted).endswith(
        "the connection was lost before a table was read"
    )


def _cut_before(
    monkeypatch: pytest.MonkeyPatch, database: Database, table: str
) -> None:
    """Have the server end the connector's connection just before it reads a table."""
    real = Transaction.take

    def take(self: Transaction, listed: Listed) -> Taken:
        if listed.table.name == table:
            database.cut()
        return real(self, listed)

    monkeypatch.setattr(Transaction, "take", take)


def test_nothing_can_be_written(database: Database) -> None:
    database.run("CREATE TABLE a (x INT)")
    if database.kind == "mysql":
        database.run(
            "CREATE FUNCTION evil() RETURNS INT MODIFIES SQL DATA"
            " BEGIN INSERT INTO a VALUES (1); RETURN 1; END"
        )
    else:
        database.run(
            "CREATE FUNCTION evil() RETURNS INT LANGUAGE sql"
            " AS $$ INSERT INTO a VALUES (1) RETURNING 1 $$"
        )
    database.run("CREATE VIEW trap AS SELECT evil() AS x")

    message = database.extracted()

    reason = database.either("mysql_1792", "postgresql_25006")
    assert unreadable(message) == {database.source("trap"): reason}
    assert database.run("SELECT count(*) FROM a")[0][0] == 0


def test_a_database_that_does_not_exist_is_told(database: Database) -> None:
    text = failure(lambda: database.extracted(database="nowhere"))

    assert database.either("Unknown database", "does not exist") in text


def test_a_server_that_never_answers_is_given_up(database: Database) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        port = silent.getsockname()[1]
        text = failure(
            lambda: database.extracted(
                host="127.0.0.1", port=port, connect_timeout=2, password=SECRET
            )
        )

    assert "connection failed" in text


def test_a_file_for_tls_that_is_not_there_is_told(database: Database) -> None:
    text = failure(lambda: database.extracted(tls="verify-full", tls_ca="/gone/ca.pem"))

    assert text.endswith(": tls_ca: there is no such file: /gone/ca.pem")


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of PyMySQL, as above
def test_a_server_without_encryption_is_refused_where_it_is_required(
    database: Database,
) -> None:
    with reader(database, SECRET, "SELECT") as properties:
        for tls in ("require", "verify-full"):
            found = {**properties, "tls": tls, "password": SECRET}
            text = failure(partial(database.extracted, **found))
            assert "SSL" in text


class TestMySQL:
    """What only MySQL has."""

    @pytest.fixture
    def database(self, mariadb_server: Any) -> Database:
        return on_mariadb(mariadb_server)

    def test_an_unknown_character_set_is_told(self, database: Database) -> None:
        assert failure(lambda: database.extracted(charset="klingon")).endswith(
            "charset: PyMySQL knows none of this name; the default is utf8mb4"
        )

    def test_text_that_is_not_utf_8_is_read_as_the_server_repairs_it(
        self, database: Database, mariadb_server: Any
    ) -> None:
        # The one way in that checks nothing.
        path = mariadb_server.directory / "data" / database.name / "rows.txt"
        path.write_bytes(b"1\tZo\xeb\n2\tZo\xc3\xab\n")
        path.chmod(0o644)
        database.run(
            "CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(9))"
            " CHARACTER SET utf8mb4",
            "SET sql_mode = ''",
            f"LOAD DATA INFILE '{path}' INTO TABLE t CHARACTER SET binary",
        )

        message = database.extracted()

        assert contents(message) == ["1", "Zo?", "2", "Zoë"]


class TestPostgreSQL:
    """What only PostgreSQL has."""

    def test_text_that_is_not_utf_8_is_read_as_far_as_it_goes_and_counted(
        self, postgres_server: Any
    ) -> None:
        database = on_postgresql(
            postgres_server, "ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE 'C'"
        )
        database.run(
            "CREATE TABLE t (id INT PRIMARY KEY, name TEXT)",
            r"INSERT INTO t VALUES (1, E'Zo\xeb'), (2, E'Zo\xc3\xab')",
        )

        message = database.extracted()

        assert contents(message) == ["1", "Zo\N{REPLACEMENT CHARACTER}", "2", "Zoë"]
        assert notes(message)["unreadable"] == [
            {
                "source": database.source("t", "name"),
                "reason": "not_utf8",
                "count": 1,
            }
        ]

    def test_a_column_that_the_user_may_not_read_is_stated_and_the_others_are_read(
        self, postgres_server: Any
    ) -> None:
        database = on_postgresql(postgres_server)
        database.run(
            "CREATE TABLE t (id INT PRIMARY KEY, name TEXT, salary INT)",
            "INSERT INTO t VALUES (1, 'Ada', 9)",
        )
        with reader(database, SECRET) as properties:
            database.run(f"GRANT SELECT (id, name) ON t TO {properties['user']}")
            message = database.extracted(**properties, password=SECRET)

        assert contents(message) == ["1", "Ada"]
        assert unreadable(message) == {
            database.source("t", "salary"): "permission_denied"
        }

    def test_that_policies_may_hide_rows_is_stated(self, postgres_server: Any) -> None:
        database = on_postgresql(postgres_server)
        database.run(
            "CREATE TABLE t (a INT)",
            "INSERT INTO t VALUES (1), (2)",
            "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY few ON t FOR SELECT USING (a = 1)",
        )
        with reader(database, SECRET, "SELECT") as properties:
            seen = database.extracted(**properties, password=SECRET)

        assert contents(seen) == ["1"]
        assert unreadable(seen) == {database.source("t"): "row_security"}
        assert unreadable(database.extracted()) == {}

    def test_the_password_of_a_ledger_is_not_tried_on_it(
        self, postgres_server: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        database = on_postgresql(postgres_server)
        monkeypatch.setenv("PGPASSWORD", SECRET)

        with reader(database, SECRET) as properties:
            assert "no password supplied" in failure(
                partial(database.extracted, **properties)
            )

    def test_a_schema_that_is_not_there_is_told(self, postgres_server: Any) -> None:
        database = on_postgresql(postgres_server)

        assert failure(lambda: database.extracted(schemas=["sales"])).endswith(
            "schemas: without a table, or not there: sales"
        )
