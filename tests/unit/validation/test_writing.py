"""Mistakes in what is written in a runbook."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.validation.bench import installed, remarks, runbook, said, step
from wct_domain.errors import ExecutorError, RunbookValidationError
from wct_domain.plan import plan_runbook
from wct_domain.runbook import parse_runbook
from wct_domain.validation import examine


def test_a_sound_runbook_leaves_nothing_to_say() -> None:
    assert said(runbook()) == []


@pytest.mark.parametrize("document", [None, [], "text", 3, True])
def test_a_document_that_is_no_mapping_is_one_error(document: object) -> None:
    assert said(document) == [
        (
            "error: root: Input should be a valid dictionary or instance of Runbook; "
            "a mapping of keys to values is expected here"
        )
    ]


def test_every_wrong_field_is_told_at_once_with_a_way_out() -> None:
    document = runbook(
        step("a", input_schema_version=1.0),
        step("b b", save_output="perhaps"),
        name="",
        connectors=[{"name": "letters", "type": "post", "properties": None}],
    )
    del document["description"]

    assert said(document) == [
        "error: name: String should have at least 1 character",
        "error: description: Field required; add 'description:'",
        (
            "error: connectors -> 0 -> properties: Input should be a valid dictionary; "
            "write {} or leave the key out"
        ),
        (
            "error: execution -> 0 -> input_schema_version: Input should be a valid "
            'string; put the version in quotes, as in "1.0.0"'
        ),
        (
            "error: execution -> 1 -> id: String should match pattern "
            "'^[a-zA-Z0-9._-]+$'; use letters, digits, '.', '_' and '-' only"
        ),
        (
            "error: execution -> 1 -> save_output: Input should be a valid boolean, "
            "unable to interpret input"
        ),
    ]


def test_references_are_checked_beside_wrong_fields_all_of_them() -> None:
    document = runbook(
        step("a", connector="leters"),
        step("b", analyser="nobody", input_from="aa", contact=3),
        step("c", input_from="zzz"),
    )

    assert said(document) == [
        "error: execution -> 1 -> contact: Input should be a valid string",
        (
            "error: execution -> 0 -> connector: Execution step 1 references unknown "
            "connector 'leters'. Available connectors: ['letters']; "
            "did you mean 'letters'?"
        ),
        (
            "error: execution -> 1 -> analyser: Execution step 2 references unknown "
            "analyser 'nobody'. Available analysers: ['counter']"
        ),
        (
            "error: execution -> 1 -> input_from: Step 'Step b' references unknown "
            "step ID 'aa'. Available step IDs: ['a', 'b', 'c']; did you mean 'a'?"
        ),
        (
            "error: execution -> 2 -> input_from: Step 'Step c' references unknown "
            "step ID 'zzz'. Available step IDs: ['a', 'b', 'c']"
        ),
        "warning: connectors -> 0 -> name: no step uses connector 'letters'",
    ]


def test_of_many_names_only_some_are_listed() -> None:
    document = runbook(
        *(step(f"s{n:03}") for n in range(500)), step("x", input_from="y")
    )

    (text,) = said(document)

    assert text.endswith("'s019'] and 481 more")


@pytest.mark.parametrize(
    ("fields", "way"),
    [
        ({"save_outputs": True}, "did you mean 'save_output'?"),
        ({"Analyser": "x"}, "did you mean 'analyser'?"),
        ({"zebra": 1}, "remove it"),
    ],
)
def test_unknown_keys_are_warnings_that_suggest_the_right_one(
    fields: dict[str, Any], way: str
) -> None:
    (key,) = fields

    assert said(runbook(step("a", **fields))) == [
        f"warning: execution -> 0 -> {key}: unknown key, which is ignored; {way}"
    ]


def test_keys_that_are_not_text_are_named_too() -> None:
    document: dict[Any, Any] = {**runbook(), 7: 1, None: 2}

    assert [text.partition(";")[0] for text in said(document)] == [
        "warning: 7: unknown key, which is ignored",
        "warning: None: unknown key, which is ignored",
    ]


def test_a_place_for_anchors_is_no_unknown_key() -> None:
    assert said(runbook(**{"x-common": {"a": 1}})) == []


def test_names_given_twice_point_at_the_second() -> None:
    document = runbook(
        step("a"),
        step("a"),
        connectors=[{"name": "letters", "type": "post"}] * 2,
        analysers=[{"name": "counter", "type": "counter"}] * 2,
    )

    found = remarks(document)

    assert [(each.field, each.stops_run) for each in found] == [
        ("connectors -> 1 -> name", True),
        ("analysers -> 1 -> name", True),
        ("execution -> 1 -> id", True),
    ]
    assert found[2].text == (
        "Duplicate step ids found: ['a']; execution -> 0 has it already; "
        "choose another one"
    )


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"input_from": "a", "connector": "letters"}, "Step cannot have both"),
        ({"connector": None}, "Step must have either"),
    ],
)
@pytest.mark.parametrize("more", [{}, {"name": 3}], ids=["alone", "beside another"])
def test_a_step_has_one_source_whatever_else_is_wrong_with_it(
    fields: dict[str, Any], sentence: str, more: dict[str, Any]
) -> None:
    wrong = {**step("b", **fields), **more}

    texts = said(runbook(step("a", save_output=True), wrong))

    assert len([text for text in texts if sentence in text]) == 1


def test_keys_that_stand_twice_keep_the_line_that_is_known() -> None:
    report = examine(
        runbook(), installed(), repeated_keys=[(("execution", 0, "id"), 12)]
    )

    (remark,) = report.remarks
    assert (remark.level, remark.line, remark.stops_run) == ("error", 12, False)
    assert report.runbook is not None


def test_what_no_step_uses_is_a_warning() -> None:
    document = runbook(
        analysers=[
            {"name": "counter", "type": "counter"},
            {"name": "spare", "type": "counter"},
        ]
    )

    assert said(document) == [
        "warning: analysers -> 1 -> name: no step uses analyser 'spare'"
    ]


KEYS = st.sampled_from(
    [
        "name",
        "description",
        "connectors",
        "analysers",
        "execution",
        "id",
        "type",
        "properties",
        "connector",
        "input_from",
        "analyser",
        "input_schema",
        "output_schema",
        "save_output",
        "x-y",
        "zz",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "a", "b", "1.0"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner),
    max_leaves=20,
)


@given(document=VALUES | st.builds(runbook, VALUES, VALUES))
def test_any_document_is_answered_and_refused_exactly_where_a_run_refuses(
    document: object,
) -> None:
    report = examine(document, installed())

    try:
        plan_runbook(parse_runbook(document))
    except (RunbookValidationError, ExecutorError):
        assert report.refusals
        assert report.runbook is None
    else:
        assert not report.refusals
        assert report.runbook is not None


IDS = st.sampled_from(["a", "b", "c", "d"])


@given(origins=st.lists(st.tuples(IDS, st.none() | IDS), min_size=1, max_size=6))
def test_steps_are_refused_exactly_where_a_run_refuses_them(
    origins: list[tuple[str, str | None]],
) -> None:
    document = runbook(
        *(step(name, **({"input_from": of} if of else {})) for name, of in origins)
    )
    report = examine(document, installed())

    try:
        plan_runbook(parse_runbook(document))
    except (RunbookValidationError, ExecutorError):
        assert report.refusals
    else:
        order = [each.id for each in report.execution_order()]
        assert sorted(order) == sorted(name for name, _ in origins)
        assert all(
            of is None or order.index(of) < order.index(name) for name, of in origins
        )
