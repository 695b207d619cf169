"""The JSON Schema of runbooks agrees with the models and with the components."""

import copy
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from tests.unit.validation.bench import PostConfig, Shop, installed, runbook, step
from wct_domain.components import Components
from wct_domain.runbook_schema import runbook_schema


class Address(BaseModel):
    street: str
    next_door: "Address | None" = None


class DeliveryConfig(BaseModel):
    """Where letters go."""

    to: Address
    copies: tuple[int, str] = (1, "x")


def delivering() -> Components:
    delivery: Shop[Any] = Shop("delivery/ö", config=lambda: DeliveryConfig)
    return installed(**{"delivery/ö": delivery})


def accepts(document: object, components: Components | None = None) -> bool:
    schema = runbook_schema(components or installed()).document
    return jsonschema_rs.Draft7Validator(schema).is_valid(document)


def test_it_is_a_draft_7_schema_with_a_version_first() -> None:
    document = runbook_schema(installed()).document

    assert list(document)[:2] == ["$schema", "version"]
    assert document["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert (document["version"], document["title"]) == ("1.0.0", "WCT Runbook")
    assert jsonschema_rs.meta.is_valid(document)


def test_it_accepts_a_sound_runbook() -> None:
    assert accepts(runbook())
    assert accepts(runbook(step("a", save_output=True), step("b", input_from="a")))


SOURCES = st.fixed_dictionaries(
    {},
    optional={
        "connector": st.sampled_from([None, "letters"]),
        "input_from": st.sampled_from([None, "count"]),
    },
)


@given(sources=SOURCES)
def test_a_step_has_exactly_one_source(sources: dict[str, str | None]) -> None:
    written = {**step("count", connector=None), **sources}

    given_ones = [value for value in sources.values() if value is not None]
    assert accepts(runbook(written)) == (len(given_ones) == 1)


@pytest.mark.parametrize("field", ["input_schema_version", "output_schema_version"])
@pytest.mark.parametrize(
    ("version", "fine"),
    [
        ("1.0.0", True),
        ("1.0", False),
        ("v1.0.0", False),
        (1.0, False),
        ("1.0.0-a", False),
    ],
)
def test_versions_have_three_numbers(field: str, version: object, fine: bool) -> None:
    assert accepts(runbook(step("a", **{field: version}))) == fine


@pytest.mark.parametrize("section", ["connectors", "analysers", "execution"])
def test_each_list_has_an_entry(section: str) -> None:
    assert not accepts(runbook(**{section: []}))


def test_unknown_keys_and_types_pass_as_they_do_in_a_run() -> None:
    assert accepts(runbook(step("a", save_outputs=True), more=1))
    assert accepts(runbook(connectors=[{"name": "letters", "type": "elsewhere"}]))


def test_installed_types_are_offered_with_what_they_do() -> None:
    definitions = runbook_schema(installed()).document["$defs"]

    assert definitions["ConnectorConfig"]["properties"]["type"]["anyOf"] == [
        {"const": "post", "description": "A factory that is told everything."},
        {"type": "string"},
    ]


@pytest.mark.parametrize(
    ("properties", "fine"),
    [
        ({"street": "Hill"}, True),
        ({"street": "Hill", "houses": 0}, False),
        ({"street": "Hill", "hauses": 1}, False),
        ({}, False),
        (None, False),
    ],
)
def test_properties_are_those_of_the_component(
    properties: dict[str, Any] | None, fine: bool
) -> None:
    entry: dict[str, Any] = {"name": "letters", "type": "post"}
    if properties is not None:
        entry["properties"] = properties

    assert accepts(runbook(connectors=[entry])) == fine


def test_models_inside_models_find_their_definitions() -> None:
    entry: dict[str, Any] = {
        "name": "letters",
        "type": "delivery/ö",
        "properties": {"to": {"street": "a", "next_door": {"street": "b"}}},
    }

    assert accepts(runbook(connectors=[entry]), delivering())
    wrong = copy.deepcopy(entry)
    wrong["properties"]["to"]["next_door"]["street"] = 3
    assert not accepts(runbook(connectors=[wrong]), delivering())
    wrong = copy.deepcopy(entry)
    wrong["properties"]["copies"] = ["x", 1]
    assert not accepts(runbook(connectors=[wrong]), delivering())


def test_a_connector_and_an_analyser_may_share_a_name() -> None:
    one: Shop[Any] = Shop("same", config=lambda: PostConfig)
    other: Shop[Any] = Shop("same", config=lambda: DeliveryConfig)
    has = Components(connectors={"same": one}, analysers={"same": other})
    document = runbook(
        connectors=[
            {"name": "letters", "type": "same", "properties": {"street": "Hill"}}
        ],
        analysers=[
            {
                "name": "counter",
                "type": "same",
                "properties": {"to": {"street": "Hill"}},
            }
        ],
    )

    assert accepts(document, has)


def test_a_component_that_cannot_be_described_is_left_open_and_named() -> None:
    def broken() -> type[BaseModel]:
        msg = "not today"
        raise RuntimeError(msg)

    odd: Shop[Any] = Shop("odd", config=broken)
    schema = runbook_schema(installed(odd=odd))

    assert schema.left_out == {"odd": "not today"}
    entry = {"name": "letters", "type": "odd", "properties": {"any": "thing"}}
    assert jsonschema_rs.is_valid(schema.document, runbook(connectors=[entry]))
