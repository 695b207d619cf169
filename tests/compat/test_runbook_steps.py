"""What a step of a runbook may say."""

from typing import Any

import pytest

from tests.compat.bench import Document, Load, Problems, component, runbook, step
from wct_entrypoints.api import ExecutionStep


def changed(**fields: Any) -> Document:
    """A runbook of one step, some of whose fields are changed."""
    return runbook(step("count", **fields))


def without(name: str) -> Document:
    document = changed()
    del document["execution"][0][name]
    return document


def only(document: Document, load: Load) -> ExecutionStep:
    [step] = load(document).execution
    return step


def test_a_step_needs_a_name(problems: Problems) -> None:
    assert problems(without("name")) == ["  execution -> 0 -> name: Field required"]


def test_a_step_needs_a_description(problems: Problems) -> None:
    assert problems(without("description")) == [
        "  execution -> 0 -> description: Field required"
    ]


def test_the_name_of_a_step_is_not_empty(problems: Problems) -> None:
    assert problems(changed(name="")) == [
        "  execution -> 0 -> name: String should have at least 1 character"
    ]


def test_the_description_of_a_step_may_be_empty(load: Load) -> None:
    assert only(changed(description=""), load).description == ""


def test_the_description_of_a_step_is_not_null(problems: Problems) -> None:
    assert problems(changed(description=None)) == [
        "  execution -> 0 -> description: Input should be a valid string"
    ]


def test_name_and_description_of_a_step_are_free_text(load: Load) -> None:
    one = only(changed(name="Zähl [mal] 📮", description="a\nb"), load)

    assert (one.name, one.description) == ("Zähl [mal] 📮", "a\nb")


def test_a_step_names_a_connector_that_is_defined(problems: Problems) -> None:
    document = runbook(
        step("a"),
        step("b", connector="pigeons"),
        connectors=[component("post"), component("mail")],
    )

    assert problems(document) == [
        (
            "  root: Value error, Execution step 2 references unknown connector "
            "'pigeons'. Available connectors: ['mail', 'post']"
        )
    ]


def test_a_step_names_an_analyser_that_is_defined(problems: Problems) -> None:
    document = runbook(
        step("a", analyser="oracle"),
        analysers=[component("counter"), component("clerk")],
    )

    assert problems(document) == [
        (
            "  root: Value error, Execution step 1 references unknown analyser "
            "'oracle'. Available analysers: ['clerk', 'counter']"
        )
    ]


def test_a_step_may_name_a_contact(load: Load) -> None:
    assert only(changed(contact="Ann, 4th floor"), load).contact == "Ann, 4th floor"


def test_a_step_need_not_name_a_contact(load: Load) -> None:
    assert only(changed(), load).contact is None


def test_some_steps_may_name_a_contact_and_others_not(load: Load) -> None:
    document = runbook(
        step("a", contact="Ann"), step("b"), step("c", contact=None), contact="Zoe"
    )

    contacts = [each.contact for each in load(document).execution]

    assert contacts == ["Ann", None, None]


def test_a_step_may_read_a_connector_and_analyse(load: Load) -> None:
    one = only(changed(), load)

    assert (one.connector, one.input_from, one.analyser) == ("post", None, "counter")


def test_a_step_may_only_read(load: Load) -> None:
    assert only(without("analyser"), load).analyser is None


def test_a_step_may_read_from_another_step(load: Load) -> None:
    document = runbook(step("a", save_output=True), step("b", input_from="a"))

    second = load(document).execution[1]

    assert (second.connector, second.input_from) == (None, "a")


def test_a_step_needs_an_id(problems: Problems) -> None:
    assert problems(without("id")) == ["  execution -> 0 -> id: Field required"]


def test_a_step_reads_from_one_place_only(problems: Problems) -> None:
    assert problems(changed(connector="post", input_from="count")) == [
        (
            "  execution -> 0: Value error, Step cannot have both 'connector' and "
            "'input_from' - choose one data source"
        )
    ]


def test_a_step_reads_from_somewhere(problems: Problems) -> None:
    assert problems(without("connector")) == [
        (
            "  execution -> 0: Value error, Step must have either 'connector' or "
            "'input_from' as data source"
        )
    ]


def test_an_output_is_saved_only_if_the_step_says_so(load: Load) -> None:
    assert only(changed(), load).save_output is False


@pytest.mark.parametrize("said", [True, "yes", "true", 1, "on"])
def test_yes_is_understood_in_several_words(said: object, load: Load) -> None:
    assert only(changed(save_output=said), load).save_output is True


def test_a_step_reads_from_a_step_that_exists(problems: Problems) -> None:
    document = runbook(step("b"), step("a"), step("c", input_from="z", name="Last"))

    assert problems(document) == [
        (
            "  root: Value error, Step 'Last' references unknown step ID 'z'. "
            "Available step IDs: ['a', 'b', 'c']"
        )
    ]


def test_steps_may_form_a_chain(load: Load) -> None:
    document = runbook(
        step("a", save_output=True),
        step("b", input_from="a", save_output=True),
        step("c", input_from="b"),
    )

    assert [each.input_from for each in load(document).execution] == [None, "a", "b"]


def test_step_ids_are_given_once(problems: Problems) -> None:
    assert problems(runbook(step("a"), step("b"), step("a"))) == [
        "  execution: Value error, Duplicate step ids found: ['a']"
    ]
