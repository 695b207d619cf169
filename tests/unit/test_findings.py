from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from wct_domain.context import StepContext, working_in
from wct_domain.findings import (
    AnalysisChainEntry,
    BaseAnalysisOutputMetadata,
    BaseFindingCompliance,
    BaseFindingEvidence,
    BaseFindingModel,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def finding(**more: Any) -> dict[str, Any]:
    return {
        "risk_level": "low",
        "compliance": [{"regulation": "GDPR", "relevance": "Article 4(1)"}],
        "evidence": [{"content": "x"}],
        "matched_patterns": ["x"],
        **more,
    }


def test_evidence_is_collected_when_the_step_runs() -> None:
    with working_in(StepContext(at=NOON, seed=0)):
        evidence = BaseFindingEvidence(content="x")
    assert evidence.collection_timestamp == NOON


def test_a_time_is_written_with_its_offset() -> None:
    evidence = BaseFindingEvidence(content="x", collection_timestamp=NOON)
    assert evidence.model_dump(mode="json") == {
        "content": "x",
        "collection_timestamp": "2026-03-01T12:00:00+00:00",
    }


def test_a_risk_level_is_one_of_three() -> None:
    with pytest.raises(ValidationError) as caught:
        BaseFindingModel.model_validate(finding(risk_level="huge"))
    assert (
        "risk_level must be one of ['low', 'medium', 'high'], got: huge"
        in caught.value.errors()[0]["msg"]
    )


@pytest.mark.parametrize("field", ["compliance", "evidence", "matched_patterns"])
def test_a_finding_says_why_where_and_by_what(field: str) -> None:
    with pytest.raises(ValidationError):
        BaseFindingModel.model_validate(finding(**{field: []}))


@pytest.mark.parametrize("field", ["regulation", "relevance"])
def test_compliance_is_not_empty(field: str) -> None:
    said = {"regulation": "GDPR", "relevance": "Article 4(1)", field: ""}
    with pytest.raises(ValidationError):
        BaseFindingCompliance.model_validate(said)


def test_a_chain_of_analyses_counts_from_one() -> None:
    with pytest.raises(ValidationError):
        AnalysisChainEntry(order=0, analyser="a", execution_timestamp=NOON)


def test_metadata_of_an_analysis_may_say_more_but_has_a_chain() -> None:
    entry = {"order": 1, "analyser": "a", "execution_timestamp": NOON}
    said: dict[str, Any] = {"ruleset_used": "r", "llm_validation_enabled": False}
    metadata = BaseAnalysisOutputMetadata.model_validate(
        {**said, "analyses_chain": [entry], "analyser_version": "1.0.0"}
    )
    assert metadata.model_dump()["analyser_version"] == "1.0.0"
    with pytest.raises(ValidationError):
        BaseAnalysisOutputMetadata.model_validate({**said, "analyses_chain": []})
