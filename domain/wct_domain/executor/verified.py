"""What came of doing the steps of a run again."""

from enum import StrEnum
from typing import NamedTuple

from wct_domain.comparison.documents import Difference
from wct_domain.comparison.facts import RunFacts
from wct_domain.comparison.findings import FindingsCompared
from wct_domain.events import StepCompleted
from wct_domain.executor.pasts import Ended


class Verdict(StrEnum):
    """What came of doing a step again."""

    SAME = "the same"
    DIVERGED = "diverged"
    INPUT_CHANGED = "input changed"
    INPUT_NOT_AVAILABLE = "input not available"
    NOT_POSSIBLE = "not possible"
    NOTHING_TO_DO = "nothing to do"  # it was skipped, or never began


class Verified(NamedTuple):
    """One step: what is recorded of it, and what came of doing it again."""

    step: str
    verdict: Verdict
    why: str | None = None  # may quote data
    expected: str | None = None  # of a divergence: how it ended, without any value
    got: str | None = None
    findings: FindingsCompared | None = None
    places: tuple[str, ...] = ()  # in the result's content, where that has no findings
    source: str | None = None  # what became of its source, where it got what is kept


class RunVerified(NamedTuple):
    """All steps, and what differs from the code that they ran with."""

    facts: RunFacts
    steps: list[Verified]
    differs: list[Difference]  # wct, Python, components, rules; the runbook file

    @property
    def first_divergence(self) -> Verified | None:
        """The first step, in the order of the runbook, that came out otherwise."""
        found = (each for each in self.steps if each.verdict is Verdict.DIVERGED)
        return next(found, None)


def said(ended: Ended) -> str:
    """Say how a step ended, without any value."""
    if isinstance(ended, StepCompleted):
        items = f"{ended.items:,} item{'' if ended.items == 1 else 's'}"
        return f"completed: {items} of {ended.output_schema}"
    return f"failed ({ended.code}, {ended.error})"
