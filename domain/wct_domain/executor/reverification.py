"""A run verified by doing its steps again: does the same still lead to the same?"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from wct_domain.archive import BlobReader, VolatileFields
from wct_domain.commands import StartRun
from wct_domain.comparison.documents import Difference, differences
from wct_domain.comparison.facts import Opening, facts_of
from wct_domain.comparison.findings import compare_findings
from wct_domain.comparison.hidden_secrets import hides_a_secret
from wct_domain.comparison.runs import result_findings, versions_of
from wct_domain.components import Components
from wct_domain.digests import Reference
from wct_domain.errors import LedgerError, WctError
from wct_domain.events import StepCompleted
from wct_domain.executor.pasts import Ended, Past, pasts_of, signatures
from wct_domain.executor.reexecution import (
    Again,
    NotPossibleError,
    Reexecution,
    Seal,
)
from wct_domain.executor.verified import RunVerified, Verdict, Verified, said
from wct_domain.explaining import explain
from wct_domain.handlers.lifecycle import (
    planned_components,
    planned_rules,
    runbook_document,
)
from wct_domain.marks import without
from wct_domain.plan import ExecutionPlan, plan_runbook
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.states import StepState, StepStatus
from wct_domain.runbook import Runbook, parse_runbook
from wct_domain.schemas import SchemaSource

_BY_CHANCE = frozenset({"process.died", "timeout"})
"""Codes of failures that a step is not to blame for, when it is done again."""


class Installed(NamedTuple):
    """What steps are done again with."""

    components: Components
    schemas: SchemaSource
    versions: Mapping[str, str]  # wct, python
    timer: Callable[[], int]  # monotonic nanoseconds


class Reverification:
    """Verifies one run.

    Args:
        file: the runbook file, for steps whose recorded runbook hides a secret or is
            gone.

    Raises:
        RunNotFoundError: the stream of that name is no run's.
        LedgerError: the ledger cannot be read.
    """

    def __init__(
        self, ledger: Ledger, run: str, installed: Installed, file: Runbook | None
    ) -> None:
        self.facts = facts_of(ledger, run)
        self._ledger = ledger
        self._installed = installed
        self._file = file
        self._blobs = BlobReader(ledger, ledger.keys)
        self._key = ledger.keys.content_key
        self._volatile = VolatileFields(installed.schemas)
        self._pasts = pasts_of(ledger.read(run))
        self._works: dict[tuple[int, bool], tuple[ExecutionPlan, Reexecution]] = {}
        self._one_key = self.facts.origin == ledger.log_id

    def verified(self) -> RunVerified:
        """Do all steps again, one after the other."""
        steps = [self._verified(state) for state in self.facts.run.steps.values()]
        return RunVerified(self.facts, steps, list(self._differs()))

    def again(
        self, step: str, *, read_anew: bool = True, seal: Seal | None = None
    ) -> Again:
        """Do one step again.

        Args:
            read_anew: try its source, though what was read then is kept.
            seal: seals what it makes; None: it will not be stored.

        Raises:
            NotPossibleError: it did not begin, or what it needs is gone.
        """
        past = self.past(step)
        plan, work = self._work(step)
        return work.again(plan.steps[step], past, read_anew=read_anew, seal=seal)

    def past(self, step: str) -> Past:
        """Return what is recorded of a step.

        Raises:
            NotPossibleError: it did not begin, or that was pruned.
        """
        past = self._pasts.get(step)
        if past is not None:
            return past
        state = self.facts.run.steps.get(step)
        if state is not None and state.status is StepStatus.PRUNED:
            msg = f"step '{step}' cannot be done again: what it read was pruned"
        else:
            msg = f"step '{step}' did not begin: there is nothing to do again"
        raise NotPossibleError(msg)

    def compared(self, step: str, again: Again) -> Verified:
        """Compare what a step came to again with what is recorded."""
        past = self._pasts[step]
        ended = past.ended
        if ended is None:
            how = "it had not ended: there is nothing to compare it with"
            return Verified(step, Verdict.NOT_POSSIBLE, how)
        cause = None if again.error is None else explain(again.error)
        if again.as_recorded:
            return self._compared_as_recorded(step, past, ended, again, cause)
        if again.read == "not available":
            return Verified(step, Verdict.INPUT_NOT_AVAILABLE, cause)
        try:
            same = self._is_same(step, past, again)
        except LedgerError as error:
            why = f"its result cannot be compared: {error}"
            return Verified(step, Verdict.NOT_POSSIBLE, why)
        if again.read == "changed":
            how = "the result is the same" if same else "the result is another one, too"
            return Verified(step, Verdict.INPUT_CHANGED, how)
        if same:
            return Verified(step, Verdict.SAME)
        return self._diverged(step, ended, again, cause)

    def _compared_as_recorded(
        self, step: str, past: Past, ended: Ended, again: Again, cause: str | None
    ) -> Verified:
        how = {
            "changed": "its source has changed since",
            "not available": "its source is not available now",
        }
        source = how.get(again.read or "", "its source was not read")
        source += ": it was given what is recorded of it"
        try:
            same = self._is_same(step, past, again)
        except LedgerError as error:
            why = f"its result cannot be compared: {error}"
            return Verified(step, Verdict.NOT_POSSIBLE, why)
        found = Verified(step, Verdict.SAME)
        if not same:
            found = self._diverged(step, ended, again, cause)
        return found._replace(source=source)

    def _verified(self, state: StepState) -> Verified:
        step = state.plan.id
        if state.status is StepStatus.PRUNED:
            return Verified(step, Verdict.NOT_POSSIBLE, "what it read was pruned")
        if state.status in {StepStatus.SKIPPED, StepStatus.PLANNED}:
            skipped = state.status is StepStatus.SKIPPED
            how = f"skipped, because {state.because} failed"
            return Verified(
                step, Verdict.NOTHING_TO_DO, how if skipped else "it did not begin"
            )
        if state.code in _BY_CHANCE:
            # Not even tried: it might take for ever, and has no limit here.
            how = f"it failed with '{state.code}', which says nothing of its input"
            return Verified(step, Verdict.NOT_POSSIBLE, how)
        if state.status is StepStatus.RUNNING:
            return Verified(step, Verdict.NOT_POSSIBLE, "it had begun, and not ended")
        try:
            return self.compared(step, self.again(step))
        except NotPossibleError as error:
            return Verified(step, Verdict.NOT_POSSIBLE, str(error))
        except SystemExit:
            why = "a component asked the process to exit"
            return Verified(step, Verdict.NOT_POSSIBLE, why)

    def _is_same(self, step: str, past: Past, again: Again) -> bool:
        plan, work = self._work(step)
        connector = plan.steps[step].connector
        reads = {c.type for c in plan.runbook.connectors if c.name == connector}

        def content(reference: Reference) -> str:
            if self._one_key:
                return reference.content
            return work.content_of(reference)

        # Each step's events for themselves, and without regard to their order.
        expected = signatures(past.emitted, content, reads)
        got = signatures(again.emitted, lambda ref: ref.content, reads)
        return expected == got

    def _diverged(
        self, step: str, ended: Ended, again: Again, cause: str | None
    ) -> Verified:
        now = next((e for e in again.emitted if isinstance(e, Ended)), None)
        found = Verified(
            step,
            Verdict.DIVERGED,
            cause,
            said(ended),
            "nothing" if now is None else said(now),
        )
        if not isinstance(ended, StepCompleted) or again.result is None:
            return found
        try:
            before = self._blobs.message(ended.result)
        except LedgerError as error:
            return found._replace(why=f"the recorded result is gone: {error}")
        one, other = (
            result_findings(each, step, ended.output_schema, self._volatile, self._key)
            for each in (before, again.result)
        )
        if one or other:
            return found._replace(findings=compare_findings(one, other))
        left, right = (
            without(each.content, self._volatile.of(each.schema))
            for each in (before, again.result)
        )
        places = tuple(each.place for each in differences(left, right))
        return found._replace(places=places)

    def _work(self, step: str) -> tuple[ExecutionPlan, Reexecution]:
        """Return the runbook that a step ran by, and what does it again.

        Raises:
            NotPossibleError: the runbook is gone, or hides a secret, and there is no
                file of it.
        """
        opening = self.facts.of_step(step).opening
        by_file = opening.runbook is None or hides_a_secret(opening.runbook, step)
        key = opening.position, by_file
        if key not in self._works:
            plan = self._plan(opening, by_file=by_file)
            installed = self._installed
            self._works[key] = (
                plan,
                Reexecution(
                    self._ledger,
                    plan,
                    installed.components,
                    installed.schemas,
                    installed.timer,
                ),
            )
        plan, work = self._works[key]
        if step not in plan.steps:
            msg = f"the runbook file has no step '{step}'"
            raise NotPossibleError(msg)
        return plan, work

    def _plan(self, opening: Opening, *, by_file: bool) -> ExecutionPlan:
        try:
            if not by_file:
                return plan_runbook(parse_runbook(opening.runbook))
            if self._file is not None:
                return plan_runbook(self._file)
        except WctError as error:
            msg = f"its runbook cannot be used: {error}"
            raise NotPossibleError(msg) from error
        why = opening.missing or "the recorded runbook hides a secret"
        if opening.missing and self.facts.run.erasure is not None:
            why = "the run was erased, and the recorded runbook with it"
        msg = f"{why}; give the runbook file with --runbook PATH"
        raise NotPossibleError(msg)

    def _differs(self) -> Iterator[Difference]:
        facts, installed = self.facts, self._installed
        recorded = facts.runbook
        runbook = self._file
        if recorded is not None:
            runbook = parse_runbook(recorded)
            if self._file is not None and self._one_key:
                yield from self._file_differs(recorded, self._file)
        if runbook is None:
            yield from differences(facts.opening.versions, dict(installed.versions))
            return
        now = Opening(
            0,
            tuple(planned_components(runbook, installed.components)),
            dict(installed.versions),
            None,
            dict(planned_rules(runbook, installed.components)),
            None,
        )
        if not facts.opening.rules:
            now = now._replace(rules={})
        yield from differences(
            versions_of(facts), versions_of(facts._replace(opening=now))
        )

    def _file_differs(
        self, recorded: dict[str, Any], file: Runbook
    ) -> Iterator[Difference]:
        start = StartRun(plan_runbook(file), b"")
        now = runbook_document(start, self._key)["runbook"]
        yield from differences(recorded, now, "runbook file")
