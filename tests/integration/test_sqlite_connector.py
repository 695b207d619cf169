"""What sqlite_connector reads, and in which order."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sqlite_reading import (
    LOADER,
    STANDARD_INPUT,
    cells,
    contents,
    extracted,
    make,
    notes,
)
from wct_adapters.connectors.sqlite import SQLiteConnector
from wct_adapters.connectors.sqlite_config import SQLiteConnectorConfig
from wct_domain.extraction import extraction_facts


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make(
        tmp_path / "shop.db",
        "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, "
        "city TEXT DEFAULT 'Northport')",
        ("INSERT INTO customers (name) VALUES (?)", [("Ada",), ("Ben",)]),
    )


def test_a_database_becomes_one_message_with_an_item_for_each_cell(shop: Path) -> None:
    message = extracted(shop)

    assert message.id == "SQLite data from shop"
    assert message.schema == STANDARD_INPUT
    assert message.schema_validated
    content = message.content
    assert content["schemaVersion"] == "1.0.0"
    assert content["name"] == "sqlite_text_from_shop"
    assert content["description"] == (
        f"Text content extracted from SQLite database: {shop}"
    )
    assert content["contentEncoding"] == "utf-8"
    assert content["source"] == str(shop)
    assert content["data"][1] == {
        "content": "Ada",
        "metadata": {
            "source": "sqlite_database_(shop)_table_(customers)_column_(name)_row_(1)",
            "connector_type": "sqlite_connector",
            "table_name": "customers",
            "column_name": "name",
            "schema_name": "shop",
            "row_id": 1,
        },
    }
    assert contents(message) == ["1", "Ada", "Northport", "2", "Ben", "Northport"]


def test_a_message_describes_the_tables_and_what_was_read(shop: Path) -> None:
    metadata = extracted(shop).content["metadata"]

    assert metadata == {
        "connector_type": "sqlite_connector",
        "connection_info": {"database_path": str(shop)},
        "database_schema": {
            "database_name": "shop",
            "tables": [
                {
                    "name": "customers",
                    "type": "BASE TABLE",
                    "comment": "",
                    "estimated_rows": 2,
                    "columns": [
                        column("id", "INTEGER", key="PRI"),
                        column("name", "TEXT", nullable="NO"),
                        column("city", "TEXT", default="'Northport'"),
                    ],
                }
            ],
        },
        "server_info": {
            "version": f"SQLite {sqlite3.sqlite_version}",
            "database_path": str(shop),
        },
        "total_data_items": 6,
        "extraction_summary": {
            "tables_processed": 1,
            "cell_values_extracted": 6,
            "max_rows_per_table": 10,
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
    nullable: str = "YES",
    key: str = "",
    default: str | None = None,
    extra: str = "",
) -> dict[str, Any]:
    return {
        "COLUMN_NAME": name,
        "DATA_TYPE": kind,
        "IS_NULLABLE": nullable,
        "COLUMN_DEFAULT": default,
        "COLUMN_COMMENT": "",
        "COLUMN_KEY": key,
        "EXTRA": extra,
    }


def test_an_empty_file_is_a_database_without_tables(tmp_path: Path) -> None:
    (tmp_path / "new.db").touch()

    message = extracted(tmp_path / "new.db")

    assert message.content["data"] == []
    assert extraction_facts(message).items == 0


def test_without_a_schema_the_first_supported_one_is_taken(shop: Path) -> None:
    config = SQLiteConnectorConfig.from_properties({"database_path": shop}, environ={})

    assert SQLiteConnector(config, schemas=LOADER).extract().schema == STANDARD_INPUT


def test_null_and_blank_cells_are_no_content(tmp_path: Path) -> None:
    path = make(
        tmp_path / "shop.db",
        "CREATE TABLE t (a)",
        (
            "INSERT INTO t VALUES (?)",
            [(None,), ("",), (" \n",), (b"",), (0,), ("x",)],
        ),
    )

    assert contents(extracted(path)) == ["0", "x"]


def test_numbers_become_text(tmp_path: Path) -> None:
    path = make(
        tmp_path / "shop.db",
        "CREATE TABLE t (a)",
        ("INSERT INTO t VALUES (?)", [(42,), (-1.5,), (2**63 - 1,), (float("inf"),)]),
    )

    assert contents(extracted(path)) == ["42", "-1.5", "9223372036854775807", "inf"]


def test_tables_come_by_name_and_rows_by_row_id(tmp_path: Path) -> None:
    path = make(
        tmp_path / "shop.db",
        "CREATE TABLE zebra (a)",
        "CREATE TABLE ant (id INTEGER PRIMARY KEY, a)",
        ("INSERT INTO zebra VALUES (?)", [("z",)]),
        ("INSERT INTO ant VALUES (?, ?)", [(3, "c"), (1, "a"), (2, "b")]),
        # Without an explicit order SQLite would answer from this index, by `a`.
        "CREATE UNIQUE INDEX i ON ant (a DESC, id)",
    )

    message = extracted(path)

    assert cells(message) == [
        ("ant", "id", "1"),
        ("ant", "a", "a"),
        ("ant", "id", "2"),
        ("ant", "a", "b"),
        ("ant", "id", "3"),
        ("ant", "a", "c"),
        ("zebra", "a", "z"),
    ]


def test_a_table_without_row_ids_comes_by_primary_key(tmp_path: Path) -> None:
    path = make(
        tmp_path / "shop.db",
        "CREATE TABLE t (a TEXT, b TEXT, PRIMARY KEY (b, a)) WITHOUT ROWID",
        ("INSERT INTO t VALUES (?, ?)", [("1", "z"), ("2", "y"), ("1", "y")]),
    )

    assert contents(extracted(path)) == ["1", "y", "2", "y", "1", "z"]
    assert contents(extracted(path, max_rows_per_table=1)) == ["1", "y"]
    data = extracted(path).content["data"]
    assert all("row_id" not in each["metadata"] for each in data)


def test_a_cell_names_its_row_as_the_database_does(tmp_path: Path) -> None:
    path = make(
        tmp_path / "shop.db",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)",
        ("INSERT INTO t VALUES (?, ?)", [(70, "z"), (3, "y")]),
        "CREATE TABLE u (rowid TEXT, a TEXT)",
        ("INSERT INTO u VALUES (?, ?)", [("x", "y")]),
    )

    found = extracted(path).content["data"]

    assert [each["metadata"]["row_id"] for each in found] == [3, 3, 70, 70, 1, 1]
    assert found[0]["metadata"]["source"].endswith("_row_(1)")


@pytest.mark.parametrize(
    "columns", ["rowid", "rowid, _rowid_", "rowid, _rowid_, oid", "ROWID, Oid"]
)
def test_a_column_may_be_called_as_the_row_id_is(tmp_path: Path, columns: str) -> None:
    names = columns.split(", ")
    path = make(
        tmp_path / "shop.db",
        f"CREATE TABLE t ({columns})",
        (
            f"INSERT INTO t VALUES ({', '.join('?' * len(names))})",
            [tuple(f"{name} {row}" for name in names) for row in (2, 1)],
        ),
    )

    assert contents(extracted(path)) == [
        f"{name} {row}" for row in (2, 1) for name in names
    ]


@pytest.mark.parametrize(
    "name",
    [
        "with space",
        'double"quote',
        "single'quote",
        "back`tick",
        "[bracket]",
        "semi;colon -- comment",
        "new\nline",
        "ünïcödé 日本 😀",
        "select",
        "1starts-with_digit",
        "",
        "percent%s{}",
    ],
)
def test_any_name_of_a_table_and_of_a_column_is_read(tmp_path: Path, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    path = make(
        tmp_path / "shop.db",
        f"CREATE TABLE {quoted} ({quoted} TEXT, other)",
        (f"INSERT INTO {quoted} VALUES (?, ?)", [("x", "y")]),
    )

    message = extracted(path)

    assert cells(message) == [(name, name, "x"), (name, "other", "y")]
    assert notes(message)["unreadable_count"] == 0


CHARACTERS = st.characters(blacklist_characters="\0", blacklist_categories=["Cs"])
NAMES = st.text(CHARACTERS).filter(lambda name: not name.startswith("sqlite_"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    st.text(
        st.characters(blacklist_characters="\0", blacklist_categories=["Cs"])
    ).filter(lambda name: not name.lower().startswith("sqlite_"))
)
def test_no_name_breaks_out_of_its_quotes(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    path = tmp_path_factory.mktemp("db") / "a.db"
    quoted = '"' + name.replace('"', '""') + '"'
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"CREATE TABLE {quoted} ({quoted} TEXT)")
        database.execute(f"INSERT INTO {quoted} VALUES ('x')")
        database.commit()

    assert cells(extracted(path)) == [(name, name, "x")]


def test_views_are_not_read_and_sqlites_own_tables_are(tmp_path: Path) -> None:
    path = make(
        tmp_path / "shop.db",
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a)",
        ("INSERT INTO t (a) VALUES (?)", [("x",)]),
        "CREATE VIEW v AS SELECT a FROM t",
    )

    tables = {table for table, _, _ in cells(extracted(path))}

    assert tables == {"t", "sqlite_sequence"}


def test_generated_columns_are_read_and_described(tmp_path: Path) -> None:
    path = make(
        tmp_path / "shop.db",
        "CREATE TABLE t (a TEXT, b TEXT AS (a || '!') VIRTUAL, "
        "c TEXT AS (upper(a)) STORED)",
        ("INSERT INTO t (a) VALUES (?)", [("x",)]),
    )

    message = extracted(path)

    assert contents(message) == ["x", "x!", "X"]
    columns = message.content["metadata"]["database_schema"]["tables"][0]["columns"]
    assert [each["EXTRA"] for each in columns] == [
        "",
        "VIRTUAL GENERATED",
        "STORED GENERATED",
    ]
