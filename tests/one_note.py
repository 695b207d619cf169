"""The smallest runbook that does something: one note, looked through."""

from pathlib import Path

ONE_NOTE = """\
name: One note
description: x
connectors: [{name: note, type: filesystem_connector, properties: {path: note.txt}}]
analysers: [{name: pd, type: personal_data_analyser}]
execution:
  - {id: scan, name: Scan, description: "", connector: note, analyser: pd,
     input_schema: standard_input, output_schema: personal_data_finding}
"""


def write_one_note(directory: Path, *more: str) -> Path:
    """Write the note and its runbook; return the runbook's path.

    Args:
        more: further lines of the runbook, which begin with its further steps.
    """
    (directory / "note.txt").write_text("nothing to see")
    runbook = directory / "runbook.yaml"
    runbook.write_text("".join([ONE_NOTE, *more]))
    return runbook
