"""The AsyncAPI 3.0 document: which events wct sends, on which way, in which form.

Generated from the models, with the examples of ``tests/golden``. The schemas in it
are of draft 7, which is what AsyncAPI's own kind of schema builds on; those of
:mod:`tests.docs.event_schemas` say the same in the dialect of today.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast

from tests.docs.event_schemas import (
    ENVELOPE,
    PSEUDONYM,
    SEALED,
    Schema,
    always_about_a_step,
    at_times_about_a_step,
    of_type,
    payload_schema,
)
from tests.docs.events_page import GOLDEN, summary_of, text_of
from wct_domain import __version__
from wct_domain.cloud_events import TYPE_PREFIX, cloud_event
from wct_domain.ports.ledger import Recorded
from wct_domain.runbook_schema import draft_7
from wct_domain.upcasting import CURRENT, decode
from wct_entrypoints.bootstrap.schemas import EVENT_SCHEMAS

ASYNCAPI_FILE = EVENT_SCHEMAS / "asyncapi.json"

_LOG = "0b54e2f2-7c53-4b8e-9d58-5a3f6b1d1c11"
_RUN = "019ab2c4-7d10-7a51-9f2e-4c1d5b6a7e80"
_EVENT = "019ab2c4-7d11-7a51-9f2e-4c1d5b6a7e80"
_AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
_CONTENT_TYPE = "application/cloudevents+json"

_DESCRIPTION = f"""\
What subscribers of wct are sent: the facts of compliance runs, as they are recorded.

Each message is a CloudEvent 1.0 in structured mode. An event is delivered at least
once, in the order of its stream; `source` and `id` together tell what comes again.

Events hold no personal data and no secrets. Where a field refers to a stored text or
message that may hold some, it is marked `{SEALED}`: the bytes stay in the ledger,
sealed, and the reference opens nothing. A field marked `{PSEUDONYM}` is a keyed
pseudonym, which only the ledger's own key leads back.

