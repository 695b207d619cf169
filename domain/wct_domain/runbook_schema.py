"""The JSON Schema of runbooks, for editors: format 1.0.0 and installed components.

Draft 7, because that is what editors know. Unknown keys of the runbook's own objects
are ignored by ``wct run``, so they pass here; ``wct validate-runbook`` warns of them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from wct_domain.components import Components, description
from wct_domain.explaining import explain
from wct_domain.inline_connectors import ARTIFACT
from wct_domain.ports.components import ComponentFactory
from wct_domain.runbook import Runbook

SCHEMA_VERSION = "1.0.0"

_VERSION_PATTERN = r"^[0-9]+\.[0-9]+\.[0-9]+$"
_ARTIFACT = {
    "type": "object",
    "description": "Reads what another step has kept, as input_from does.",
    "required": ["type", "properties"],
    "properties": {
        "type": {"const": ARTIFACT},
        "properties": {
            "type": "object",
            "required": ["step_id"],
            "properties": {
                "step_id": {"type": "string", "description": "Id of another step."}
            },
            "additionalProperties": False,
        },
    },
}
_SOURCE = [
    {"required": ["connectors"]},
    {
        "properties": {
            "execution": {"contains": {"properties": {"connector": {"type": "object"}}}}
        }
    },
]
"""Without a list of connectors, some step has its own."""

_UNFIT = re.compile(r"[^A-Za-z0-9._-]")  # for a reference, which is part of a URI
_TEXT, _NOTHING = {"type": "string"}, {"type": "null"}
_INLINE = {"type": ["string", "object"]}
_ONE_SOURCE = [
    {
        "required": ["connector"],
        "properties": {"connector": _INLINE, "input_from": _NOTHING},
    },
    {
        "required": ["input_from"],
        "properties": {"connector": _NOTHING, "input_from": _TEXT},
    },
]


@dataclass(frozen=True, slots=True)
class EditorSchema:
    """The document, and why properties of some components are not described in it."""

    document: dict[str, Any]
    left_out: Mapping[str, str]


def runbook_schema(installed: Components) -> EditorSchema:
    """Describe runbooks that use the installed components."""
    generated = cast("dict[str, Any]", draft_7(Runbook.model_json_schema()))
    definitions: dict[str, Any] = generated["$defs"]
    step = definitions["ExecutionStep"]
    step["oneOf"] = _ONE_SOURCE
    for side in ("input", "output"):
        _put_pattern(step["properties"][f"{side}_schema_version"])
    left_out: dict[str, str] = {}
    for model, factories in (
        ("ConnectorConfig", installed.connectors),
        ("AnalyserConfig", installed.analysers),
    ):
        _describe_types(definitions[model], factories)
        for name, factory in factories.items():
            try:
                _describe_properties(definitions, model, name, factory)
            except Exception as error:  # noqa: BLE001  # a plugin's model may be anything
                left_out[name] = explain(error)
    _allow_inline(generated)
    document = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "version": SCHEMA_VERSION,
        **generated,
        "title": "WCT Runbook",
        "description": "What wct reads, and how it analyses what it read.",
    }
    return EditorSchema(document, left_out)


def _allow_inline(generated: dict[str, Any]) -> None:
    """Let a step have its connector itself, as a mapping that needs no name."""
    definitions = generated["$defs"]
    named = definitions["ConnectorConfig"]
    definitions["ArtifactConnector"] = _ARTIFACT
    definitions["InlineConnector"] = {
        **named,
        "description": "A data source for this step alone.",
        "required": [each for each in named["required"] if each != "name"],
        "not": {"properties": {"type": {"const": ARTIFACT}}, "required": ["type"]},
    }
    definitions["ExecutionStep"]["properties"]["connector"]["anyOf"] += [
        {"$ref": "#/$defs/ArtifactConnector"},
        {"$ref": "#/$defs/InlineConnector"},
    ]
    generated["required"] = [e for e in generated["required"] if e != "connectors"]
    generated["anyOf"] = _SOURCE


def _put_pattern(field: dict[str, Any]) -> None:
    for alternative in field["anyOf"]:
        if alternative == _TEXT:
            alternative["pattern"] = _VERSION_PATTERN


def _describe_types(
    model: dict[str, Any], factories: Mapping[str, ComponentFactory[Any]]
) -> None:
    """Offer the installed types; others pass, for they may be installed elsewhere."""
    kind = model["properties"]["type"]
    known = [
        {"const": name, "description": description(factories[name])}
        for name in sorted(factories)
    ]
    if known:
        kind["anyOf"] = [*known, {"type": "string"}]


def _describe_properties(
    definitions: dict[str, Any],
    model: str,
    name: str,
    factory: ComponentFactory[Any],
) -> None:
    config = factory.get_config_model()
    if config is None:
        return
    kind = model.removesuffix("Config").lower()
    own = f"{kind}.{_UNFIT.sub('_', name)}."
    generated = config.model_json_schema(ref_template=f"#/$defs/{own}{{model}}")
    schema = cast("dict[str, Any]", draft_7(generated))
    nested = cast("dict[str, Any]", schema.pop("$defs", {}))
    definitions |= {own + each: nested[each] for each in nested}
    definitions[own + "properties"] = schema
    then: dict[str, Any] = {
        "properties": {"properties": {"$ref": f"#/$defs/{own}properties"}}
    }
    if schema.get("required"):
        then["required"] = ["properties"]
    rule = {
        "if": {"properties": {"type": {"const": name}}, "required": ["type"]},
        "then": then,
    }
    definitions[model].setdefault("allOf", []).append(rule)


def draft_7(node: Any) -> Any:
    """Rewrite what pydantic says in a later draft: there, ``$ref`` has neighbours."""
    if isinstance(node, list):
        return [draft_7(item) for item in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    members = dict(_members(cast("dict[str, Any]", node)))
    if "$ref" in members and len(members) > 1:
        reference = members.pop("$ref")
        members["allOf"] = [*members.get("allOf", ()), {"$ref": reference}]
    return members


def _members(node: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, member in node.items():
        # A fixed-length list: draft 7 gives `items` the schemas of its places.
        yield ("items" if name == "prefixItems" else name), draft_7(member)
