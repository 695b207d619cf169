"""A step that fails: it says why, saves nothing, and the run goes on."""

import sys
from collections.abc import Callable
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from tests.compat.toys import (
    COUNTS,
    LETTERS,
    Bench,
    OddError,
    Toy,
    analysis,
    answering,
    component,
    raising,
    source,
    step,
    summary,
)
from wct_domain.events import (
    ArtifactMissing,
    ArtifactSaved,
    RunCompleted,
    RunFailed,
    RunInterrupted,
    StepFailed,
    StepSkipped,
    StepStarted,
)
from wct_entrypoints.api import (
    Analyser,
    AnalyserProcessingError,
    ComponentConfig,
    ConnectorError,
    ConnectorExtractionError,
    Message,
    Schema,
)


class Strict(BaseModel):
    colour: Literal["red", "green"]


class UntellableError(Exception):
    def __str__(self) -> str:
        msg = "no words"
        raise RuntimeError(msg)


class StatusError(ConnectorError):
    def __init__(self, status: int) -> None:
        super().__init__(f"answered with status {status}")
        self.code = status  # type: ignore[misc,assignment]  # pyright: ignore[reportAttributeAccessIssue]  # as a plugin may well do


def refused(value: str) -> Exception:
    """The error with which pydantic refuses a colour."""
    with pytest.raises(ValueError, match="colour") as raised:
        Strict.model_validate({"colour": value})
    return raised.value


def test_what_a_connector_raises_is_the_error_of_its_step(bench: Bench) -> None:
    bench.connect(source("post", raising(ConnectorExtractionError("the box is shut"))))

    [result] = bench.run(step("count", contact="Ann"))

    assert (result.success, result.error_message) == (False, "the box is shut")
    assert (result.data, result.contact) == ({}, "Ann")
    assert (result.input_schema, result.output_schema) == ("letters", "counts")
    assert [event.code for event in bench.events(StepFailed)] == [
        "connector.extraction"
    ]


