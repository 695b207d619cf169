"""What a plugin author inherits: discovery, checks, the chain, the contract suite."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.compat.bench import Bench, step
from tests.compat.toys import LETTERS, Toy, analysis, source
from wct_entrypoints import api
from wct_entrypoints.api import (
    Analyser,
    BaseComponentConfiguration,
    ComponentConfig,
    ComponentFactory,
    ComponentFactoryContractTests,
    Connector,
    Message,
    MessageValidationError,
    Schema,
    SchemaLoadError,
)

STANDARD = Schema("standard_input", "1.0.0")


def test_components_must_do_their_work() -> None:
    assert Connector.__abstractmethods__ == {"get_name", "extract"}
    assert Analyser.__abstractmethods__ == {"get_name", "process"}
    assert ComponentFactory.__abstractmethods__ == {
        "create",
        "can_create",
        "get_component_name",
        "get_input_schemas",
        "get_output_schemas",
    }


def test_a_factory_depends_on_no_service_unless_it_says_so() -> None:
    assert source().get_service_dependencies() == {}


def test_the_schemas_of_a_step_are_asked_of_components_not_of_factories(
    bench: Bench,
) -> None:
    assert bench.post.get_output_schemas() == []

    assert [result.success for result in bench.run(step("count"))] == [True]


def content(**fields: Any) -> dict[str, Any]:
    return {"schemaVersion": "1.0.0", "name": "n", "data": [], **fields}


def test_an_input_of_the_expected_schema_is_validated() -> None:
    message = Message("1", content(), STANDARD)

    Analyser.validate_input_message(message, STANDARD)

    assert message.schema_validated


@pytest.mark.parametrize(
    ("schema", "name"),
    [(LETTERS, "letters"), (Schema("standard_input", "2.0.0"), "standard_input")],
    ids=["another name", "another version"],
)
def test_an_input_of_another_schema_is_refused(schema: Schema, name: str) -> None:
    with pytest.raises(SchemaLoadError) as raised:
        Analyser.validate_input_message(Message("1", content(), schema), STANDARD)

    assert str(raised.value) == (
        f"Message schema {name} does not match expected input schema standard_input"
    )


def test_an_input_without_schema_is_refused_by_validation() -> None:
    with pytest.raises(MessageValidationError, match=r"^No schema provided"):
        Analyser.validate_input_message(Message("1", content()), STANDARD)


def test_an_invalid_input_is_refused() -> None:
    with pytest.raises(MessageValidationError, match=r"^Schema validation failed"):
        Analyser.validate_input_message(Message("1", {"name": 7}, STANDARD), STANDARD)


def test_the_first_analysis_begins_a_chain() -> None:
    before = datetime.now(UTC)

    [entry] = Analyser.update_analyses_chain(Message("1", {}), "judge")

    assert (entry["order"], entry["analyser"]) == (1, "judge")
    assert before <= entry["execution_timestamp"] <= datetime.now(UTC)
    assert entry["execution_timestamp"].tzinfo is UTC


def test_a_later_analysis_makes_the_chain_one_longer() -> None:
    so_far = [
        {"order": 3, "analyser": "c", "execution_timestamp": "2026-01-05T12:00:00Z"},
        {"order": 1, "analyser": "a", "execution_timestamp": "2026-01-05T11:00:00Z"},
    ]
    message = Message("1", {"analysis_metadata": {"analyses_chain": so_far}})

    chain = Analyser.update_analyses_chain(message, "judge")

    assert chain[:2] == so_far
    assert (chain[2]["order"], chain[2]["analyser"]) == (4, "judge")
    assert len(so_far) == 2


@pytest.mark.parametrize(
    "nothing", [{}, {"analysis_metadata": {}}, {"analysis_metadata": None}]
)
def test_without_an_earlier_chain_a_new_one_begins(nothing: dict[str, Any]) -> None:
    [entry] = Analyser.update_analyses_chain(Message("1", nothing), "judge")

    assert entry["order"] == 1


def test_the_time_in_a_chain_is_the_time_of_the_step(bench: Bench) -> None:
    def judge(_read: Schema, made: Schema, message: Message) -> Message:
        chain = Analyser.update_analyses_chain(message, "counter")
        return Message("1", {"analysis_metadata": {"analyses_chain": chain}}, made)

    bench.employ(analysis("counter", judge))

    outcome = bench.outcome(step("count"))

    history = bench.executor.ledger.read(outcome.run.id)
    started = next(e.event for e in history if e.event.type == "step.started/1")
    [entry] = outcome.results[0].data["analysis_metadata"]["analyses_chain"]
    assert entry["execution_timestamp"] == started.at.isoformat()  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue,reportUnknownMemberType]  # found by its type


class Box(BaseComponentConfiguration):
    size: int = 1


def test_a_configuration_is_made_of_properties() -> None:
    assert Box.from_properties({"size": 7}) == Box(size=7)


def test_a_configuration_cannot_be_changed_and_takes_nothing_unknown() -> None:
    with pytest.raises(ValueError, match="Instance is frozen"):
        Box().size = 2  # type: ignore[misc]  # the point
    with pytest.raises(ValueError, match="Extra inputs are not permitted"):
        Box.from_properties({"colour": "red"})


class TestTheContractSuite(ComponentFactoryContractTests[Connector]):
    """The suite that plugin authors inherit, on a factory that keeps the promises."""

    @pytest.fixture
    def factory(self) -> ComponentFactory[Connector]:
        return source()

    @pytest.fixture
    def valid_config(self) -> ComponentConfig:
        return {}


def test_the_contract_suite_demands_its_two_fixtures() -> None:
    suite = ComponentFactoryContractTests[Connector]()
    for fixture in ("factory", "valid_config"):
        raw = getattr(type(suite), fixture)
        with pytest.raises(NotImplementedError):
            getattr(raw, "__wrapped__", raw)(suite)


def test_the_contract_suite_notices_a_factory_without_a_name() -> None:
    nameless = Toy("", lambda _: source().create({}))

    with pytest.raises(AssertionError):
        ComponentFactoryContractTests[Connector]().test_it_has_a_name_for_runbooks(
            nameless
        )


def test_importing_the_public_names_does_not_import_pytest() -> None:
    code = "import sys, wct_entrypoints.api; sys.exit('pytest' in sys.modules)"

    path = {"PYTHONPATH": os.pathsep.join(sys.path)}

    done = subprocess.run([sys.executable, "-c", code], env=path, check=False)

    assert done.returncode == 0


def test_every_public_name_is_there() -> None:
    missing = [name for name in api.__all__ if not hasattr(api, name)]

    assert missing == []
