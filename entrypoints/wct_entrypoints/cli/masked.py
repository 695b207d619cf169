"""Messages as they are shown to people who need not see personal data."""

from dataclasses import replace
from typing import Any

import click

from wct_domain.analysis.hidden import hide_content
from wct_domain.analysis.masking import mask_content, mask_text
from wct_domain.errors import SchemaLoadError
from wct_domain.message import Message
from wct_domain.schemas import Schema
from wct_entrypoints import plugins
from wct_entrypoints.bootstrap.schemas import RegisteredSchemas
from wct_entrypoints.cli.shared import printable


def without_personal_data(message: Message) -> Message:
    """Return a copy of a message that may be shown.

    The message's schema says what to mask. Where it is not installed (any more)
    nothing is known of the content, so that no text of it is shown.
    """
    context = message.context
    if message.schema is None:
        content = mask_content(None, message.content)
    elif (definition := _definition(message.schema)) is None:
        content = hide_content(message.content)
    else:
        content = mask_content(definition, message.content)
    return replace(
        message,
        id=mask_text(message.id),
        content=content,
        context=None if context is None else mask_content(None, context),
    )


def _definition(schema: Schema) -> dict[str, Any] | None:
    plugins.load_schemas()
    try:
        return RegisteredSchemas().load(schema.name, schema.version)
    except (FileNotFoundError, SchemaLoadError):
        text = f"schema {schema.name} {schema.version} is not installed"
        click.echo(printable(f"{text}: no text of it is shown"), err=True)
        return None
