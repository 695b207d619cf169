"""Sources are read once, and nobody can spoil what others read."""

from pathlib import Path
from typing import Any

from tests.compat.bench import Bench, component, step, summary
from tests.compat.toys import (
    COUNTS,
    LETTERS,
    SUMMARY,
    analysis,
    answering,
    bring_letters,
    source,
)
from wct_domain.events import SourceRead
from wct_entrypoints.api import Executor, Message, Schema, ServiceContainer


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

    def bring(schema: Schema) -> Message:
        content: dict[str, Any] = {"letters": ["a", "b"], "pair": ({"stamp": 1}, 2)}
        return Message("post", content, schema, context={"by": ["me"]})

    def burn(read: Schema, made: Schema, message: Message) -> Message:
        assert message == bring(read)
        message.content["pair"][0].clear()
        message.content["letters"].clear()
        message.content["ashes"] = True
        (message.context or {})["by"].clear()
        message.id = "burnt"
        return Message("count", {"count": 2}, made)

    bench.connect(source("post", bring))
    bench.employ(analysis("counter", burn))

    results = bench.run(*(step(f"s{number}") for number in range(5)))

    assert [result.error_message for result in results] == [None] * 5


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
