"""What decided a run's outcome, as far as its ledger tells."""

from typing import Any, NamedTuple, cast

from wct_domain.archive import BlobReader
from wct_domain.errors import LedgerError, RunNotFoundError
from wct_domain.events import PlannedComponent, RunStarted, SourceRead
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.inventory import Inventory
from wct_domain.projections.run import Run, StepState


class RunFacts(NamedTuple):
    """A run, with the runbook that it was made from.

    ``runbook`` is None, and ``rules`` is empty, where the document is gone.
    """

    run: Run
    started: RunStarted
    inventory: Inventory
    origin: str  # id of the ledger whose key its digests are made with
    runbook: dict[str, Any] | None
    rules: dict[str, dict[str, dict[str, str]]]  # component, ruleset, rule: digest
    missing: str | None  # why the document cannot be read

    def component(self, kind: str, name: str | None) -> PlannedComponent | None:
        """Return one connector or analyser of the runbook."""
        found = (
            each
            for each in self.started.components
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
    for recorded in ledger.read(run_id):
        run.apply(recorded)
        inventory.apply(recorded)
    if run.started is None:
        msg = f"stream '{run_id}' in ledger '{ledger.location}' is not a run"
        raise RunNotFoundError(msg)
    document, missing = _document(ledger, run.started)
    return RunFacts(
        run,
        run.started,
        inventory,
        _origin(ledger, run),
        cast("dict[str, Any] | None", document.get("runbook")),
        document.get("rules") or {},
        missing,
    )


def _origin(ledger: Ledger, run: Run) -> str:
    if run.imported is None:
        return ledger.log_id
    # A ledger that was restored from a copy has another id, and the same key.
    log = run.imported.log
    return ledger.log_id if log in ledger.former_ids else log


def _document(ledger: Ledger, started: RunStarted) -> tuple[dict[str, Any], str | None]:
    try:
        document = BlobReader(ledger, ledger.keys).document(started.document)
    except LedgerError as error:
        return {}, str(error)
    return cast("dict[str, Any]", document), None
