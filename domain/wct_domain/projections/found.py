"""Findings in a few lines: what was found, at which risk, how often and where."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wct_domain.risk import LEVELS

_NAMES = ("type", "purpose", "primary_category")


@dataclass(slots=True)
class Found:
    """All findings of one kind, over all results."""

    what: str  # a rule's name, or a category
    risk: str
    count: int = 0
    sources: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def instance(self) -> str:
        """The source that has most of them; the first, if several have as many."""
        return max(self.sources, key=self.sources.__getitem__, default="")


def found_in(results: Iterable[Mapping[str, Any]]) -> list[Found]:
    """Group the findings of results' ``data``: highest risk first, then most often.

    Data without ``findings``, and findings of a shape that is not ours, count for
    nothing.
    """
    groups: dict[tuple[str, str], Found] = {}
    for data in results:
        for finding in data.get("findings") or ():
            what = next((finding[name] for name in _NAMES if name in finding), None)
            if what is None:
                continue
            risk = finding.get("risk_level", "")
            group = groups.setdefault((what, risk), Found(str(what), str(risk)))
            group.count += 1
            metadata: dict[str, Any] = finding.get("metadata") or {}
            if (source := metadata.get("source")) is not None:
                group.sources[str(source)] = group.sources.get(str(source), 0) + 1
    return sorted(groups.values(), key=_rank)


def _rank(found: Found) -> tuple[int, int, str]:
    level = LEVELS.index(found.risk) if found.risk in LEVELS else -1
    return -level, -found.count, found.what
