"""Which version of a schema connector and analyser talk in."""

from collections.abc import Callable

import pytest

from tests.compat.bench import Bench, step
from tests.compat.toys import COUNTS, analysis, source
from wct_entrypoints.api import (
    AnalysisResult,
    ExecutorError,
    Schema,
    SchemaNotFoundError,
    VersionMismatchError,
    VersionNotSupportedError,
)

Negotiate = Callable[..., AnalysisResult]


def letters(*versions: str) -> list[Schema]:
    return [Schema("letters", version) for version in versions]


@pytest.fixture
def negotiate(bench: Bench) -> Negotiate:
    """Run one step between two components that know these versions."""

    def run(
        offers: list[Schema],
        reads: list[Schema],
        makes: list[Schema] | None = None,
        **fields: str,
    ) -> AnalysisResult:
        bench.connect(source(offers=offers))
        bench.employ(analysis(reads=reads, makes=makes or [COUNTS]))
        return bench.run(step("count", **fields))[0]

    return run


def failure(result: AnalysisResult) -> str:
    assert not result.success
    return result.error_message or ""


def test_the_highest_version_that_both_know_is_taken(negotiate: Negotiate) -> None:
    known = letters("1.0.0", "2.0.0", "1.1.0")

    assert negotiate(known, known).input_schema_version == "2.0.0"


def test_a_requested_version_is_taken_before_a_higher_one(negotiate: Negotiate) -> None:
    known = letters("1.0.0", "1.1.0", "1.2.0")

    result = negotiate(known, known, input_schema_version="1.1.0")

    assert result.input_schema_version == "1.1.0"


def test_versions_that_only_one_side_knows_do_not_count(negotiate: Negotiate) -> None:
    result = negotiate(
        letters("1.0.0", "1.1.0", "3.0.0"), letters("1.0.0", "1.1.0", "2.0.0")
    )

    assert result.input_schema_version == "1.1.0"


def test_without_a_common_version_the_step_fails(negotiate: Negotiate) -> None:
    result = negotiate(letters("2.0.0", "1.9.0", "1.10.0"), letters("3.0.0", "1.0.0"))

    assert failure(result) == (
        "No compatible versions for schema 'letters'. "
        "Producer supports: ['1.10.0', '1.9.0', '2.0.0']. "
        "Consumer supports: ['1.0.0', '3.0.0']"
    )


def test_a_requested_version_that_is_not_common_fails_the_step(
    negotiate: Negotiate,
) -> None:
    result = negotiate(
        letters("1.0.0", "1.9.0", "1.10.0", "2.0.0"),
        letters("1.0.0", "1.9.0", "1.10.0"),
        input_schema_version="2.0.0",
    )

    assert failure(result) == (
        "Requested version '2.0.0' for schema 'letters' not compatible. "
        "Compatible versions: ['1.0.0', '1.10.0', '1.9.0']"
    )


@pytest.mark.parametrize(
    ("known", "highest"),
    [
        (["1.9.0", "1.10.0"], "1.10.0"),
        (["1.0.9", "1.0.10"], "1.0.10"),
        (["9.0.0", "10.0.0"], "10.0.0"),
        (["2.0.0", "1.99.99"], "2.0.0"),
    ],
)
def test_versions_are_compared_as_numbers(
    known: list[str], highest: str, negotiate: Negotiate
) -> None:
    result = negotiate(letters(*known), letters(*reversed(known)))

    assert result.input_schema_version == highest


def test_a_schema_that_the_connector_does_not_make_fails_the_step(
    negotiate: Negotiate,
) -> None:
    offers = [*letters("1.0.0", "1.1.0"), Schema("cards", "1.0.0")]

    assert failure(negotiate(offers, letters("1.0.0"), input_schema="poems")) == (
        "Producer does not support schema 'poems'. "
        "Available: ['letters', 'letters', 'cards']"
    )


def test_a_schema_that_the_analyser_does_not_read_fails_the_step(
    negotiate: Negotiate,
) -> None:
    reads = [Schema("cards", "1.0.0"), Schema("cards", "1.1.0")]

    assert failure(negotiate(letters("1.0.0"), reads)) == (
        "Consumer does not support schema 'letters'. Available: ['cards', 'cards']"
    )


def test_an_analyser_that_declares_no_input_takes_the_highest_version(
    negotiate: Negotiate,
) -> None:
    result = negotiate(letters("1.0.0", "1.10.0", "1.9.0"), [])

    assert result.input_schema_version == "1.10.0"


def test_a_schema_that_the_analyser_does_not_make_fails_the_step(
    negotiate: Negotiate,
) -> None:
    known = letters("1.0.0")

    assert failure(negotiate(known, known, output_schema="poems")) == (
        "Producer does not support schema 'poems'. Available: ['counts']"
    )


def test_the_highest_result_version_is_taken(negotiate: Negotiate) -> None:
    makes = [Schema("counts", "1.9.0"), Schema("counts", "1.10.0")]

    result = negotiate(letters("1.0.0"), letters("1.0.0"), makes)

    assert result.output_schema_version == "1.10.0"


def test_a_requested_result_version_is_taken(negotiate: Negotiate) -> None:
    makes = [Schema("counts", "1.0.0"), Schema("counts", "2.0.0")]

    result = negotiate(
        letters("1.0.0"), letters("1.0.0"), makes, output_schema_version="1.0.0"
    )

    assert result.output_schema_version == "1.0.0"


def test_a_requested_result_version_that_is_not_made_fails_the_step(
    negotiate: Negotiate,
) -> None:
    result = negotiate(
        letters("1.0.0"), letters("1.0.0"), output_schema_version="2.0.0"
    )

    assert failure(result) == (
        "Requested version '2.0.0' for schema 'counts' not compatible. "
        "Compatible versions: ['1.0.0']"
    )


@pytest.mark.parametrize("odd", ["1.0", "v1.0.0", "1.0.0-beta", "latest", "", "1.0.x"])
def test_a_component_that_declares_an_odd_version_fails_the_step(
    odd: str, negotiate: Negotiate
) -> None:
    assert failure(negotiate(letters(odd, "1.0.0"), letters(odd, "1.0.0"))) == (
        f"Invalid semantic version '{odd}': must be in format 'major.minor.patch' "
        "(e.g., '1.2.3')"
    )


def test_an_odd_version_that_need_not_be_compared_does_no_harm(
    negotiate: Negotiate,
) -> None:
    known = letters("latest", "1.0.0")

    assert negotiate(known, known, input_schema_version="1.0.0").success


def test_what_goes_wrong_with_versions_is_an_executor_error() -> None:
    for kind in (SchemaNotFoundError, VersionMismatchError, VersionNotSupportedError):
        assert issubclass(kind, ExecutorError)
