"""Purposes of processing: one finding for each item and rule that meet."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from wct_domain.analysis.by_rule import findings_by_rule
from wct_domain.analysis.items import Item
from wct_domain.analysis.reporting import Reporting
from wct_domain.analysis.rulebook import Rulebook
from wct_domain.findings import RISK_LEVELS
from wct_domain.rulesets.processing_purposes import ProcessingPurposeRule


def processing_purposes(
    items: Iterable[Item],
    rulebook: Rulebook[ProcessingPurposeRule],
    reporting: Reporting,
) -> Iterator[dict[str, Any]]:
    """Yield findings, items in order, then rules in the ruleset's order."""
    return findings_by_rule(items, rulebook, reporting, _about)


def _about(rule: ProcessingPurposeRule) -> dict[str, Any]:
    return {"purpose": rule.name, "purpose_category": rule.purpose_category}


def summary(findings: list[dict[str, Any]]) -> dict[str, Any]:
    """Count; categories are sorted, and a blank one is ``uncategorised``."""
    risks = Counter(each["risk_level"] for each in findings)
    categories = Counter(
        each["purpose_category"].strip() or "uncategorised" for each in findings
    )
    return {
        "total_findings": len(findings),
        "purposes_identified": len({each["purpose"] for each in findings}),
        "high_risk_count": risks["high"],
        "purpose_categories": dict(sorted(categories.items())),
        "risk_level_distribution": {level: risks[level] for level in RISK_LEVELS},
    }
