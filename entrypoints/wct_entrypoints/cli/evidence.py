"""What of a run's results may be shown: masked, unless somebody asks for all of it."""

from collections.abc import Sequence
from typing import Any

from wct_domain.analysis.masking import mask_content
from wct_domain.errors import SchemaLoadError
from wct_domain.export import DataView
from wct_domain.projections.results import AnalysisResult
from wct_domain.schemas import SchemaSource
from wct_entrypoints.cli import error_texts


def masked(schemas: SchemaSource) -> DataView:
    """Mask what a result's schema marks; where it is unknown, what may be data."""

    def view(result: AnalysisResult) -> dict[str, Any]:
        shown: dict[str, Any] = mask_content(_definition(result, schemas), result.data)
        return shown

    return view


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


def _definition(result: AnalysisResult, schemas: SchemaSource) -> dict[str, Any] | None:
    if result.output_schema_version is None:
        return None
    try:
        return schemas.load(result.output_schema, result.output_schema_version)
    except (FileNotFoundError, SchemaLoadError):
        return None
