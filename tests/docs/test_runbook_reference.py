"""The page on runbooks says what the loader does."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from wct_adapters.connectors.filesystem_config import FilesystemConnectorConfig
from wct_adapters.connectors.sqlite_config import SQLiteConnectorConfig
from wct_domain.errors import ExecutorError, RunbookValidationError
from wct_domain.plan import plan_runbook
from wct_domain.runbook import (
    AnalyserConfig,
    ConnectorConfig,
    ExecutionStep,
    Runbook,
    parse_runbook,
)

PAGE = (Path(__file__).parents[2] / "docs/reference/runbook.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
LINES = {
    line
    for block in re.findall(r"^```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
}

VALID: dict[str, Any] = {
    "name": "r",
    "description": "d",
    "connectors": [{"name": "files", "type": "filesystem_connector"}],
    "analysers": [{"name": "personal_data", "type": "personal_data_analyser"}],
    "execution": [
        {
            "id": "look",
            "name": "Look",
            "description": "",
            "input_from": "read",
            "analyser": "personal_data",
            "input_schema": "standard_input",
            "output_schema": "personal_data_finding",
        },
        {
            "id": "read",
            "name": "Read",
            "description": "",
            "connector": "files",
            "input_schema": "standard_input",
            "output_schema": "standard_input",
            "save_output": True,
        },
    ],
}
LEFT_OUT = object()

# (path into the valid runbook, what to put there, what is said)
REFUSED: list[tuple[tuple[str | int, ...], object, str]] = [
    (("name",), LEFT_OUT, "name: Field required"),
    (("name",), "", "name: String should have at least 1 character"),
    (("name",), 7, "name: Input should be a valid string"),
    (
        ("connectors",),
        [],
        "connectors: List should have at least 1 item after validation, not 0",
    ),
    (
        ("connectors", 0, "name"),
        "my files",
        ("connectors -> 0 -> name: String should match pattern '^[a-zA-Z0-9._-]+$'"),
    ),
    (
        ("connectors", 0, "properties"),
        None,
        "connectors -> 0 -> properties: Input should be a valid dictionary",
    ),
    (
        ("connectors",),
        VALID["connectors"] * 2,
        "connectors: Value error, Duplicate connector names found: ['files']",
    ),
    (
        ("analysers",),
        VALID["analysers"] * 2,
        "analysers: Value error, Duplicate analyser names found: ['personal_data']",
    ),
    (
        ("analysers", 0, "metadata"),
        "note",
        (
            "analysers -> 0 -> metadata: "
            "Input should be a valid dictionary or instance of AnalysisMetadata"
        ),
    ),
    (
        ("execution", 0, "id"),
        "read",
        "execution: Value error, Duplicate step ids found: ['read']",
    ),
    (
        ("execution", 0, "connector"),
        "files",
        (
            "execution -> 0: Value error, Step cannot have both 'connector' and "
            "'input_from' - choose one data source"
        ),
    ),
    (
        ("execution", 0, "input_from"),
        LEFT_OUT,
        (
            "execution -> 0: Value error, Step must have either 'connector' or "
            "'input_from' as data source"
        ),
    ),
    (
        ("execution", 0, "input_schema_version"),
        "1.0",
        (
            "execution -> 0 -> input_schema_version: Value error, Version must be in "
            "format 'major.minor.patch' (e.g., '1.0.0'), got: 1.0"
        ),
    ),
    (
        ("execution", 0, "input_schema_version"),
        1.0,
        "execution -> 0 -> input_schema_version: Input should be a valid string",
    ),
    (
        ("execution", 0, "save_output"),
        "perhaps",
        (
            "execution -> 0 -> save_output: "
            "Input should be a valid boolean, unable to interpret input"
        ),
    ),
    (
        ("execution", 0, "timeout"),
        "soon",
        (
            "execution -> 0 -> timeout: Value error, Must be seconds, or a text such "
            "as '90s', '5m' or '2h'; above 0, and 30 days at most"
        ),
    ),
    (
        (),
        ["a list"],
        "root: Input should be a valid dictionary or instance of Runbook",
    ),
    (
        ("execution", 0),
        {**VALID["execution"][1], "id": "look", "connector": "zz"},
        (
            "root: Value error, Execution step 1 references unknown connector 'zz'. "
            "Available connectors: ['files']"
        ),
    ),
    (
        ("execution", 0, "analyser"),
        "zz",
        (
            "root: Value error, Execution step 1 references unknown analyser 'zz'. "
            "Available analysers: ['personal_data']"
        ),
    ),
    (
        ("execution", 0, "input_from"),
        "zz",
        (
            "root: Value error, Step 'Look' references unknown step ID 'zz'. "
            "Available step IDs: ['look', 'read']"
        ),
    ),
]


def changed(path: tuple[str | int, ...], value: object) -> object:
    """The valid runbook with something else at one place, or nothing there."""
    if not path:
        return value
    document = copy.deepcopy(VALID)
    container: Any = document
    for step in path[:-1]:
        container = container[step]
    if value is LEFT_OUT:
        del container[path[-1]]
    else:
        container[path[-1]] = value
    return document


@pytest.mark.parametrize(("path", "value", "line"), REFUSED)
def test_what_is_refused_is_refused_in_the_words_of_the_page(
    path: tuple[str | int, ...], value: object, line: str
) -> None:
    with pytest.raises(RunbookValidationError) as raised:
        parse_runbook(changed(path, value))

    assert str(raised.value) == f"Runbook validation failed:\n  {line}"
    assert line in LINES


def test_every_line_of_the_page_is_tried() -> None:
    tried = {line for _, _, line in REFUSED}
    fields = {line for line in LINES if re.match(r"(\w+|\w+ -> .*): ", line)}

    assert {line for line in fields if "{path}" not in line} - tried == set()


def test_a_cycle_is_refused_in_the_words_of_the_page() -> None:
    document = copy.deepcopy(VALID)
    document["execution"][1] |= {"connector": None, "input_from": "look"}

    with pytest.raises(ExecutorError) as raised:
        plan_runbook(parse_runbook(document))

    assert str(raised.value) in LINES


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_a_valid_runbook(example: str) -> None:
    plan = plan_runbook(parse_runbook(yaml.safe_load(example)))

    assert len(plan.frontier().take()) > 0


def test_there_is_an_example() -> None:
    assert EXAMPLES


def section(title: str) -> str:
    return PAGE.split(f"### {title}\n", 1)[1].split("\n#", 1)[0]


def rows(title: str) -> dict[str, str]:
    """First column to the whole row, of the table below a heading."""
    found = re.findall(r"^\| `([\w.]+)` \|.*$", section(title), re.MULTILINE)
    lines = [line for line in section(title).splitlines() if line.startswith("| `")]
    return dict(zip(found, lines, strict=True))


@pytest.mark.parametrize(
    ("title", "model"),
    [
        ("Runbook", Runbook),
        ("Connector", ConnectorConfig),
        ("Analyser", AnalyserConfig),
        ("Step", ExecutionStep),
        ("filesystem_connector", FilesystemConnectorConfig),
        ("sqlite_connector", SQLiteConnectorConfig),
    ],
)
def test_every_field_is_in_the_table_of_its_section(title: str, model: Any) -> None:
    table = rows(title)

    assert table.keys() == model.model_fields.keys()
    for name, field in model.model_fields.items():
        assert ("| required |" in table[name]) is field.is_required()


@pytest.mark.parametrize(
    ("title", "model"),
    [
        ("filesystem_connector", FilesystemConnectorConfig),
        ("sqlite_connector", SQLiteConnectorConfig),
    ],
)
def test_every_default_of_a_property_is_right(title: str, model: Any) -> None:
    for name, row in rows(title).items():
        field = model.model_fields[name]
        if name.endswith("_patterns"):
            assert field.default is None
        elif not field.is_required():
            assert row.split("|")[2].strip().strip("`") == str(field.default)
