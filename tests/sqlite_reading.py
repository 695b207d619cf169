"""Makes SQLite files and reads them with sqlite_connector, for several modules."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from wct_adapters.connectors.sqlite import SQLiteConnector
from wct_adapters.connectors.sqlite_config import SQLiteConnectorConfig
from wct_adapters.schemas.json_files import JsonSchemaLoader
from wct_domain.message import Message
from wct_domain.schemas import Schema

LOADER = JsonSchemaLoader()
STANDARD_INPUT = Schema("standard_input", "1.0.0", LOADER)
Step = str | tuple[str, list[tuple[Any, ...]]]
"""A statement, or one with rows to bind."""


def extracted(path: Path, **properties: Any) -> Message:
    config = SQLiteConnectorConfig.from_properties(
        {"database_path": str(path), **properties}, environ={}
    )
    return SQLiteConnector(config).extract(STANDARD_INPUT)


def cells(message: Message) -> list[tuple[str, str, str]]:
    """(table, column, text) of every item, in the order of the message."""
    return [
        (
            item["metadata"]["table_name"],
            item["metadata"]["column_name"],
            item["content"],
        )
        for item in message.content["data"]
    ]


def contents(message: Message) -> list[str]:
    return [item["content"] for item in message.content["data"]]


def notes(message: Message) -> dict[str, Any]:
    found: dict[str, Any] = message.content["metadata"]["extraction"]
    return found


def make(path: Path, *script: Step) -> Path:
    """Make a database by running statements."""
    with closing(sqlite3.connect(path)) as database:
        for step in script:
            if isinstance(step, str):
                database.execute(step)
            else:
                database.executemany(*step)
        database.commit()
    return path
