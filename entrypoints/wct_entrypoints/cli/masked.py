"""Messages as they are shown to people who need not see personal data."""

from dataclasses import replace
from typing import Any

from wct_domain.analysis.masking import mask_content, mask_text
from wct_domain.errors import SchemaLoadError
from wct_domain.message import Message
from wct_domain.schemas import Schema
from wct_entrypoints import plugins
from wct_entrypoints.bootstrap.schemas import RegisteredSchemas


def without_personal_data(message: Message) -> Message:
    """Return a copy of a message that may be shown.

    The message's schema says what to mask. Of a schema that is not installed (any
    more) nothing is known, so that it is masked as unknown content is.
    """
    context = message.context
    return replace(
        message,
        id=mask_text(message.id),
        content=mask_content(_definition(message.schema), message.content),
        context=None if context is None else mask_content(None, context),
    )


def _definition(schema: Schema | None) -> dict[str, Any] | None:
    if schema is None:
        return None
    plugins.load_schemas()
    try:
        return RegisteredSchemas().load(schema.name, schema.version)
    except (FileNotFoundError, SchemaLoadError):
        return None
