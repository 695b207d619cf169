"""Rules as data: versioned, read from outside, checked here."""

from wct_domain.rulesets.documents import (
    DataSubjectsRulesetData,
    PersonalDataRulesetData,
    ProcessingPurposesRulesetData,
    RulesetData,
    RulesetTypeError,
    parse_ruleset,
)
from wct_domain.rulesets.rules import (
    BaseRule,
    DataSubjectRule,
    PersonalDataRule,
    ProcessingPurposeRule,
    RiskLevel,
    RuleComplianceData,
    RuleT,
)
from wct_domain.rulesets.source import (
    BaseRuleset,
    Ruleset,
    RulesetSource,
    RulesetSummary,
)

__all__ = [
    "BaseRule",
    "BaseRuleset",
    "DataSubjectRule",
    "DataSubjectsRulesetData",
    "PersonalDataRule",
    "PersonalDataRulesetData",
    "ProcessingPurposeRule",
    "ProcessingPurposesRulesetData",
    "RiskLevel",
    "RuleComplianceData",
    "RuleT",
    "Ruleset",
    "RulesetData",
    "RulesetSource",
    "RulesetSummary",
    "RulesetTypeError",
    "parse_ruleset",
]
