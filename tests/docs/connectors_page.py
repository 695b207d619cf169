"""The tables of properties in docs/reference/connectors.md, from the models."""

import re
from pathlib import Path
from typing import Any

from wct_domain.services import ServiceContainer
from wct_entrypoints.bootstrap.components import CONNECTORS

CONNECTORS_PAGE = Path(__file__).parents[2] / "docs" / "reference" / "connectors.md"
_KINDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "`null`",
}
_TABLE = re.compile(r"(<!-- properties: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def connectors_page() -> str:
    """Return the page with its tables as they would be written now."""

    def renewed(found: re.Match[str]) -> str:
        return f"{found[1]}{_properties(found[2])}{found[4]}"

    return _TABLE.sub(renewed, CONNECTORS_PAGE.read_text(encoding="utf-8"))


def tables() -> list[str]:
    """Name the connectors that have a table."""
    page = CONNECTORS_PAGE.read_text(encoding="utf-8")
    return [found[2] for found in _TABLE.finditer(page)]


def _properties(connector: str) -> str:
    model = CONNECTORS[connector](ServiceContainer()).get_config_model()
    assert model is not None
    schema = model.model_json_schema()
    rows = [
        f"| `{name}` | {_kind(each)} | {_default(each)} | {each['description']} |"
        for name, each in schema["properties"].items()
    ]
    head = ["| property | type | default | meaning |", "|---|---|---|---|"]
    return "\n".join(["", *head, *rows, "", ""])


def _kind(member: dict[str, Any]) -> str:
    if "enum" in member:
        return ", ".join(f"`{each}`" for each in member["enum"])
    if "anyOf" in member:
        return " or ".join(_kind(each) for each in member["anyOf"])
    if member.get("type") == "array":
        return f"list of {_kind(member['items'])}s"
    return _KINDS[member["type"]]


def _default(member: dict[str, Any]) -> str:
    if "default" not in member:
        return "required"
    value = member["default"]
    if value == "":
        return "none"
    if value is None or isinstance(value, bool):
        return f"`{str(value).lower().replace('none', 'null')}`"
    return f"`{value}`"
