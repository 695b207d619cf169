"""One finding for each item and rule that meet."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from wct_domain.analysis.evidence import Text
from wct_domain.analysis.items import Item
from wct_domain.analysis.reporting import Reporting, compliance
from wct_domain.analysis.rulebook import Rulebook
from wct_domain.rulesets.rules import RuleT


def findings_by_rule(
    items: Iterable[Item],
    rulebook: Rulebook[RuleT],
    reporting: Reporting,
    about: Callable[[RuleT], dict[str, Any]],
) -> Iterator[dict[str, Any]]:
    """Yield findings, items in order, then rules in the ruleset's order.

    Args:
        about: what a finding says of its rule beside what all findings say.
    """
    for item in items:
        text = Text(item.text)
        for match in rulebook.matches(text):
            rule = match.rule
            yield {
                "risk_level": rule.risk_level,
                "compliance": compliance(rule.compliance),
                "evidence": reporting.placed_evidence(item, text, match.hits),
                "matched_patterns": match.patterns,
                **about(rule),
                "metadata": {"source": item.source},
            }
