"""An executor with everything that is installed: wct's components, and plugins'."""

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from structlog.testing import capture_logs

from tests.compat.bench import Document, component, runbook, step
from wct_entrypoints.api import (
    ComponentFactory,
    Executor,
    SchemaRegistry,
)

Install = Callable[..., None]

PLUGIN = """
from pathlib import Path

from wct_entrypoints.api import ComponentFactory, Connector, Message, Schema
from wct_entrypoints.api import SchemaRegistry

LETTERS = Schema("letters", "1.0.0")

class Post(Connector):
    @classmethod
    def get_name(cls): return "post"
    @classmethod
    def get_supported_output_schemas(cls): return [LETTERS]
    def extract(self, output_schema):
        return Message("post", {"letters": ["Dear Ann"]}, output_schema).validate()

class PostFactory(ComponentFactory):
    def __init__(self, container):
        SchemaRegistry.get_loader().load("letters")  # schemas are registered before
        self.container = container
    def create(self, config): return Post()
    def can_create(self, config): return True
    def get_component_name(self): return "post"
    def get_input_schemas(self): return []
    def get_output_schemas(self): return [LETTERS]

def register_schemas():
    SchemaRegistry.register_search_path(Path(__file__).with_name("schemas"))

def refuse(*_):
    raise RuntimeError("not today")


def stray(*_):
    raise GeneratorExit("not now")
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Install a plugin whose entry points are given by their group."""

    def installed(name: str, **groups: str) -> None:
        site = tmp_path / name
        schema = site / "schemas" / "letters" / "1.0.0" / "letters.json"
        schema.parent.mkdir(parents=True)
        schema.write_text('{"version": "1.0.0", "required": ["letters"]}')
        (site / f"{name}.py").write_text(PLUGIN)
        about = site / f"{name}-1.2.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Name: {name}\nVersion: 1.2\n")
        lines = (f"[wct.{group}]\n{entry}\n" for group, entry in groups.items())
        (about / "entry_points.txt").write_text("".join(lines))
        monkeypatch.setattr(sys, "path", [str(site), *sys.path])

    return installed


def file(directory: Path, document: Document) -> Path:
    path = directory / "runbook.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


def test_an_executor_can_be_made_with_all_connectors() -> None:
    found = Executor.create_with_built_ins().list_available_connectors()

    assert found.keys() >= {"filesystem_connector", "sqlite_connector"}
    assert all(isinstance(each, ComponentFactory) for each in found.values())
    assert all(name == each.get_component_name() for name, each in found.items())


def test_an_executor_can_be_made_with_all_analysers() -> None:
    found = Executor.create_with_built_ins().list_available_analysers()

    assert found.keys() >= {
        "personal_data_analyser",
        "data_subject_analyser",
        "processing_purpose_analyser",
    }
    assert all(name == each.get_component_name() for name, each in found.items())


def test_executors_with_built_ins_share_nothing() -> None:
    one, other = Executor.create_with_built_ins(), Executor.create_with_built_ins()
    one.connector_factories.clear()

    assert other.connector_factories
    assert one.artifact_store is not other.artifact_store
    assert not {*map(id, one.analyser_factories.values())} & {
        *map(id, other.analyser_factories.values())
    }


def test_what_is_made_is_an_executor_of_the_class_that_was_asked() -> None:
    class Own(Executor):
        pass

    assert type(Executor.create_with_built_ins()) is Executor
    assert type(Own.create_with_built_ins()) is Own


FINDING = {"input_schema": "standard_input", "output_schema": "personal_data_finding"}


