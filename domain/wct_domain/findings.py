"""What analysers report, as models: for whoever reads findings in Python.

The analysers write plain dictionaries of these shapes, key by key in this order, and
check them once against the JSON Schema of their message; a model per finding would
cost more than finding it.
"""

from datetime import datetime
from typing import Annotated, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_serializer,
    field_validator,
)

from wct_domain.context import current_step

NonEmpty = Annotated[str, StringConstraints(min_length=1)]
RISK_LEVELS = ("low", "medium", "high")


class BaseFindingEvidence(BaseModel):
    """A piece of the source that shows the match, personal data included.

    What else it says is kept as extra fields: ``line`` and ``column`` of the match,
    from 1, in characters; ``row_id``, the database's own number of a cell's row. Fields
    of the model would be null where nobody knows them, which closed schemas refuse.
    """

    model_config = ConfigDict(extra="allow")

    content: str
    collection_timestamp: datetime = Field(default_factory=lambda: current_step().at)

    @field_serializer("collection_timestamp", when_used="json")
    def _with_offset(self, value: datetime) -> str:
        return value.isoformat()  # +00:00, where pydantic would write Z


class BaseFindingCompliance(BaseModel):
    """A regulation that the finding touches, and what of it applies."""

    regulation: NonEmpty
    relevance: NonEmpty


class BaseFindingModel(BaseModel):
    """What every finding says.

    ``matched_patterns`` holds words as the ruleset spells them and names of detectors
    (``value:email``), never what was matched; ``evidence`` is of the first of them.
    """

    risk_level: str
    compliance: Annotated[list[BaseFindingCompliance], Field(min_length=1)]
    evidence: Annotated[list[BaseFindingEvidence], Field(min_length=1)]
    matched_patterns: Annotated[list[str], Field(min_length=1)]

    @field_validator("risk_level")
    @classmethod
    def _is_a_level(cls, value: str) -> str:
        if value not in RISK_LEVELS:
            msg = f"risk_level must be one of {[*RISK_LEVELS]}, got: {value}"
            raise ValueError(msg)
        return value


class FindingMetadata(BaseModel):
    """Where the finding is: the item's ``source`` as its connector named it."""

    source: str


class PersonalDataFinding(BaseFindingModel):
    """A category of personal data in one item; ``type`` is the rule's name."""

    type: NonEmpty
    data_type: NonEmpty
    special_category: bool
    metadata: FindingMetadata


class ProcessingPurposeFinding(BaseFindingModel):
    """A sign of a purpose of processing in one item.

    The three optional fields come from rulesets about services and data collection.
    """

    purpose: NonEmpty
    purpose_category: str
    metadata: FindingMetadata
    service_category: str | None = None
    collection_type: str | None = None
    data_source: str | None = None


class DataSubjectFinding(BaseFindingModel):
    """A category of people that one item is about, with points of a hundred."""

    primary_category: NonEmpty
    confidence_score: Annotated[int, Field(ge=0, le=100)]
    modifiers: list[str] = Field(default_factory=list[str])
    metadata: FindingMetadata


class AnalysisChainEntry(BaseModel):
    """One analysis that led to a message; ``order`` counts from 1."""

    order: Annotated[int, Field(ge=1)]
    analyser: str
    execution_timestamp: datetime


AnalysesChain: TypeAlias = Annotated[list[AnalysisChainEntry], Field(min_length=1)]
"""All analyses that led to a message, the first one first."""


class BaseAnalysisOutputMetadata(BaseModel):
    """How findings were made. Analysers add keys of their own."""

    model_config = ConfigDict(extra="allow")

    ruleset_used: str
    llm_validation_enabled: bool
    evidence_context_size: str | None = None
    analyses_chain: AnalysesChain
