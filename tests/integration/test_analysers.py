"""The three analysers with their rulesets, the real matcher and the real schemas."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.analysing import (
    NOON,
    SCHEMAS,
    STANDARD_INPUT,
    analysed,
    cell,
    container,
    item,
    message,
)
from wct_adapters.analysers.data_subject import DataSubjectAnalyserFactory
from wct_adapters.analysers.personal_data import PersonalDataAnalyserFactory
from wct_adapters.analysers.processing_purpose import ProcessingPurposeAnalyserFactory
from wct_adapters.analysers.ruleset_analyser import RulesetAnalyserFactory
from wct_domain.analysis.masking import mask_content
from wct_domain.context import StepContext, working_in
from wct_domain.errors import MessageValidationError, SchemaLoadError
from wct_domain.findings import (
    BaseAnalysisOutputMetadata,
    DataSubjectFinding,
    PersonalDataFinding,
    ProcessingPurposeFinding,
)
from wct_domain.message import Message
from wct_domain.schemas import Schema, SchemaSource
from wct_domain.services import Provided

PERSONAL_DATA = PersonalDataAnalyserFactory(container())
PURPOSES = ProcessingPurposeAnalyserFactory(container())
SUBJECTS = DataSubjectAnalyserFactory(container())
ALL = pytest.mark.parametrize(
    "factory", [PERSONAL_DATA, PURPOSES, SUBJECTS], ids=lambda f: f.get_component_name()
)
AnyFactory = RulesetAnalyserFactory[Any, Any]
AT = "2026-03-01T12:00:00+00:00"
CHAIN = {"order": 1, "execution_timestamp": AT}


def test_personal_data_has_the_contract_s_shape() -> None:
    result = analysed(PERSONAL_DATA, item("Write to bob@example.com."))

    assert result.id == "Personal_data_analysis"
    assert result.schema == Schema("personal_data_finding", "1.0.0")
    assert result.schema_validated
    (finding,) = result.content["findings"]
    del finding["compliance"]  # the ruleset's words, not the analyser's
    assert json.dumps(result.content) == json.dumps(
        {
            "findings": [
                {
                    "risk_level": "medium",
                    "evidence": [
                        {
                            "content": "Write to bob@example.com.",
                            "collection_timestamp": AT,
                            "line": 1,
                            "column": 10,
                        }
                    ],
                    "matched_patterns": ["value:email"],
                    "type": "Basic Profile Information",
                    "data_type": "basic_profile",
                    "special_category": False,
                    "metadata": {"source": "a.txt"},
                }
            ],
            "summary": {
                "total_findings": 1,
                "high_risk_count": 0,
                "special_category_count": 0,
            },
            "analysis_metadata": {
                "ruleset_used": "personal_data",
                "llm_validation_enabled": False,
                "evidence_context_size": "medium",
                "analyses_chain": [
                    {
                        "order": 1,
                        "analyser": "personal_data_analyser",
                        "execution_timestamp": AT,
                    }
                ],
            },
        }
    )


def test_purposes_have_the_contract_s_shape() -> None:
    result = analysed(PURPOSES, item("the newsletter goes out"))

    assert result.id == "Processing_purpose_analysis"
    (finding,) = result.content["findings"]
    assert list(finding) == [
        *("risk_level", "compliance", "evidence", "matched_patterns"),
        *("purpose", "purpose_category", "metadata"),
    ]
    assert list(result.content) == ["findings", "summary", "analysis_metadata"]
    assert list(result.content["analysis_metadata"].items()) == [
        ("ruleset_used", "processing_purposes"),
        ("llm_validation_enabled", False),
        ("evidence_context_size", "medium"),
        ("analyses_chain", [{**CHAIN, "analyser": "processing_purpose_analyser"}]),
        ("llm_validation_mode", "standard"),
        ("llm_batch_size", 50),
        ("analyser_version", "1.0.0"),
        ("processing_purpose_categories_detected", 1),
    ]


def test_data_subjects_have_the_contract_s_shape() -> None:
    result = analysed(SUBJECTS, item("our customers"))

    assert result.id == f"data_subject_analysis_{AT}"
    assert result.content["findings"] == [
        {
            "risk_level": "medium",
            "compliance": [
                {
                    "regulation": "GDPR",
                    "relevance": "Article 30(1)(c) data subject categories",
                }
            ],
            "evidence": [{"content": "our customers", "collection_timestamp": AT}],
            "matched_patterns": ["customer"],
            "primary_category": "customer",
            "confidence_score": 45,
            "modifiers": [],
            "metadata": {"source": "a.txt"},
        }
    ]
    assert result.content["summary"] == {
        "total_classifications": 1,
        "categories_identified": ["customer"],
    }
    assert list(result.content["analysis_metadata"].items()) == [
        ("ruleset_used", "data_subjects"),
        ("llm_validation_enabled", False),
        ("evidence_context_size", "medium"),
        ("analyses_chain", [{**CHAIN, "analyser": "data_subject_analyser"}]),
        ("analysis_timestamp", AT),
    ]


def test_findings_can_be_read_as_models() -> None:
    text = item("the customer's e-mail address is for the newsletter")
    for factory, model in (
        (PERSONAL_DATA, PersonalDataFinding),
        (PURPOSES, ProcessingPurposeFinding),
        (SUBJECTS, DataSubjectFinding),
    ):
        content = analysed(factory, text).content
        assert content["findings"]
        for finding in content["findings"]:
            assert model.model_validate(finding).model_dump(exclude_unset=True)
        BaseAnalysisOutputMetadata.model_validate(content["analysis_metadata"])


@ALL
def test_nothing_found_is_a_valid_result(factory: AnyFactory) -> None:
    result = analysed(factory, item("nothing"), item(""))
    assert result.content["findings"] == []
    assert result.schema_validated


@ALL
def test_the_same_input_at_the_same_time_gives_the_same_bytes(
    factory: AnyFactory,
) -> None:
    items = [
        item("customers' e-mail, newsletter, invoices, salaries", f"{n}.txt")
        for n in range(5)
    ]
    one, other = (analysed(factory, *items).content for _ in range(2))
    assert json.dumps(one) == json.dumps(other)


@ALL
def test_time_comes_from_the_step(factory: AnyFactory) -> None:
    with working_in(StepContext(at=NOON + timedelta(days=1), seed=0)):
        (output,) = factory.get_output_schemas()
        result = factory.create({}).process(
            STANDARD_INPUT, output.bound(SCHEMAS), message(item("customer e-mail bill"))
        )
    assert AT not in json.dumps(result.content)


@ALL
def test_the_chain_goes_on_where_the_input_s_ended(factory: AnyFactory) -> None:
    earlier = {"order": 4, "analyser": "a", "execution_timestamp": AT}
    (output,) = factory.get_output_schemas()
    asked = message(item("x"), analysis_metadata={"analyses_chain": [earlier]})
    result = factory.create({}).process(STANDARD_INPUT, output.bound(SCHEMAS), asked)
    chain = result.content["analysis_metadata"]["analyses_chain"]
    assert chain[0] == earlier
    assert chain[1]["order"] == 5


def test_columns_are_found_by_their_names_once() -> None:
    result = analysed(
        PERSONAL_DATA,
        cell("people", "first_name", 1, "Alma"),
        cell("people", "first_name", 2, "Bruno"),
        cell("people", "notes", 1, "-"),
    )
    (finding,) = result.content["findings"]
    assert finding["matched_patterns"] == ["first name"]
    assert finding["metadata"]["source"].endswith("column_(first_name)_row_(1)")
    assert finding["evidence"][0]["content"] == "people.first_name: Alma"


def test_masked_evidence_of_a_column_shows_its_name_and_not_its_value() -> None:
    result = analysed(PERSONAL_DATA, cell("people", "first_name", 1, "Alma"))
    assert result.schema is not None
    masked = mask_content(result.schema.schema, result.content)
    assert masked["findings"][0]["evidence"][0]["content"] == "…first_name…"


@ALL
def test_masked_findings_hold_nothing_of_the_source_but_what_was_looked_for(
    factory: AnyFactory,
) -> None:
    text = "Customer Ada Lovelace, ada@example.com, takes the newsletter."
    result = analysed(factory, item(text))
    assert result.schema is not None
    assert "Lovelace" in json.dumps(result.content)

    masked = json.dumps(mask_content(result.schema.schema, result.content))

    assert "Lovelace" not in masked
    assert "ada@example.com" not in masked


def test_data_subjects_are_found_in_tables_of_the_real_connectors() -> None:
    result = analysed(SUBJECTS, cell("employees", "id", 1, "7"))
    (finding,) = result.content["findings"]
    assert finding["primary_category"] == "employee"


def test_items_that_no_data_subject_rule_looks_at_are_noted() -> None:
    with working_in(StepContext(at=NOON, seed=0)) as step:
        SUBJECTS.create({}).process(
            STANDARD_INPUT,
            Schema("data_subject_finding", "1.0.0", SCHEMAS),
            message(item("a customer", connector_type="s3"), item("a customer")),
        )
    (note,) = step.notes
    assert (note.plugin, note.name) == ("data_subject_analyser", "items.passed-over")
    assert note.data == {"count": 1}


def test_the_configuration_says_how_much_evidence_is_kept() -> None:
    text = ("." * 300).join(f"salary {number}" for number in range(9))
    properties = {
        "pattern_matching": {
            "ruleset": "personal_data",
            "evidence_context_size": "small",
            "maximum_evidence_count": 5,
        }
    }
    (finding,) = analysed(PERSONAL_DATA, item(text), properties=properties).content[
        "findings"
    ]
    assert len(finding["evidence"]) == 5
    assert max(len(each["content"]) for each in finding["evidence"]) == 6 + 100 + 6


@ALL
def test_another_input_schema_is_refused(factory: AnyFactory) -> None:
    (output,) = factory.get_output_schemas()
    with pytest.raises(ValueError, match=r"^Unsupported input schema: runbook$"):
        factory.create({}).process(
            Schema("runbook", "1.0.0", SCHEMAS), output, message(item("x"))
        )


@ALL
def test_a_message_of_another_schema_is_refused(factory: AnyFactory) -> None:
    (output,) = factory.get_output_schemas()
    other = message(item("x"))
    other.schema = Schema("source_code", "1.0.0", SCHEMAS)
    with pytest.raises(
        SchemaLoadError,
        match=r"^Message schema source_code does not match "
        r"expected input schema standard_input$",
    ):
        factory.create({}).process(STANDARD_INPUT, output, other)


@ALL
def test_a_message_that_breaks_its_schema_is_refused(factory: AnyFactory) -> None:
    (output,) = factory.get_output_schemas()
    broken = Message("m", {"name": "x"}, STANDARD_INPUT)
    with pytest.raises(MessageValidationError, match="Schema validation failed"):
        factory.create({}).process(STANDARD_INPUT, output, broken)


@ALL
def test_without_an_executor_schemas_come_from_the_container(
    factory: AnyFactory,
) -> None:
    services = container()
    services.register(SchemaSource, Provided(lambda: SCHEMAS))
    (output,) = factory.get_output_schemas()
    unbound = message(item("x"))
    unbound.schema = Schema("standard_input", "1.0.0")
    analyser = type(factory)(services).create({})
    result = analyser.process(Schema("standard_input", "1.0.0"), output, unbound)
    assert result.schema_validated
