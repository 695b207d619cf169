"""Runs of a small runbook in a ledger of their own, whose process may end anywhere."""

import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

from tests.unit.core.toys import components, runbook, step
from wct_adapters.identity import new_id, utc_now
from wct_adapters.ledgers.keys import KeyRing
from wct_adapters.ledgers.memory import MemoryLedger
from wct_adapters.ledgers.safes import MemorySafe
from wct_adapters.workers.threads import Threads
from wct_domain.commands import ExecuteRunbook
from wct_domain.executor.artifact_store import RecordedArtifactStore
from wct_domain.executor.core import RunbookExecutor
from wct_domain.executor.erasure import erase
from wct_domain.executor.erasure_targets import Target, holding, target_of_run
from wct_domain.executor.outcome import LoadedRunbook
from wct_domain.executor.stream import Equipment, StreamAtWork
from wct_domain.message import Message
from wct_domain.ports.bus import SilentBus
from wct_domain.projections.run import Run
from wct_domain.runbook import parse_runbook
from wct_domain.testing.scenario import AnySchema

STEPS = (step("start", save_output=True), step("next", input_from="start"))
LARGE = Message("large", {"text": "".join(map(str, range(600_000)))})


class ProcessEndedError(BaseException):
    """Where a process was killed."""


class Stopping(MemoryLedger):
    """A ledger whose process ends before the next thing that lasts, if told so."""

    def __init__(self) -> None:
        super().__init__(utc_now)
        self.left: int | None = None
        self._ring = _StoppingKeys(self)

    @property
    def keys(self) -> KeyRing:
        return self._ring

    def append(self, *given: Any, **named: Any) -> Any:
        self.lasting()
        return super().append(*given, **named)

    def lasting(self) -> None:
        if self.left is not None:
            if self.left == 0:
                raise ProcessEndedError
            self.left -= 1


class _StoppingKeys(KeyRing):
    def __init__(self, ledger: Stopping) -> None:
        super().__init__(MemorySafe(), ledger.log_id)
        self._ledger = ledger

    def destroy(self, scopes: Collection[str]) -> None:
        self._ledger.lasting()
        super().destroy(scopes)


class Setup:
    """Runs of a small runbook, in a ledger of their own."""

    def __init__(self) -> None:
        self.ledger = Stopping()
        self.tools = Equipment(
            ledger=self.ledger,
            bus=SilentBus(),
            schemas=AnySchema(),
            components=components(),
            clock=utc_now,
            timer=time.perf_counter_ns,
            new_id=new_id,
            versions={},
        )

    def run(self, scope: str | None = None, *, saved: Message | None = None) -> str:
        """Record a run, and what somebody saves when it has ended."""
        store = RecordedArtifactStore(
            StreamAtWork("private", self.tools, scope="private"), AnySchema()
        )
        executor = RunbookExecutor(
            self.tools,
            read_runbook=lambda _: LoadedRunbook(
                parse_runbook(runbook(*STEPS)), b"runbook"
            ),
            make_workers=lambda: Threads(2),
            artifact_store=store,
        )
        command = ExecuteRunbook(Path("runbook.yaml"), erasure_scope=scope)
        outcome = executor.dispatch(command)
        if saved is not None:
            store.save("by hand", saved)
        return outcome.run.id

    def erase(self, target: Target) -> int:
        done = erase(self.tools, target, reason="art17", by="9" * 32, reference="T-17")
        return done.blobs

    def erase_run(self, run: str, *, with_others: bool = False) -> int:
        target = target_of_run(self.ledger, run, with_others=with_others)
        return self.erase(target)

    def left_of(self, run: str) -> int:
        return holding(self.tools, run).blobs

    def events(self, run: str) -> list[Any]:
        return [each.event for each in self.ledger.read(run)]

    def state(self, run: str) -> Run:
        return Run.of(self.ledger.read(run))
