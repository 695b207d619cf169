"""The results document: format 1.0.0 of the JSON file that ``wct run`` writes."""

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from wct_domain.ports.sealed_log import StoredCheckpoint
from wct_domain.projections.results import AnalysisResult

FORMAT_VERSION = "1.0.0"

DataView = Callable[[AnalysisResult], dict[str, Any]]
"""What is shown of a result's data: as it is, or masked."""


def raw(result: AnalysisResult) -> dict[str, Any]:
    """Show everything."""
    return result.data


def results_document(
    results: Sequence[AnalysisResult],
    *,
    at: datetime,
    runbook_path: str | None = None,
    runbook_contact: str | None = None,
    run: str | None = None,
    checkpoint: StoredCheckpoint | None = None,
    organisation: Mapping[str, Any] | None = None,
    view: DataView = raw,
) -> dict[str, Any]:
    """Put results into the exported shape.

    ``checkpoint`` is the first that covers the run; None: there is none yet.
    ``timestamp`` is ``at`` as given, naive local time in the seed's format.
    Absent optional fields are left out; None inside ``data`` is kept.
    """
    succeeded = sum(result.success for result in results)
    metadata: dict[str, Any] = {
        "timestamp": at.isoformat(),
        "total_results": len(results),
        "successful_results": succeeded,
        "failed_results": len(results) - succeeded,
        "runbook_path": runbook_path,
        "runbook_contact": runbook_contact,
        "export_format_version": FORMAT_VERSION,
    }
    if run is not None:
        metadata["run_id"] = run
        metadata["checkpoint"] = checkpoint_document(checkpoint)
    if organisation is not None:
        metadata["organisation"] = dict(organisation)
    return {
        "export_metadata": metadata,
        "results": [_exported(result, view(result)) for result in results],
    }


def checkpoint_document(checkpoint: StoredCheckpoint | None) -> dict[str, Any] | str:
    """Put a checkpoint into the shape that programs read: ``pending`` if there is none.

    The note is all of it; size and root stand beside it for eyes.
    """
    if checkpoint is None:
        return "pending"
    return {
        "size": checkpoint.size,
        "root": base64.b64encode(checkpoint.root).decode(),
        "at": checkpoint.at.isoformat(timespec="microseconds"),
        "note": checkpoint.note,
    }


def _exported(result: AnalysisResult, data: dict[str, Any]) -> dict[str, Any]:
    exported: dict[str, Any] = {
        "analysis_name": result.analysis_name,
        "analysis_description": result.analysis_description,
        "input_schema": result.input_schema,
        "output_schema": result.output_schema,
        "data": data,
    }
    if result.metadata is not None:
        exported["metadata"] = result.metadata.model_dump(
            mode="json", exclude_defaults=True, exclude_none=True
        )
    exported["success"] = result.success
    for name in (
        "contact",
        "error_message",
        "step_id",
        "input_schema_version",
        "output_schema_version",
    ):
        if (value := getattr(result, name)) is not None:
            exported[name] = value
    return exported
