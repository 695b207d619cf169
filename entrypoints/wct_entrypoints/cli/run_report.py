"""Everything that ``wct show`` says of a run, before it is laid out."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from wct_domain.archive import BlobReader
from wct_domain.digests import Reference
from wct_domain.errors import ErasedError, LedgerError, RunNotFoundError
from wct_domain.events import RunStarted, SourceRead
from wct_domain.export import checkpoint_document
from wct_domain.ports.ledger import Ledger
from wct_domain.ports.sealed_log import StoredCheckpoint
from wct_domain.projections.disclosures import Disclosures
from wct_domain.projections.found import Found, found_in
from wct_domain.projections.inventory import Inventory, Kept
from wct_domain.projections.results import error_text
from wct_domain.projections.run import Run
from wct_domain.projections.states import Erasure, StepState, StepStatus, standing
from wct_entrypoints.cli import error_texts
from wct_entrypoints.cli.closed import SEALED, why_closed
from wct_entrypoints.cli.disclosed import disclosure_document
from wct_entrypoints.cli.findings_text import gaps_of
from wct_entrypoints.cli.gone import why_gone
from wct_entrypoints.cli.printing import in_seconds, utc
from wct_entrypoints.cli.signed import checkpoint_of


@dataclass(frozen=True, slots=True)
class RunReport:
    """A run with the texts that its events only refer to.

    A text that the ledger cannot provide is None, or says why in brackets.
    ``gone`` says what became of all of them, to go behind "was"; ``closed``, why they
    are there and cannot be shown.
    """

    run: Run
    started: RunStarted
    contact: str | None
    reason: str | None  # why the run as a whole failed; masked
    reasons: Mapping[str, str]  # step id to why it failed or was skipped; masked
    artifacts: Mapping[str, Kept]
    gaps: Mapping[str, Sequence[str]]  # connector to what it did not read
    found: Sequence[Found]
    checkpoint: StoredCheckpoint | None  # that covers its end
    gone: str | None  # None: they are there, as far as anybody said
    closed: str | None
    ledger: str
    disclosed: Disclosures = field(default_factory=Disclosures)


def report_on(ledger: Ledger, run_id: str) -> RunReport:
    """Rebuild a run.

    Raises:
        RunNotFoundError: the stream of that name is no run's.
    """
    run, inventory, disclosed = Run(), Inventory(), Disclosures()
    for recorded in ledger.read(run_id):
        run.apply(recorded)
        inventory.apply(recorded)
        disclosed.apply(recorded)
    report = report_of(ledger, run_id, run, inventory)
    return replace(report, disclosed=disclosed)


def report_of(
    ledger: Ledger,
    run_id: str,
    run: Run,
    inventory: Inventory,
    whole: Run | None = None,
) -> RunReport:
    """Add to what was folded of a run what its events only refer to.

    ``whole`` is the fold of all its events, if ``run`` is that of the first ones: what
    was erased later is gone from the start.

    Raises:
        RunNotFoundError: the stream of that name is no run's.
    """
    if run.started is None:
        msg = f"stream '{run_id}' in ledger '{ledger.location}' is not a run"
        raise RunNotFoundError(msg)
    if whole is None or whole.version == run.version:
        run.status = standing(run.status, run_id, ledger.locks)
    blobs = BlobReader(ledger, ledger.keys)
    gone = why_gone(whole or run) or _why_gone_here(run.started, blobs)
    closed = None if gone else why_closed(whole or run, ledger)
    away = f"was {gone}" if gone else closed and SEALED
    return RunReport(
        run=run,
        started=run.started,
        contact=_contact(run.started, blobs),
        reason=_reason(run.message, blobs, away),
        reasons={
            step.plan.id: reason
            for step in run.steps.values()
            if (reason := _reason(step.message, blobs, away)) is not None
        },
        artifacts={name: kept for name, kept in inventory.kept.items() if kept.saved},
        gaps=gaps_of(run, ledger, away),
        found=() if gone or closed else found_in(_data(run, blobs)),
        checkpoint=checkpoint_of(ledger, run_id),
        gone=gone,
        closed=closed,
        ledger=ledger.location,
    )


def _data(run: Run, blobs: BlobReader) -> Iterator[Mapping[str, Any]]:
    for step in run.steps.values():
        if step.result is not None:
            with suppress(LedgerError):  # damaged: the rest can be shown
                yield blobs.message(step.result).content


def _contact(started: RunStarted, blobs: BlobReader) -> str | None:
    try:
        contact = blobs.document(started.document)["runbook"].get("contact")
    except LedgerError:  # erased, or damaged: the run can be shown without
        return None
    return None if contact is None else str(contact)


def _why_gone_here(started: RunStarted, blobs: BlobReader) -> str | None:
    """Say that the key of a run is destroyed where its log does not: it is a copy."""
    try:
        blobs.document(started.document)
    except ErasedError:
        return "erased: its key is destroyed, after this copy of the ledger was made"
    except LedgerError:
        return None
    return None


def _reason(
    message: Reference | None, blobs: BlobReader, away: str | None
) -> str | None:
    if message is None:
        return None
    try:
        return error_texts.shown(error_text(message, blobs))
    except LedgerError as error:
        return f"(it {away})" if away else f"(not known: {error})"


def _counts(run: Run) -> dict[str, int | None]:
    """Say how many steps ended how; None where that was pruned."""
    statuses = (StepStatus.SUCCEEDED, StepStatus.FAILED, StepStatus.SKIPPED)
    return {str(each): run.ended(each) for each in statuses}


def document(report: RunReport) -> dict[str, Any]:
    """Put a report into the shape that programs read."""
    run = report.run
    return {
        "run": run.id,
        "runbook": report.started.runbook,
        "contact": report.contact,
        "status": run.status,
        "started_at": utc(run.started_at),
        "ended_at": utc(run.ended_at),
        "duration": in_seconds(run.duration),
        **_counts(run),
        "reason": report.reason,
        "signal": run.signal,
        "erasure": _erasure(run.erasure),
        "pruned_at": utc(run.pruned_at),
        "closed": report.closed,
        "imported_at": utc(run.imported_at),
        "imported_from": run.imported and run.imported.log,
        "imported_signers": list(run.imported.signers) if run.imported else [],
        **disclosure_document(report.disclosed),
        "versions": report.started.versions,
        "components": [each.model_dump() for each in report.started.components],
        "steps": [
            _step(step, report.reasons.get(step.plan.id)) for step in run.steps.values()
        ],
        "sources": [_source(source, report.gaps) for source in run.sources],
        "found": [_found(found) for found in report.found],
        "artifacts": [_artifact(kept) for kept in report.artifacts.values()],
        "events": run.version,
        "checkpoint": checkpoint_document(report.checkpoint),
        "ledger": report.ledger,
    }


def _erasure(erasure: Erasure | None) -> dict[str, Any] | None:
    if erasure is None:
        return None
    return {
        "reason": erasure.reason,
        "reference": erasure.reference,
        "requested_at": utc(erasure.requested_at),
        "erased_at": utc(erasure.erased_at),
        "blobs": erasure.blobs,
    }


def _step(step: StepState, reason: str | None) -> dict[str, Any]:
    return {
        "id": step.plan.id,
        "status": step.status,
        "attempt": step.attempt or None,
        "connector": step.plan.connector,
        "input_from": step.plan.input_from,
        "analyser": step.plan.analyser,
        "started_at": utc(step.started_at),
        "duration": in_seconds(step.duration),
        "items": step.items,
        "input_schema": step.input_schema,
        "output_schema": step.output_schema,
        "saved": step.saved,
        "truncated": step.truncated,
        "code": step.code,
        "error": step.error,
        "reason": reason,
        "because": step.because,
    }


def _found(found: Found) -> dict[str, Any]:
    from wct_domain.analysis.masking import mask_text

    return {
        "what": found.what,
        "risk": found.risk,
        "count": found.count,
        "for_instance": mask_text(found.instance) or None,
    }


def _source(source: SourceRead, gaps: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    return {
        "connector": source.connector,
        "step": source.step,
        "schema": source.output_schema,
        "items": source.items,
        "size": source.size,
        "unreadable": source.unreadable,
        "truncated": source.truncated,
        "gaps": list(gaps.get(source.connector, ())),
    }


def _artifact(kept: Kept) -> dict[str, Any]:
    return {
        "step": kept.name,
        "schema": kept.schema,
        "items": kept.items,
        "size": kept.size,
        "saved_at": utc(kept.at),
    }
