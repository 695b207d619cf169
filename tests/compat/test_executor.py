"""What an executor is given, and what comes of a runbook whose steps succeed."""

from pathlib import Path

import pytest

from tests.compat.toys import (
    COUNTS,
    Bench,
    OddError,
    analysis,
    answering,
    clerk,
    component,
    raising,
    source,
    step,
    summary,
)
from wct_domain.archive import BlobReader
from wct_domain.events import ArtifactsCleared, RunCompleted
from wct_domain.projections.artifacts import Artifacts
from wct_entrypoints.api import (
    ArtifactNotFoundError,
    ArtifactStore,
    Executor,
    ExecutorError,
    InMemoryArtifactStore,
    Message,
    RunbookLoadError,
    RunbookValidationError,
    ServiceContainer,
)


def test_a_new_executor_knows_no_component_and_has_a_store(executor: Executor) -> None:
    assert executor.connector_factories == {}
    assert executor.analyser_factories == {}
    assert isinstance(executor.artifact_store, ArtifactStore)


def test_the_store_of_an_executor_is_the_one_service_of_its_container() -> None:
    container = ServiceContainer()
    executor = Executor(container)

    assert container.get_service(ArtifactStore) is executor.artifact_store


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


def test_a_saved_output_is_in_the_store_under_the_id_of_its_step(bench: Bench) -> None:
    made = Message(
        "count", {"count": 7}, COUNTS, {"why": "test"}, schema_validated=True
    )
    bench.employ(analysis("counter", answering(made)))

    bench.run(step("kept", save_output=True), step("lost"))

    store = bench.executor.artifact_store
    assert store.get("kept") == made
    assert not store.exists("lost")


def test_a_run_begins_with_an_empty_store(bench: Bench) -> None:
    bench.run(step("first", save_output=True))
    assert bench.executor.artifact_store.exists("first")

    bench.run(step("second", save_output=True))

    assert not bench.executor.artifact_store.exists("first")
    assert bench.executor.artifact_store.exists("second")
    assert len(bench.events(ArtifactsCleared)) == 2


def test_what_a_caller_saved_before_is_not_seen_by_a_run(bench: Bench) -> None:
    store = bench.executor.artifact_store
    store.save("a", Message("1", {"count": 7}, COUNTS))

    failed = bench.error(step("a"), summary("b", "a"))

    assert not store.exists("a")
    assert "artifact not found" in failed


def test_folding_the_ledger_anew_gives_the_artifacts_of_the_store(bench: Bench) -> None:
    outcome = bench.outcome(step("a", save_output=True), step("b", save_output=True))

    anew = Artifacts()
    for recorded in bench.executor.ledger.read(outcome.run.id):
        anew.apply(recorded.event)

    assert sorted(anew.saved) == ["a", "b"]
    for name, saved in anew.saved.items():
        rebuilt = BlobReader(bench.executor.ledger).message(saved.result)
        assert rebuilt == bench.executor.artifact_store.get(name)


def test_a_store_in_the_container_is_used_and_not_replaced(tmp_path: Path) -> None:
    container = ServiceContainer()
    store = InMemoryArtifactStore()
    container.register(ArtifactStore, Shelf(store))
    bench = Bench(Executor(container), tmp_path)

    bench.run(step("a", save_output=True))

    assert bench.executor.artifact_store is store
    assert store.get("a").content == {"count": 2}


def test_a_foreign_store_is_told_of_every_artifact_once_it_is_recorded(
    tmp_path: Path,
) -> None:
    shelf = OwnStore()
    bench = bench_with(shelf, tmp_path)

    results = bench.run(step("a", save_output=True), summary("b", "a"))

    assert bench.executor.artifact_store is shelf
    assert shelf.told == ["clear", "save a"]
    assert shelf.get("a").content == {"count": 2}
    assert all(result.success for result in results)


def test_what_a_foreign_store_makes_of_an_artifact_changes_nothing(
    tmp_path: Path,
) -> None:
    shelf = OwnStore(kept=Message("forged", {"count": 1000}, COUNTS))

    results = bench_with(shelf, tmp_path).run(
        step("a", save_output=True), summary("b", "a")
    )

    assert results[1].data == {"summary": "2 letters"}


def test_a_foreign_store_that_fails_does_not_stop_a_run(tmp_path: Path) -> None:
    results = bench_with(FailingStore(), tmp_path).run(
        step("a", save_output=True), summary("b", "a")
    )

    assert [result.success for result in results] == [True, True]


def test_an_unknown_backend_in_the_environment_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ARTIFACT_STORE_BACKEND", "redis")

    with pytest.raises(ValueError, match="ArtifactStore") as raised:
        Executor(ServiceContainer())

    assert str(raised.value) == (
        "Factory for ArtifactStore returned None - service unavailable"
    )


class Shelf:
    """A factory for a store that is there already."""

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store

    def create(self) -> ArtifactStore:
        return self._store

    def can_create(self) -> bool:
        return True


class OwnStore(ArtifactStore):
    """A caller's own store: keeps references, and what it was told."""

    def __init__(self, kept: Message | None = None) -> None:
        self._kept = kept
        self._messages: dict[str, Message] = {}
        self.told: list[str] = []

    def save(self, step_id: str, message: Message) -> None:
        self.told.append(f"save {step_id}")
        self._messages[step_id] = self._kept or message

    def get(self, step_id: str) -> Message:
        if step_id not in self._messages:
            raise ArtifactNotFoundError(step_id)
        return self._messages[step_id]

    def exists(self, step_id: str) -> bool:
        return step_id in self._messages

    def clear(self) -> None:
        self.told.append("clear")
        self._messages.clear()


class FailingStore(OwnStore):
    def save(self, step_id: str, message: Message) -> None:
        raise OddError("the shelf broke")

    def clear(self) -> None:
        raise OddError("the shelf is nailed up")


def bench_with(store: ArtifactStore, directory: Path) -> Bench:
    container = ServiceContainer()
    container.register(ArtifactStore, Shelf(store))
    return Bench(Executor(container), directory)
