"""Personal data: one finding for each item and rule that meet."""

from collections.abc import Iterable, Iterator
from typing import Any

from wct_domain.analysis.by_rule import findings_by_rule
from wct_domain.analysis.items import Item
from wct_domain.analysis.reporting import Reporting
from wct_domain.analysis.rulebook import Rulebook
from wct_domain.rulesets.personal_data import PersonalDataRule


def personal_data(
    items: Iterable[Item], rulebook: Rulebook[PersonalDataRule], reporting: Reporting
) -> Iterator[dict[str, Any]]:
    """Yield findings, items in order, then rules in the ruleset's order."""
    return findings_by_rule(items, rulebook, reporting, _about)


def _about(rule: PersonalDataRule) -> dict[str, Any]:
    return {
        "type": rule.name,
        "data_type": rule.data_type,
        "special_category": rule.special_category,
    }


def summary(findings: list[dict[str, Any]]) -> dict[str, int]:
    return {
        "total_findings": len(findings),
        "high_risk_count": sum(each["risk_level"] == "high" for each in findings),
        "special_category_count": sum(each["special_category"] for each in findings),
    }
