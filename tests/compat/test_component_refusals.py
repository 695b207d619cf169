"""A component that cannot be made: the seed's sentences, with the cause."""

from collections.abc import Callable
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from tests.compat.bench import Bench, component, step
from tests.compat.toys import OddError, Toy, analysis, raising
from wct_entrypoints.api import Analyser, ComponentConfig


class Strict(BaseModel):
    colour: Literal["red", "green"]


def refused(value: str) -> Exception:
    """The error with which pydantic refuses a colour."""
    with pytest.raises(ValueError, match="colour") as raised:
        Strict.model_validate({"colour": value})
    return raised.value


def test_what_pydantic_finds_is_told_without_the_value(bench: Bench) -> None:
    bench.employ(analysis("counter", raising(refused("anna@example.org"))))

    text = bench.error(step("count"))

    assert text == "colour: Input should be 'red' or 'green'"


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
