"""The parts that every finding has, as plain data in the order of the contract."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from wct_domain.analysis.evidence import WINDOWS, Text, excerpts
from wct_domain.ports.matching import Hit
from wct_domain.rulesets.rules import RuleComplianceData


class Reporting(NamedTuple):
    """How much evidence is kept, and when it was collected."""

    context_size: str  # a key of WINDOWS
    most_evidence: int  # excerpts per finding
    at: str  # ISO 8601

    def evidence(self, text: Text, hits: Sequence[Hit]) -> list[dict[str, Any]]:
        width = WINDOWS[self.context_size]
        return [
            {"content": excerpt, "collection_timestamp": self.at}
            for excerpt in excerpts(text, hits, width, self.most_evidence)
        ]


def compliance(entries: Sequence[RuleComplianceData]) -> list[dict[str, str]]:
    """Write the entries anew: a reader may change a finding without changing others."""
    return [
        {"regulation": entry.regulation, "relevance": entry.relevance}
        for entry in entries
    ]
