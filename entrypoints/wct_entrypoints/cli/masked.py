"""What may be shown to people who need not see personal data."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import click

from wct_domain.analysis.masking import mask_content, mask_text
from wct_domain.errors import SchemaLoadError
from wct_domain.message import Message
from wct_domain.projections.results import AnalysisResult
from wct_domain.schemas import Schema, SchemaLoader
from wct_entrypoints.cli import error_texts
from wct_entrypoints.cli.shared import printable


class Masked:
    """Copies of content in which what a schema marks is masked.

    Content that has no schema is masked where it may be data. Where a schema cannot be
    loaded (any more) nothing is known of the content: no text of it is shown, which is
    said once for each schema, on stderr.
    """

    def __init__(self, schemas: SchemaLoader) -> None:
        self._schemas = schemas
        self._told: set[Schema] = set()

    def message(self, message: Message) -> Message:
        """Mask all of a message."""
        context = message.context
        return replace(
            message,
            id=mask_text(message.id),
            content=self._content(message.content, message.schema),
            context=None if context is None else mask_content(None, context),
        )

    def data(self, result: AnalysisResult) -> dict[str, Any]:
        """Mask the data of a result, as a view of the results document."""
        version = result.output_schema_version
        schema = None if version is None else Schema(result.output_schema, version)
        shown: dict[str, Any] = self._content(result.data, schema)
        return shown

    def _content(self, content: dict[str, Any], schema: Schema | None) -> Any:
        if schema is None:
            return mask_content(None, content)
        try:
            definition = self._schemas.load(schema.name, schema.version)
        except (FileNotFoundError, SchemaLoadError):
            return self._hidden(content, schema)
        return mask_content(definition, content)

    def _hidden(self, content: dict[str, Any], schema: Schema) -> Any:
        # Here, because schemas are nearly always there.
        from wct_domain.analysis.hidden import hide_content

        if schema not in self._told:
            self._told.add(schema)
            text = f"schema {schema.name} {schema.version} is not installed"
            click.echo(printable(f"{text}: no text of it is shown"), err=True)
        return hide_content(content)


def with_masked_errors(results: Sequence[AnalysisResult]) -> list[AnalysisResult]:
    """Return results whose error texts may be shown."""
    return [
        result
        if result.error_message is None
        else result.model_copy(
            update={"error_message": error_texts.shown(result.error_message)}
        )
        for result in results
    ]
