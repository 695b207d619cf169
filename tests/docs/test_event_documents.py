"""The documents on events are current, sound, and true of what wct writes."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast, get_args

import jsonschema_rs
import pytest

from tests.docs.asyncapi import asyncapi, key_of
from tests.docs.event_schemas import PSEUDONYM, SEALED, event_schema, payload_schema
from tests.docs.events_page import GOLDEN, field_comments
from tests.docs.generating import event_documents
from tests.golden.test_golden_events import history, recorded
from wct_adapters.subscribers.subjects import subject_of
from wct_domain.cloud_events import cloud_event
from wct_domain.digests import Reference
from wct_domain.events import PrunedEvent
from wct_domain.ports.ledger import Recorded
from wct_domain.upcasting import CURRENT, decode
from wct_entrypoints.bootstrap.schemas import EVENT_SCHEMAS

WRITE = "run: python -m tests.docs.generating"
LOG = "0b54e2f2-7c53-4b8e-9d58-5a3f6b1d1c11"

# What AsyncAPI 3.0 asks of a document, as far as ours goes: own words.
_REFERENCE: dict[str, Any] = {
    "type": "object",
    "required": ["$ref"],
    "properties": {"$ref": {"type": "string", "pattern": "^#/"}},
    "additionalProperties": False,
}
_REFERENCES = {"type": "object", "additionalProperties": _REFERENCE}
_TEXT = {"type": "string", "minLength": 1}
_SAYS = {"title": _TEXT, "summary": _TEXT, "description": _TEXT}


def _object(required: list[str], **properties: object) -> dict[str, Any]:
    return {
        "type": "object",
        "required": required,
        "properties": {**_SAYS, **properties},
        "additionalProperties": False,
    }


def _all(of: dict[str, Any], names: str = "^[A-Za-z0-9_-]+$") -> dict[str, Any]:
    return {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": names},
        "additionalProperties": of,
    }


DOCUMENT = _object(
    ["asyncapi", "info"],
    asyncapi={"const": "3.0.0"},
    id={"type": "string", "format": "uri"},
    info=_object(
        ["title", "version"],
        version=_TEXT,
        license=_object(["name"], name=_TEXT, url={"format": "uri"}),
    ),
    defaultContentType=_TEXT,
    servers=_all(
        _object(
            ["host", "protocol"],
            host=_TEXT,
            protocol=_TEXT,
            variables=_all(_object([])),
            security={"type": "array", "items": _REFERENCE},
        )
    ),
    channels=_all(
        _object(
            [],
            address={"type": ["string", "null"]},
            servers={"type": "array", "items": _REFERENCE, "uniqueItems": True},
            messages=_REFERENCES,
            parameters=_REFERENCES,
        )
    ),
    operations=_all(
        _object(
            ["action", "channel"],
            action={"enum": ["send", "receive"]},
            channel=_REFERENCE,
            bindings={"type": "object"},
        )
    ),
    components=_object(
        [],
        schemas=_all({"type": "object"}),
        messages=_all(
            _object(
                [],
                name=_TEXT,
                contentType=_TEXT,
                headers=_REFERENCE,
                payload=_REFERENCE,
                correlationId=_object(
                    ["location"],
                    location={"pattern": r"^\$message\.(header|payload)#/"},
                ),
                examples={
                    "type": "array",
                    "items": _object([], name=_TEXT, payload=True, headers=True),
                },
            )
        ),
        securitySchemes=_all(
            {
                "type": "object",
                "required": ["type"],
                "properties": {
                    "type": {
                        "enum": [
                            *("userPassword", "apiKey", "asymmetricEncryption"),
                            "httpApiKey",
                        ]
                    }
                },
            }
        ),
        parameters=_all(_object([], default=_TEXT)),
    ),
)


@cache
def validator(wire: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(event_schema(wire), validate_formats=True)


@cache
def message_validator(wire: str) -> jsonschema_rs.Validator:
    """Of the form in the AsyncAPI document, where parts stand elsewhere."""
    document = asyncapi()
    return jsonschema_rs.Draft7Validator(
        {
            "components": document["components"],
            "$ref": f"#/components/schemas/{key_of(wire)}",
        },
        validate_formats=True,
    )


def nodes(value: object) -> Iterator[dict[str, Any]]:
    """Yield every object of a JSON document."""
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        yield members
        for member in members.values():
            yield from nodes(member)
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            yield from nodes(item)


def found(document: Any, pointer: str) -> Any:
    for step in pointer.removeprefix("#/").split("/"):
        document = document[step]
    return document


def cases(wire: str) -> list[bytes]:
    file = GOLDEN / f"{wire.replace('/', '-')}.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    return [case["stored"].encode() for case in document["cases"]]


def written(each: Recorded) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(cloud_event(each, LOG))
    return event


@pytest.mark.parametrize("file", event_documents(), ids=lambda file: file.name)
def test_the_documents_say_what_the_models_say(file: Path) -> None:
    assert file.read_bytes() == event_documents()[file], WRITE


def test_every_document_is_about_an_event_that_is_written() -> None:
    assert {*EVENT_SCHEMAS.iterdir()} == {*event_documents()}


class TestSchemasOfEvents:
    @pytest.mark.parametrize("wire", CURRENT)
    def test_each_is_a_schema_of_today_that_needs_no_other(self, wire: str) -> None:
        schema = event_schema(wire)
        jsonschema_rs.meta.validate(schema)
        assert schema["$schema"].endswith("/2020-12/schema")
        for node in nodes(schema):
            if "$ref" in node:
                assert found(schema, node["$ref"]) is not None

    @pytest.mark.parametrize("wire", CURRENT)
    def test_what_was_ever_released_is_valid(self, wire: str) -> None:
        for stored in cases(wire):
            event = written(recorded(decode(wire, stored)))
            validator(wire).validate(event)
            message_validator(wire).validate(event)

    def test_a_whole_run_is_valid(self) -> None:
        events = history()
        assert len(events) > len({each.event.type for each in events}) > 5
        for each in events:
            validator(each.event.type).validate(written(each))

    @pytest.mark.parametrize("wire", CURRENT)
    def test_what_was_pruned_is_valid(self, wire: str) -> None:
        whole = recorded(decode(wire, cases(wire)[0]))
        event = written(whole)
        pruned = written(whole._replace(event=PrunedEvent(wire)))
        assert "data" in event
        assert "data" not in pruned
        validator(wire).validate(pruned)
        message_validator(wire).validate(pruned)

    @pytest.mark.parametrize("wire", CURRENT)
    def test_what_the_models_refuse_is_not(self, wire: str) -> None:
        event = written(recorded(decode(wire, cases(wire)[0])))
        for wrong in (
            event | {"data": event["data"] | {"surprise": 1}},
            event | {"type": "wct.step.vanished/1"},
            event | {"specversion": "2.0"},
            {name: value for name, value in event.items() if name != "id"},
            {name: value for name, value in event.items() if name != "datacontenttype"},
        ):
            assert not validator(wire).is_valid(wrong)
            assert not message_validator(wire).is_valid(wrong)

    @pytest.mark.parametrize("wire", CURRENT)
    def test_each_required_field_is_required(self, wire: str) -> None:
        event = written(recorded(decode(wire, cases(wire)[0])))
        for name, field in CURRENT[wire].model_fields.items():
            less = {key: each for key, each in event["data"].items() if key != name}
            valid = validator(wire).is_valid(event | {"data": less})
            assert valid is not field.is_required(), name

    def test_what_refers_to_texts_and_messages_is_marked(self) -> None:
        for model in CURRENT.values():
            referring = [
                name
                for name, field in model.model_fields.items()
                if Reference in (field.annotation, *get_args(field.annotation))
            ]
            assert _with(SEALED, payload_schema(model)[0]) == referring
        failed = payload_schema(CURRENT["step.failed/1"])[0]
        assert _with(SEALED, failed) == ["message"]

    def test_every_pseudonym_is_marked(self) -> None:
        for model in CURRENT.values():
            told = [
                name
                for name, comment in field_comments(model).items()
                if "pseudonym" in comment
            ]
            assert {*told} <= {*_with(PSEUDONYM, payload_schema(model)[0])}
        erased = payload_schema(CURRENT["data.erased/1"])[0]
        assert _with(PSEUDONYM, erased) == ["scope"]


def _with(mark: str, schema: dict[str, Any]) -> list[str]:
    return [name for name, node in schema["properties"].items() if node.get(mark)]


class TestTheAsyncApiDocument:
    DOCUMENT = asyncapi()

    def test_it_is_one(self) -> None:
        jsonschema_rs.validate(DOCUMENT, self.DOCUMENT, validate_formats=True)

    def test_every_reference_leads_somewhere(self) -> None:
        references = [each["$ref"] for each in nodes(self.DOCUMENT) if "$ref" in each]
        assert len(references) > 100
        for pointer in references:
            assert found(self.DOCUMENT, pointer) is not None

    def test_nothing_is_described_that_nobody_refers_to(self) -> None:
        text = json.dumps(self.DOCUMENT)
        for kind, members in self.DOCUMENT["components"].items():
            for name in members:
                assert f'"#/components/{kind}/{name}"' in text, name

    def test_every_schema_is_one(self) -> None:
        for schema in self.DOCUMENT["components"]["schemas"].values():
            draft = {"$schema": "http://json-schema.org/draft-07/schema#", **schema}
            jsonschema_rs.meta.validate(draft)

    def test_every_event_has_a_message_and_every_example_is_valid(self) -> None:
        messages = self.DOCUMENT["components"]["messages"]
        assert {each["title"] for each in messages.values()} == {*CURRENT}
        for message in messages.values():
            assert message["examples"]
            for example in message["examples"]:
                message_validator(message["title"]).validate(example["payload"])

    def test_every_parameter_of_an_address_is_described(self) -> None:
        for channel in self.DOCUMENT["channels"].values():
            named = {*re.findall(r"{(\w+)}", channel["address"] or "")}
            assert named == {*channel.get("parameters", {})}

    @pytest.mark.parametrize("wire", CURRENT)
    def test_every_event_is_published_where_the_document_says(self, wire: str) -> None:
        channels = self.DOCUMENT["channels"]
        for stored in cases(wire):
            subject = subject_of(_of_its_stream(decode(wire, stored)), "wct")
            at = [
                name
                for name, channel in channels.items()
                if channel["address"] and _fits(channel["address"], subject)
            ]
            assert len(at) == 1, subject
            assert key_of(wire) in channels[at[0]]["messages"]

    def test_every_transport_of_all_events_knows_all(self) -> None:
        for name in ("webhook", "lines"):
            messages = self.DOCUMENT["channels"][name]["messages"]
            assert [*messages] == [key_of(wire) for wire in CURRENT]


def _of_its_stream(event: Any) -> Recorded:
    each = recorded(event)
    if event.type.startswith("subscriber."):
        return each._replace(stream=f"subscriber/{event.subscriber}")
    return each


def _fits(address: str, subject: str) -> bool:
    return bool(re.fullmatch(re.sub(r"{\w+}", "[^.]+", address), subject))
