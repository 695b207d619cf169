"""Steps that read from steps: order, cycles, schemas, and whose copy is whose."""

from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from tests.compat.toys import (
    COUNTS,
    LETTERS,
    SUMMARY,
    Bench,
    analysis,
    answering,
    bring_letters,
    component,
    source,
    step,
    summary,
)
from wct_domain.events import SourceRead, StepStarted
from wct_entrypoints.api import (
    Executor,
    ExecutorError,
    Message,
    Schema,
    ServiceContainer,
)

CYCLE = (
    "Circular dependency detected in execution steps involving '{}'. "
    "Pipeline steps cannot form dependency cycles."
)


def keeping(step_id: str, reads: str | None = None) -> dict[str, Any]:
    """A step that passes on what it read, to be read again."""
    where = {"input_from": reads} if reads else {"connector": "post"}
    return step(
        step_id,
        analyser="copyist",
        output_schema="letters",
        save_output=True,
        **where,
    )


@pytest.fixture
def copying(bench: Bench) -> Bench:
    """A bench with an analyser from letters to letters."""
    bench.employ(
        analysis("copyist", lambda _read, _made, message: message, makes=[LETTERS])
    )
    return bench


def started(bench: Bench) -> list[str]:
    return [event.step for event in bench.events(StepStarted)]


def test_two_steps_that_read_from_each_other_are_refused(copying: Bench) -> None:
    with pytest.raises(ExecutorError) as raised:
        copying.run(keeping("a", "b"), keeping("b", "a"))

    assert str(raised.value) == CYCLE.format("a")


def test_a_step_that_reads_from_itself_is_refused(copying: Bench) -> None:
    with pytest.raises(ExecutorError) as raised:
        copying.run(step("x"), keeping("a", "a"))

    assert str(raised.value) == CYCLE.format("a")


def test_a_cycle_over_several_steps_is_refused(copying: Bench) -> None:
    with pytest.raises(ExecutorError) as raised:
        copying.run(step("x"), *(keeping(*pair) for pair in ("ac", "ba", "cb")))

    assert str(raised.value) == CYCLE.format("a")


def test_a_cycle_is_named_by_the_first_step_that_leads_to_it(copying: Bench) -> None:
    with pytest.raises(ExecutorError) as raised:
        copying.run(keeping("outside", "b"), keeping("a", "b"), keeping("b", "a"))

    assert str(raised.value) == CYCLE.format("outside")


def test_a_runbook_with_a_cycle_runs_no_step_and_records_no_run(
    copying: Bench,
) -> None:
    with pytest.raises(ExecutorError):
        copying.run(step("x"), keeping("a", "b"), keeping("b", "a"))

    assert copying.post.asked == []
    assert copying.executor.ledger.streams() == []


def test_step_ids_that_stand_twice_are_refused_before_they_look_like_a_cycle(
    copying: Bench,
) -> None:
    with pytest.raises(ExecutorError) as raised:
        copying.run(keeping("a"), keeping("a", "a"), keeping("b"), keeping("b"))

    assert str(raised.value).endswith(
        "\n  execution: Value error, Duplicate step ids found: ['a', 'b']"
    )


def test_a_chain_of_steps_runs(copying: Bench) -> None:
    results = copying.run(
        keeping("a"), keeping("b", "a"), keeping("c", "b"), step("d", input_from="c")
    )

    assert [result.error_message for result in results] == [None] * 4
    assert results[-1].data == {"count": 2}
    assert started(copying) == ["a", "b", "c", "d"]


def test_steps_that_branch_and_do_not_meet_again_run(copying: Bench) -> None:
    results = copying.run(
        keeping("a"),
        keeping("b", "a"),
        keeping("c", "a"),
        step("d", input_from="b"),
        step("e", input_from="c"),
        step("f", input_from="c"),
    )

    assert [result.success for result in results] == [True] * 6


def test_a_step_may_read_from_a_later_one(copying: Bench) -> None:
    results = copying.run(
        summary("last", "middle"),
        step("middle", input_from="first", save_output=True),
        keeping("first"),
    )

    assert [result.step_id for result in results] == ["last", "middle", "first"]
    assert results[0].data == {"summary": "2 letters"}
    assert started(copying) == ["first", "middle", "last"]


