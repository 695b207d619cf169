"""Schema versions that a step may ask for."""

import pytest

from tests.compat.bench import Document, Load, Problems, runbook, step

PLACES = ("input_schema_version", "output_schema_version")


def asking(**versions: object) -> Document:
    return runbook(step("count", **versions))


def refusal(place: str, version: str) -> str:
    return (
        f"  execution -> 0 -> {place}: Value error, Version must be in format "
        f"'major.minor.patch' (e.g., '1.0.0'), got: {version}"
    )


@pytest.mark.parametrize("version", ["1.0.0", "0.0.1", "12.345.6789"])
def test_an_input_version_is_three_numbers(version: str, load: Load) -> None:
    [one] = load(asking(input_schema_version=version)).execution

    assert (one.input_schema_version, one.output_schema_version) == (version, None)


def test_an_output_version_is_three_numbers(load: Load) -> None:
    [one] = load(asking(output_schema_version="2.1.0")).execution

    assert (one.input_schema_version, one.output_schema_version) == (None, "2.1.0")


def test_a_step_may_ask_for_both_versions(load: Load) -> None:
    document = asking(input_schema_version="1.0.0", output_schema_version="2.1.0")
    [one] = load(document).execution

    assert (one.input_schema_version, one.output_schema_version) == ("1.0.0", "2.1.0")


def test_an_input_version_of_two_numbers_is_refused(problems: Problems) -> None:
    assert problems(asking(input_schema_version="1.0")) == [
        refusal("input_schema_version", "1.0")
    ]


def test_an_input_version_with_a_prefix_is_refused(problems: Problems) -> None:
    assert problems(asking(input_schema_version="v1.0.0")) == [
        refusal("input_schema_version", "v1.0.0")
    ]


def test_an_input_version_of_a_prerelease_is_refused(problems: Problems) -> None:
    assert problems(asking(input_schema_version="1.0.0-beta")) == [
        refusal("input_schema_version", "1.0.0-beta")
    ]


@pytest.mark.parametrize("version", ["one.two.three", "latest", "", "1.0.0.0", "1..0"])
def test_an_input_version_without_three_numbers_is_refused(
    version: str, problems: Problems
) -> None:
    assert problems(asking(input_schema_version=version)) == [
        refusal("input_schema_version", version)
    ]


@pytest.mark.parametrize("version", ["1.0", "v1.0.0", "1.0.0-beta", "latest"])
def test_an_output_version_is_refused_in_the_same_words(
    version: str, problems: Problems
) -> None:
    assert problems(asking(output_schema_version=version)) == [
        refusal("output_schema_version", version)
    ]


def test_a_step_need_not_ask_for_versions(load: Load) -> None:
    [one] = load(asking()).execution

    assert (one.input_schema_version, one.output_schema_version) == (None, None)


@pytest.mark.parametrize("place", PLACES)
def test_a_version_may_be_null(place: str, load: Load) -> None:
    [one] = load(asking(**{place: None})).execution

    assert getattr(one, place) is None


@pytest.mark.parametrize("place", PLACES)
def test_a_version_that_yaml_takes_for_a_number_is_refused(
    place: str, problems: Problems
) -> None:
    assert problems(asking(**{place: 1.0})) == [
        f"  execution -> 0 -> {place}: Input should be a valid string"
    ]


def test_a_refused_version_is_told_with_the_form_and_what_was_written(
    problems: Problems,
) -> None:
    [line] = problems(asking(input_schema_version="1.0"))

    assert "'major.minor.patch'" in line
    assert "'1.0.0'" in line
    assert line.endswith("got: 1.0")