def test_what_an_analyser_raises_is_the_error_of_its_step(bench: Bench) -> None:
    bench.employ(
        analysis("counter", raising(AnalyserProcessingError("lost count at letter 2")))
    )

    [result] = bench.run(step("count"))

    assert (result.success, result.error_message) == (False, "lost count at letter 2")
    assert [event.code for event in bench.events(StepFailed)] == ["analyser.processing"]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (OddError("out of ink"), "out of ink"),
        (ValueError("negative"), "negative"),
        (KeyError("count"), "'count'"),
        (StopIteration(3), "3"),
        (OddError("two\nlines"), "two\nlines"),
        (StatusError(503), "answered with status 503"),
        (
            ExceptionGroup("both", [OddError("a"), OddError("b")]),
            "both (2 sub-exceptions)",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("where", ["connector", "analyser"])
def test_any_exception_becomes_the_text_of_the_step(
    where: str, error: Exception, text: str, bench: Bench
) -> None:
    if where == "connector":
        bench.connect(source("post", raising(error)))
    else:
        bench.employ(analysis("counter", raising(error)))

    assert bench.error(step("count")) == text


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (OddError(), "OddError"),
        (NotImplementedError(), "NotImplementedError"),
        (UntellableError(), "UntellableError"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_exception_without_words_is_named_by_its_class(
    error: Exception, name: str, bench: Bench
) -> None:
    bench.employ(analysis("counter", raising(error)))

    assert bench.error(step("count")) == name


def test_a_text_that_is_not_unicode_is_told_all_the_same(bench: Bench) -> None:
    name_of_a_latin_1_file = b"r\xe9sum\xe9".decode("utf-8", "surrogateescape")
    bench.employ(
        analysis("counter", raising(OddError(f"cannot read {name_of_a_latin_1_file}")))
    )

    assert bench.error(step("count")) == r"cannot read r\udce9sum\udce9"


def test_what_pydantic_finds_is_told_without_the_value(bench: Bench) -> None:
    bench.employ(analysis("counter", raising(refused("anna@example.org"))))

    text = bench.error(step("count"))

    assert text == "colour: Input should be 'red' or 'green'"


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


def test_a_failed_step_saves_nothing(bench: Bench) -> None:
    bench.employ(analysis("counter", raising(OddError("out of ink"))))

    bench.run(step("count", save_output=True))

    assert not bench.executor.artifact_store.exists("count")
    assert bench.events(ArtifactSaved) == []


def test_a_step_that_reads_from_a_failed_one_is_skipped_with_the_cause(
    bench: Bench,
) -> None:
    bench.employ(analysis("counter", raising(OddError("out of ink"))))

    results = bench.run(step("a", save_output=True), summary("b", "a", contact="Ben"))

    assert [result.error_message for result in results] == [
        "out of ink",
        "Step 'Step b' depends on 'a' which failed: out of ink",
    ]
    assert (results[1].success, results[1].data, results[1].contact) == (
        False,
        {},
        "Ben",
    )
    assert [event.step for event in bench.events(StepStarted)] == ["a"]
    assert [(event.step, event.because) for event in bench.events(StepSkipped)] == [
        ("b", "a")
    ]
    assert bench.events(RunCompleted) == [
        RunCompleted(succeeded=0, failed=1, skipped=1)
    ]


def test_a_skipped_step_passes_the_cause_on(bench: Bench) -> None:
    bench.employ(analysis("counter", raising(OddError("out of ink"))))

    failed = bench.error(
        step("a", save_output=True),
        summary("b", "a", save_output=True),
        summary("c", "b"),
    )

    assert failed == (
        "Step 'Step c' depends on 'b' which failed: "
        "Step 'Step b' depends on 'a' which failed: out of ink"
    )


@pytest.mark.parametrize("upstream", ["succeeds", "fails"])
def test_reading_what_was_not_saved_fails_whatever_became_of_the_other_step(
    upstream: str, bench: Bench
) -> None:
    if upstream == "fails":
        bench.employ(analysis("counter", raising(OddError("out of ink"))))

    assert bench.error(step("a"), summary("b", "a", name="Sum up")) == (
        "Step 'Sum up' depends on 'a' but artifact not found. "
        "Ensure previous step has 'save_output: true'."
    )
    assert bench.events(ArtifactMissing) == [ArtifactMissing(step="b", artifact="a")]


def test_a_missing_artifact_is_recorded_together_with_the_failure(
    bench: Bench,
) -> None:
    outcome = bench.outcome(step("a"), summary("b", "a"))

    history = list(bench.executor.ledger.read(outcome.run.id))
    types = [each.event.type for each in history]
    missing = types.index("artifact.missing/1")
    assert types[missing + 1] == "step.failed/1"
    assert history[missing].at == history[missing + 1].at


def test_a_source_that_cannot_be_read_is_tried_once(bench: Bench) -> None:
    shut = source("post", raising(ConnectorExtractionError("the box is shut")))
    bench.connect(shut)

    results = bench.run(step("a"), step("b"), step("c"))

    assert {result.error_message for result in results} == {"the box is shut"}
    assert len(shut.asked) == 1


@pytest.mark.parametrize("error", [SystemExit(7), KeyboardInterrupt()])
@pytest.mark.parametrize("where", ["connector", "analyser"])
def test_leaving_the_process_is_not_held_back(
    where: str, error: BaseException, bench: Bench
) -> None:
    if where == "connector":
        bench.connect(source("post", raising(error)))
    else:
        bench.employ(analysis("counter", raising(error)))

    with pytest.raises(type(error)):
        bench.run(step("count"))

    assert bench.events(RunCompleted) == []
    if isinstance(error, SystemExit):
        assert [event.error for event in bench.events(RunFailed)] == ["SystemExit"]
    else:
        [event] = bench.events(RunInterrupted)
        assert event.in_flight == ("count",)


def test_sys_exit_in_a_component_ends_a_run_of_many_steps(bench: Bench) -> None:
    bench.employ(analysis("quitter", lambda _read, _made, _in: sys.exit("enough")))

    with pytest.raises(SystemExit, match="enough"):
        bench.run(step("quit", analyser="quitter"), *(step(f"s{n}") for n in range(9)))


def test_a_run_can_follow_one_that_was_left(bench: Bench) -> None:
    bench.employ(analysis("quitter", raising(SystemExit(7))))
    with pytest.raises(SystemExit):
        bench.run(step("quit", analyser="quitter"))

    assert [result.success for result in bench.run(step("count"))] == [True]


class Choosy(Toy[Analyser]):
    """An analyser's factory that refuses, and may say why."""

    def __init__(self, reason: Callable[[], Analyser] | None = None) -> None:
        make = analysis().create
        super().__init__(
            "counter",
            (lambda _: reason()) if reason else make,
            willing=lambda _: False,
        )


UNWILLING = "Analyser 'counter' cannot be created with given configuration. "


def test_a_refused_analyser_is_told_with_the_reason(bench: Bench) -> None:
    bench.employ(Choosy(raising(ValueError("no such alphabet"))))

    assert bench.error(step("count")) == f"{UNWILLING}Cause: no such alphabet"


def test_a_refused_analyser_that_gives_no_reason_is_still_refused(
    bench: Bench,
) -> None:
    bench.employ(Choosy())

    assert bench.error(step("count")) == (
        f"{UNWILLING}Cause: its factory refuses the configuration without saying why"
    )


@pytest.mark.parametrize(
    ("section", "hint"),
    [
        ({"enable_llm_validation": True}, True),
        ({"enable_llm_validation": "yes"}, True),
        ({"enable_llm_validation": False}, False),
        ({}, False),
        (None, False),
        (["enable_llm_validation"], False),
        ("on", False),
    ],
)
def test_a_refused_analyser_that_wants_a_model_is_told_of_the_model(
    section: object, hint: bool, bench: Bench
) -> None:
    bench.employ(Choosy(raising(ValueError("no model"))))
    sentence = (
        "LLM service may be unavailable (required when LLM validation is enabled). "
    )

    text = bench.error(
        step("count"),
        analysers=[component("counter", properties={"llm_validation": section})],
    )

    assert text == f"{UNWILLING}{sentence if hint else ''}Cause: no model"


def test_a_refused_connector_is_told_with_the_reason(bench: Bench) -> None:
    def make(_: ComponentConfig) -> Any:
        raise refused("anna@example.org")

    bench.connect(Toy("post", make, willing=lambda _: False))

    assert bench.error(step("count")) == (
        "Connector 'post' cannot be created with given configuration: "
        "colour: Input should be 'red' or 'green'"
    )


def test_a_factory_that_says_yes_and_then_raises_is_quoted_as_it_is(
    bench: Bench,
) -> None:
    bench.connect(Toy("post", raising(OddError("no key"))))

    assert bench.error(step("count")) == "no key"


def test_a_factory_that_raises_when_asked_is_quoted_as_it_is(bench: Bench) -> None:
    made = analysis()
    bench.employ(Toy("counter", made.create, willing=raising(OddError("ask not"))))

    assert bench.error(step("count")) == "ask not"


def test_an_unknown_analyser_type_fails_its_step(bench: Bench) -> None:
    assert bench.error(step("count", analyser="oracle")) == (
        "Unknown analyser type: oracle"
    )


def test_an_unknown_connector_type_fails_its_step(bench: Bench) -> None:
    assert bench.error(step("count", connector="pigeons")) == (
        "Unknown connector type: pigeons"
    )


def test_of_two_unknown_types_the_analyser_is_named(bench: Bench) -> None:
    failed = bench.error(step("count", connector="pigeons", analyser="oracle"))

    assert failed == "Unknown analyser type: oracle"


def test_nothing_is_made_for_a_step_whose_connector_is_unknown(bench: Bench) -> None:
    counter = analysis()
    bench.employ(counter)

    bench.run(step("count", connector="pigeons"))

    assert counter.made == []


def test_yaml_beyond_json_in_a_runbook_stops_no_run(bench: Bench) -> None:
    path = bench.directory / "odd.yaml"
    path.write_text(
        """
        name: Odd
        description: YAML has more than JSON
        connectors:
          - name: post
            type: post
            properties:
              limit: .nan
              most: .inf
              since: 2026-01-05
              at: 2026-01-05T12:00:00Z
              ports: {80: http, "443": https, 2026-01-05: day, 1.5: x, true: y}
              tags: !!set {a, b}
              raw: !!binary aGk=
        analysers: [{name: counter, type: counter, metadata: {reviewed: 2026-01-05}}]
        execution:
          - id: count
            name: Count
            description: ""
            connector: post
            analyser: counter
            input_schema: letters
            output_schema: counts
        """,
        encoding="utf-8",
    )

    [result] = bench.executor.execute_runbook(path)

    assert result.success
    [properties] = bench.post.made
    assert properties["ports"][80] == "http"
