"""Steps in processes of their own leave the same record as steps in this one."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from wct_domain.digests import Reference
from wct_domain.errors import ExecutorError
from wct_domain.events import Fact, StepFailed
from wct_domain.ports.ledger import Ledger, Recorded
from wct_domain.rulesets.source import RulesetSource
from wct_domain.services import Provided, ServiceContainer
from wct_entrypoints.api import Executor
from wct_entrypoints.bootstrap.components import installed, installed_rulesets
from wct_entrypoints.bootstrap.ledgers import memory_ledger

LETTER = "Dear Ann, write to ben@example.org, born 1 April 1970.\n"


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    found = memory_ledger()
    yield found
    found.close()


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "ann.txt").write_text(LETTER * 40)
    (folder / "lamp.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    return folder


def step(name: str, **fields: Any) -> dict[str, Any]:
    source = {} if "input_from" in fields else {"connector": "files"}
    return {
        "id": name,
        "name": name,
        "description": "",
        "analyser": "data",
        "input_schema": "standard_input",
        "output_schema": "personal_data_finding",
        **source,
        **fields,
    }


def written(path: Path, folder: Path, *steps: dict[str, Any], **extra: Any) -> Path:
    document = {
        "name": "letters",
        "description": "what is in them",
        "connectors": [
            {
                "name": "files",
                "type": "filesystem_connector",
                "properties": {"path": str(folder), **extra},
            }
        ],
        "analysers": [{"name": "data", "type": "personal_data_analyser"}],
        "execution": list(steps),
    }
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return path


def executor(ledger: Ledger, **services: Any) -> Executor:
    container = ServiceContainer()
    container.register(Ledger, Provided(lambda: ledger))
    for kind in services.get("kinds", ()):
        container.register(kind, Provided(lambda: services["service"]))
    return Executor.create_with_built_ins(container, max_workers=1)


def history(ledger: Ledger) -> list[Recorded]:
    return [each for each in ledger.read_all() if "/" not in each.stream]


def said(recorded: Recorded) -> tuple[Any, ...]:
    """What an event says, without what every run has of its own."""
    assert isinstance(recorded.event, Fact)
    fields = recorded.event.model_dump(exclude={"at", "duration", "document"})
    for name, value in fields.items():
        if isinstance(getattr(recorded.event, name), Reference):
            fields[name] = value["content"]
    return recorded.event.type, fields


def test_the_record_is_that_of_a_step_in_this_process(
    ledger: Ledger, letters: Path, tmp_path: Path
) -> None:
    def steps(**more: Any) -> list[dict[str, Any]]:
        reads = {"analyser": None, "output_schema": "standard_input"}
        return [
            step("read", save_output=True, **reads, **more),
            step("scan", input_from="read", **more),
            step("both", **more),
        ]

    runbook = tmp_path / "runbook.yaml"
    records: list[list[Any]] = []
    for more in ({}, {"timeout": "5m"}):
        written(runbook, letters, *steps(**more))
        before = len(history(ledger))
        outcome = executor(ledger).execute_runbook(runbook)
        assert all(each.success for each in outcome)
        records.append([said(each) for each in history(ledger)[before:]])
    here, apart = records
    assert [kind for kind, _ in here] == [kind for kind, _ in apart]
    scopes = [each[0][1].pop("scope") for each in records]
    assert scopes[0] != scopes[1]
    assert here == apart


def test_a_failure_is_told_as_it_is_told_in_this_process(
    ledger: Ledger, tmp_path: Path
) -> None:
    runbook = tmp_path / "runbook.yaml"
    nowhere = tmp_path / "nowhere"
    told: list[tuple[Any, ...]] = []
    for more in ({}, {"timeout": 300}):
        written(runbook, nowhere, step("scan", **more))
        (result,) = executor(ledger).execute_runbook(runbook)
        failed = next(
            each.event
            for each in reversed(history(ledger))
            if isinstance(each.event, StepFailed)
        )
        told.append((result.error_message, failed.code, failed.error))
    assert told[0] == told[1]
    assert "nowhere" in str(told[0][0])


def test_a_source_that_is_read_apart_serves_steps_here_and_the_other_way(
    ledger: Ledger, letters: Path, tmp_path: Path
) -> None:
    for first, second in (({"timeout": 300}, {}), ({}, {"timeout": 300})):
        runbook = written(
            tmp_path / "shared.yaml", letters, step("a", **first), step("b", **second)
        )
        before = len(history(ledger))
        results = executor(ledger).execute_runbook(runbook)
        assert [each.error_message for each in results] == [None, None]
        kinds = [each.event.type for each in history(ledger)[before:]]
        assert kinds.count("source.read/1") == 1


def test_a_component_that_was_given_as_an_object_is_refused_before_the_run(
    ledger: Ledger, letters: Path, tmp_path: Path
) -> None:
    runbook = written(tmp_path / "r.yaml", letters, step("scan", timeout=60))
    working = executor(ledger)
    own = installed(ServiceContainer()).connectors["filesystem_connector"]
    working.register_connector_factory(own)
    with pytest.raises(ExecutorError, match="given to the executor as an object"):
        working.execute_runbook(runbook)
    assert history(ledger) == []
    written(runbook, letters, step("scan"))
    assert working.execute_runbook(runbook)[0].success


def test_services_that_only_this_process_has_are_named(
    ledger: Ledger, letters: Path, tmp_path: Path
) -> None:
    runbook = written(tmp_path / "r.yaml", letters, step("scan", timeout=60))
    working = executor(ledger, kinds=[RulesetSource], service=installed_rulesets())
    with pytest.raises(ExecutorError, match="use services of this one: RulesetSource"):
        working.execute_runbook(runbook)


def test_a_property_that_is_not_json_is_named(
    ledger: Ledger, letters: Path, tmp_path: Path
) -> None:
    runbook = written(
        tmp_path / "r.yaml",
        letters,
        step("scan", timeout=60),
        since={"days": [datetime.date(2026, 1, 1)]},
    )
    with pytest.raises(ExecutorError, match="properties -> since -> days -> 0"):
        executor(ledger).execute_runbook(runbook)
