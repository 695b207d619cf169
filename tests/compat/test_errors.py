"""The tree of errors: who caught a kind of error there catches it here."""

import pytest

from wct_entrypoints import api
from wct_entrypoints.api import WaivernError, WctError

TREE = {
    "ConnectorError": ["ConnectorConfigError", "ConnectorExtractionError"],
    "AnalyserError": [
        "AnalyserConfigError",
        "AnalyserInputError",
        "AnalyserProcessingError",
    ],
    "MessageValidationError": [],
    "ParserError": [],
    "ExecutorError": [
        "SchemaNotFoundError",
        "VersionMismatchError",
        "VersionNotSupportedError",
    ],
    "RunbookError": ["RunbookLoadError", "RunbookValidationError"],
    "ArtifactStoreError": ["ArtifactNotFoundError"],
    "LLMServiceError": ["LLMConfigurationError", "LLMConnectionError"],
    "RulesetError": ["RulesetNotFoundError", "RulesetAlreadyRegisteredError"],
    "SchemaLoadError": [],
    "DataParsingError": [],
}


def kind(name: str) -> type[Exception]:
    found: type[Exception] = getattr(api, name)
    return found


@pytest.mark.parametrize(
    "name", [*TREE, *(each for some in TREE.values() for each in some)]
)
def test_every_error_is_one_of_ours(name: str) -> None:
    assert issubclass(kind(name), WaivernError)


@pytest.mark.parametrize(
    ("parent", "child"),
    [(parent, child) for parent, children in TREE.items() for child in children],
)
def test_an_error_is_caught_by_its_parent(parent: str, child: str) -> None:
    assert issubclass(kind(child), kind(parent))


def test_kinds_of_error_that_are_siblings_do_not_catch_each_other() -> None:
    caught = [
        (one, other)
        for one in TREE
        for other in TREE
        if one != other and issubclass(kind(one), kind(other))
    ]

    assert caught == []


def test_the_root_of_the_tree_has_two_names() -> None:
    assert WaivernError is WctError


def test_errors_of_ours_can_be_raised_with_a_text_and_nothing_else() -> None:
    names = {each for some in TREE.values() for each in some}
    for name in names - {"ArtifactNotFoundError"}:
        assert str(kind(name)("the box is shut")) == "the box is shut"
