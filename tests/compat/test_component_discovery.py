"""Schemas that a component declares by the files beside it."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.compat.toys import LETTERS
from wct_entrypoints.api import Schema

PLUGIN = """
from wct_entrypoints.api import Analyser, Connector

class Reader(Connector):
    @classmethod
    def get_name(cls): return "reader"
    def extract(self, output_schema): raise NotImplementedError

class Judge(Analyser):
    @classmethod
    def get_name(cls): return "judge"
    def process(self, input_schema, output_schema, message): raise NotImplementedError
"""


Plugin = Callable[..., Any]


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plugin:
    """Import a module with a connector and an analyser; files are made beside it."""

    def load(*files: str) -> Any:
        for name in files:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).touch()
        (tmp_path / "plugin.py").write_text(PLUGIN)
        spec = importlib.util.spec_from_file_location("plugin", tmp_path / "plugin.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        # Where a class is defined is looked up by its module's name.
        monkeypatch.setitem(sys.modules, "plugin", module)
        spec.loader.exec_module(module)
        return module

    return load


def test_schemas_that_a_connector_makes_are_found_beside_its_file(
    plugin: Plugin,
) -> None:
    module = plugin(
        "schema_producers/letters_1_0_0.py", "schema_producers/post_card_1_2_10.py"
    )

    assert module.Reader.get_supported_output_schemas() == [
        Schema("letters", "1.0.0"),
        Schema("post_card", "1.2.10"),
    ]


def test_schemas_of_an_analyser_are_found_in_two_folders(plugin: Plugin) -> None:
    module = plugin("schema_readers/letters_1_0_0.py", "schema_producers/c_2_0_0.py")

    assert module.Judge.get_supported_input_schemas() == [LETTERS]
    assert module.Judge.get_supported_output_schemas() == [Schema("c", "2.0.0")]


def test_other_files_declare_no_schema(plugin: Plugin) -> None:
    module = plugin(
        "schema_producers/__init__.py",
        "schema_producers/_letters_1_0_0.py",
        "schema_producers/letters_1_0.py",
        "schema_producers/letters.py",
        "schema_producers/cards_1_0_0.txt",
        "schema_producers/letters_1_0_0.py",
    )

    assert module.Reader.get_supported_output_schemas() == [LETTERS]


def test_the_numbers_of_a_file_name_are_not_checked(plugin: Plugin) -> None:
    module = plugin("schema_producers/letters_one_two_three.py")

    assert module.Reader.get_supported_output_schemas() == [
        Schema("letters", "one.two.three")
    ]


def test_without_folder_a_component_declares_no_schemas(plugin: Plugin) -> None:
    module = plugin()

    assert module.Reader.get_supported_output_schemas() == []
    assert module.Judge.get_supported_input_schemas() == []
    assert module.Judge.get_supported_output_schemas() == []


def test_a_component_made_in_a_shell_declares_no_schemas() -> None:
    namespace: dict[str, Any] = {"__name__": "a shell"}
    exec(PLUGIN, namespace)

    assert namespace["Reader"].get_supported_output_schemas() == []
