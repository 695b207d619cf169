"""JSON Schemas of events, generated from the models: the payload and its envelope.

One document for each event that is written now, in the dialect 2020-12: the whole
CloudEvent, as :mod:`wct_domain.cloud_events` writes it, with the payload under
``$defs``. ``python -m tests.docs.generating`` writes them, and a test compares.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias, cast

from pydantic import BaseModel

from tests.docs.events_page import (
    PARTS,
    field_comments,
    summary_of,
    text_of,
)
from wct_domain.cloud_events import TYPE_PREFIX
from wct_domain.digests import Reference
from wct_domain.upcasting import CURRENT
from wct_entrypoints.bootstrap.schemas import EVENT_SCHEMAS

Schema: TypeAlias = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SEALED = "x-refers-to-personal-data"
"""Marks what names a stored text or message, which may hold personal data."""
PSEUDONYM = "x-pseudonym"
"""Marks a keyed pseudonym: only the ledger's own key leads back to who it is."""

_OF_STEPS = frozenset({"step", "artifact"})  # what an envelope has as its subject
_UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

ENVELOPE: Schema = {
    "description": "What stands around every event: CloudEvents 1.0, JSON format.",
    "type": "object",
    "required": [
        *("specversion", "id", "source", "type", "time", "sequence", "correlationid")
    ],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {
            "description": "UUID of the event, for ever the same: a receiver that has "
            "seen it, from this source, may drop what comes again.",
            "type": "string",
            "pattern": _UUID,
        },
        "source": {
            "description": "The stream in its ledger: urn:wct:<log id>:<run>, or "
            "urn:wct:<log id>:subscriber/<name>.",
            "type": "string",
            "pattern": "^urn:wct:[^:]+:.+$",
        },
        "type": {
            "description": "What happened, and the version of its form.",
            "type": "string",
            "pattern": r"^wct\..+/[0-9]+$",
        },
        "time": {
            "description": "When it was recorded, UTC, in microseconds.",
            "type": "string",
            "format": "date-time",
        },
        "subject": {
            "description": "Id of the step, where an event is about one.",
            "type": "string",
            "minLength": 1,
        },
        "sequence": {
            "description": "Position in the stream, 1, 2, 3 …, with zeros in front: "
            "ordered as text.",
            "type": "string",
            "pattern": "^[0-9]{10,}$",
        },
        "correlationid": {
            "description": "The run that the event belongs to.",
            "type": "string",
            "minLength": 1,
        },
        "causationid": {
            "description": "Id of the event that led to this one.",
            "type": "string",
            "minLength": 1,
        },
        "cursor": {
            "description": "Where a reader stands behind this event. Only wct events "
            "--format cloudevents writes it; opaque.",
            "type": "string",
        },
        "datacontenttype": {
            "description": "There whenever data is.",
            "const": "application/json",
        },
        "data": {"description": "The payload. Not there if it was pruned."},
    },
    "dependentRequired": {"data": ["datacontenttype"], "datacontenttype": ["data"]},
}


def event_schema(wire: str) -> Schema:
    """Describe one event with its envelope, in one document that refers to no other."""
    data, parts = payload_schema(CURRENT[wire])
    return {
        "$schema": DIALECT,
        "$id": f"urn:wct:event:{wire}",
        "title": wire,
        "description": summary_of(CURRENT[wire]),
        "allOf": [{"$ref": "#/$defs/Envelope"}],
        **of_type(wire, "#/$defs/Data"),
        "$defs": {"Data": data, **parts, "Envelope": ENVELOPE},
    }


def of_type(wire: str, data: str) -> Schema:
    """Say what the envelope of one type has, beyond that of all.

    Args:
        data: reference to the schema of the payload.
    """
    schema: Schema = {
        "properties": {
            "type": {"const": TYPE_PREFIX + wire},
            "data": {"$ref": data},
        }
    }
    if always_about_a_step(wire):
        # That a payload was pruned leaves no step to name.
        schema["if"] = {"required": ["data"]}
        schema["then"] = {"required": ["subject"]}
    return schema


def always_about_a_step(wire: str) -> bool:
    """Whether the envelope of each such event names a step."""
    fields = CURRENT[wire].model_fields
    return any(fields[name].is_required() for name in _OF_STEPS & fields.keys())


def at_times_about_a_step(wire: str) -> bool:
    """Whether there are such events that name a step, and others that do not."""
    return bool(
        _OF_STEPS & CURRENT[wire].model_fields.keys()
    ) and not always_about_a_step(wire)


@cache
def payload_schema(model: type[BaseModel]) -> tuple[Schema, Schema]:
    """Describe a payload as it is stored, and the parts that it is made of.

    Parts are found under ``#/$defs/<name>``.
    """
    schema = model.model_json_schema()
    parts = cast("dict[str, Schema]", schema.pop("$defs", {}))
    known = {part.__name__: part for part in PARTS}
    described = {
        name: _described(part, known[name]) if name in known else part
        for name, part in parts.items()
    }
    return _described(schema, model), described


def _described(schema: Schema, model: type[BaseModel]) -> Schema:
    """Put in what the models say in words, and the marks; leave out made-up titles."""
    comments = field_comments(model)
    described = {key: value for key, value in schema.items() if key != "title"}
    described["description"] = text_of(model)
    described["properties"] = {
        name: _field(name, node, comments.get(name))
        for name, node in schema.get("properties", {}).items()
    }
    return described


def _field(name: str, node: Schema, comment: str | None) -> Schema:
    field = {key: value for key, value in node.items() if key != "title"}
    if comment is not None:
        field["description"] = comment.replace("None", "null")
    if f"/{Reference.__name__}" in json.dumps(node):
        field[SEALED] = True
    # That of the scope is told of where it is first recorded.
    if name == "scope" or "pseudonym" in (comment or ""):
        field[PSEUDONYM] = True
    return field


def schema_file(wire: str) -> Path:
    """Return where the schema of an event lies."""
    return EVENT_SCHEMAS / f"{wire.replace('/', '-')}.json"
