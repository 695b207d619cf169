"""Small runbooks over files, written where the test is."""

import copy
from pathlib import Path
from typing import Any

import yaml

EMAIL, CARD = "jane.roe@example.com", "4111 1111 1111 1111"
NOTE = f"Write to {EMAIL}, she paid with {CARD}. Bank account: none.\n"


def scan(name: str, **fields: Any) -> dict[str, Any]:
    """A step that looks for personal data in the note, unless told otherwise."""
    source = {} if "input_from" in fields else {"connector": "note"}
    return {
        "id": name,
        "name": f"Scan {name}",
        "description": "",
        "analyser": "personal_data",
        "input_schema": "standard_input",
        "output_schema": "personal_data_finding",
        **source,
        **fields,
    }


def document(*steps: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A runbook with these steps over ``note.txt`` and over a file that is gone."""
    whole: dict[str, Any] = {
        "name": "Notes",
        "description": "what is in a note",
        "contact": "dpo@example.org",
        "connectors": [
            {
                "name": "note",
                "type": "filesystem_connector",
                "properties": {"path": "note.txt"},
            },
            {
                "name": "gone",
                "type": "filesystem_connector",
                "properties": {"path": "gone.txt"},
            },
        ],
        "analysers": [{"name": "personal_data", "type": "personal_data_analyser"}],
        "execution": list(steps) or [scan("look")],
        **fields,
    }
    used = [step.get("connector") for step in whole["execution"]]
    if "connectors" not in fields:
        whole["connectors"] = [c for c in whole["connectors"] if c["name"] in used]
    return copy.deepcopy(whole)


def write(*steps: dict[str, Any], to: str = "notes.yaml", **fields: Any) -> Path:
    """Write the note, and a runbook that reads it."""
    Path("note.txt").write_text(NOTE, encoding="utf-8")
    path = Path(to)
    text = yaml.safe_dump(document(*steps, **fields), sort_keys=False)
    path.write_text(text, encoding="utf-8")
    return path
