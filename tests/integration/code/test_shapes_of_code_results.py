"""Results on a fixed file, whole: what a reader of them may rely on.

``python -m tests.integration.code.test_shapes_of_code_results`` writes the files anew;
what changes then is a change of the output, to be wanted and told of.
"""

import json
from pathlib import Path
from typing import Any, cast

import pytest

from tests import code_reading
from tests.analysing import NOON, SCHEMAS, container, item
from wct_adapters.analysers.processing_purpose import ProcessingPurposeAnalyserFactory
from wct_domain.analysis.masking import mask_content
from wct_domain.context import StepContext, working_in
from wct_domain.marks import marked, without
from wct_domain.schemas import Schema

FOLDER = Path(__file__).parents[2] / "golden" / "results"
ITEMS = (
    item(code_reading.PHP, "shop/Desk.php"),
    item("x = = 1  # newsletter\n", "shop/broken.py"),
    item('{"require": {"stripe/stripe-php": "^16"}}', "shop/composer.json"),
    item("Dear Ann", "shop/ann.txt"),
)
NAMES = ["source_code-1.0.0", "source_code-1.1.0", "processing_purpose_finding-1.0.0"]


def made(name: str) -> dict[str, Any]:
    schema, version = name.split("-")
    if schema == "source_code":
        output = Schema(schema, version, SCHEMAS)
        return code_reading.analysed(*ITEMS, output=output).content
    code = code_reading.analysed(*ITEMS)
    with working_in(StepContext(at=NOON, seed=0)):
        analyser = ProcessingPurposeAnalyserFactory(container()).create({})
        output = Schema(schema, version, SCHEMAS)
        return analyser.process(code_reading.LATEST, output, code).content


def text(name: str) -> str:
    return json.dumps(made(name), indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_result_is_what_it_was(name: str) -> None:
    expected = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    assert json.loads(text(name)) == json.loads(expected)
    assert text(name) == expected  # fields keep their order


def leaves(node: Any, path: str = "") -> dict[str, Any]:
    entries: dict[Any, Any]
    if isinstance(node, dict):
        entries = cast("dict[Any, Any]", node)
    elif isinstance(node, list):
        entries = dict(enumerate(cast("list[Any]", node)))
    else:
        return {path: node}
    found: dict[str, Any] = {}
    for step, member in entries.items():
        found |= leaves(member, f"{path}.{step}" if path else str(step))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_time_and_nothing_else_is_volatile(name: str) -> None:
    content = made(name)
    fields = marked(SCHEMAS.load(*name.split("-")), "x-wct-volatile")
    lost = leaves(content).keys() - leaves(without(content, fields)).keys()
    times = {path for path in leaves(content) if path.endswith("timestamp")}
    assert lost == times


@pytest.mark.parametrize("name", NAMES[:2])
def test_what_quotes_the_code_is_shown_by_its_length_only(name: str) -> None:
    content = made(name)
    masked = mask_content(SCHEMAS.load(*name.split("-")), content)
    hidden = {
        path.rpartition(".")[2]
        for path, value in leaves(masked).items()
        if isinstance(value, str) and value.endswith((" characters)", " character)"))
    }
    quoting = {"raw_content", "docstring", "default_value"}
    if name.endswith("1.1.0"):
        quoting |= {"value", "text"}
    assert hidden == quoting


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in NAMES:
        (FOLDER / f"{each}.json").write_text(text(each), encoding="utf-8")
