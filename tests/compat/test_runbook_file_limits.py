"""Files that the seed would have read, and that are an accident or an attack."""

import pytest

from tests.compat.bench import Load, runbook, step
from wct_entrypoints.api import RunbookLoadError


def refusal(load: Load, source: str) -> str:
    with pytest.raises(RunbookLoadError) as raised:
        load(source)
    return str(raised.value)


def test_a_file_of_more_than_10_megabytes_is_refused(load: Load) -> None:
    text = refusal(load, "# " + "x" * 10_000_000)

    assert text.endswith("it is larger than 10 MB; is this the right file?")


def test_aliases_that_multiply_are_refused(load: Load) -> None:
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]

    text = refusal(load, "\n".join(["a0: &a0 [x]", *levels]))

    assert text.endswith("its aliases expand to more than 2,000,000 values")


def test_an_alias_of_what_contains_it_is_refused(load: Load) -> None:
    assert "an alias refers to what contains it" in refusal(load, "a: &a [*a]")


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_thousands_of_levels_are_refused(opening: str, load: Load) -> None:
    assert refusal(load, opening * 5000).endswith("it is nested too deeply")


def test_aliases_that_save_typing_are_welcome(load: Load) -> None:
    document = load(
        """
        name: Aliases
        description: Used as they are meant
        connectors:
          - {name: a, type: post, properties: &same {box: 7}}
          - {name: b, type: post, properties: *same}
        analysers: [{name: counter, type: counter}]
        execution:
          - &first
            id: first
            name: First
            description: ""
            connector: a
            analyser: counter
            input_schema: letters
            output_schema: counts
          - {<<: *first, id: second, connector: b}
        """
    )

    assert [each.properties for each in document.connectors] == [{"box": 7}] * 2
    assert [each.connector for each in document.execution] == ["a", "b"]


def test_a_byte_order_mark_is_no_part_of_the_text(load: Load) -> None:
    text = str(runbook(step("count")))  # a document in flow style is YAML, too

    assert load(b"\xef\xbb\xbf" + text.encode()).name == "Post"


def test_many_steps_are_no_accident(load: Load) -> None:
    steps = [step(f"s{number}") for number in range(2_000)]

    assert len(load(runbook(*steps)).execution) == 2_000
