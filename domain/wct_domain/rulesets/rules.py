"""One rule: what to look for, what it means, and which law cares.

Names of rules and their categories appear in results, so they are part of the output
contract; patterns may grow with a version of the ruleset.
"""

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

RiskLevel = Literal["low", "medium", "high"]
NonEmpty = Annotated[str, StringConstraints(min_length=1)]


class Frozen(BaseModel):
    """Part of a ruleset: a misspelt key is refused, for it would switch off a rule."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RuleComplianceData(Frozen):
    """Why a match matters: a regulation, and what of it applies."""

    regulation: NonEmpty
    relevance: NonEmpty


class BaseRule(Frozen):
    """What to look for, and how much it matters.

    ``patterns`` are plain words, matched as whole words however an identifier spells
    them (``email address`` is found in ``emailAddress`` and ``EMAIL_ADDRESS``).
    ``values`` names detectors (``email``, ``iban``) whose finds count for the rule too.
    """

    name: NonEmpty
    description: str
    patterns: Annotated[tuple[str, ...], Field(min_length=1)]
    values: tuple[NonEmpty, ...] = ()
    risk_level: RiskLevel
    compliance: list[RuleComplianceData] = Field(
        default_factory=list[RuleComplianceData]
    )

    @field_validator("patterns")
    @classmethod
    def _no_pattern_is_blank(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        if not all(pattern.strip() for pattern in patterns):
            msg = "All patterns must be non-empty strings"
            raise ValueError(msg)
        return patterns


class PersonalDataRule(BaseRule):
    """Finds one category of personal data.

    ``special_category`` is the category's flag in results. It follows the output
    contract; whether GDPR Article 9 applies is what ``compliance`` says.
    """

    data_type: NonEmpty
    special_category: bool = False


class ProcessingPurposeRule(BaseRule):
    """Finds a sign that data is processed for one purpose."""

    purpose_category: str


class DataSubjectRule(BaseRule):
    """Finds a sign that data is about one category of people.

    ``confidence_weight`` is in points of a hundred; the weights of all rules of a
    category that match are added. The rule looks at data of its contexts only.
    """

    subject_category: NonEmpty
    indicator_type: Literal["primary", "secondary", "contextual"]
    confidence_weight: Annotated[int, Field(ge=1, le=50)]
    applicable_contexts: Annotated[tuple[NonEmpty, ...], Field(min_length=1)]


RuleT = TypeVar("RuleT", bound=BaseRule)
