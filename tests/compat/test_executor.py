"""What an executor is given, and what comes of a runbook whose steps succeed."""

import pytest

from tests.compat.bench import Bench, component, step
from tests.compat.toys import (
    COUNTS,
    OddError,
    analysis,
    answering,
    clerk,
    raising,
    source,
)
from wct_domain.events import RunCompleted
from wct_entrypoints.api import (
    ArtifactStore,
    Executor,
    ExecutorError,
    Message,
    RunbookLoadError,
    RunbookValidationError,
    ServiceContainer,
)


def test_a_new_executor_knows_no_component_and_has_a_store(executor: Executor) -> None:
    assert executor.connector_factories == {}
    assert executor.analyser_factories == {}
    assert isinstance(executor.artifact_store, ArtifactStore)


def test_executors_share_nothing() -> None:
    one, other = Executor(ServiceContainer()), Executor(ServiceContainer())
    one.register_connector_factory(source())

    assert other.list_available_connectors() == {}
    assert one.artifact_store is not other.artifact_store


def test_a_registered_connector_is_available_by_its_name(executor: Executor) -> None:
    post = source("post")
    executor.register_connector_factory(post)

    assert executor.connector_factories == {"post": post}
    assert executor.list_available_connectors() == {"post": post}


def test_a_registered_analyser_is_available_by_its_name(executor: Executor) -> None:
    counter = analysis("counter")
    executor.register_analyser_factory(counter)

    assert executor.analyser_factories == {"counter": counter}
    assert executor.list_available_analysers() == {"counter": counter}


def test_all_registered_connectors_are_listed_in_a_copy(executor: Executor) -> None:
    executor.register_connector_factory(source("post"))
    executor.register_connector_factory(source("mail"))

    executor.list_available_connectors().clear()

    assert [*executor.list_available_connectors()] == ["post", "mail"]


def test_all_registered_analysers_are_listed_in_a_copy(executor: Executor) -> None:
    executor.register_analyser_factory(analysis())
    executor.register_analyser_factory(clerk())

    executor.list_available_analysers().clear()

    assert [*executor.list_available_analysers()] == ["counter", "clerk"]


def test_a_connector_registered_again_replaces_the_first(bench: Bench) -> None:
    bench.connect(
        source("post", lambda schema: Message("1", {"letters": ["Hi"]}, schema))
    )

    [result] = bench.run(step("count"))

    assert result.data == {"count": 1}
    assert [*bench.executor.list_available_connectors()] == ["post"]


def test_an_analyser_registered_again_replaces_the_first(bench: Bench) -> None:
    bench.employ(analysis("counter", answering(Message("7", {"count": 7}, COUNTS))))

    [result] = bench.run(step("count"))

    assert result.data == {"count": 7}
    assert [*bench.executor.list_available_analysers()] == ["counter", "clerk"]


def test_a_missing_runbook_is_an_executor_error_with_its_cause(bench: Bench) -> None:
    path = bench.directory / "missing.yaml"

    with pytest.raises(ExecutorError) as raised:
        bench.executor.execute_runbook(path)

    assert str(raised.value).startswith(f"Failed to load runbook {path}: ")
    assert isinstance(raised.value.__cause__, RunbookLoadError)


def test_a_runbook_that_is_no_yaml_is_an_executor_error(bench: Bench) -> None:
    path = bench.directory / "runbook.yaml"
    path.write_text("name: [", encoding="utf-8")

    with pytest.raises(ExecutorError) as raised:
        bench.executor.execute_runbook(path)

    assert str(raised.value).startswith(
        f"Failed to load runbook {path}: Invalid YAML in {path}: "
    )


def test_a_runbook_without_steps_is_refused(bench: Bench) -> None:
    with pytest.raises(ExecutorError, match="Runbook validation failed:") as raised:
        bench.run()

    assert str(raised.value).endswith(
        "\n  execution: List should have at least 1 item after validation, not 0"
    )
    assert isinstance(raised.value.__cause__, RunbookValidationError)


def test_a_runbook_that_cannot_be_loaded_records_nothing(bench: Bench) -> None:
    with pytest.raises(ExecutorError):
        bench.run()

    assert bench.executor.ledger.streams() == []


def test_the_path_of_a_runbook_may_be_text(bench: Bench) -> None:
    path: str = str(bench.file({"name": ""}))

    with pytest.raises(ExecutorError, match="Runbook validation failed"):
        bench.executor.execute_runbook(path)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # scripts pass what they have


def test_a_successful_step_says_what_it_was_and_what_it_found(bench: Bench) -> None:
    [result] = bench.run(
        step("count", name="Count", description="All of it", contact="Ann <a@b.org>")
    )

    assert result.model_dump() == {
        "analysis_name": "Count",
        "analysis_description": "All of it",
        "input_schema": "letters",
        "output_schema": "counts",
        "data": {"count": 2},
        "metadata": None,
        "success": True,
        "contact": "Ann <a@b.org>",
        "error_message": None,
        "step_id": "count",
        "input_schema_version": "1.0.0",
        "output_schema_version": "1.0.0",
    }


def test_results_come_in_the_order_of_the_steps(bench: Bench) -> None:
    names = [f"s{number}" for number in range(20)]

    results = bench.run(*(step(name) for name in names))

    assert [result.step_id for result in results] == names
    assert all(result.success for result in results)


def test_a_failed_step_leaves_the_others_alone(bench: Bench) -> None:
    bench.employ(analysis("broken", raising(OddError("out of ink"))))

    results = bench.run(step("a"), step("b", analyser="broken"), step("c"))

    assert [result.success for result in results] == [True, False, True]
    assert bench.events(RunCompleted) == [
        RunCompleted(succeeded=2, failed=1, skipped=0)
    ]


def test_remarks_on_an_analyser_come_back_with_its_results(bench: Bench) -> None:
    remarks = {"description": "Yearly", "purpose": "audit", "owner": {"team": "DPO"}}

    [result] = bench.run(
        step("count"), analysers=[component("counter", metadata=remarks)]
    )

    assert result.metadata is not None
    assert result.metadata.description == "Yearly"
    assert result.metadata.model_extra == {"purpose": "audit", "owner": {"team": "DPO"}}


def test_remarks_and_contact_come_back_with_a_failure_too(bench: Bench) -> None:
    bench.employ(analysis("broken", raising(OddError("out of ink"))))

    [result] = bench.run(
        step("count", analyser="broken", contact="Ann"),
        analysers=[component("broken", metadata={"purpose": "audit"})],
    )

    assert result.metadata is not None
    assert result.metadata.model_extra == {"purpose": "audit"}
    assert result.contact == "Ann"


def test_components_are_given_the_properties_of_the_runbook(bench: Bench) -> None:
    counter = analysis()
    bench.employ(counter)

    bench.run(
        step("count"),
        connectors=[component("post", properties={"box": 7})],
        analysers=[component("counter", properties={"deep": {"er": [1, None]}})],
    )

    assert bench.post.made == [{"box": 7}]
    assert counter.made == [{"deep": {"er": [1, None]}}]


def test_every_step_gets_components_of_its_own(bench: Bench) -> None:
    counter = analysis()
    bench.employ(counter)

    bench.run(step("a"), step("b"), step("c"))

    assert len(counter.made) == len(bench.post.made) == 3
