"""The artifact store of an executor when the run has ended, whose record is closed."""

import pytest

from tests.compat.bench import Bench, step
from tests.compat.toys import COUNTS, OddError, raising, source
from wct_domain.events import ArtifactSaved, ArtifactsCleared, RunCompleted
from wct_domain.projections.artifacts import Artifacts
from wct_entrypoints.api import ArtifactNotFoundError, Message

SEVEN = Message("by hand", {"count": 7}, COUNTS)


def test_a_message_saved_after_a_run_is_there_and_the_run_does_not_grow(
    bench: Bench,
) -> None:
    outcome = bench.outcome(step("a", save_output=True))
    store = bench.executor.artifact_store
    before = list(bench.executor.ledger.read(outcome.run.id))

    store.save("by hand", SEVEN)

    assert list(bench.executor.ledger.read(outcome.run.id)) == before
    assert isinstance(before[-1].event, RunCompleted)
    assert store.get("by hand") == SEVEN
    assert store.get("a").content == {"count": 2}


def test_it_is_recorded_in_one_stream_of_its_own_caused_by_the_run(
    bench: Bench,
) -> None:
    outcome = bench.outcome(step("a", save_output=True))

    bench.executor.artifact_store.save("x", SEVEN)
    bench.executor.artifact_store.clear()

    (own,) = others(bench, outcome.run.id)
    recorded = list(bench.executor.ledger.read(own))
    assert own.startswith("artifacts/")
    assert [type(each.event) for each in recorded] == [ArtifactSaved, ArtifactsCleared]
    assert recorded[0].causation_id == outcome.run.started_id


def test_clearing_after_a_run_forgets_what_the_run_saved_but_not_its_record(
    bench: Bench,
) -> None:
    outcome = bench.outcome(step("a", save_output=True))

    bench.executor.artifact_store.clear()

    with pytest.raises(ArtifactNotFoundError):
        bench.executor.artifact_store.get("a")
    anew = fold(bench, outcome.run.id)
    assert sorted(anew.saved) == ["a"]


def test_the_next_run_has_its_own_stream_again(bench: Bench) -> None:
    bench.run(step("a", save_output=True))
    bench.executor.artifact_store.save("by hand", SEVEN)

    second = bench.outcome(step("b", save_output=True))

    assert not bench.executor.artifact_store.exists("by hand")
    assert sorted(fold(bench, second.run.id).saved) == ["b"]


def test_a_run_that_failed_does_not_grow_either(bench: Bench) -> None:
    bench.connect(source("post", raising(SystemExit(3))))
    with pytest.raises(SystemExit):
        bench.run(step("a"))
    (run,) = others(bench)
    before = list(bench.executor.ledger.read(run))

    bench.executor.artifact_store.save("by hand", SEVEN)

    assert list(bench.executor.ledger.read(run)) == before
    assert bench.executor.artifact_store.get("by hand") == SEVEN


def test_a_message_that_cannot_be_kept_is_refused_as_during_a_run(
    bench: Bench,
) -> None:
    outcome = bench.outcome(step("a"))

    with pytest.raises(Exception, match="odd"):
        bench.executor.artifact_store.save(
            "x", Message("x", {"odd": OddError("x")}, COUNTS)
        )

    assert others(bench, outcome.run.id) == []


def others(bench: Bench, *known: str) -> list[str]:
    """Names of the streams in the ledger that are not known."""
    names = [stream.name for stream in bench.executor.ledger.streams()]
    return [name for name in names if name not in known]


def fold(bench: Bench, stream: str) -> Artifacts:
    artifacts = Artifacts()
    for recorded in bench.executor.ledger.read(stream):
        artifacts.apply(recorded.event)
    return artifacts
