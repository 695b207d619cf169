"""What the analysers accept from a runbook, and how they refuse the rest."""

from typing import Any

import pytest

from tests.analysing import container
from wct_adapters.analysers.data_subject import DataSubjectAnalyserFactory
from wct_adapters.analysers.personal_data import PersonalDataAnalyserFactory
from wct_adapters.analysers.processing_purpose import ProcessingPurposeAnalyserFactory
from wct_adapters.analysers.ruleset_analyser import RulesetAnalyserFactory
from wct_domain.errors import AnalyserConfigError, RulesetNotFoundError
from wct_domain.ports.llm import BaseLLMService
from wct_domain.services import Provided, ServiceContainer

FACTORIES: list[type[RulesetAnalyserFactory[Any, Any]]] = [
    PersonalDataAnalyserFactory,
    ProcessingPurposeAnalyserFactory,
    DataSubjectAnalyserFactory,
]
EACH = pytest.mark.parametrize("make", FACTORIES, ids=lambda each: each.__name__)
AnyFactory = type[RulesetAnalyserFactory[Any, Any]]


class Echo(BaseLLMService):
    """A language model that agrees."""

    def analyse_data(self, text: str, analysis_prompt: str) -> str:
        return analysis_prompt


def refusal(make: AnyFactory, properties: dict[str, Any]) -> str:
    factory = make(container())
    assert factory.can_create(properties) is False
    with pytest.raises(AnalyserConfigError) as caught:
        factory.create(properties)
    return str(caught.value)


@pytest.mark.parametrize(
    ("make", "ruleset"),
    [
        (PersonalDataAnalyserFactory, "personal_data"),
        (ProcessingPurposeAnalyserFactory, "processing_purposes"),
        (DataSubjectAnalyserFactory, "data_subjects"),
    ],
)
def test_each_analyser_has_a_ruleset_of_its_own(make: AnyFactory, ruleset: str) -> None:
    config = make(container()).get_config_model().from_properties({})
    assert config.pattern_matching.ruleset == ruleset
    assert config.pattern_matching.evidence_context_size == "medium"
    assert config.pattern_matching.maximum_evidence_count == 3


@EACH
def test_without_its_section_validation_by_a_model_is_off(make: AnyFactory) -> None:
    config = make(container()).get_config_model().from_properties({})
    assert config.llm_validation.enable_llm_validation is False
    assert make(container()).can_create({}) is True


@EACH
def test_the_section_turns_it_on(make: AnyFactory) -> None:
    config = make(container()).get_config_model()
    section = config.from_properties({"llm_validation": {}}).llm_validation
    assert section.enable_llm_validation is True
    assert section.llm_batch_size == 50
    assert section.llm_validation_mode == "standard"


@EACH
@pytest.mark.parametrize("section", [{}, {"enable_llm_validation": True}])
def test_turned_on_without_a_model_nothing_can_be_made(
    make: AnyFactory, section: dict[str, Any]
) -> None:
    factory = make(container())
    assert factory.can_create({"llm_validation": section}) is False
    with pytest.raises(
        ValueError, match=r"^LLM validation enabled but no LLM service available$"
    ):
        factory.create({"llm_validation": section})


@EACH
def test_a_model_that_is_there_is_not_said_to_have_validated(make: AnyFactory) -> None:
    services = container()
    services.register(BaseLLMService, Provided(Echo))
    factory = make(services)
    assert factory.can_create({"llm_validation": {}}) is False
    with pytest.raises(AnalyserConfigError, match="enable_llm_validation to false"):
        factory.create({"llm_validation": {}})


@EACH
def test_without_need_no_model_is_asked_for(make: AnyFactory) -> None:
    def refuse() -> BaseLLMService:
        raise AssertionError

    services = container()
    services.register(BaseLLMService, Provided(refuse))
    assert make(services).create({"llm_validation": {"enable_llm_validation": False}})


@EACH
def test_unknown_keys_inside_the_sections_are_ignored(make: AnyFactory) -> None:
    name = make(container()).get_config_model().from_properties({})
    properties = {
        "pattern_matching": {"ruleset": name.pattern_matching.ruleset, "more": 1},
        "llm_validation": {"enable_llm_validation": False, "confidence_threshold": 0.8},
    }
    assert make(container()).create(properties)


