"""The process of a step, without the process: requests in, answers out."""

import json
from typing import Any

from tests.unit.core.toys import COUNTS, TEXTS, components, two_texts
from wct_adapters.workers.answering import Answers
from wct_adapters.workers.frames import message_json, message_of, parsed
from wct_domain.context import StepContext, current_step
from wct_domain.message import Message
from wct_domain.schemas import Schema
from wct_domain.testing.scenario import NOON, AnySchema

CONNECTOR: dict[str, Any] = {
    "name": "texts",
    "type": "texts_connector",
    "properties": {},
}
ANALYSER: dict[str, Any] = {
    "name": "count",
    "type": "counting_analyser",
    "properties": {},
}


def answers(read: Any = two_texts, **more: Any) -> Answers:
    context = StepContext(at=NOON, seed=7)
    return Answers(components(read, **more), AnySchema(), context)


def ask(answering: Answers, what: str, given: Any, **others: Any) -> dict[str, Any]:
    request = {"do": what, "given": given, "with": others}
    found: dict[str, Any] = json.loads(answering.answer(request))
    return found


def test_components_are_made_asked_and_answer() -> None:
    answering = answers()
    made = ask(answering, "connector", CONNECTOR)["answer"]
    assert made == {"name": "texts_connector", "output": [["texts", "1.0.0"]]}
    made = ask(answering, "analyser", ANALYSER)["answer"]
    assert made["input"] == [["texts", "1.0.0"], ["counts", "1.0.0"]]
    read = ask(answering, "extract", ["texts", "1.0.0"])["answer"]
    assert read["content"] == {"data": ["one", "two"]}
    result = ask(
        answering,
        "process",
        read,
        input=["texts", "1.0.0"],
        output=["counts", "1.0.0"],
    )["answer"]
    assert (result["content"], result["schema"]) == ({"count": 2}, ["counts", "1.0.0"])


def test_what_was_just_read_need_not_be_sent_back_and_is_a_copy() -> None:
    kept = two_texts(TEXTS)

    def read(_schema: Schema) -> Message:
        return kept

    def change(schema: Schema, message: Message) -> Message:
        message.content["data"].append("three")
        return Message("x", {"count": len(message.content["data"])}, schema)

    answering = answers(read, analyse=change)
    ask(answering, "connector", CONNECTOR)
    ask(answering, "analyser", ANALYSER)
    ask(answering, "extract", ["texts", "1.0.0"])
    schemas = {"input": ["texts", "1.0.0"], "output": ["counts", "1.0.0"]}
    result = ask(answering, "process", None, **schemas)["answer"]
    assert result["content"] == {"count": 3}
    assert kept.content == {"data": ["one", "two"]}


def test_time_and_seed_are_those_of_the_step_and_notes_are_told_once() -> None:
    def read(schema: Schema) -> Message:
        step = current_step()
        step.note("toys", "read", {"seed": step.seed})
        return Message("x", {"at": step.at}, schema)

    answering = answers(read)
    ask(answering, "connector", CONNECTOR)
    first = ask(answering, "extract", ["texts", "1.0.0"])
    assert first["answer"]["content"] == {"at": NOON.isoformat()}
    assert first["notes"] == [["toys", "read", {"seed": 7}]]
    assert ask(answering, "connector", CONNECTOR)["notes"] == []


def test_whatever_is_raised_is_told_with_what_was_noted_before() -> None:
    class Odd(BaseException):
        code = 404

    def read(_schema: Schema) -> Message:
        current_step().note("toys", "tried", {})
        raise Odd("away")

    answering = answers(read)
    ask(answering, "connector", CONNECTOR)
    told = ask(answering, "extract", ["texts", "1.0.0"])
    assert told["notes"] == [["toys", "tried", {}]]
    failed = told["failed"]
    assert (failed["code"], failed["error"]) == ("unexpected", "Odd")
    assert failed["message"] == "away"
    assert "in read" in failed["traceback"]


def test_a_component_that_leaves_says_with_which_status() -> None:
    for code, told in ((7, 7), (None, None), ("gave up", "gave up")):

        def read(_schema: Schema, code: Any = code) -> Message:
            raise SystemExit(code)

        answering = answers(read)
        ask(answering, "connector", CONNECTOR)
        assert ask(answering, "extract", ["texts", "1.0.0"])["exit"] == told


def test_what_is_no_json_is_a_failure_that_names_the_place() -> None:
    def wrong(schema: Schema) -> Message:
        return Message("x", {"a": [{1}]}, schema)

    answering = answers(wrong)
    ask(answering, "connector", CONNECTOR)
    failed = ask(answering, "extract", ["texts", "1.0.0"])["failed"]
    assert failed["code"] == "message.not-json"
    assert "content -> a -> 0" in failed["message"]

    def read(schema: Schema) -> Message:
        current_step().note("toys", "odd", {"a": {1}})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]  # on purpose
        return two_texts(schema)

    answering = answers(read)
    ask(answering, "connector", CONNECTOR)
    assert ask(answering, "extract", ["texts", "1.0.0"])["failed"]["code"] == (
        "message.not-json"
    )


def _schema(name: list[str]) -> Schema:
    return Schema(name[0], name[1])


def test_a_message_is_the_same_on_the_other_side() -> None:
    deep: Any = "end"
    for _ in range(300):
        deep = [deep]
    content = {"deep": deep, "wide": 2**90, "half": 0.1, "text": "é\u2028\0"}
    for schema in (TEXTS, COUNTS, None):
        message = Message("id", content, schema, {"k": None}, schema_validated=True)
        there = message_of(parsed(message_json(message)), _schema)
        assert there == message
