"""What the connectors for database servers read, and in which order."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.server_reading import (
    STANDARD_INPUT,
    Database,
    cells,
    contents,
    notes,
    on_mariadb,
    on_postgresql,
)
from wct_domain.context import Note, StepContext, working_in
from wct_domain.digests import canonical_json
from wct_domain.extraction import extraction_facts


@pytest.fixture
def shop(database: Database) -> Database:
    database.run(
        "CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL,"
        " city VARCHAR(40) DEFAULT 'Northport')",
        "INSERT INTO customers (id, name) VALUES (7, 'Ada'), (3, 'Ben')",
    )
    return database


def test_a_database_becomes_one_message_with_an_item_for_each_cell(
    shop: Database,
) -> None:
    message = shop.extracted()

    product = shop.either("MySQL", "PostgreSQL")
    assert message.id == f"{product} data from {shop.name}"
    assert message.schema == STANDARD_INPUT
    assert message.schema_validated
    content = message.content
    host, port = shop.properties["host"], shop.properties.get("port", 3306)
    assert content["schemaVersion"] == "1.0.0"
    assert content["name"] == f"{shop.kind}_text_from_{shop.name}"
    assert content["description"] == (
        f"Text content extracted from {product} database: {shop.name}"
    )
    assert content["contentEncoding"] == "utf-8"
    assert content["source"] == f"{host}:{port}/{shop.name}"
    assert content["data"][1] == {
        "content": "Ben",
        "metadata": {
            "source": f"{shop.source('customers', 'name')}_row_(1)",
            "connector_type": f"{shop.kind}_connector",
            "table_name": "customers",
            "column_name": "name",
            "schema_name": shop.either(shop.name, "public"),
            "row_id": 3,
        },
    }
    assert contents(message) == ["3", "Ben", "Northport", "7", "Ada", "Northport"]


def test_a_message_describes_the_tables_and_what_was_read(shop: Database) -> None:
    metadata = shop.extracted().content["metadata"]

    host, port = shop.properties["host"], shop.properties.get("port", 3306)
    version = metadata["server_info"].pop("version")
    assert shop.either("MariaDB", "PostgreSQL") in version
    assert metadata == {
        "connector_type": f"{shop.kind}_connector",
        "connection_info": {
            "host": host,
            "port": port,
            "database": shop.name,
            "user": shop.properties["user"],
        },
        "database_schema": {
            "database_name": shop.name,
            "tables": [
                {
                    "name": "customers",
                    "type": "BASE TABLE",
                    "comment": "",
                    "estimated_rows": 2,
                    "columns": [
                        column("id", shop.either("int", "integer"), key="PRI"),
                        column(
                            "name",
                            shop.either("varchar", "character varying(40)"),
                        ),
                        column(
                            "city",
                            shop.either("varchar", "character varying(40)"),
                            nullable="YES",
                            default=shop.either(
                                "'Northport'", "'Northport'::character varying"
                            ),
                        ),
                    ],
                }
            ],
        },
        "server_info": {"host": host, "port": port},
        "total_data_items": 6,
        "extraction_summary": {
            "tables_processed": 1,
            "cell_values_extracted": 6,
            "max_rows_per_table": 10,
            "sample": "first",
        },
        "extraction": {
            "items": 6,
            "unreadable_count": 0,
            "unreadable": [],
            "skipped": {},
            "truncated": False,
            "limits": [],
        },
    }


def column(
    name: str,
    kind: str,
    *,
    nullable: str = "NO",
    key: str = "",
    default: str | None = None,
) -> dict[str, Any]:
    return {
        "COLUMN_NAME": name,
        "DATA_TYPE": kind,
        "IS_NULLABLE": nullable,
        "COLUMN_DEFAULT": default,
        "COLUMN_COMMENT": "",
        "COLUMN_KEY": key,
        "EXTRA": "",
    }


def test_a_database_without_tables_is_read(database: Database) -> None:
    message = database.extracted()

    assert message.content["data"] == []
    assert extraction_facts(message).items == 0


def test_a_table_without_rows_is_described(database: Database) -> None:
    database.run("CREATE TABLE nobody (id INT PRIMARY KEY, name VARCHAR(9))")

    message = database.extracted()

    tables = message.content["metadata"]["database_schema"]["tables"]
    assert [(each["name"], each["estimated_rows"]) for each in tables] == [
        ("nobody", 0)
    ]
    assert notes(message)["truncated"] is False


def test_null_and_blank_cells_are_no_content(database: Database) -> None:
    database.run(
        "CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9))",
        "INSERT INTO t VALUES (1, NULL), (2, ''), (3, '  '), (4, 'x')",
    )

    assert contents(database.extracted()) == ["1", "2", "3", "4", "x"]


@pytest.mark.parametrize(
    "name",
    [
        "two words",
        "per%cent",
        "semi;colon -- not a comment",
        "it's",
        'say "so"',
        "back`tick",
        "select",
        "Größe",
        "a.b",
        ":colon",
        "c0",
        "k0",
    ],
)
def test_any_name_of_a_table_and_of_a_column_is_read(
    database: Database, name: str
) -> None:
    quote = database.either("`", '"')
    quoted = f"{quote}{name.replace(quote, quote * 2)}{quote}"
    database.run(
        f"CREATE TABLE {quoted} ({quoted} VARCHAR(9) PRIMARY KEY)",
        f"INSERT INTO {quoted} VALUES ('found'), ('twice')",
    )

    for sample in ("first", "random"):
        message = database.extracted(sample=sample)
        assert cells(message) == [(name, name, "found"), (name, name, "twice")]


def test_views_and_generated_columns_are_read(shop: Database) -> None:
    shop.run(
        "ALTER TABLE customers ADD shout VARCHAR(40)"
        " GENERATED ALWAYS AS (upper(name)) STORED",
        "CREATE VIEW names AS SELECT shout FROM customers WHERE id = 7",
    )

    message = shop.extracted()

    assert ("customers", "shout", "BEN") in cells(message)
    assert cells(message)[-1] == ("names", "shout", "ADA")
    _, view = message.content["metadata"]["database_schema"]["tables"]
    assert (view["name"], view["type"]) == ("names", "VIEW")


def test_binary_cells_are_counted_by_column_and_not_shown(database: Database) -> None:
    kind = database.either("BLOB", "BYTEA")
    photo, note = database.either(
        "x'ffd8ff' x'706c61696e'", r"'\xffd8ff' '\x706c61696e'"
    ).split()
    database.run(
        f"CREATE TABLE t (id INT PRIMARY KEY, photo {kind}, note {kind})",
        f"INSERT INTO t VALUES (1, {photo}, {note}), (2, {photo}, NULL)",
    )

    message = database.extracted()

    assert contents(message) == ["1", "plain", "2"]
    assert notes(message)["unreadable"] == [
        {"source": database.source("t", "photo"), "reason": "binary", "count": 2}
    ]


def test_every_type_becomes_the_text_that_the_server_writes(
    database: Database,
) -> None:
    if database.kind == "mysql":
        kinds = (
            "a BIT(3), b DATE, c TIME, d JSON, e DECIMAL(9,2), f ENUM('x','y'),"
            " g DOUBLE, h BOOLEAN, i YEAR, j DATETIME"
        )
        values = (
            "b'101', '1990-02-03', '-26:01:02', '{\"a\": [1]}', 10.50, 'y', 1.5,"
            " TRUE, 1999, '2026-01-05 12:00:00'"
        )
        told = ["5", "1990-02-03", "-26:01:02", '{"a": [1]}', "10.50", "y", "1.5"]
        told += ["1", "1999", "2026-01-05 12:00:00"]
    else:
        kinds = (
            "a BIT(3), b DATE, c INTERVAL, d JSONB, e NUMERIC, f TEXT[], g FLOAT8,"
            " h BOOLEAN, i UUID, j TIMESTAMP, k INET"
        )
        values = (
            "b'101', '0044-03-15 BC', '26 hours', '{\"a\": [1]}', 'NaN', '{x,y}', 1.5,"
            " TRUE, '00000000-0000-0000-0000-00000000000a', 'infinity', '192.0.2.1'"
        )
        told = ["101", "0044-03-15 BC", "26:00:00", '{"a": [1]}', "NaN", "{x,y}", "1.5"]
        told += ["true", "00000000-0000-0000-0000-00000000000a", "infinity"]
        told += ["192.0.2.1/32"]
    database.run(f"CREATE TABLE t ({kinds})", f"INSERT INTO t VALUES ({values})")

    message = database.extracted()

    assert contents(message) == told
    canonical_json(message.content)


def test_the_key_of_a_row_is_told_if_it_is_a_number_and_nothing_else(
    database: Database,
) -> None:
    database.run(
        "CREATE TABLE by_name (name VARCHAR(9) PRIMARY KEY)",
        "INSERT INTO by_name VALUES ('b'), ('a')",
        "CREATE TABLE by_two (a INT, b INT, PRIMARY KEY (b, a))",
        "INSERT INTO by_two VALUES (1, 9), (2, 8)",
    )

    message = database.extracted()

    assert contents(message) == ["a", "b", "2", "8", "1", "9"]
    assert not any("row_id" in item["metadata"] for item in message.content["data"])


def many(database: Database, name: str, rows: int, key: str = " PRIMARY KEY") -> None:
    values = ", ".join(f"({number})" for number in reversed(range(rows)))
    database.run(
        f"CREATE TABLE {name} (a INT{key})", f"INSERT INTO {name} VALUES {values}"
    )


def test_what_the_number_of_rows_cuts_off_is_stated_for_each_table(
    database: Database,
) -> None:
    many(database, "few", 10)
    many(database, "many", 25)

    message = database.extracted()

    schema = {} if database.kind == "mysql" else {"schema": "public"}
    assert contents(message) == [str(number) for number in range(10)] * 2
    assert notes(message)["truncated"] is True
    assert notes(message)["limits"] == [
        {
            "table": "many",
            **schema,
            "limit": "max_rows_per_table",
            "value": 10,
            "read": 10,
            "left_out": 15,
        }
    ]
    tables = message.content["metadata"]["database_schema"]["tables"]
    assert {each["name"]: each["estimated_rows"] for each in tables} == {
        "few": 10,
        "many": 25,
    }


@pytest.mark.parametrize("limit", [25, 10**30, "25"])
def test_a_limit_that_cuts_nothing_off_is_not_mentioned(
    database: Database, limit: int | str
) -> None:
    many(database, "many", 25)

    for sample in ("first", "random"):
        message = database.extracted(max_rows_per_table=limit, sample=sample)
        assert len(contents(message)) == 25
        assert notes(message)["limits"] == []


@pytest.mark.parametrize("key", [" PRIMARY KEY", ""])
def test_a_sample_is_drawn_by_its_seed_alone(database: Database, key: str) -> None:
    many(database, "many", 200, key)

    drawn = database.extracted(sample="random")
    again = database.extracted(sample="random")
    other = database.extracted(sample="random", sample_seed=7)

    summary = drawn.content["metadata"]["extraction_summary"]
    assert (summary["sample"], summary["sample_seed"]) == ("random", 0)
    assert len(set(contents(drawn))) == 10
    assert contents(drawn) == contents(again)
    assert set(contents(drawn)) != set(contents(other))
    assert set(contents(drawn)) != {str(number) for number in range(10)}
    if key:
        assert contents(drawn) == sorted(contents(drawn), key=int)
    assert [each["left_out"] for each in notes(drawn)["limits"]] == [190]


def test_both_servers_draw_the_same_sample_of_the_same_keys(
    mariadb_server: Any, postgres_server: Any
) -> None:
    drawn: list[list[str]] = []
    for database in (on_mariadb(mariadb_server), on_postgresql(postgres_server)):
        many(database, "many", 100)
        drawn.append(contents(database.extracted(sample="random", sample_seed=3)))

    assert drawn[0] == drawn[1]


def test_all_is_read_as_it_was_at_one_moment(shop: Database) -> None:
    """Nothing that others commit while the connector reads is seen."""
    shop.run("CREATE TABLE later (id INT PRIMARY KEY)")
    with shop.server().opened() as session:
        tables = session.tables()
        shop.run("INSERT INTO later VALUES (1)", "DELETE FROM customers")
        taken = [session.take(listed) for listed in tables]

    assert [each.total for each in taken] == [2, 0]


def test_without_a_schema_the_first_supported_one_is_taken(shop: Database) -> None:
    assert shop.connector().extract().schema == STANDARD_INPUT


def test_that_the_environment_won_is_noted_without_what_it_says(
    shop: Database,
) -> None:
    environ = {"SHOP_DATABASE": shop.name, "SHOP_USER": str(shop.properties["user"])}
    connector = shop.connector(
        environ=environ, env_prefix="SHOP_", database="elsewhere"
    )
    step = StepContext(datetime.now(UTC), 0)

    with working_in(step):
        assert contents(connector.extract(STANDARD_INPUT))

    assert step.notes == [
        Note(
            f"{shop.kind}_connector",
            "environment.won",
            {"property": name, "variable": f"SHOP_{name.upper()}"},
        )
        for name in ("user", "database")
    ]


class TestMySQL:
    """What only MySQL has."""

    def test_without_a_database_all_that_the_user_sees_are_read(
        self, mariadb_server: Any
    ) -> None:
        first, second = on_mariadb(mariadb_server), on_mariadb(mariadb_server)
        for each in (first, second):
            each.run("CREATE TABLE t (a INT)", "INSERT INTO t VALUES (1)")

        message = first.extracted(database="")

        schemas = {item["metadata"]["schema_name"] for item in message.content["data"]}
        assert {first.name, second.name} <= schemas
        assert schemas.isdisjoint({"mysql", "sys", "information_schema"})
        assert message.content["name"] == "mysql_text_from_all_databases"

    def test_text_in_another_character_set_is_read(self, mariadb_server: Any) -> None:
        database = on_mariadb(mariadb_server)
        database.run(
            "CREATE TABLE t (a VARCHAR(9)) CHARACTER SET latin1",
            "INSERT INTO t VALUES ('Zoë')",
        )

        assert contents(database.extracted()) == ["Zoë"]
        assert contents(database.extracted(charset="latin1")) == ["Zoë"]


class TestPostgreSQL:
    """What only PostgreSQL has."""

    @pytest.fixture
    def database(self, postgres_server: Any) -> Database:
        return on_postgresql(postgres_server)

    def test_tables_of_all_schemas_are_read_or_of_those_that_are_named(
        self, database: Database
    ) -> None:
        database.run(
            "CREATE SCHEMA sales",
            "CREATE TABLE sales.t (a INT)",
            "INSERT INTO sales.t VALUES (1)",
            "CREATE TABLE t (a INT)",
            "INSERT INTO t VALUES (2)",
        )

        assert contents(database.extracted()) == ["2", "1"]
        sales = database.extracted(schemas=["sales"])
        assert sales.content["data"][0]["metadata"] == {
            "source": (
                f"postgresql_database_({database.name})_schema_(sales)"
                "_table_(t)_column_(a)_row_(1)"
            ),
            "connector_type": "postgresql_connector",
            "table_name": "t",
            "column_name": "a",
            "schema_name": "sales",
        }

    def test_a_partitioned_table_is_read_once(self, database: Database) -> None:
        database.run(
            "CREATE TABLE t (a INT PRIMARY KEY) PARTITION BY RANGE (a)",
            "CREATE TABLE t_low PARTITION OF t FOR VALUES FROM (0) TO (10)",
            "CREATE TABLE t_high PARTITION OF t FOR VALUES FROM (10) TO (20)",
            "INSERT INTO t VALUES (15), (5)",
            "CREATE MATERIALIZED VIEW v AS SELECT max(a) AS most FROM t",
        )

        assert cells(database.extracted()) == [
            ("t", "a", "5"),
            ("t", "a", "15"),
            ("v", "most", "15"),
        ]

    def test_a_table_without_columns_is_no_trouble(self, database: Database) -> None:
        database.run("CREATE TABLE t ()", "INSERT INTO t DEFAULT VALUES")

        assert contents(database.extracted()) == []
        assert contents(database.extracted(sample="random")) == []

    def test_functions_of_others_do_not_take_the_place_of_the_server_s(
        self, database: Database
    ) -> None:
        database.run(
            "CREATE TABLE t (a TEXT PRIMARY KEY)",
            "INSERT INTO t VALUES ('x')",
            "CREATE FUNCTION public.md5(varchar) RETURNS text LANGUAGE sql"
            " AS $$ SELECT (1/0)::text $$",
            "CREATE FUNCTION public.count() RETURNS bigint LANGUAGE sql"
            " AS $$ SELECT (1/0)::bigint $$",
        )

        message = database.extracted(sample="random", max_rows_per_table=1)

        assert contents(message) == ["x"]
        assert notes(message)["unreadable"] == []
