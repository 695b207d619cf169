"""Runbooks over the plugin ``letterbox``, as files."""

from pathlib import Path
from typing import Any

import yaml

LETTERS = ["Dear Ann, a secret", "envelope for ben@example.org"]


def read(name: str, deed: str | None = None, **fields: Any) -> dict[str, Any]:
    """A step that only reads: letters, or what misbehaves in this way."""
    return {
        "id": name,
        "name": f"Read {name}",
        "description": "",
        "connector": f"does {deed}".replace(" ", "-") if deed else "letters",
        "input_schema": "letters",
        "output_schema": "letters",
        **fields,
    }


def count(name: str, **fields: Any) -> dict[str, Any]:
    """A step that counts letters, of the connector unless told otherwise."""
    source = {} if "input_from" in fields else {"connector": "letters"}
    return {
        "id": name,
        "name": f"Count {name}",
        "description": "",
        "analyser": "counter",
        "input_schema": "letters",
        "output_schema": "letter_count_finding",
        **source,
        **fields,
    }


def write(path: Path, *steps: dict[str, Any], **fields: Any) -> Path:
    """Write a runbook with these steps, and the connectors that they name."""
    deeds = sorted(
        each
        for step in steps
        if (each := step.get("connector", "")).startswith("does-")
    )
    connectors: list[dict[str, Any]] = [
        {"name": "letters", "type": "letterbox", "properties": {"letters": LETTERS}}
    ]
    connectors += [
        {
            "name": name,
            "type": "misbehaving",
            "properties": {"deed": name.removeprefix("does-").replace("-", " ")},
        }
        for name in deeds
    ]
    document = {
        "name": "letters",
        "description": "what is in the letterbox",
        "connectors": connectors,
        "analysers": [{"name": "counter", "type": "letter_counter"}],
        "execution": list(steps),
        **fields,
    }
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return path
