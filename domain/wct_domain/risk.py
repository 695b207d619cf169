"""How many findings of which risk a result holds."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, cast

LEVELS = ("low", "medium", "high")
"""Values of ``risk_level``, the lowest first."""


def finding_count(data: Mapping[str, Any]) -> int | None:
    """Count a result's findings; None if it is no kind of result that has them."""
    findings = data.get("findings")
    return len(cast("list[object]", findings)) if isinstance(findings, list) else None


def risk_counts(data: Mapping[str, Any]) -> Counter[str]:
    """Count a result's findings by ``risk_level``; those without one do not count."""
    findings = data.get("findings")
    if not isinstance(findings, list):
        return Counter()
    levels = (
        cast("dict[str, Any]", finding).get("risk_level")
        for finding in cast("list[object]", findings)
        if isinstance(finding, dict)
    )
    return Counter(level for level in levels if level in LEVELS)


SPECIAL = "special_category"
"""Set in findings of the categories that GDPR Article 9 lists."""


def found_by(data: Mapping[str, Any]) -> dict[str, int]:
    """Count a result's findings as ``step.completed`` tells of them."""
    counts = risk_counts(data)
    found = {level: counts[level] for level in reversed(LEVELS) if counts[level]}
    findings = cast("list[Any]", data["findings"]) if finding_count(data) else []
    special = sum(
        cast("dict[str, Any]", each).get(SPECIAL) is True
        for each in findings
        if isinstance(each, dict)
    )
    return {**found, SPECIAL: special} if special else found


def at_least(level: str, counts: Mapping[str, int]) -> int:
    """Add up the counts of this level and of those above it."""
    return sum(counts.get(each, 0) for each in LEVELS[LEVELS.index(level) :])