@pytest.fixture
def shop(tmp_path: Path) -> Document:
    """A runbook over a file and a database, for the built-in components."""
    letter = tmp_path / "letter.txt"
    letter.write_text("Her e-mail address is ann@example.org.", encoding="utf-8")
    with closing(sqlite3.connect(tmp_path / "shop.db")) as database:
        database.execute("CREATE TABLE customers (email TEXT)")
        database.execute("INSERT INTO customers VALUES ('ben@example.org')")
        database.commit()
    database_path = str(tmp_path / "shop.db")
    return runbook(
        step("file", connector="files", analyser="personal", **FINDING),
        step("rows", connector="customers", analyser="personal", **FINDING),
        connectors=[
            component(
                "files", type="filesystem_connector", properties={"path": str(letter)}
            ),
            component(
                "customers",
                type="sqlite_connector",
                properties={"database_path": database_path},
            ),
        ],
        analysers=[
            component(
                "personal",
                type="personal_data_analyser",
                properties={"llm_validation": {"enable_llm_validation": False}},
            )
        ],
    )


def test_built_in_components_run_a_runbook(shop: Document, tmp_path: Path) -> None:
    results = Executor.create_with_built_ins().execute_runbook(file(tmp_path, shop))

    assert [result.error_message for result in results] == [None, None]
    for result in results:
        assert result.data["summary"]["total_findings"] >= 1
        assert result.data["analysis_metadata"]["llm_validation_enabled"] is False


@pytest.mark.parametrize("switch", [True, "yes", 1])
def test_llm_validation_without_a_provider_has_the_seed_s_text(
    switch: object, shop: Document, tmp_path: Path
) -> None:
    shop["analysers"][0]["properties"] = {
        "llm_validation": {"enable_llm_validation": switch}
    }

    results = Executor.create_with_built_ins().execute_runbook(file(tmp_path, shop))

    sentence = (
        "Analyser 'personal_data_analyser' cannot be created with given configuration."
        " LLM service may be unavailable (required when LLM validation is enabled). "
    )
    for result in results:
        assert result.error_message is not None
        assert result.error_message.startswith(sentence)


def test_null_for_a_section_of_an_analyser_crashes_nothing(
    shop: Document, tmp_path: Path
) -> None:
    shop["analysers"][0]["properties"] = {"llm_validation": None}

    results = Executor.create_with_built_ins().execute_runbook(file(tmp_path, shop))

    for result in results:
        assert "NoneType" not in (result.error_message or "")


def test_a_refused_connector_says_why(shop: Document, tmp_path: Path) -> None:
    shop["connectors"][0]["properties"] = {"path": str(tmp_path / "gone")}

    [first, second] = Executor.create_with_built_ins().execute_runbook(
        file(tmp_path, shop)
    )

    assert first.error_message is not None
    assert first.error_message.startswith(
        "Connector 'filesystem_connector' cannot be created with given configuration: "
    )
    assert "Path does not exist" in first.error_message
    assert second.success


def test_a_plugin_s_connector_is_available_with_its_schemas(
    install: Install, tmp_path: Path
) -> None:
    install(
        "postal",
        connectors="post = postal:PostFactory",
        schemas="post = postal:register_schemas",
    )
    executor = Executor.create_with_built_ins()
    document = runbook(step("read", analyser=None, output_schema="letters"))

    [result] = executor.execute_runbook(file(tmp_path, document))

    assert result.data == {"letters": ["Dear Ann"]}
    assert SchemaRegistry.get_loader().load("letters")


@pytest.mark.parametrize(
    ("group", "what"),
    [
        ("connectors", "load connector"),
        ("analysers", "load analyser"),
        ("schemas", "register schemas from"),
    ],
)
@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("refuse", "not today"),
        ("stray", "not now"),
        ("missing", "has no attribute 'missing'"),
    ],
)
def test_a_broken_plugin_is_one_warning_and_harms_nobody_else(
    group: str, what: str, target: str, reason: str, install: Install
) -> None:
    name = f"broken_{group}_{target}"
    install(name, **{group: f"thing = {name}:{target}"})

    with capture_logs() as logs:
        executor = Executor.create_with_built_ins()

    [warning] = logs
    assert warning["log_level"] == "warning"
    assert warning["message"].startswith(f"Failed to {what} thing: ")
    assert reason in warning["message"]
    assert warning["plugin"] == f"{name} 1.2"
    assert executor.list_available_connectors().keys() >= {"filesystem_connector"}
