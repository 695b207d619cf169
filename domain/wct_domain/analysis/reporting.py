"""The parts that every finding has, as plain data in the order of the contract."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from wct_domain.analysis.evidence import WINDOWS, Text, excerpts
from wct_domain.analysis.items import Item
from wct_domain.ports.matching import Hit
from wct_domain.rulesets.rules import RuleComplianceData


class Reporting(NamedTuple):
    """How much evidence is kept, and when it was collected."""

    context_size: str  # a key of WINDOWS
    most_evidence: int  # excerpts per finding
    at: str  # ISO 8601

    def evidence(self, text: Text, hits: Sequence[Hit]) -> list[dict[str, Any]]:
        """Show matches without their places, which not every schema has room for."""
        width = WINDOWS[self.context_size]
        return [
            {"content": each.content, "collection_timestamp": self.at}
            for each in excerpts(text, hits, width, self.most_evidence)
        ]

    def placed_evidence(
        self, item: Item, text: Text, hits: Sequence[Hit]
    ) -> list[dict[str, Any]]:
        """Show matches with their places: line and column, or the row of a table."""
        if item.is_cell:
            row = {} if item.row_id is None else {"row_id": item.row_id}
            return [{**each, **row} for each in self.evidence(text, hits)]
        width, at = WINDOWS[self.context_size], self.at
        evidence: list[dict[str, Any]] = []
        for content, start in excerpts(text, hits, width, self.most_evidence):
            line, column = text.place(start)
            evidence.append(
                {
                    "content": content,
                    "collection_timestamp": at,
                    "line": line,
                    "column": column,
                }
            )
        return evidence


def compliance(entries: Sequence[RuleComplianceData]) -> list[dict[str, str]]:
    """Write the entries anew: a reader may change a finding without changing others."""
    return [
        {"regulation": entry.regulation, "relevance": entry.relevance}
        for entry in entries
    ]
