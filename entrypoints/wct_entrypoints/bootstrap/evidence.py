"""Recording who is shown raw evidence, before it is shown."""

from wct_domain.commands import RevealEvidence
from wct_domain.components import Components
from wct_domain.errors import LedgerWriteError, WrongExpectedVersionError
from wct_domain.executor.stream import StreamAtWork
from wct_domain.ports.bus import SilentBus
from wct_domain.ports.ledger import Ledger
from wct_entrypoints.bootstrap.application import equipment
from wct_entrypoints.bootstrap.identity import acting_user
from wct_entrypoints.bootstrap.schemas import RegisteredSchemas

ATTEMPTS = 5  # others may append to the run at the same time


def record_revealed(
    ledger: Ledger, run: str, *, command: str, step: str | None = None
) -> None:
    """Record in a run that the user of this process is about to see raw evidence.

    Raises:
        LedgerWriteError: nothing was recorded, so nothing must be shown. A run that
            still goes on expects to be the only writer of its stream; another event
            in it would stop the run.
    """
    user = acting_user(ledger.keys)
    tools = equipment(ledger, SilentBus(), RegisteredSchemas(), Components())
    for attempt in range(1, ATTEMPTS + 1):
        stream = StreamAtWork(run, tools, history=ledger.read(run))
        if ledger.locks.is_held(run):
            msg = (
                f"run {run} is going on: its evidence can be shown in full when it "
                "has ended; masked evidence can be shown now"
            )
            raise LedgerWriteError(msg)
        try:
            stream.dispatch(RevealEvidence(by=user, command=command, step=step))
        except WrongExpectedVersionError:
            if attempt == ATTEMPTS:
                raise
        else:
            return
