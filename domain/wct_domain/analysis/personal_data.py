"""Personal data: one finding for each item and rule that meet."""

from collections.abc import Iterable, Iterator
from typing import Any

from wct_domain.analysis.evidence import Text
from wct_domain.analysis.items import Item
from wct_domain.analysis.reporting import Reporting, compliance
from wct_domain.analysis.rulebook import Match, Rulebook
from wct_domain.rulesets.personal_data import PersonalDataRule


def personal_data(
    items: Iterable[Item], rulebook: Rulebook[PersonalDataRule], reporting: Reporting
) -> Iterator[dict[str, Any]]:
    """Yield findings, items in order, then rules in the ruleset's order."""
    for item in items:
        text = Text(item.text)
        for match in rulebook.matches(text):
            yield _finding(item, text, match, reporting)


def _finding(
    item: Item, text: Text, match: Match[PersonalDataRule], reporting: Reporting
) -> dict[str, Any]:
    rule = match.rule
    return {
        "risk_level": rule.risk_level,
        "compliance": compliance(rule.compliance),
        "evidence": reporting.placed_evidence(item, text, match.hits),
        "matched_patterns": match.patterns,
        "type": rule.name,
        "data_type": rule.data_type,
        "special_category": rule.special_category,
        "metadata": {"source": item.source},
    }


def summary(findings: list[dict[str, Any]]) -> dict[str, int]:
    return {
        "total_findings": len(findings),
        "high_risk_count": sum(each["risk_level"] == "high" for each in findings),
        "special_category_count": sum(each["special_category"] for each in findings),
    }
