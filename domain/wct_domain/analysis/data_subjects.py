"""Data subjects: one finding for each item and category of people.

The rules of a category that match an item support each other: their weights are
added, up to 100.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from wct_domain.analysis.evidence import Text
from wct_domain.analysis.items import Item
from wct_domain.analysis.reporting import Reporting
from wct_domain.analysis.rulebook import Match, Rulebook
from wct_domain.rulesets.data_subjects import DataSubjectRule

_CONNECTOR = "_connector"
_CONTEXTS = {
    "filesystem": "filesystem",
    "source_code": "source_code",
    "mysql": "database",
    "postgres": "database",
    "postgresql": "database",
    "sqlite": "database",
}


def context_of(connector_type: str) -> str:
    """Return the context that a connector's data belongs to.

    Connectors are known by their short name and by that of their component
    (``mysql``, ``mysql_connector``); any other name is a context itself.
    """
    return _CONTEXTS.get(connector_type.removesuffix(_CONNECTOR), connector_type)


def unknown_contexts(items: Iterable[Item], rules: Iterable[DataSubjectRule]) -> int:
    """Count the items whose context no rule applies to."""
    known = {context for rule in rules for context in rule.applicable_contexts}
    return sum(context_of(item.connector_type) not in known for item in items)


def data_subjects(
    items: Iterable[Item], rulebook: Rulebook[DataSubjectRule], reporting: Reporting
) -> Iterator[dict[str, Any]]:
    """Yield findings, items in order, then categories in the ruleset's order."""
    for item in items:
        text = Text(item.text)
        context = context_of(item.connector_type)
        by_category: dict[str, list[Match[DataSubjectRule]]] = {}
        for match in rulebook.matches(text):
            if context in match.rule.applicable_contexts:
                by_category.setdefault(match.rule.subject_category, []).append(match)
        for category, matches in by_category.items():
            yield _finding(item, text, category, matches, reporting)


def _finding(
    item: Item,
    text: Text,
    category: str,
    matches: list[Match[DataSubjectRule]],
    reporting: Reporting,
) -> dict[str, Any]:
    return {
        "risk_level": "medium",
        "compliance": [
            {
                "regulation": "GDPR",
                "relevance": "Article 30(1)(c) data subject categories",
            }
        ],
        "evidence": reporting.evidence(text, matches[0].hits),
        "matched_patterns": [
            *dict.fromkeys(term for match in matches for term in match.patterns)
        ],
        "primary_category": category,
        "confidence_score": min(
            100, sum(match.rule.confidence_weight for match in matches)
        ),
        "modifiers": [],
        "metadata": {"source": item.source},
    }


def summary(findings: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "total_classifications": len(findings),
        "categories_identified": sorted(
            {each["primary_category"] for each in findings}
        ),
    }
