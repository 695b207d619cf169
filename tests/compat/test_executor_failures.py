"""A step that fails: it says why, saves nothing, and the run goes on."""

import pytest

from tests.compat.bench import Bench, step, summary
from tests.compat.toys import OddError, analysis, raising, source
from wct_domain.events import (
    ArtifactMissing,
    ArtifactSaved,
    RunCompleted,
    StepFailed,
    StepSkipped,
    StepStarted,
)
from wct_entrypoints.api import (
    AnalyserProcessingError,
    ConnectorError,
    ConnectorExtractionError,
)


class UntellableError(Exception):
    def __str__(self) -> str:
        msg = "no words"
        raise RuntimeError(msg)


class StatusError(ConnectorError):
    def __init__(self, status: int) -> None:
        super().__init__(f"answered with status {status}")
        self.code = status  # type: ignore[misc,assignment]  # pyright: ignore[reportAttributeAccessIssue]  # as a plugin may well do


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


def test_along_a_chain_the_step_that_failed_is_named(bench: Bench) -> None:
    bench.employ(analysis("counter", raising(OddError("out of ink"))))

    failed = bench.error(
        step("a", save_output=True),
        summary("b", "a", save_output=True),
        summary("c", "b"),
    )

    assert failed == "Step 'Step c' depends on 'a' which failed: out of ink"
    assert {event.because for event in bench.events(StepSkipped)} == {"a"}


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
