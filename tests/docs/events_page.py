"""The page on events, generated from the models: their docstrings, fields, comments.

What a field means stands in the comment behind it. ``python -m tests.docs.generating``
writes the page, and a test compares.
"""

import ast
import inspect
import json
import re
import textwrap
import tokenize
from io import StringIO
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from wct_domain import events
from wct_domain.digests import Reference
from wct_domain.upcasting import CURRENT

ROOT = Path(__file__).parents[2]
EVENTS_PAGE = ROOT / "docs" / "reference" / "events.md"
GOLDEN = ROOT / "tests" / "golden" / "v1"

PARTS = (events.PlannedStep, events.PlannedComponent, Reference)
"""Models that are no events, but parts of some."""

_HEAD = """\
# Events

Everything that wct knows of a run is in these events; what commands show is folded
from them. `wct events RUN` prints those of one run, and `wct events RUN --json` each
as an object:

| member | |
|---|---|
| `run` | the run; its stream |
| `position` | 1, 2, 3 … within the run |
| `global_position` | order in the whole ledger |
| `id` | UUIDv7 of the event |
| `type` | wire name: what happened, and the version of its form |
| `recorded_at` | when it was recorded, UTC |
| `correlation_id` | the run that it belongs to |
| `causation_id` | the event that led to this one, or null |
| `data` | the fields below, as stored: without those that are at their default |

Events hold no personal data and no secrets: names from the runbook, counts, digests,
and references to blobs. A text that may quote data, such as an error's, is a blob.

A form that was ever released can be read for ever. A change raises the version, and
older events are lifted to it when they are read. An event whose type this wct does
not know (a newer wct wrote it) is kept and shown as it is.

For programs: `wct generate-schema --event step.completed/1` prints the JSON Schema of
one event as subscribers are sent it, a CloudEvent, and `wct generate-schema --events`
the AsyncAPI 3.0 document of all events and of the ways on which they are sent.

This page is generated from the models (`python -m tests.docs.generating`).
"""


def events_page() -> str:
    """Describe every event that is written now."""
    rows = "\n".join(
        f"| [`{wire}`](#{_anchor(wire)}) | {summary_of(model)} |"
        for wire, model in CURRENT.items()
    )
    sections = [
        f"## {wire}\n\n{text_of(model)}\n\n{_fields(model)}{_example(wire)}"
        for wire, model in CURRENT.items()
    ]
    parts = [
        f"## {part.__name__}\n\n{text_of(part)}\n\n{_fields(part)}" for part in PARTS
    ]
    table = f"| event | |\n|---|---|\n{rows}\n"
    return "\n".join([_HEAD, table, *sections, *parts])


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower())


def text_of(model: type[BaseModel]) -> str:
    """Return what a model says of itself, in Markdown."""
    return inspect.cleandoc(model.__doc__ or "").replace("``", "`")


def summary_of(model: type[BaseModel]) -> str:
    """Return the first paragraph of that, in one line."""
    return " ".join(text_of(model).partition("\n\n")[0].split())


def _fields(model: type[BaseModel]) -> str:
    if not model.model_fields:
        return "It has no fields.\n"
    schema = model.model_json_schema()
    comments = field_comments(model)
    rows = "\n".join(
        f"| `{name}` | {_kind(schema['properties'][name])} | {_default(field)} "
        f"| {comments.get(name, '')} |"
        for name, field in model.model_fields.items()
    )
    return f"| field | is | default | |\n|---|---|---|---|\n{rows}\n"


def field_comments(model: type[BaseModel]) -> dict[str, str]:
    """Read the comments behind a model's fields."""
    source = textwrap.dedent(inspect.getsource(model))
    (definition,) = ast.parse(source).body
    assert isinstance(definition, ast.ClassDef)
    comments = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    return {
        node.target.id: comments[node.end_lineno or 0]
        for node in definition.body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and node.end_lineno in comments
    }


def _kind(node: dict[str, Any]) -> str:
    """Say in words what a JSON Schema allows."""
    if "$ref" in node:
        part = node["$ref"].rpartition("/")[2]
        known = {each.__name__ for each in PARTS}
        return f"[{part}](#{_anchor(part)})" if part in known else "any JSON"
    if "anyOf" in node:
        return ", or ".join(_kind(each) for each in node["anyOf"])
    if "enum" in node:
        return " or ".join(f"`{each}`" for each in node["enum"])
    match node.get("type"):
        case "array" if "prefixItems" in node:
            return "pair of: " + ", ".join(map(_kind, node["prefixItems"]))
        case "array":
            return f"list of: {_kind(node['items'])}"
        case "object":
            return f"object of: {_kind(node['additionalProperties'])}"
        case "string" if node.get("format") == "date-time":
            return "time, ISO 8601"
        case "string" if "minLength" in node:
            return f"{node['minLength']} characters"
        case "integer" if "minimum" in node:
            return f"integer from {node['minimum']}"
        case str(name):
            return {"string": "text", "boolean": "true or false"}.get(name, name)
        case _:
            return "any JSON"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return ""
    return f"`{json.dumps(field.get_default(call_default_factory=True))}`"


def _example(wire: str) -> str:
    file = GOLDEN / f"{wire.replace('/', '-')}.json"
    stored = json.loads(file.read_text(encoding="utf-8"))["cases"][0]["stored"]
    text = json.dumps(json.loads(stored), indent=2, ensure_ascii=False)
    return f"\n```json\n{text}\n```\n" if stored != "{}" else ""
