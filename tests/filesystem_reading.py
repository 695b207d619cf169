"""Reads with filesystem_connector and looks into the message, for several modules."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wct_adapters.connectors.filesystem import FilesystemConnector
from wct_adapters.connectors.filesystem_config import FilesystemConnectorConfig
from wct_adapters.schemas.json_files import JsonSchemaLoader
from wct_domain.errors import ConnectorExtractionError
from wct_domain.message import Message
from wct_domain.ports.own_files import OwnFiles
from wct_domain.schemas import Schema

LOADER = JsonSchemaLoader()
STANDARD_INPUT = Schema("standard_input", "1.0.0", LOADER)


def connector(
    path: Path, own: OwnFiles | None = None, **properties: Any
) -> FilesystemConnector:
    config = FilesystemConnectorConfig.from_properties({"path": path, **properties})
    return FilesystemConnector(config, own=own)


def extracted(path: Path, own: OwnFiles | None = None, **properties: Any) -> Message:
    return connector(path, own, **properties).extract(STANDARD_INPUT)


def texts(root: Path, message: Message) -> dict[str, str]:
    """Path below the root to text, in the order of the message."""
    return {
        os.path.relpath(item["metadata"]["file_path"], root): item["content"]
        for item in message.content["data"]
    }


def names(root: Path, message: Message) -> list[str]:
    return list(texts(root, message))


def notes(message: Message) -> dict[str, Any]:
    found: dict[str, Any] = message.content["metadata"]["extraction"]
    return found


def reasons(root: Path, message: Message) -> dict[str, str]:
    return {
        os.path.relpath(entry["source"], root): entry["reason"]
        for entry in notes(message)["unreadable"]
    }


def failure(action: Callable[[], object]) -> str:
    with pytest.raises(ConnectorExtractionError) as raised:
        action()
    return str(raised.value)


def plant(root: Path) -> Path:
    """Make a directory with five text files in three directories."""
    for name in ("a/z.txt", "a.txt", "a-b.txt", "b.log", "sub/deep/c.php"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"text of {name}")
    return root
