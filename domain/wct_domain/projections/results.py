"""Results of a run's steps, in the order of the runbook."""

from typing import Any

from pydantic import BaseModel

from wct_domain.archive import BlobReader
from wct_domain.digests import Reference
from wct_domain.projections.run import Run
from wct_domain.projections.states import StepState, StepStatus
from wct_domain.runbook import AnalysisMetadata, ExecutionStep, Runbook


class AnalysisResult(BaseModel):
    """What one step came to. Raw: nothing in ``data`` is masked."""

    analysis_name: str
    analysis_description: str
    input_schema: str
    output_schema: str
    data: dict[str, Any]
    metadata: AnalysisMetadata | None = None
    success: bool
    contact: str | None = None
    error_message: str | None = None
    step_id: str | None = None
    input_schema_version: str | None = None
    output_schema_version: str | None = None


def results_of(run: Run, runbook: Runbook, blobs: BlobReader) -> list[AnalysisResult]:
    """Rebuild the result of each step that ended; the others have none yet."""
    remarks = {analyser.name: analyser.metadata for analyser in runbook.analysers}
    return [
        _result(step, state, remarks.get(step.analyser or ""), blobs)
        for step in runbook.execution
        if (state := run.steps.get(step.id)) and state.ended_by
    ]


def _result(
    step: ExecutionStep,
    state: StepState,
    metadata: AnalysisMetadata | None,
    blobs: BlobReader,
) -> AnalysisResult:
    input_schema, _, input_version = (state.input_schema or "").partition("/")
    output_schema, _, output_version = (state.output_schema or "").partition("/")
    succeeded = state.status is StepStatus.SUCCEEDED
    # model_construct: every value is typed already, and data may be large.
    return AnalysisResult.model_construct(
        analysis_name=step.name,
        analysis_description=step.description,
        input_schema=input_schema or step.input_schema,
        output_schema=output_schema or step.output_schema,
        data=blobs.message(state.result).content if state.result else {},
        metadata=metadata,
        success=succeeded,
        contact=step.contact,
        error_message=None if succeeded else error_text(state.message, blobs),
        step_id=step.id,
        input_schema_version=input_version or None,
        output_schema_version=output_version or None,
    )


def error_text(message: Reference | None, blobs: BlobReader) -> str:
    """The text of a failure, for people."""
    return "" if message is None else str(blobs.document(message)["message"])