def test_a_step_reads_the_message_that_another_saved(bench: Bench) -> None:
    seen: list[tuple[Schema, Schema, Message]] = []

    def look(read: Schema, made: Schema, message: Message) -> Message:
        seen.append((read, made, message))
        return Message("summary", {"summary": ""}, made)

    bench.employ(analysis("clerk", look, reads=[COUNTS], makes=[SUMMARY]))

    bench.run(step("a", save_output=True), summary("b", "a"))

    assert seen == [(COUNTS, SUMMARY, Message("count", {"count": 2}, COUNTS))]


def test_steps_with_fitting_schemas_transform_step_by_step(bench: Bench) -> None:
    bench.employ(
        analysis(
            "reader",
            lambda _read, made, message: Message("v", {"seen": message.content}, made),
            reads=[SUMMARY],
            makes=[Schema("view", "1.0.0")],
        )
    )

    results = bench.run(
        step("count", save_output=True),
        summary("sum", "count", save_output=True),
        step(
            "look",
            input_from="sum",
            analyser="reader",
            input_schema="summary",
            output_schema="view",
        ),
    )

    assert [each.input_schema for each in results] == ["letters", "counts", "summary"]
    assert [each.output_schema for each in results] == ["counts", "summary", "view"]
    assert results[2].data == {"seen": {"summary": "2 letters"}}


def test_an_artifact_that_the_analyser_does_not_read_fails_the_step(
    bench: Bench,
) -> None:
    failed = bench.error(
        step("a", save_output=True),
        step("b", input_from="a", analyser="my-counter"),
        analysers=[component("counter"), component("my-counter", type="counter")],
    )

    assert failed == (
        "Schema mismatch in pipeline step 'Step b': Analyser 'my-counter' does not "
        "support input schema 'counts v1.0.0'. "
        "Supported input schemas: ['letters v1.0.0']"
    )


def test_another_version_of_the_artifact_s_schema_does_not_fit(bench: Bench) -> None:
    bench.employ(
        analysis(
            "clerk",
            reads=[Schema("counts", "2.0.0"), Schema("counts", "1.1.0")],
            makes=[SUMMARY],
        )
    )

    assert bench.error(step("a", save_output=True), summary("b", "a")).endswith(
        "does not support input schema 'counts v1.0.0'. "
        "Supported input schemas: ['counts v2.0.0', 'counts v1.1.0']"
    )


def test_a_result_schema_that_the_analyser_does_not_make_fails_the_step(
    bench: Bench,
) -> None:
    failed = bench.error(
        step("a", save_output=True), summary("b", "a", output_schema="poem")
    )

    assert failed == "Producer does not support schema 'poem'. Available: ['summary']"


def test_an_artifact_without_schema_fails_the_step_that_reads_it(bench: Bench) -> None:
    bench.employ(analysis("counter", answering(Message("1", {"count": 2}))))

    results = bench.run(step("a", save_output=True), summary("b", "a"))

    assert results[0].success
    assert results[1].error_message == "Artifact from 'a' has no schema information"


def test_reading_from_a_step_ignores_the_input_schema_that_is_written(
    bench: Bench,
) -> None:
    results = bench.run(
        step("a", save_output=True),
        summary("b", "a", input_schema="whatever", input_schema_version="9.9.9"),
    )

    assert results[1].success
    assert results[1].input_schema == "counts"
    assert results[1].input_schema_version == "1.0.0"


def test_an_analyser_that_declares_no_input_reads_anything(bench: Bench) -> None:
    bench.employ(
        analysis(
            "omnivore",
            answering(Message("s", {"summary": ""}, SUMMARY)),
            reads=[],
            makes=[SUMMARY],
        )
    )
    eats = {"analyser": "omnivore", "output_schema": "summary"}

    results = bench.run(
        step("a", save_output=True),
        step("b", **eats),
        step("c", input_from="a", **eats),
    )

    assert [result.input_schema for result in results] == [
        "letters",
        "letters",
        "counts",
    ]
    assert all(result.success for result in results)


def test_a_step_without_analyser_results_in_what_was_read(bench: Bench) -> None:
    results = bench.run(
        step("read", analyser=None, output_schema="letters", save_output=True),
        step("count", input_from="read"),
    )

    assert results[0].success
    assert results[0].data == {"letters": ["Dear Ann", "Dear Ben"]}
    assert (results[0].input_schema, results[0].output_schema) == ("letters", "letters")
    assert results[1].data == {"count": 2}


def test_a_step_without_analyser_needs_no_output_to_be_saved(bench: Bench) -> None:
    [result] = bench.run(step("read", analyser=None, output_schema="letters"))

    assert result.success
    assert not bench.executor.artifact_store.exists("read")


