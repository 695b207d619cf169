"""Components asked for messages, and told apart from those that give something else.

Whatever the types say, a plugin may return anything.
"""

from typing import cast

from wct_domain.errors import AnalyserProcessingError, ConnectorExtractionError
from wct_domain.message import Message
from wct_domain.ports.workplaces import Analyses, Extracts
from wct_domain.schemas import Schema


def extracted(connector: Extracts, schema: Schema) -> Message:
    """Have a connector read its source.

    Raises:
        ConnectorExtractionError: it brought no message, or one of another schema.
        BaseException: whatever it raises itself.
    """
    message = cast("object", connector.extract(schema))
    name = connector.get_name()
    if not isinstance(message, Message):
        msg = f"Connector '{name}' returned {type(message).__name__}, not a Message"
        raise ConnectorExtractionError(msg)
    if message.schema is not None and message.schema != schema:
        msg = (
            f"Connector '{name}' was asked for {schema.name} {schema.version} and "
            f"returned {message.schema.name} {message.schema.version}"
        )
        raise ConnectorExtractionError(msg)
    return message


def analysed(
    analyser: Analyses, source: Schema, output: Schema, message: Message
) -> Message:
    """Have an analyser work on a message of schema ``source``.

    Raises:
        AnalyserProcessingError: it gave no message, or one of another schema.
        BaseException: whatever it raises itself.
    """
    return checked(analyser, output, analyser.process(source, output, message))


def checked(analyser: Analyses, output: Schema, given: object) -> Message:
    """Return what an analyser gave, if it is a message of schema ``output``.

    Raises:
        AnalyserProcessingError: it is none, or one of another schema.
    """
    result = given
    name = analyser.get_name()
    if not isinstance(result, Message):
        msg = f"Analyser '{name}' returned {type(result).__name__}, not a Message"
        raise AnalyserProcessingError(msg)
    if not isinstance(result.content, dict):  # pyright: ignore[reportUnnecessaryIsInstance]  # a plugin need not keep to the types
        kind = type(result.content).__name__
        msg = f"Analyser '{name}' returned content of type {kind}, not a dictionary"
        raise AnalyserProcessingError(msg)
    if result.schema is not None and result.schema != output:
        msg = (
            f"Analyser '{name}' was asked for {output.name} {output.version} and "
            f"returned {result.schema.name} {result.schema.version}"
        )
        raise AnalyserProcessingError(msg)
    return result
