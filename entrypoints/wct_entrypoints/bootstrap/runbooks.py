"""Runbook files as commands see them: documents, and lines to point at."""

from wct_adapters.runbook_files import (
    RunbookFile,
    duplicate_keys,
    lines_of,
    read_runbook_file,
)

__all__ = ["RunbookFile", "duplicate_keys", "lines_of", "read_runbook_file"]