A change of a form raises the version in its type. A newer wct may send types that are
not listed here, and `plugin.noted` carries what plugins say; skip what you do not know.
"""

_SERVERS: Schema = {
    "receiver": {
        "host": "{host}",
        "protocol": "https",
        "description": "A receiver of webhooks; http only on this machine, or with "
        "`insecure`.",
        "variables": {"host": {"description": "That of `webhook.url`."}},
        "security": [{"$ref": "#/components/securitySchemes/standardWebhooks"}],
    },
    "nats": {
        "host": "{host}",
        "protocol": "nats",
        "description": "A NATS server with JetStream; over TLS, but on this machine or "
        "with `insecure`.",
        "variables": {"host": {"description": "That of `nats.url`."}},
        "security": [
            {"$ref": f"#/components/securitySchemes/{name}"}
            for name in ("natsUser", "natsToken", "natsCredentials")
        ],
    },
    "program": {
        "host": "localhost",
        "protocol": "stdio",
        "description": "A program that wct starts, and feeds on its standard input.",
    },
    "disk": {
        "host": "localhost",
        "protocol": "file",
        "description": "A file, or a pipe with a name, that wct adds lines to.",
    },
}

_SECURITY: Schema = {
    "standardWebhooks": {
        "type": "httpApiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "Standard Webhooks 1.0: `v1,` and the base64 of HMAC-SHA-256 "
        "over `<webhook-id>.<webhook-timestamp>.<body>`; one for each secret, with "
        "blanks between them. Not there if `webhook.secret` is not set. Compare in "
        "constant time, and refuse a timestamp that is minutes away from now.",
    },
    "natsUser": {
        "type": "userPassword",
        "description": "User and password of the URL.",
    },
    "natsToken": {
        "type": "apiKey",
        "in": "password",
        "description": "The token of `nats.token`.",
    },
    "natsCredentials": {
        "type": "asymmetricEncryption",
        "description": "JWT and NKey of the file `nats.credentials`.",
    },
}

_PARAMETERS: Schema = {
    "prefix": {"description": "`nats.prefix` of the settings.", "default": "wct"},
    "run": {"description": "Id of the run, percent-encoded; its dots as %2E."},
    "step": {
        "description": "Id of the step, encoded likewise; one of more than 200 "
        "characters is cut, and ends in % and 32 digits of its SHA-256."
    },
    "subscriber": {"description": "Name of the subscriber, encoded likewise."},
}

_HEADERS: Schema = {
    "description": "Beside the message: names begin with webhook- over HTTP.",
    "type": "object",
    "properties": {
        "content-type": {"const": _CONTENT_TYPE},
        "webhook-id": {"description": "The event's id.", "type": "string"},
        "webhook-timestamp": {
            "description": "When this attempt was made, seconds since 1970.",
            "type": "string",
            "pattern": "^[0-9]+$",
        },
        "webhook-signature": {
            "description": "See the security scheme standardWebhooks.",
            "type": "string",
        },
        "Nats-Msg-Id": {
            "description": "The event's id, by which a stream drops what comes twice.",
            "type": "string",
        },
    },
}


@cache
def asyncapi() -> Schema:
    """Describe every event that is written now, and every transport."""
    return {
        "asyncapi": "3.0.0",
        "id": "urn:wct:events",
        "info": {
            "title": "Events of wct",
            "version": __version__,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": _CONTENT_TYPE,
        "servers": _SERVERS,
        "channels": _channels(),
        "operations": _operations(),
        "components": {
            "schemas": _schemas(),
            "messages": {key_of(wire): _message(wire) for wire in CURRENT},
            "securitySchemes": _SECURITY,
            "parameters": _PARAMETERS,
        },
    }


def key_of(wire: str) -> str:
    """Return the name of an event within the document, where slashes may not stand.

    Nor do dots: AsyncAPI allows them, and tools do not.
    """
    return wire.replace("/", "-").replace(".", "-")


def _channels() -> Schema:
    about_steps = [
        wire
        for wire in CURRENT
        if always_about_a_step(wire) or at_times_about_a_step(wire)
    ]
    of_subscribers = [wire for wire in CURRENT if wire.startswith("subscriber.")]
    of_runs = [
        wire
        for wire in CURRENT
        if not always_about_a_step(wire) and wire not in of_subscribers
    ]
    return {
        "webhook": _channel(
            "Webhook",
            "Each event is a POST to `webhook.url`, one after the other. An answer of "
            "2xx says that it was taken; any other has it come again.",
            None,
            ["receiver"],
            CURRENT,
        ),
        "lines": _channel(
            "JSON lines",
            "Each event is one line. A program has taken what it was fed once it ends "
            "with status 0. In a file, a line that is no JSON was cut off; its event "
            "comes again.",
            None,
            ["program", "disk"],
            CURRENT,
        ),
        "run": _channel(
            "Facts of a run",
            "Subject of what is about a run as a whole.",
            "{prefix}.run.{run}",
            ["nats"],
            of_runs,
        ),
        "step": _channel(
            "Facts of a step",
            "Subject of what is about one step of a run, or about its artifact.",
            "{prefix}.run.{run}.step.{step}",
            ["nats"],
            about_steps,
        ),
        "subscriber": _channel(
            "Facts of a subscriber",
            "Subject of what is about a subscriber; never sent to that one.",
            "{prefix}.subscriber.{subscriber}",
            ["nats"],
            of_subscribers,
        ),
    }


def _channel(
    title: str,
    description: str,
    address: str | None,
    servers: Iterable[str],
    wires: Iterable[str],
) -> Schema:
    channel: Schema = {
        "address": address,
        "title": title,
        "description": description,
        "servers": [{"$ref": f"#/servers/{name}"} for name in servers],
        "messages": {
            key_of(wire): {"$ref": f"#/components/messages/{key_of(wire)}"}
            for wire in wires
        },
    }
    if address is not None:
        channel["parameters"] = {
            name: {"$ref": f"#/components/parameters/{name}"}
            for name in _PARAMETERS
            if f"{{{name}}}" in address
        }
    return channel


def _operations() -> Schema:
    """Say what wct does: it sends, and on no channel does it listen."""
    operations = {
        "postEvent": ("webhook", "Post an event, signed."),
        "writeLine": ("lines", "Feed an event to a program, or add it to a file."),
        "publishFactOfRun": ("run", "Publish what is about a run."),
        "publishFactOfStep": ("step", "Publish what is about a step."),
        "publishFactOfSubscriber": ("subscriber", "Publish what is about another."),
    }
    described: Schema = {
        name: {
            "action": "send",
            "channel": {"$ref": f"#/channels/{channel}"},
            "summary": text,
        }
        for name, (channel, text) in operations.items()
    }
    described["postEvent"]["bindings"] = {
        "http": {"method": "POST", "bindingVersion": "0.3.0"}
    }
    return described


def _schemas() -> Schema:
    schemas: Schema = {"CloudEvent": _older(ENVELOPE), "Headers": _older(_HEADERS)}
    for wire, model in CURRENT.items():
        data, parts = payload_schema(model)
        schemas[f"{key_of(wire)}-data"] = _older(data)
        schemas[key_of(wire)] = {
            "title": wire,
            "allOf": [{"$ref": "#/components/schemas/CloudEvent"}],
            **of_type(wire, f"#/components/schemas/{key_of(wire)}-data"),
        }
        schemas |= {name: _older(part) for name, part in parts.items()}
    return schemas


def _older(schema: Schema) -> Schema:
    """Write a schema as draft 7 has it, with its parts where AsyncAPI has them."""
    text = json.dumps(draft_7(schema)).replace("#/$defs/", "#/components/schemas/")
    older: Schema = json.loads(text)
    if "dependentRequired" in older:
        older["dependencies"] = older.pop("dependentRequired")
    return older


def _message(wire: str) -> Schema:
    return {
        "name": TYPE_PREFIX + wire,
        "title": wire,
        "summary": summary_of(CURRENT[wire]),
        "description": text_of(CURRENT[wire]),
        "contentType": _CONTENT_TYPE,
        "headers": {"$ref": "#/components/schemas/Headers"},
        "payload": {"$ref": f"#/components/schemas/{key_of(wire)}"},
        "correlationId": {
            "description": "The run.",
            "location": "$message.payload#/correlationid",
        },
        "examples": list(_examples(wire)),
    }


def _examples(wire: str) -> Iterator[Schema]:
    file = GOLDEN / f"{wire.replace('/', '-')}.json"
    cases = cast("list[Any]", json.loads(file.read_text(encoding="utf-8"))["cases"])
    for number, case in enumerate(cases, start=1):
        event = decode(wire, case["stored"].encode())
        name = getattr(event, "subscriber", None)
        stream = _RUN if name is None else f"subscriber/{name}"
        recorded = Recorded(
            stream, number, number, _EVENT, _AT, _RUN, None, bytes(32), event
        )
        payload: Schema = json.loads(cloud_event(recorded, _LOG))
        yield {"name": f"case{number}", "payload": payload}
