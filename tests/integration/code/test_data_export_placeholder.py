"""``data_export_analyser`` is a name, and says so."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from wct_adapters.analysers.data_export import (
    DataExportAnalyser,
    DataExportAnalyserFactory,
)
from wct_domain.message import Message
from wct_domain.schemas import Schema
from wct_domain.services import ServiceContainer
from wct_entrypoints.api import Executor
from wct_entrypoints.cli import main

RUNBOOK = """\
name: export
description: of data
connectors:
  - {name: files, type: filesystem_connector, properties: {path: .}}
analysers:
  - {name: export, type: data_export_analyser, properties: {any: thing}}
execution:
  - id: one
    name: one
    description: ""
    connector: files
    analyser: export
    input_schema: standard_input
    output_schema: data_export
"""


@pytest.fixture
def runbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runbook.yaml").write_text(RUNBOOK)
    return "runbook.yaml"


def test_validation_says_that_it_does_nothing_yet(runbook: str) -> None:
    done = CliRunner().invoke(main, ["validate-runbook", runbook])

    assert done.exit_code == 1
    assert (
        "runbook.yaml:6: error: analysers -> 0 -> type: data_export_analyser does "
        "nothing yet: a step that uses it fails; remove it from the runbook"
    ) in done.output


def test_its_step_fails_in_the_words_that_it_always_had(runbook: str) -> None:
    (result,) = Executor.create_with_built_ins().execute_runbook(Path(runbook))

    assert not result.success
    assert result.error_message == (
        "Producer does not support schema 'data_export'. Available: []"
    )


def test_who_calls_it_all_the_same_is_told() -> None:
    factory = DataExportAnalyserFactory(ServiceContainer())
    analyser = factory.create({})
    schema = Schema("standard_input", "1.0.0")

    assert analyser.get_name() == factory.get_component_name()
    assert isinstance(analyser, DataExportAnalyser)
    assert factory.can_create({"any": "thing"})
    with pytest.raises(NotImplementedError, match="does nothing yet"):
        analyser.process(schema, schema, Message("1", {}))
