"""What goes through the pipes between wct and the process of a step: framed JSON.

A frame is eight bytes, the length of what follows, big-endian; then a JSON value in
UTF-8. A message crosses as an artifact is stored: dates have become text.
"""

import json
from collections.abc import Callable
from struct import Struct
from typing import Any, Final

from pydantic_core import from_json

from wct_domain.digests import stored_json
from wct_domain.message import Message
from wct_domain.schemas import Schema

HEAD: Final = Struct(">Q")

Name = list[str]
"""A schema's name and version."""


def framed(body: bytes) -> bytes:
    return HEAD.pack(len(body)) + body


def parsed(body: bytes) -> Any:
    """Read a JSON value."""
    try:
        return from_json(body)
    except ValueError:
        return json.loads(body)  # nested deeper than pydantic goes


def name_of(schema: Schema) -> Name:
    return [schema.name, schema.version]


def message_json(message: Message) -> bytes:
    """Write a whole message.

    Raises:
        ContentNotJsonError: its content or context is not JSON.
    """
    schema = None if message.schema is None else name_of(message.schema)
    return b'{"content":%b,"context":%b,"id":%b,"schema":%b,"validated":%b}' % (
        stored_json(message.content),
        stored_json(message.context),
        stored_json(message.id),
        stored_json(schema),
        b"true" if message.schema_validated else b"false",
    )


def message_of(document: Any, schema: Callable[[Name], Schema]) -> Message:
    """Make the message that was written; ``schema`` makes its schema of a name."""
    name = document["schema"]
    return Message(
        id=document["id"],
        content=document["content"],
        schema=None if name is None else schema(name),
        context=document["context"],
        schema_validated=document["validated"],
    )
