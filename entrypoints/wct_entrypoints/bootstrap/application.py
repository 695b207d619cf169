"""Puts the application together: ledger, bus, components, executor."""

import os
import sys
import time
from pathlib import Path

from wct_adapters.blinker_bus import BlinkerBus
from wct_adapters.identity import new_id, utc_now
from wct_adapters.runbook_files import line_of, read_runbook_file
from wct_adapters.workers.threads import Threads
from wct_domain import __version__
from wct_domain.components import Components
from wct_domain.errors import RunbookValidationError
from wct_domain.executor.artifact_store import RecordedArtifactStore
from wct_domain.executor.core import RunbookExecutor
from wct_domain.executor.mirror import Mirror
from wct_domain.executor.outcome import LoadedRunbook, RunbookReader
from wct_domain.executor.stream import Equipment, StreamAtWork
from wct_domain.executor.subscriber_failures import record_subscriber_failure
from wct_domain.ports.artifact_store import ArtifactStore
from wct_domain.ports.bus import SilentBus
from wct_domain.ports.ledger import Ledger, Recorded
from wct_domain.runbook import parse_runbook
from wct_domain.schemas import SchemaSource
from wct_domain.substitution import substituted
from wct_entrypoints.bootstrap.ledgers import memory_ledger
from wct_entrypoints.bootstrap.workplaces import make_workplaces
from wct_entrypoints.logs import Log

log = Log("wct")

VERSIONS = {"wct": __version__, "python": sys.version.split()[0]}


def default_workers() -> int:
    """Steps at a time: enough to overlap waiting, few enough to bound memory."""
    return min(8, max(2, os.cpu_count() or 1))


def load_runbook(path: Path) -> LoadedRunbook:
    """Read and validate a runbook file.

    Raises:
        RunbookError: it is missing, unreadable, or not a runbook; or it names a
            variable that is not set.
    """
    file = read_runbook_file(path)
    document, unset = substituted(file.document, os.environ)
    if unset:
        first = unset[0]
        line = line_of(file.source, first.location)
        field = " -> ".join(map(str, first.location))
        msg = f"{path}:{line}: {field}: {first.message}; {first.way_out}"
        raise RunbookValidationError(msg)
    return LoadedRunbook(parse_runbook(document), file.source)


def make_bus(ledger: Ledger) -> BlinkerBus:
    """Make a bus whose subscribers' failures are logged, and recorded in the ledger."""

    def failed(name: str, recorded: Recorded, error: BaseException) -> None:
        # The text of the error may quote data; its class does not.
        log.warning(
            "subscriber.failed",
            subscriber=name,
            error=type(error).__name__,
            run=recorded.stream,
            position=recorded.position,
        )
        record_subscriber_failure(ledger, new_id, name, recorded, error)

    return BlinkerBus(
        history=lambda stream, after: ledger.read(stream, after=after),
        on_failure=failed,
    )


def equipment(
    ledger: Ledger, bus: BlinkerBus | SilentBus, schemas: SchemaSource, has: Components
) -> Equipment:
    """Gather what every stream of this process shares."""
    return Equipment(
        ledger=ledger,
        bus=bus,
        schemas=schemas,
        components=has,
        clock=utc_now,
        timer=time.perf_counter_ns,
        new_id=new_id,
        versions=VERSIONS,
        make_workplaces=lambda: make_workplaces(has, schemas),
    )


def private_stream(schemas: SchemaSource) -> StreamAtWork:
    """Make a stream in memory that nobody else reads: for a store without a run."""
    own = equipment(memory_ledger(), SilentBus(), schemas, Components())
    return StreamAtWork(f"artifacts/{new_id()}", own)


def make_executor(
    tools: Equipment,
    *,
    max_workers: int | None = None,
    artifact_store: RecordedArtifactStore | None = None,
    mirror: ArtifactStore | None = None,
    read_runbook: RunbookReader = load_runbook,
) -> RunbookExecutor:
    """Make an executor that runs steps on threads."""
    return RunbookExecutor(
        tools,
        read_runbook=read_runbook,
        make_workers=lambda: Threads(max_workers or default_workers()),
        artifact_store=artifact_store
        or RecordedArtifactStore(private_stream(tools.schemas), tools.schemas),
        mirror=Mirror(mirror, _warn_of_mirror) if mirror else None,
        on_checkpoint_failure=lambda error: log.warning(
            "checkpoint.pending", reason=str(error)
        ),
    )


def _warn_of_mirror(failure: Exception) -> None:
    # Not its text, which is foreign and may hold what was saved.
    kind = type(failure.__cause__ or failure).__name__
    log.warning("artifact_store.mirror_failed", error=kind)
