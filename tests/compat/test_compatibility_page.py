"""The page that maps the seed's tests to ours names tests that exist, all of them."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
PAGE = (ROOT / "docs" / "reference" / "compatibility.md").read_text(encoding="utf-8")

OURS = re.compile(r"`((?:tests/[\w/]+/)?test_\w+\.py)(?:::(test_\w+))?`")
ROW = re.compile(r"^\| `(Test\w+::test_\w+)` \| `(test_\w+\.py::test_\w+)` \|$")
SECTION = re.compile(r"^### ((?:apps|libs)/\S+\.py)$")

IN_THE_SEED = {
    "apps/wct/tests/test_executor.py": 36,
    "apps/wct/tests/test_executor_version_matching.py": 5,
    "apps/wct/tests/test_runbook.py": 30,
    "apps/wct/tests/test_runbook_version_validation.py": 10,
    "apps/wct/tests/schemas/test_runbook.py": 12,
    "libs/waivern-artifact-store/tests/waivern_artifact_store/"
    "test_configuration.py": 11,
    "libs/waivern-artifact-store/tests/waivern_artifact_store/test_factory.py": 5,
    "libs/waivern-artifact-store/tests/waivern_artifact_store/test_in_memory.py": 5,
    "libs/waivern-artifact-store/tests/waivern_artifact_store/test_integration.py": 4,
}
"""How many tests each module of the seed has."""


def mapped() -> list[tuple[str, str, str]]:
    """List (module of the seed, its test, ours) for each row of the tables."""
    found: list[tuple[str, str, str]] = []
    module = ""
    for line in PAGE.splitlines():
        if section := SECTION.match(line):
            module = section[1]
        elif row := ROW.match(line):
            found.append((module, row[1], row[2]))
    return found


@cache
def names_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return frozenset(each.name for each in functions)


def exists(file: str, test: str) -> bool:
    path = ROOT / file if "/" in file else HERE / file
    return path.is_file() and (not test or test in names_in(path))


def test_every_test_of_the_seed_is_mapped_once() -> None:
    rows = mapped()

    assert Counter(module for module, _, _ in rows) == IN_THE_SEED
    assert len({(module, theirs) for module, theirs, _ in rows}) == 118


def test_no_row_of_the_tables_is_overlooked() -> None:
    tables = PAGE[PAGE.index("## Tests of the seed, and where") :]
    rows = [line for line in tables.splitlines() if line.startswith("| `")]

    assert len(rows) == len(mapped())


def test_every_test_of_ours_that_the_page_names_exists() -> None:
    named = OURS.findall(PAGE)

    assert [f"{file}::{test}" for file, test in named if not exists(file, test)] == []


@pytest.mark.parametrize(
    ("file", "test"),
    [
        ("test_nowhere.py", ""),
        ("test_message.py", "test_of_nothing"),
        ("tests/nowhere/x.py", ""),
    ],
)
def test_a_test_that_is_not_there_would_be_noticed(file: str, test: str) -> None:
    assert not exists(file, test)
