"""What sqlite_connector refuses, in which words."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from wct_adapters.connectors import sqlite_database
from wct_adapters.connectors.sqlite import SQLiteConnectorFactory
from wct_adapters.connectors.sqlite_config import ENVIRONMENT, SQLiteConnectorConfig
from wct_adapters.schemas.json_files import JsonSchemaLoader
from wct_domain.context import Note, StepContext, working_in
from wct_domain.errors import ConnectorConfigError, ConnectorExtractionError
from wct_domain.message import Message
from wct_domain.ports.own_files import OwnFiles
from wct_domain.schemas import Schema
from wct_domain.services import Provided, ServiceContainer

STANDARD_INPUT = Schema("standard_input", "1.0.0", JsonSchemaLoader())
CONFIGURATION = "SQLite configuration error: "
EXTRACTION = "SQLite extraction failed: Database metadata extraction failed: "


def extracted(
    path: Path, schema: Schema = STANDARD_INPUT, own: OwnFiles | None = None
) -> Message:
    container = ServiceContainer()
    if own is not None:
        container.register(OwnFiles, Provided(lambda: own))
    factory = SQLiteConnectorFactory(container, environ={})
    return factory.create({"database_path": str(path)}).extract(schema)


def failure(action: Callable[[], object]) -> str:
    with pytest.raises(ConnectorExtractionError) as raised:
        action()
    return str(raised.value)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE t (a)")
        database.commit()
    return path


def test_a_file_that_does_not_exist_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gone.db"

    text = failure(lambda: extracted(path))

    assert text == f"{EXTRACTION}SQLite database file not found: {path}"
    assert not path.exists()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear Ms Example, " * 100)

    assert failure(lambda: extracted(path)) == f"{EXTRACTION}file is not a database"


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.db"
    os.mkfifo(pipe)

    for path in (tmp_path, pipe):
        text = failure(partial(extracted, path))
        assert text == f"{EXTRACTION}SQLite database is not a file: {path}"


def test_a_locked_database_is_refused_after_some_patience(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_database, "PATIENCE", 0.05)
    with closing(sqlite3.connect(shop, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")

        assert failure(lambda: extracted(shop)) == f"{EXTRACTION}database is locked"


def test_wcts_own_ledger_is_refused(shop: Path, tmp_path: Path) -> None:
    (tmp_path / ".wct").mkdir()
    hidden = shop.rename(tmp_path / ".wct" / "ledger.db")
    assert failure(lambda: extracted(hidden)) == (
        f"{EXTRACTION}{hidden} belongs to wct, which never reads its own files"
    )

    named = hidden.rename(tmp_path / "elsewhere.db")
    text = failure(lambda: extracted(named, own=OwnFiles((named,))))
    assert text.endswith("belongs to wct, which never reads its own files")


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (
            Schema("letter", "1.0.0"),
            "Unsupported output schema: letter. Supported schemas: ['standard_input']",
        ),
        (
            Schema("standard_input", "2.0.0"),
            (
                "Unsupported output schema: standard_input. Supported schemas: "
                "['standard_input']: version 2.0.0 is none of ['1.0.0']"
            ),
        ),
    ],
)
def test_another_schema_is_refused(shop: Path, schema: Schema, said: str) -> None:
    text = failure(lambda: extracted(shop, schema))

    assert text == f"SQLite extraction failed: {said}"


@pytest.mark.parametrize(
    ("properties", "environ", "said"),
    [
        ({}, {}, "database_path is required"),
        ({"database_path": None}, {}, "database_path is required"),
        ({"database_path": "  "}, {}, "database_path is required"),
        ({"database_path": "a.db"}, {ENVIRONMENT: ""}, "database_path is required"),
        (
            {"database_path": 7},
            {},
            "database_path: Value error, must be a text",
        ),
        (
            {"database_path": "a.db", "max_rows_per_table": 0},
            {},
            "max_rows_per_table: Input should be greater than 0",
        ),
        (
            {"database_path": "a.db", "max_rows_per_table": "many"},
            {},
            (
                "max_rows_per_table: Input should be a valid integer, "
                "unable to parse string as an integer"
            ),
        ),
    ],
)
def test_wrong_properties_are_told_by_name_and_rule(
    properties: dict[str, Any], environ: dict[str, str], said: str
) -> None:
    factory = SQLiteConnectorFactory(ServiceContainer(), environ)

    with pytest.raises(ConnectorConfigError) as raised:
        factory.create(properties)

    assert str(raised.value) == CONFIGURATION + said
    assert factory.can_create(properties) is False


def test_the_environment_wins_over_the_properties() -> None:
    for properties in ({"database_path": "a.db"}, {}):
        config = SQLiteConnectorConfig.from_properties(
            properties, environ={ENVIRONMENT: "b.db"}
        )
        assert config.database_path == Path("b.db")


def test_the_environment_of_the_process_is_asked_unless_another_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(ENVIRONMENT, "b.db")
    properties = {"database_path": "a.db"}

    ours = SQLiteConnectorConfig.from_properties(properties)
    given = SQLiteConnectorConfig.from_properties(properties, environ={})

    assert ours.database_path == Path("b.db")
    assert given.database_path == Path("a.db")
    assert SQLiteConnectorFactory(ServiceContainer()).can_create({}) is True


def test_unknown_properties_are_ignored() -> None:
    config = SQLiteConnectorConfig.from_properties(
        {"database_path": "a.db", "tables": ["t"], "max_rows_per_table": "7"},
        environ={},
    )

    assert config.max_rows_per_table == 7


def test_the_editor_learns_the_properties_from_the_model() -> None:
    model = SQLiteConnectorFactory(ServiceContainer()).get_config_model()
    schema = model.model_json_schema()

    assert schema["required"] == ["database_path"]
    assert schema.get("additionalProperties") is not False
    assert all("description" in each for each in schema["properties"].values())


def test_what_will_keep_a_file_from_being_read_is_known_before(
    shop: Path, tmp_path: Path
) -> None:
    factory = SQLiteConnectorFactory(ServiceContainer(), {})
    gone = tmp_path / "gone.db"

    assert factory.get_obstacles({"database_path": str(shop)}) == {}
    assert factory.get_obstacles({"database_path": str(gone)}) == {
        "database_path": f"SQLite database file not found: {gone}"
    }


def test_that_the_environment_won_is_noted_with_the_name_of_the_variable(
    shop: Path,
) -> None:
    factory = SQLiteConnectorFactory(ServiceContainer(), {ENVIRONMENT: str(shop)})
    asked = factory.create({"database_path": "other.db"})
    step = StepContext(datetime.now(UTC), 0)

    with working_in(step):
        asked.extract(STANDARD_INPUT)

    fact = {"property": "database_path", "variable": ENVIRONMENT}
    assert step.notes == [Note("sqlite_connector", "environment.won", fact)]


def test_a_missing_file_that_the_environment_names_is_told_as_such(
    tmp_path: Path,
) -> None:
    path = tmp_path / "gone.db"
    factory = SQLiteConnectorFactory(ServiceContainer(), {ENVIRONMENT: str(path)})

    text = failure(lambda: factory.create({}).extract(STANDARD_INPUT))

    assert text.endswith(f"file not found: {path} (named by {ENVIRONMENT})")
