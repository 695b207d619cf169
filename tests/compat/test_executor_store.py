"""The artifact store of an executor: what runs leave in it, and stores of one's own."""

from pathlib import Path

import pytest

from tests.compat.bench import Bench, step, summary
from tests.compat.toys import COUNTS, OddError, analysis, answering
from wct_domain.archive import BlobReader
from wct_domain.events import ArtifactsCleared
from wct_domain.projections.artifacts import Artifacts
from wct_entrypoints.api import (
    ArtifactNotFoundError,
    ArtifactStore,
    Executor,
    InMemoryArtifactStore,
    Message,
    ServiceContainer,
)


def test_the_store_of_an_executor_is_the_one_service_of_its_container() -> None:
    container = ServiceContainer()
    executor = Executor(container)

    assert container.get_service(ArtifactStore) is executor.artifact_store


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
    ledger = bench.executor.ledger
    for name, saved in anew.saved.items():
        rebuilt = BlobReader(ledger, ledger.keys).message(saved.result)
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
