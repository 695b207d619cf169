"""A result to export, and what stands in the file."""

import json
from pathlib import Path
from typing import Any

from wct_entrypoints.api import AnalysisResult, AnalysisResultsExporter


def result(**fields: Any) -> AnalysisResult:
    defaults: dict[str, Any] = {
        "analysis_name": "Count",
        "analysis_description": "All of it",
        "input_schema": "letters",
        "output_schema": "counts",
        "data": {"count": 2},
        "success": True,
    }
    return AnalysisResult(**{**defaults, **fields})


def exported(path: Path, *results: AnalysisResult, **fields: Any) -> Any:
    AnalysisResultsExporter.save_to_json([*results], path, **fields)
    return json.loads(path.read_text(encoding="utf-8"))
