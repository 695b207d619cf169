"""Two runs side by side: what went in, what came out, and what cannot be compared."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from wct_domain.archive import BlobDraft, BlobReader, VolatileFields
from wct_domain.comparison.documents import Difference, differences
from wct_domain.comparison.facts import RunFacts, facts_of
from wct_domain.comparison.findings import (
    Finding,
    FindingsCompared,
    compare_findings,
    findings_in,
)
from wct_domain.errors import LedgerError
from wct_domain.events import PlannedComponent, SourceRead
from wct_domain.marks import without
from wct_domain.message import Message
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.states import StepState, StepStatus
from wct_domain.schemas import SchemaLoader


class SourcesCompared(NamedTuple):
    """What one connector read in both runs; None: it read nothing there."""

    connector: str
    schema: str  # name/version
    before: SourceRead | None
    after: SourceRead | None
    same: bool | None  # None: nobody can tell


class StepsCompared(NamedTuple):
    """One step in both runs; None: it is not planned there."""

    id: str
    before: StepState | None
    after: StepState | None
    same: bool | None  # of the results; None: there are not two, or nobody can tell


class RunsCompared(NamedTuple):
    """What differs between two runs, and what was not compared."""

    before: RunFacts
    after: RunFacts
    runbook: list[Difference]
    versions: list[Difference]
    sources: list[SourcesCompared]
    steps: list[StepsCompared]
    findings: FindingsCompared
    equal_results: int  # recognised by their digests alone
    not_compared: list[str]
    results_missing: bool  # some result could not be opened that would have to be


def compare_runs(
    ledger: Ledger, before: str, after: str, schemas: SchemaLoader
) -> RunsCompared:
    """Compare two runs of one ledger.

    Equal results are recognised by their digests; only others are opened.

    Raises:
        RunNotFoundError: one of the streams is no run's.
        LedgerUnusableError: the ledger cannot be read.
    """
    return _Comparing(ledger, before, after, schemas).compared()


class _Comparing:
    def __init__(
        self, ledger: Ledger, before: str, after: str, schemas: SchemaLoader
    ) -> None:
        self._before = facts_of(ledger, before)
        self._after = facts_of(ledger, after)
        self._blobs = BlobReader(ledger, ledger.keys)
        self._keys = ledger.keys
        self._volatile = VolatileFields(schemas)
        self._one_key = self._before.origin == self._after.origin
        self._not_compared: list[str] = []
        self._results_missing = False
        self._own: dict[str, str] = {}  # blob to a digest under this ledger's key

    def compared(self) -> RunsCompared:
        one, other = self._before, self._after
        if not self._one_key:
            self._not_compared.append(
                "the runs were recorded in two ledgers, whose digests never agree: "
                "sources and secrets cannot be compared, and results only by opening "
                "them"
            )
        for facts in (one, other):
            if facts.opening.missing is not None:
                self._not_compared.append(
                    f"the runbook of run {facts.run.id}: {facts.opening.missing}"
                )
            if any(s.status is StepStatus.PRUNED for s in facts.run.steps.values()):
                self._not_compared.append(
                    f"the sources and steps of run {facts.run.id}: what became of "
                    "them was pruned"
                )
                self._results_missing = True
        readable = one.runbook is not None and other.runbook is not None
        runbook = [*differences(one.runbook, other.runbook)] if readable else []
        findings, equal = self._findings()
        return RunsCompared(
            one,
            other,
            runbook,
            [
                *differences(
                    versions_of(one, rules=readable), versions_of(other, rules=readable)
                )
            ],
            [*self._sources()],
            [*self._steps()],
            findings,
            equal,
            self._not_compared,
            self._results_missing,
        )

    def _sources(self) -> Iterator[SourcesCompared]:
        one, other = _read(self._before), _read(self._after)
        for key in dict.fromkeys([*one, *other]):
            left, right = one.get(key), other.get(key)
            same = None
            if left is not None and right is not None and self._one_key:
                same = left.content == right.content
            yield SourcesCompared(*key, left, right, same)

    def _steps(self) -> Iterator[StepsCompared]:
        one, other = self._before.run.steps, self._after.run.steps
        for step in dict.fromkeys([*one, *other]):
            left, right = one.get(step), other.get(step)
            yield StepsCompared(step, left, right, self._same(left, right))

    def _same(self, left: StepState | None, right: StepState | None) -> bool | None:
        if left is None or right is None or not left.result or not right.result:
            return None
        if self._one_key:
            return left.result.content == right.result.content
        try:
            return self._digest(left) == self._digest(right)
        except LedgerError:  # said of the findings
            return None

    def _digest(self, state: StepState) -> str:
        """Digest of a result that stands for it in this comparison."""
        result = state.result
        if result is None:
            return ""
        if self._one_key:
            return result.content
        if result.blob not in self._own:
            message = self._blobs.message(result)
            draft = BlobDraft(self._keys.content_key, self._volatile)
            self._own[result.blob] = draft.content_digest(message)[0]
        return self._own[result.blob]

    def _findings(self) -> tuple[FindingsCompared, int]:
        one, other = self._results(self._before), self._results(self._after)
        equal = Counter(d for d, _ in one) & Counter(d for d, _ in other)
        number = equal.total()
        left = self._unequal(self._before, one, equal.copy())
        right = self._unequal(self._after, other, equal)
        return compare_findings(left, right), number

    def _results(self, facts: RunFacts) -> list[tuple[str, StepState]]:
        found: list[tuple[str, StepState]] = []
        for state in facts.run.steps.values():
            if state.result is not None:
                try:
                    found.append((self._digest(state), state))
                except LedgerError as error:
                    self._miss(facts, state, error)
        return found

    def _unequal(
        self, facts: RunFacts, results: list[tuple[str, StepState]], equal: Counter[str]
    ) -> Iterator[Finding]:
        for digest, state in results:
            if equal[digest] > 0:
                equal[digest] -= 1
            elif state.result is not None:
                try:
                    message = self._blobs.message(state.result)
                except LedgerError as error:
                    self._miss(facts, state, error)
                else:
                    schema = state.output_schema or ""
                    yield from result_findings(
                        message,
                        state.plan.id,
                        schema,
                        self._volatile,
                        # Not before it is needed: equal runs are compared without.
                        self._keys.content_key,
                    )

    def _miss(self, facts: RunFacts, state: StepState, error: Exception) -> None:
        what = f"the result of step '{state.plan.id}' of run {facts.run.id}"
        self._not_compared.append(f"{what}: {error}")
        self._results_missing = True


def result_findings(
    message: Message, step: str, schema: str, volatile: VolatileFields, key: bytes
) -> list[Finding]:
    """Return the findings of a result message, without what differs from run to run."""
    content = without(message.content, volatile.of(message.schema))
    return findings_in(content, step, schema, key)


def versions_of(facts: RunFacts, *, rules: bool = True) -> dict[str, Any]:
    """Return what code and which rules a run was made with, by name."""
    versions: dict[str, Any] = dict(facts.opening.versions)
    for component in facts.opening.components:
        name = _component_name(component)
        versions[name] = (
            component_versions(facts, component) if rules else dict(component.versions)
        )
    return versions


def component_versions(facts: RunFacts, component: PlannedComponent) -> dict[str, Any]:
    """Return versions of a component; rules are named in place of their ruleset's."""
    versions: dict[str, Any] = dict(component.versions)
    for ruleset, rules in facts.opening.rules.get(
        _component_name(component), {}
    ).items():
        versions[f"{ruleset} rules"] = rules
    return versions


def _component_name(component: PlannedComponent) -> str:
    return f"{component.kind} {component.name}"


def _read(facts: RunFacts) -> dict[tuple[str, str], SourceRead]:
    return {(each.connector, each.output_schema): each for each in facts.run.sources}
