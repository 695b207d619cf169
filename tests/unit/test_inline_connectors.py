"""Steps that have their connectors inline, as the next format of runbooks has it."""

import copy
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.unit.validation.bench import installed, runbook, said, step
from wct_domain.inline_connectors import in_one_form
from wct_domain.runbook import InvalidRunbookError, Runbook, parse_runbook
from wct_domain.runbook_schema import runbook_schema
from wct_domain.substitution import Unset, substituted
from wct_domain.validation import examine

POST = {"type": "post", "properties": {"street": "Hill"}}


def artifact(step_id: object, **more: Any) -> dict[str, Any]:
    return {"type": "artifact", "properties": {"step_id": step_id, **more}}


def chain(**source: Any) -> dict[str, Any]:
    return runbook(step("a", save_output=True), step("b", **source))


def without_list(*steps: dict[str, Any]) -> dict[str, Any]:
    document = runbook(*steps)
    del document["connectors"]
    return document


def problems(document: object) -> list[str]:
    with pytest.raises(InvalidRunbookError) as refused:
        parse_runbook(document)
    return [str(each) for each in refused.value.problems]


class TestWhatAnotherStepHasKept:
    def test_is_read_as_with_input_from(self) -> None:
        inline = chain(connector=artifact("a"))
        written = copy.deepcopy(inline)

        assert parse_runbook(inline) == parse_runbook(chain(input_from="a"))
        assert inline == written  # what the caller has stays as it is
        assert Runbook.model_validate(inline).execution[1].input_from == "a"

    @given(st.lists(st.integers(min_value=0), min_size=1, max_size=6), st.data())
    def test_is_the_same_runbook_whatever_the_steps(
        self, origins: list[int], data: st.DataObject
    ) -> None:
        steps = [step("s0", save_output=True)]
        mixed = copy.deepcopy(steps)
        for number, origin in enumerate(origins, start=1):
            source = f"s{origin % number}"
            inline = data.draw(st.booleans())
            steps.append(step(f"s{number}", input_from=source))
            mixed.append(
                step(f"s{number}", connector=artifact(source)) if inline else steps[-1]
            )
        assert parse_runbook(runbook(*mixed)) == parse_runbook(runbook(*steps))

    @pytest.mark.parametrize(
        "fields",
        [
            {"connector": artifact("zzz")},
            {"connector": artifact("b")},
            {"connector": artifact("a"), "input_schema": "sounds"},
        ],
    )
    def test_gets_the_remarks_of_input_from_where_the_file_has_it(
        self, fields: dict[str, Any]
    ) -> None:
        origin = fields["connector"]["properties"]["step_id"]
        told = said(chain(**fields))
        assert told != []
        assert told == [
            each.replace(
                "execution -> 1 -> input_from:",
                "execution -> 1 -> connector -> properties -> step_id:",
            )
            for each in said(
                chain(**{**fields, "input_from": origin, "connector": None})
            )
        ]

    def test_needs_to_be_kept(self) -> None:
        document = runbook(
            step("a"), step("b", connector=artifact("a"), input_schema="counts")
        )
        assert said(document) == [
            (
                "error: execution -> 1 -> connector -> properties -> step_id: step 'a' "
                "does not keep its result; add 'save_output: true' to step 'a'"
            )
        ]

    @pytest.mark.parametrize(
        ("connector", "place", "text"),
        [
            ({"type": "artifact"}, " -> properties", "an artifact needs 'step_id'"),
            (
                {"type": "artifact", "properties": {}},
                " -> properties -> step_id",
                "an artifact needs 'step_id': the id of the step to read from",
            ),
            (artifact(3), " -> properties -> step_id", "an artifact needs"),
            (artifact(""), " -> properties -> step_id", "an artifact needs"),
            (
                artifact("a", stepid="a"),
                " -> properties -> stepid",
                "an artifact has no such property; it has 'step_id'",
            ),
        ],
    )
    def test_that_is_not_named_is_one_problem(
        self, connector: dict[str, Any], place: str, text: str
    ) -> None:
        document = chain(connector=connector)
        [problem] = problems(document)
        assert problem.startswith(f"execution -> 1 -> connector{place}: {text}")
        [remark] = said(document)
        assert remark.startswith(f"error: {problem}")

    def test_is_one_source_and_not_two(self) -> None:
        document = chain(connector=artifact("a"), input_from="a")
        old = chain(connector="letters", input_from="a")
        assert problems(document) == problems(old)
        assert said(document) == said(old) != []


