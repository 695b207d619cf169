"""One step: given what happened so far, when it is run, then these events."""

from typing import Any, cast

import pytest

from tests.unit.core.toys import (
    COUNTS,
    TEXTS,
    components,
    count_of,
    first,
    planned,
    step,
)
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.memory import MemoryLedger
from wct_domain.commands import RunStep
from wct_domain.context import current_step
from wct_domain.errors import AnalyserProcessingError, ConnectorExtractionError
from wct_domain.events import (
    ArtifactMissing,
    ArtifactSaved,
    PluginNoted,
    SourceRead,
    StepCompleted,
    StepFailed,
    StepStarted,
)
from wct_domain.message import Message
from wct_domain.schemas import Schema
from wct_domain.testing.scenario import NOON, Scenario

COUNTED = Message("counted", {"count": 2}, COUNTS)


def scenario(*steps: dict[str, Any], **kwargs: Any) -> Scenario:
    kwargs.setdefault("components", components())
    return Scenario(MemoryLedger(utc_now), plan=planned(*steps), **kwargs)


def run(given: Scenario) -> Scenario:
    assert given.plan is not None
    return given.when(RunStep(first(given.plan), given.plan))


def seed_of(given: Scenario) -> int:
    started = given.happened[0]
    assert isinstance(started, StepStarted)
    return started.seed


def source_read(given: Scenario) -> SourceRead:
    """What is recorded of reading the two texts."""
    content, size = given.draft.content_digest(
        Message("read", {"data": ["one", "two"]}, TEXTS)
    )
    return SourceRead(
        step="scan",
        connector="texts",
        output_schema="texts/1.0.0",
        items=2,
        size=size,
        content=content,
    )


def completed(given: Scenario, result: Message, **fields: object) -> StepCompleted:
    usual = {"input_schema": "texts/1.0.0", "output_schema": "counts/1.0.0", "items": 1}
    return StepCompleted.model_validate(
        {"step": "scan", "duration": 0, "result": given.reference(result)}
        | usual
        | fields
    )


def started(given: Scenario) -> StepStarted:
    return StepStarted(step="scan", at=NOON, seed=seed_of(given))


def failed(given: Scenario) -> StepFailed:
    event = given.happened[-1]
    assert isinstance(event, StepFailed)
    return event


def test_a_step_on_a_connector_reads_it_then_completes() -> None:
    given = run(scenario(step("scan")))
    given.then(started(given), source_read(given), completed(given, COUNTED))


def test_a_saving_step_saves_before_it_completes_in_one_append() -> None:
    given = run(scenario(step("scan", save_output=True)))
    stored = given.draft.message(COUNTED)
    saved = ArtifactSaved(
        artifact="scan", result=stored.reference, items=1, size=stored.size
    )
    given.then(started(given), source_read(given), saved, completed(given, COUNTED))
    assert given.stream.artifacts.saved["scan"] == saved


def test_a_step_reads_the_artifact_of_another_without_reading_a_source() -> None:
    given = scenario(
        step("scan", input_from="before"),
        step("before", save_output=True),
        messages={"before": COUNTED},
    )
    reference = given.reference(COUNTED)
    given.past = [ArtifactSaved(artifact="before", result=reference, items=1, size=11)]
    run(given)
    result = Message("counted", {"count": 3}, COUNTS)
    given.then(started(given), completed(given, result, input_schema="counts/1.0.0"))


def test_an_artifact_that_nobody_saved_is_recorded_as_missing() -> None:
    given = run(scenario(step("scan", input_from="before"), step("before")))
    given.then(
        started(given),
        ArtifactMissing(step="scan", artifact="before"),
        failed(given),
    )
    assert given.text(failed(given).message) == (
        "Step 'Step scan' depends on 'before' but artifact not found. "
        "Ensure previous step has 'save_output: true'."
    )


def test_a_step_without_an_analyser_completes_with_what_it_read() -> None:
    given = run(scenario(step("scan", analyser=None, output_schema="texts")))
    read = Message("read", {"data": ["one", "two"]}, TEXTS)
    given.then(
        started(given),
        source_read(given),
        completed(given, read, output_schema="texts/1.0.0", items=2),
    )


