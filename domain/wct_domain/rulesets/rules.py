"""One rule: what to look for, what it means, and which law cares.

Names of rules and their categories appear in results, so they are part of the output
contract; patterns may grow with a version of the ruleset.
"""

import hashlib
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

RiskLevel = Literal["low", "medium", "high"]
NonEmpty = Annotated[str, StringConstraints(min_length=1)]


class Frozen(BaseModel):
    """Part of a ruleset: a misspelt key is refused, for it would switch off a rule."""

    # Rules are read as parts of a file: only its model is built when it is defined.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


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


def rule_digest(rule: BaseRule) -> str:
    """Name a rule by all that it says: 12 hexadecimal digits, to tell it from others.

    Enough to see that it was changed; it is no proof of anything.
    """
    return hashlib.sha256(rule.model_dump_json().encode()).hexdigest()[:12]


RuleT = TypeVar("RuleT", bound=BaseRule)