class TestSourcesOfOneStep:
    def test_are_connectors_named_after_the_step(self) -> None:
        named = runbook(step("a", connector="a"), connectors=[{"name": "a", **POST}])
        assert parse_runbook(without_list(step("a", connector=POST))) == parse_runbook(
            named
        )
        assert said(without_list(step("a", connector=POST))) == []

    def test_do_not_take_a_name_that_is_given(self) -> None:
        document = runbook(
            step("letters", connector=POST),
            step("a", connector={**POST, "name": "a-2"}),
            step("a-2", connector=POST),
            step("d"),
        )
        read = parse_runbook(document)
        assert [each.name for each in read.connectors] == [
            *("letters", "letters-2", "a-2", "a-2-2")
        ]
        assert [each.connector for each in read.execution] == [
            *("letters-2", "a-2", "a-2-2", "letters")
        ]

    def test_that_have_a_name_twice_are_told_where_they_are(self) -> None:
        document = runbook(step("a", connector={**POST, "name": "letters"}))
        assert said(document) == [
            (
                "error: execution -> 0 -> connector -> name: Duplicate connector names "
                "found: ['letters']; connectors -> 0 has it already; choose another one"
            )
        ]

    @pytest.mark.parametrize(
        ("connector", "text"),
        [
            ({"properties": {}}, "type: Field required; add 'type:'"),
            ({**POST, "typ": 1}, "typ: unknown key, which is ignored; "),
            ({"type": "pots"}, "type: Unknown connector type: pots; "),
            (
                {"type": "post", "properties": {"street": "x", "houses": 0}},
                "properties -> houses: Input should be greater than or equal to 1",
            ),
        ],
    )
    def test_get_the_remarks_of_connectors_where_the_file_has_them(
        self, connector: dict[str, Any], text: str
    ) -> None:
        (told,) = said(without_list(step("a", connector=connector)))
        assert f": execution -> 0 -> connector -> {text}" in told

    def test_may_take_values_of_the_environment(self) -> None:
        connector = {"type": "post", "properties": {"street": "${STREET}"}}
        written = without_list(step("a", connector=connector))
        found = substituted(written, {"STREET": "Hill"})
        assert parse_runbook(found.document).connectors[0].properties == {
            "street": "Hill"
        }
        missing = substituted(written, {})
        place = ("execution", 0, "connector", "properties", "street")
        assert missing.unset == (Unset("STREET", place),)
        report = examine(missing.document, installed(), unset=missing.unset)
        assert [each.location for each in report.remarks] == [place]


@pytest.mark.parametrize(
    "document",
    [None, [], {"execution": 3}, {"execution": [None, 3]}, runbook()],
)
def test_what_has_none_is_left_alone(document: object) -> None:
    form = in_one_form(document)
    assert form.document is document
    assert form.moved == {}


@pytest.mark.parametrize("connectors", [3, "x", {"a": 1}])
def test_a_list_that_is_none_is_told_of(connectors: object) -> None:
    document = runbook(step("a", connector=POST), connectors=connectors)
    assert any(each.startswith("connectors: ") for each in problems(document))


VALUES = st.recursive(
    st.none() | st.integers() | st.sampled_from(["artifact", "post", "a", "b", ""]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["type", "name", "properties", "step_id", "street"])
            | st.integers(),
            inner,
            max_size=4,
        )
    ),
    max_leaves=6,
)


@given(VALUES, VALUES, st.lists(VALUES, max_size=2))
@example({"type": "post", "name": []}, {"type": []}, [{"name": {}}])
def test_whatever_is_written_validation_refuses_what_a_run_refuses(
    first: object, second: object, connectors: list[object]
) -> None:
    document = runbook(
        step("a", connector=first, save_output=True),
        step("b", connector=second),
        connectors=[POST | {"name": "letters"}, *connectors],
    )
    written = copy.deepcopy(document)
    report = examine(document, installed(), thorough=False)
    refused = True
    with suppress(InvalidRunbookError):
        parse_runbook(document)
        refused = False
    told = any(each.stops_run for each in report.remarks)
    cycle = any("Circular" in each.message for each in report.remarks)
    assert told is (refused or cycle)
    assert document == written


def editor_accepts(document: object) -> bool:
    import jsonschema_rs

    schema = runbook_schema(installed()).document
    return jsonschema_rs.Draft7Validator(schema).is_valid(document)


def test_editors_know_them() -> None:
    assert editor_accepts(chain(connector=artifact("a")))
    assert editor_accepts(without_list(step("a", connector=POST)))
    for wrong in (
        chain(connector=artifact("a", more=1)),
        chain(connector=artifact(3)),
        chain(connector={"type": "artifact"}),
        chain(connector=artifact("a"), input_from="a"),
        without_list(step("a", connector={"properties": {}})),
        without_list(
            step("a", connector={"type": "post", "properties": {"houses": 0}})
        ),
        without_list(step("a")),
    ):
        assert not editor_accepts(wrong)
