"""What is said of each mistake in a runbook, word for word."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.compat.bench import Document, Problems, component, runbook, step
from wct_entrypoints.api import (
    Executor,
    ExecutorError,
    RunbookLoader,
    RunbookLoadError,
    ServiceContainer,
)

Change = Callable[[Document], object]


def first(part: str, **fields: Any) -> Change:
    """Change the first connector, analyser or step of a runbook."""
    return lambda document: document[part][0].update(fields)


def drop(part: str, field: str) -> Change:
    return lambda document: document[part][0].pop(field)


def put(**fields: Any) -> Change:
    return lambda document: document.update(fields)


ONE_SOURCE = (
    "Step cannot have both 'connector' and 'input_from' - choose one data source"
)


NO_SOURCE = "Step must have either 'connector' or 'input_from' as data source"


VERSION = (
    "Value error, Version must be in format 'major.minor.patch' (e.g., '1.0.0'), got: "
)


NAME = "String should match pattern '^[a-zA-Z0-9._-]+$'"


FEWER = "List should have at least 1 item after validation, not 0"


RUNBOOK_TEXTS: list[tuple[Change, str]] = [
    (lambda document: document.pop("name"), "name: Field required"),
    (put(name=""), "name: String should have at least 1 character"),
    (put(name=7), "name: Input should be a valid string"),
    (put(description=""), "description: String should have at least 1 character"),
    (put(connectors=[]), f"connectors: {FEWER}"),
    (put(analysers=[]), f"analysers: {FEWER}"),
    (put(execution=[]), f"execution: {FEWER}"),
    (put(execution="count"), "execution: Input should be a valid list"),
    (first("connectors", name="a b"), f"connectors -> 0 -> name: {NAME}"),
    (first("connectors", name=""), f"connectors -> 0 -> name: {NAME}"),
    (first("analysers", name="a/b"), f"analysers -> 0 -> name: {NAME}"),
    (first("execution", id="é"), f"execution -> 0 -> id: {NAME}"),
    (
        first("connectors", type=""),
        "connectors -> 0 -> type: String should have at least 1 character",
    ),
    (
        put(connectors=[component("c"), component("c")]),
        "connectors: Value error, Duplicate connector names found: ['c']",
    ),
    (
        put(analysers=[component("a"), component("a")]),
        "analysers: Value error, Duplicate analyser names found: ['a']",
    ),
    (
        first("connectors", properties=None),
        "connectors -> 0 -> properties: Input should be a valid dictionary",
    ),
    (
        first("analysers", properties=[]),
        "analysers -> 0 -> properties: Input should be a valid dictionary",
    ),
    (
        first("analysers", metadata="yearly"),
        (
            "analysers -> 0 -> metadata: "
            "Input should be a valid dictionary or instance of AnalysisMetadata"
        ),
    ),
    (first("execution", input_from="s1"), f"execution -> 0: Value error, {ONE_SOURCE}"),
    (drop("execution", "connector"), f"execution -> 0: Value error, {NO_SOURCE}"),
    (
        first("execution", input_schema_version="1.0"),
        f"execution -> 0 -> input_schema_version: {VERSION}1.0",
    ),
    (
        first("execution", output_schema_version="latest"),
        f"execution -> 0 -> output_schema_version: {VERSION}latest",
    ),
    (
        first("execution", input_schema_version=1.0),
        "execution -> 0 -> input_schema_version: Input should be a valid string",
    ),
    (
        first("execution", input_schema=""),
        "execution -> 0 -> input_schema: String should have at least 1 character",
    ),
    (
        first("execution", save_output="perhaps"),
        (
            "execution -> 0 -> save_output: "
            "Input should be a valid boolean, unable to interpret input"
        ),
    ),
    (
        first("execution", context=None),
        "execution -> 0 -> context: Input should be a valid dictionary",
    ),
    (
        first("execution", connector="zz"),
        (
            "root: Value error, Execution step 1 references unknown connector 'zz'. "
            "Available connectors: ['c']"
        ),
    ),
    (
        first("execution", analyser="zz"),
        (
            "root: Value error, Execution step 1 references unknown analyser 'zz'. "
            "Available analysers: ['a']"
        ),
    ),
    (
        first("execution", connector=None, input_from="zz"),
        (
            "root: Value error, Step 'S1' references unknown step ID 'zz'. "
            "Available step IDs: ['s1']"
        ),
    ),
]


@pytest.mark.parametrize(
    ("change", "text"), RUNBOOK_TEXTS, ids=[text for _, text in RUNBOOK_TEXTS]
)
def test_each_mistake_in_a_runbook_has_its_line(
    change: Change, text: str, problems: Problems
) -> None:
    document = runbook(step("s1", name="S1", connector="c", analyser="a"))
    change(document)

    assert problems(document) == [f"  {text}"]


@pytest.mark.parametrize("text", ["", "[]", "- name: x", "runbook", "7", "null"])
def test_what_is_no_mapping_is_no_runbook(text: str, problems: Problems) -> None:
    assert problems(text) == [
        "  root: Input should be a valid dictionary or instance of Runbook"
    ]


def test_all_wrong_fields_are_told_at_once_in_their_order(problems: Problems) -> None:
    document = runbook(step("s1", name="", save_output="perhaps"), name="", contact=7)
    del document["connectors"][0]["type"]

    assert problems(document) == [
        "  name: String should have at least 1 character",
        "  contact: Input should be a valid string",
        "  connectors -> 0 -> type: Field required",
        "  execution -> 0 -> name: String should have at least 1 character",
        (
            "  execution -> 0 -> save_output: "
            "Input should be a valid boolean, unable to interpret input"
        ),
    ]


def test_of_wrong_references_the_first_is_told_once_all_fields_are_right(
    problems: Problems,
) -> None:
    document = runbook(
        step("a"),
        step("b", connector="x", analyser="y"),
        step("c", input_from="z"),
        connectors=[component("post")],
        analysers=[component("counter")],
    )
    [line] = problems(document)
    assert line.startswith("  root: Value error, Execution step 2 references unknown c")

    document["name"] = ""
    assert problems(document) == ["  name: String should have at least 1 character"]


def test_files_that_are_no_runbooks_are_told_by_their_path(tmp_path: Path) -> None:
    path = tmp_path / "runbook.yaml"
    for text, beginning in [
        (None, f"Cannot read file {path}: "),
        (b"a: [", f"Invalid YAML in {path}: "),
        (b"\xff\xfe", f"Failed to load runbook {path}: "),
    ]:
        if text is not None:
            path.write_bytes(text)
        with pytest.raises(RunbookLoadError) as raised:
            RunbookLoader.load(path)
        assert str(raised.value).startswith(beginning)
        with pytest.raises(ExecutorError) as raised_by_executor:
            Executor(ServiceContainer()).execute_runbook(path)
        assert str(raised_by_executor.value) == (
            f"Failed to load runbook {path}: {raised.value}"
        )
