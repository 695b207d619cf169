"""An executor over a ledger that the caller has opened."""

from pathlib import Path

from wct_entrypoints.api import Executor, Ledger, ServiceContainer, open_ledger

RUNBOOK = """
name: notes
description: d
connectors: [{name: c, type: filesystem_connector, properties: {path: PATH}}]
analysers: [{name: a, type: personal_data_analyser}]
execution:
  - {id: s, name: s, description: "", connector: c, analyser: a,
     input_schema: standard_input, output_schema: personal_data_finding}
"""


class Opened:
    """Opens the ledger when the executor asks for it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def can_create(self) -> bool:
        return True

    def create(self) -> Ledger:
        return open_ledger(self._path, create=True, environ={})


def test_a_run_is_recorded_in_the_ledger_of_the_container(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("write to jane@example.com", encoding="utf-8")
    runbook = tmp_path / "runbook.yaml"
    text = RUNBOOK.replace("PATH", str(tmp_path / "note.txt"))
    runbook.write_text(text, encoding="utf-8")
    container = ServiceContainer()
    container.register(Ledger, Opened(tmp_path / "audit.db"))
    with Executor.create_with_built_ins(container) as executor:
        [result] = executor.execute_runbook(runbook)
    assert result.data["summary"]["total_findings"] == 1
    kept = open_ledger(tmp_path / "audit.db", create=False, read_only=True, environ={})
    assert [stream.version for stream in kept.streams()] == [6]
    kept.close()
