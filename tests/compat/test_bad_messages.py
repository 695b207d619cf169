"""What a step does with messages that are not what they should be."""

from typing import Any

import pytest

from tests.compat.bench import Bench, step
from tests.compat.toys import COUNTS, LETTERS, analysis, answering, source
from wct_entrypoints.api import Message, Schema


@pytest.mark.parametrize("value", [None, "letters", {"letters": []}, 7, [], object])
def test_a_connector_that_brings_no_message_fails_its_step(
    value: object, bench: Bench
) -> None:
    bench.connect(source("post", answering(value)))

    assert bench.error(step("count")) == (
        f"Connector 'post' returned {type(value).__name__}, not a Message"
    )


@pytest.mark.parametrize("value", [None, "count", {"count": 2}, 7, [], object])
def test_an_analyser_that_returns_no_message_fails_its_step(
    value: object, bench: Bench
) -> None:
    bench.employ(analysis("counter", answering(value)))

    assert bench.error(step("count")) == (
        f"Analyser 'counter' returned {type(value).__name__}, not a Message"
    )


@pytest.mark.parametrize("content", [None, ["count"], "count", 7])
def test_a_result_that_is_no_object_fails_its_step(content: Any, bench: Bench) -> None:
    bench.employ(analysis("counter", answering(Message("1", content, COUNTS))))

    assert bench.error(step("count")) == (
        f"Analyser 'counter' returned content of type {type(content).__name__}, "
        "not a dictionary"
    )


def test_a_connector_that_brings_another_schema_fails_its_step(bench: Bench) -> None:
    other = Message("1", {"letters": []}, Schema("letters", "2.0.0"))
    bench.connect(source("post", answering(other)))

    assert bench.error(step("count")) == (
        "Connector 'post' was asked for letters 1.0.0 and returned letters 2.0.0"
    )


def test_an_analyser_that_returns_another_schema_fails_its_step(bench: Bench) -> None:
    bench.employ(analysis("counter", answering(Message("1", {"count": 2}, LETTERS))))

    assert bench.error(step("count")) == (
        "Analyser 'counter' was asked for counts 1.0.0 and returned letters 1.0.0"
    )


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ({1, 2}, "a set"),
        (b"bytes", "a bytes"),
        (object(), "a object"),
        (float("nan"), "a number that is not finite"),
        ("\ud800", "text with a lone surrogate"),
        (COUNTS, f"a {type(COUNTS).__name__}"),
    ],
    ids=["set", "bytes", "object", "nan", "surrogate", "schema"],
)
def test_a_result_that_is_not_json_fails_its_step_with_the_path(
    value: object, what: str, bench: Bench
) -> None:
    result = Message("1", {"seen": [{"at": value}]}, COUNTS)
    bench.employ(analysis("counter", answering(result)))

    assert bench.error(step("count", save_output=True)) == (
        f"content -> seen -> 0 -> at is not JSON: {what}"
    )


def test_a_result_that_contains_itself_fails_its_step(bench: Bench) -> None:
    content: dict[str, Any] = {}
    content["self"] = content
    bench.employ(analysis("counter", answering(Message("1", content, COUNTS))))

    assert "refers to itself" in bench.error(step("count"))


def test_a_deeply_nested_result_comes_back_whole(bench: Bench) -> None:
    content: dict[str, Any] = {}
    for _ in range(400):
        content = {"in": content}
    bench.employ(analysis("counter", answering(Message("1", content, COUNTS))))

    [result] = bench.run(step("count"))

    assert result.data == content


def test_a_source_that_is_not_json_fails_every_step_that_reads_it(
    bench: Bench,
) -> None:
    odd = Message("1", {"letters": ["Hi", {1, 2}]}, LETTERS)
    bench.connect(source("post", answering(odd)))

    results = bench.run(step("a"), step("b"), step("c"))

    assert {result.error_message for result in results} == {
        "content -> letters -> 1 is not JSON: a set"
    }
