"""Mistakes between the steps of a runbook."""

from typing import Any

import pytest

from tests.unit.validation.bench import (
    COUNTS,
    LETTERS,
    Shop,
    installed,
    remarks,
    runbook,
    said,
    step,
)
from wct_domain.components import Components
from wct_domain.schemas import Schema, SchemaSource


def test_a_cycle_is_told_once_at_its_first_step() -> None:
    document = runbook(
        step("a", input_from="b", save_output=True),
        step("b", input_from="c", save_output=True),
        step("c", input_from="a", save_output=True),
        step("d", input_from="c"),
    )

    (cycle, *others) = [each for each in remarks(document) if each.stops_run]

    assert others == []
    assert cycle.field == "execution -> 0 -> input_from"
    assert cycle.text == (
        "Circular dependency detected in execution steps involving 'a'. Pipeline steps "
        "cannot form dependency cycles. Here: a -> c -> b -> a; "
        "let one of these steps read from a connector"
    )


def test_a_step_that_reads_from_itself_is_a_cycle() -> None:
    document = runbook(step("a", input_from="a", save_output=True))

    assert "Here: a -> a" in "".join(said(document))


def test_a_chain_of_ten_thousand_steps_is_followed() -> None:
    chain = [step("s0", save_output=True)]
    chain += [
        step(f"s{n}", input_from=f"s{n - 1}", input_schema="counts", save_output=True)
        for n in range(1, 10_000)
    ]

    assert said(runbook(*chain)) == []


def test_reading_from_a_step_that_keeps_nothing_fails_that_step_only() -> None:
    document = runbook(step("a"), step("b", input_from="a", input_schema="counts"))

    (remark,) = remarks(document)

    assert remark.text == (
        "step 'a' does not keep its result; add 'save_output: true' to step 'a'"
    )
    assert (remark.level, remark.stops_run) == ("error", False)


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"input_schema": "parcels"}, "input_schema", "Producer does not support"),
        ({"input_schema": "counts"}, "input_schema", "Producer does not support"),
        ({"output_schema": "sums"}, "output_schema", "Producer does not support"),
        (
            {"input_schema_version": "1.2.0"},
            "input_schema_version",
            "Requested version '1.2.0' for schema 'letters' not compatible",
        ),
        (
            {"output_schema_version": "9.9.9"},
            "output_schema_version",
            "Requested version '9.9.9' for schema 'counts' not compatible",
        ),
    ],
)
def test_components_that_do_not_agree_on_a_schema_are_told(
    fields: dict[str, Any], field: str, sentence: str
) -> None:
    (remark,) = remarks(runbook(step("a", **fields)))

    assert remark.location == ("execution", 0, field)
    assert remark.message.startswith(sentence)
    assert (remark.level, remark.stops_run) == ("error", False)


def test_who_does_not_agree_is_named() -> None:
    (text,) = said(runbook(step("a", input_schema="parcels")))

    assert text.endswith(
        "choose what connector 'letters' (post) produces and analyser 'counter' "
        "(counter) reads"
    )


def test_what_arrives_must_be_what_the_analyser_reads() -> None:
    picky: Shop[Any] = Shop("picky", reads=[LETTERS], makes=[COUNTS])
    document = runbook(
        step("a", save_output=True),
        step("b", input_from="a", analyser="picky", input_schema="counts"),
        analysers=[
            {"name": "counter", "type": "counter"},
            {"name": "picky", "type": "picky"},
        ],
    )

    assert said(document, installed(picky=picky)) == [
        (
            "error: execution -> 1 -> input_from: Schema mismatch in pipeline "
            "step 'Step b': "
            "Analyser 'picky' does not support input schema 'counts v1.0.0'. "
            "Supported input schemas: ['letters v1.0.0']"
        )
    ]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"input_schema": "letters"}, "input_schema"),
        (
            {"input_schema": "counts", "input_schema_version": "2.0.0"},
            "input_schema_version",
        ),
    ],
)
def test_an_input_schema_that_counts_for_nothing_is_a_warning_if_it_is_wrong(
    fields: dict[str, Any], field: str
) -> None:
    document = runbook(step("a", save_output=True), step("b", input_from="a", **fields))

    assert said(document) == [
        (
            f"warning: execution -> 1 -> {field}: 'counts' 1.0.0 arrives from 'a'; "
            "what is written here is ignored; write what arrives"
        )
    ]


def test_the_order_of_the_file_does_not_matter() -> None:
    document = runbook(
        step("late", input_from="early", input_schema="letters"),
        step("early", save_output=True),
    )

    assert [each.level for each in remarks(document)] == ["warning"]


def test_a_step_without_analyser_produces_what_it_reads() -> None:
    document = runbook(
        step("a", analyser=None, output_schema="letters", save_output=True)
        | {"output_schema_version": "1.0.0"},
        step("b", input_from="a"),
        step("c", input_from="a", analyser=None, output_schema="counts"),
        step("d", analyser=None, output_schema="counts"),
    )

    found = remarks(document)

    assert [(each.level, each.field) for each in found] == [
        ("warning", "execution -> 3 -> input_schema"),
        ("error", "execution -> 3 -> output_schema"),
        ("error", "execution -> 2 -> output_schema"),
    ]
    assert found[0].text == (
        "input_schema counts for nothing in a step without analyser, whose "
        "output_schema says what is read; write 'counts' here too"
    )
    assert [each.way_out for each in found[1:]] == [
        "choose what connector 'letters' (post) produces",
        "choose what step 'a' produces",
    ]


def test_the_newest_version_is_read_even_if_the_next_step_cannot_read_it() -> None:
    document = runbook(
        step("a", analyser=None, output_schema="letters", save_output=True),
        step("b", input_from="a"),
    )

    (remark,) = remarks(document)

    assert "does not support input schema 'letters v1.2.0'" in remark.message


def test_a_factory_that_lists_no_schemas_or_raises_is_not_blamed() -> None:
    class Raising(Shop[Any]):
        def get_output_schemas(self) -> list[Schema]:
            raise RuntimeError

    silent: Shop[Any] = Shop("silent")
    for factory in (silent, Raising("silent")):
        has = Components(connectors={"post": factory}, analysers={"counter": factory})
        assert said(runbook(step("a", input_schema="whatever")), has) == []


class Shelf(SchemaSource):
    """Has the schemas that it is told of."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def load(self, schema_name: str, version: str = "1.0.0") -> dict[str, Any]:
        if schema_name not in self._names:
            msg = f"no {schema_name} {version} here"
            raise FileNotFoundError(msg)
        return {}

    def violation(self, schema_name: str, version: str, content: object) -> str | None:
        self.load(schema_name, version)
        return "data: is a required property"


def test_a_schema_that_cannot_be_loaded_is_told_at_the_first_step_that_needs_it() -> (
    None
):
    document = runbook(step("a"), step("b"))

    assert said(document, schemas=Shelf("letters")) == [
        (
            "error: execution -> 0 -> output_schema: schema counts 1.0.0 cannot be "
            "loaded: no counts 1.0.0 here; "
            "install the package that brings it, or mend the file"
        )
    ]
    assert [each.field for each in remarks(document, schemas=Shelf("counts"))] == [
        "execution -> 0 -> input_schema"
    ]
    assert said(document, schemas=Shelf("letters", "counts")) == []


def test_the_schema_of_a_step_that_only_reads_is_looked_for_too() -> None:
    only = step("a", analyser=None, input_schema="letters", output_schema="letters")

    (_unused, remark) = remarks(runbook(only), schemas=Shelf())

    assert remark.text.startswith("schema letters 1.2.0 cannot be loaded")
