"""Steps that read from steps: which message and which schema they work on."""

from typing import Any

from tests.compat.bench import Bench, component, step, summary
from tests.compat.toys import COUNTS, SUMMARY, analysis, answering, source
from wct_entrypoints.api import Analyser, Message, Schema


def test_a_step_reads_the_message_that_another_saved(bench: Bench) -> None:
    seen: list[tuple[Schema, Schema, Message]] = []

    def look(read: Schema, made: Schema, message: Message) -> Message:
        seen.append((read, made, message))
        return Message("summary", {"summary": ""}, made)

    bench.employ(analysis("clerk", look, reads=[COUNTS], makes=[SUMMARY]))

    bench.run(step("a", save_output=True), summary("b", "a"))

    assert seen == [(COUNTS, SUMMARY, Message("count", {"count": 2}, COUNTS))]


def test_a_message_from_a_step_can_be_validated_like_any_other(bench: Bench) -> None:
    standard = Schema("standard_input", "1.0.0")

    def bring(schema: Schema) -> Message:
        content: dict[str, Any] = {"schemaVersion": "1.0.0", "name": "n", "data": []}
        return Message("1", content, schema)

    def check(read: Schema, made: Schema, message: Message) -> Message:
        Analyser.validate_input_message(message, read)
        return Message("1", {"valid": message.schema_validated}, made)

    bench.connect(source("files", bring, offers=[standard]))
    bench.employ(analysis("checker", check, reads=[standard]))

    results = bench.run(
        step(
            "read",
            connector="files",
            analyser=None,
            output_schema="standard_input",
            save_output=True,
        ),
        step("check", input_from="read", analyser="checker"),
    )

    assert [result.error_message for result in results] == [None, None]
    assert results[1].data == {"valid": True}


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
