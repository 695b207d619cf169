"""What decided a run's outcome, as far as its ledger tells."""

from typing import Any, NamedTuple, cast

from wct_domain.archive import BlobReader
from wct_domain.errors import LedgerError, RunNotFoundError
from wct_domain.events import (
    PlannedComponent,
    RunResumed,
    RunStarted,
    SourceRead,
    StepSkipped,
    StepStarted,
)
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.inventory import Inventory
from wct_domain.projections.run import Run
from wct_domain.projections.states import StepState


class Opening(NamedTuple):
    """What an attempt at a run began with.

    ``runbook`` is None, and ``rules`` is empty, where the document is gone.
    """

    position: int  # of the event that says so
    components: tuple[PlannedComponent, ...]
    versions: dict[str, str]  # of wct and Python
    runbook: dict[str, Any] | None
    rules: dict[str, dict[str, dict[str, str]]]  # component, ruleset, rule: digest
    missing: str | None  # why the document cannot be read


class RunFacts(NamedTuple):
    """A run, with what one of its attempts began with: the last one by default."""

    run: Run
    started: RunStarted
    inventory: Inventory
    origin: str  # id of the ledger whose key its digests are made with
    openings: tuple[Opening, ...]
    began: dict[str, int]  # step to the position where it began last, or was skipped
    opening: Opening

    @property
    def runbook(self) -> dict[str, Any] | None:
        """The runbook as recorded, secrets as keyed digests; None: it is gone."""
        return self.opening.runbook

    def of_step(self, step: str) -> "RunFacts":
        """Return the facts of the attempt in which a step was tried last."""
        began = self.began.get(step)
        if began is None:
            return self
        before = [each for each in self.openings if each.position < began]
        return self._replace(opening=before[-1]) if before else self

    def component(self, kind: str, name: str | None) -> PlannedComponent | None:
        """Return one connector or analyser of the runbook."""
        found = (
            each
            for each in self.opening.components
            if each.kind == kind and each.name == name
        )
        return next(found, None)

    def section(self, name: str, member: str | None) -> dict[str, Any]:
        """Return what the runbook says of a connector, an analyser or a step."""
        key = "id" if name == "execution" else "name"
        section: list[dict[str, Any]] = (self.runbook or {}).get(name) or []
        found = [each for each in section if each.get(key) == member]
        return found[0] if found else {}

    def source(self, state: StepState) -> SourceRead | None:
        """Return what a step's connector read, as the step was given it."""
        read = [s for s in self.run.sources if s.connector == state.plan.connector]
        same = [s for s in read if s.output_schema == state.input_schema]
        return next(iter([*reversed(same), *reversed(read)]), None)


def facts_of(ledger: Ledger, run_id: str) -> RunFacts:
    """Read a run.

    Raises:
        RunNotFoundError: the stream of that name is no run's.
        LedgerUnusableError: the ledger cannot be read.
    """
    run, inventory = Run(), Inventory()
    openings: list[Opening] = []
    began: dict[str, int] = {}
    blobs = BlobReader(ledger, ledger.keys)
    for recorded in ledger.read(run_id):
        run.apply(recorded)
        inventory.apply(recorded)
        match event := recorded.event:
            case RunStarted() | RunResumed():
                openings.append(_opening(blobs, event, recorded.position))
            case StepStarted() | StepSkipped():
                began[event.step] = recorded.position
            case _:
                pass
    if run.started is None:
        msg = f"stream '{run_id}' in ledger '{ledger.location}' is not a run"
        raise RunNotFoundError(msg)
    return RunFacts(
        run,
        run.started,
        inventory,
        _origin(ledger, run),
        tuple(openings),
        began,
        openings[-1],
    )


def _origin(ledger: Ledger, run: Run) -> str:
    if run.imported is None:
        return ledger.log_id
    # A ledger that was restored from a copy has another id, and the same key.
    log = run.imported.log
    return ledger.log_id if log in ledger.former_ids else log


def _opening(
    blobs: BlobReader, event: RunStarted | RunResumed, position: int
) -> Opening:
    document: dict[str, Any] = {}
    missing: str | None = None
    try:
        document = cast("dict[str, Any]", blobs.document(event.document))
    except LedgerError as error:
        missing = str(error)
    return Opening(
        position,
        event.components,
        event.versions,
        document.get("runbook"),
        document.get("rules") or {},
        missing,
    )