def test_a_step_without_analyser_may_pass_on_an_artifact(bench: Bench) -> None:
    results = bench.run(
        step("a", save_output=True),
        step("b", input_from="a", analyser=None, save_output=True),
        summary("c", "b"),
    )

    assert results[1].data == {"count": 2}
    assert results[2].data == {"summary": "2 letters"}


def test_a_step_without_analyser_cannot_change_the_schema(bench: Bench) -> None:
    assert bench.error(step("read", analyser=None, output_schema="counts")) == (
        "Producer does not support schema 'counts'. Available: ['letters']"
    )


def test_a_source_is_read_once_for_all_steps_that_want_the_same(bench: Bench) -> None:
    bench.run(*(step(f"s{number}") for number in range(8)))

    assert bench.post.asked == [LETTERS]
    assert len(bench.events(SourceRead)) == 1


def test_a_source_is_read_once_for_each_schema_that_is_wanted(bench: Bench) -> None:
    newer = Schema("letters", "2.0.0")
    post = source(offers=[LETTERS, newer])
    bench.connect(post)
    bench.employ(analysis(reads=[LETTERS, newer]))

    bench.run(
        step("a", input_schema_version="1.0.0"),
        step("b", input_schema_version="2.0.0"),
        step("c"),
    )

    assert sorted(post.asked, key=repr) == [LETTERS, newer]


def test_two_connectors_of_one_type_are_two_sources(bench: Bench) -> None:
    bench.run(
        step("a", connector="north"),
        step("b", connector="south"),
        connectors=[component("north", type="post"), component("south", type="post")],
    )

    assert bench.post.asked == [LETTERS, LETTERS]


def test_another_run_reads_its_sources_again(bench: Bench) -> None:
    bench.run(step("a"))
    bench.run(step("a"))

    assert bench.post.asked == [LETTERS, LETTERS]


def test_a_step_cannot_spoil_what_others_read_from_the_same_source(
    tmp_path: Path,
) -> None:
    bench = Bench(Executor(ServiceContainer(), max_workers=1), tmp_path)

    def burn(_read: Schema, made: Schema, message: Message) -> Message:
        letters: list[str] = message.content["letters"]
        count = len(letters)
        letters.clear()
        message.content["ashes"] = True
        message.id = "burnt"
        return Message("count", {"count": count}, made)

    bench.employ(analysis("counter", burn))

    results = bench.run(*(step(f"s{number}") for number in range(5)))

    assert [result.data for result in results] == [{"count": 2}] * 5


def test_a_step_cannot_spoil_an_artifact_that_others_read(bench: Bench) -> None:
    def scribble(_read: Schema, made: Schema, message: Message) -> Message:
        count = message.content.pop("count")
        message.schema = None
        return Message("summary", {"summary": f"{count} letters"}, made)

    bench.employ(analysis("clerk", scribble, reads=[COUNTS], makes=[SUMMARY]))

    results = bench.run(
        step("a", save_output=True), *(summary(f"s{n}", "a") for n in range(5))
    )

    assert [each.data for each in results[1:]] == [{"summary": "2 letters"}] * 5
    assert bench.executor.artifact_store.get("a").content == {"count": 2}


def test_a_connector_that_keeps_its_message_cannot_spoil_an_artifact(
    bench: Bench,
) -> None:
    kept = bring_letters(LETTERS)
    bench.connect(source("post", answering(kept)))

    [result] = bench.run(
        step("read", analyser=None, output_schema="letters", save_output=True)
    )
    kept.content["letters"].clear()

    assert len(result.data["letters"]) == 2
    assert len(bench.executor.artifact_store.get("read").content["letters"]) == 2


def test_steps_that_do_not_wait_for_each_other_may_run_at_once(tmp_path: Path) -> None:
    bench = Bench(Executor(ServiceContainer(), max_workers=3), tmp_path)
    meeting = Barrier(3)

    def meet(_read: Schema, made: Schema, _message: Message) -> Message:
        meeting.wait(timeout=10)
        return Message("count", {"count": 0}, made)

    bench.employ(analysis("counter", meet))

    results = bench.run(*(step(f"s{number}") for number in range(6)))

    assert [result.success for result in results] == [True] * 6
    assert [result.step_id for result in results] == [f"s{n}" for n in range(6)]


def test_with_one_worker_steps_run_one_after_the_other_in_their_order(
    tmp_path: Path,
) -> None:
    bench = Bench(Executor(ServiceContainer(), max_workers=1), tmp_path)

    bench.run(*(step(f"s{number}") for number in range(6)))

    assert started(bench) == [f"s{number}" for number in range(6)]
