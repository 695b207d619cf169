"""What came of doing a step again, recorded beside the run that it is of."""

from collections.abc import Mapping

from wct_domain.errors import ErasedError
from wct_domain.events import Event, PluginNoted
from wct_domain.executor.pasts import Past
from wct_domain.executor.reexecution import Again, NotPossibleError
from wct_domain.executor.stream import afterwards_of
from wct_domain.executor.verified import Verified
from wct_domain.ports.clock import NewId
from wct_domain.ports.keys import Sealer
from wct_domain.ports.ledger import Ledger, NewEvent
from wct_domain.projections.run import Run


def sealer_for(ledger: Ledger, run: Run) -> Sealer | None:
    """Return what seals for the run's erasure scope; None: nothing of it is sealed.

    Raises:
        LedgerError: its key is destroyed, or in another ledger.
    """
    if run.started is None or run.started.scope is None:
        return None
    return ledger.keys.sealer_of(run.started.scope)


def record_again(
    ledger: Ledger,
    run: str,
    past: Past,
    again: Again,
    compared: Verified,
    *,
    new_id: NewId,
    versions: Mapping[str, str],
) -> str:
    """Record what a step did when it was done again; the run stays as it is.

    It gets a stream of its own among those that belong to the run, so that it is
    verified, exported, pruned and erased with it. The first event names the step and
    what it was compared to, and is caused by the event with which the step began then.

    Returns:
        The name of the stream.

    Raises:
        NotPossibleError: nothing was done.
        RunHeldError: somebody is at work on the run.
        LedgerError: the ledger refused, or the run is erased.
    """
    if not again.emitted:
        msg = "nothing was done that could be recorded: its source is not available"
        raise NotPossibleError(msg)
    note = PluginNoted(
        plugin="wct",
        name="step.debugged",
        data={
            "step": compared.step,
            "verdict": str(compared.verdict),
            "input_as_recorded": again.as_recorded,
            "versions": dict(versions),
        },
    )
    stream = afterwards_of(run) + new_id()
    events: tuple[Event, ...] = (note, past.started, *again.emitted)
    cause = past.begun_by
    new: list[NewEvent] = []
    for event in events:
        new.append(NewEvent(new_id(), event, cause))
        if len(new) <= 2:  # the note causes the start, that all else
            cause = new[-1].id
    with ledger.locks.hold(run):
        if Run.of(ledger.read(run)).erasure is not None:
            msg = f"run {run} was just erased: nothing more is stored of it"
            raise ErasedError(msg)
        ledger.append(stream, new, expected=0, blobs=again.stored, correlation_id=run)
    return stream