@EACH
def test_an_unknown_section_is_refused(make: AnyFactory) -> None:
    text = refusal(make, {"patern_matching": {}})
    assert text.endswith("patern_matching: Extra inputs are not permitted")


@pytest.mark.parametrize(
    ("properties", "place"),
    [
        ({"pattern_matching": {}}, "pattern_matching -> ruleset: Field required"),
        ({"pattern_matching": None}, "pattern_matching: "),
        ({"pattern_matching": {"ruleset": ""}}, "pattern_matching -> ruleset: "),
        (
            {"pattern_matching": {"ruleset": "x", "maximum_evidence_count": 0}},
            "pattern_matching -> maximum_evidence_count: ",
        ),
        (
            {"pattern_matching": {"ruleset": "x", "maximum_evidence_count": 21}},
            "pattern_matching -> maximum_evidence_count: ",
        ),
        ({"llm_validation": None}, "llm_validation: "),
        ({"llm_validation": {"llm_batch_size": 0}}, "llm_validation -> llm_batch_size"),
        (
            {"llm_validation": {"llm_validation_mode": "wild"}},
            "llm_validation -> llm_validation_mode: ",
        ),
    ],
)
def test_a_wrong_property_is_named_with_its_place(
    properties: dict[str, Any], place: str
) -> None:
    text = refusal(PersonalDataAnalyserFactory, properties)
    assert text.startswith(f"Invalid personal data analyser configuration: {place}")


@pytest.mark.parametrize("size", ["full", "Medium", "", None, 7, []])
def test_a_context_size_is_one_of_three(size: object) -> None:
    text = refusal(
        PersonalDataAnalyserFactory,
        {"pattern_matching": {"ruleset": "x", "evidence_context_size": size}},
    )
    assert (
        "evidence_context_size must be one of ['small', 'medium', 'large'], "
        f"got: {size}"
    ) in text


@EACH
def test_a_ruleset_that_nobody_has_is_refused_when_the_analyser_is_made(
    make: AnyFactory,
) -> None:
    properties = {"pattern_matching": {"ruleset": "nonexistent"}}
    assert make(container()).can_create(properties) is False
    with pytest.raises(RulesetNotFoundError, match="nonexistent not registered"):
        make(container()).create(properties)


def test_a_ruleset_of_another_analyser_is_refused() -> None:
    with pytest.raises(TypeError, match="but PersonalDataRule was expected"):
        PersonalDataAnalyserFactory(container()).create(
            {"pattern_matching": {"ruleset": "data_subjects"}}
        )


@EACH
def test_a_missing_service_is_named(make: AnyFactory) -> None:
    factory = make(ServiceContainer())
    assert factory.can_create({}) is False
    with pytest.raises(AnalyserConfigError, match="needs a RulesetSource: register"):
        factory.create({})


@EACH
def test_the_version_of_the_ruleset_decides_the_output_and_is_told(
    make: AnyFactory,
) -> None:
    factory = make(container())
    name = factory.get_config_model().from_properties({}).pattern_matching.ruleset
    versions = factory.get_versions({})
    assert next(iter(versions)) == f"ruleset {name}"
    assert factory.get_rules({}).keys() == versions.keys()
    for version in versions.values():
        number, _, digest = version.partition(" sha256:")
        assert number == "1.0.0"
        assert len(digest) == 64


def test_the_rulesets_for_code_decide_purposes_as_well() -> None:
    versions = ProcessingPurposeAnalyserFactory(container()).get_versions({})
    assert list(versions) == [
        "ruleset processing_purposes",
        "ruleset service_integrations",
        "ruleset data_collection",
    ]


@EACH
def test_editors_learn_the_properties_from_the_model(make: AnyFactory) -> None:
    schema = make(container()).get_config_model().model_json_schema()
    matching = schema["$defs"]["PatternMatchingConfig"]["properties"]
    assert matching["evidence_context_size"]["enum"] == ["small", "medium", "large"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["llm_validation"]