def test_a_step_that_cannot_read_fails_and_saves_nothing() -> None:
    def unreadable(_schema: Schema) -> Message:
        raise ConnectorExtractionError("the disk is gone")

    given = run(
        scenario(step("scan", save_output=True), components=components(unreadable))
    )
    given.then(started(given), failed(given))
    assert failed(given).code == "connector.extraction"
    assert given.text(failed(given).message) == "the disk is gone"
    assert not given.stream.artifacts.saved


def test_a_step_that_cannot_analyse_fails_after_its_source_was_read() -> None:
    def broken(_schema: Schema, _message: Message) -> Message:
        raise AnalyserProcessingError("not in English")

    given = run(scenario(step("scan"), components=components(analyse=broken)))
    given.then(started(given), source_read(given), failed(given))
    assert failed(given).error == "AnalyserProcessingError"


def test_an_error_without_a_text_is_named_by_its_class() -> None:
    def silent(_schema: Schema, _message: Message) -> Message:
        raise RuntimeError

    given = run(scenario(step("scan"), components=components(analyse=silent)))
    assert failed(given).code == "unexpected"
    assert given.text(failed(given).message) == "RuntimeError"


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (None, "Analyser 'counting_analyser' returned NoneType, not a Message"),
        (
            Message("r", {}, Schema("other", "2.0.0")),
            (
                "Analyser 'counting_analyser' was asked for counts 1.0.0 "
                "and returned other 2.0.0"
            ),
        ),
        (
            Message("r", {"count": {1, 2}}, COUNTS),
            "content -> count is not JSON: a set",
        ),
        (
            Message("r", {"count": float("nan")}, COUNTS),
            "content -> count is not JSON: a number that is not finite",
        ),
        (
            Message("r", cast("Any", []), COUNTS),
            (
                "Analyser 'counting_analyser' returned content of type list, "
                "not a dictionary"
            ),
        ),
    ],
)
def test_a_result_that_cannot_be_used_fails_the_step(result: Any, text: str) -> None:
    given = run(
        scenario(step("scan"), components=components(analyse=lambda _s, _m: result))
    )
    assert given.text(failed(given).message) == text


def test_a_connector_that_returns_nothing_fails_the_step() -> None:
    given = run(scenario(step("scan"), components=components(lambda _schema: None)))
    given.then(started(given), failed(given))
    assert given.text(failed(given).message) == (
        "Connector 'texts_connector' returned NoneType, not a Message"
    )


def test_time_and_seed_come_from_the_recorded_step() -> None:
    seen: list[tuple[object, int]] = []

    def looks(schema: Schema, message: Message) -> Message:
        seen.append((current_step().at, current_step().seed))
        return count_of(schema, message)

    given = run(scenario(step("scan"), components=components(analyse=looks)))
    assert seen == [(NOON, seed_of(given))]


def test_what_a_plugin_notes_is_recorded_with_the_end_of_the_step() -> None:
    def notes(schema: Schema, message: Message) -> Message:
        current_step().note("toys", "slow", {"items": 2})
        return count_of(schema, message)

    given = run(scenario(step("scan"), components=components(analyse=notes)))
    assert given.happened[2] == PluginNoted(
        plugin="toys", name="slow", data={"items": 2}
    )
    assert isinstance(given.happened[3], StepCompleted)


def test_what_a_plugin_notes_before_it_fails_is_recorded_too() -> None:
    def notes(schema: Schema, message: Message) -> Message:
        del schema, message
        current_step().note("toys", "slow", {"items": 2})
        raise AnalyserProcessingError("too slow")

    given = run(scenario(step("scan"), components=components(analyse=notes)))
    noted, failed = given.happened[2:]
    assert noted == PluginNoted(plugin="toys", name="slow", data={"items": 2})
    assert isinstance(failed, StepFailed)


def test_a_connector_that_says_so_is_recorded_as_cut_off_and_unreadable() -> None:
    def partial(schema: Schema) -> Message:
        facts = {"items": 1, "unreadable": [{"source": "b"}], "truncated": True}
        return Message("m", {"data": ["a"], "metadata": {"extraction": facts}}, schema)

    given = run(scenario(step("scan"), components=components(partial)))
    read, done = given.happened[1:]
    assert isinstance(read, SourceRead)
    assert isinstance(done, StepCompleted)
    assert (read.items, read.unreadable, read.truncated) == (1, 1, True)
    assert done.truncated
