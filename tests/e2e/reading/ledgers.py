"""Ledgers with runs of every status, recorded by the real executor."""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

from tests.unit.core.toys import components, count_of, planned, runbook, step
from wct_domain.commands import ExecuteRunbook, FailRun, SaveArtifact, StartRun
from wct_domain.errors import AnalyserProcessingError, LedgerWriteError
from wct_domain.executor.outcome import LoadedRunbook, RunInterruptedError
from wct_domain.executor.scopes import scope_name
from wct_domain.executor.stream import Equipment, StreamAtWork
from wct_domain.message import Message
from wct_domain.ports.bus import SilentBus
from wct_domain.ports.ledger import Ledger
from wct_domain.runbook import parse_runbook
from wct_domain.schemas import Schema
from wct_domain.testing.scenario import AnySchema
from wct_entrypoints.bootstrap.application import equipment, make_executor
from wct_entrypoints.bootstrap.identity import new_id
from wct_entrypoints.bootstrap.ledgers import open_ledger

SECRET = "bob@shop.example"
"""Personal data in what is read, and in the text of an error."""

KEPT = step("kept", save_output=True)
UNSAVED = step("unsaved")
BROKEN = step("broken", input_from="kept", save_output=True)
AFTER = step("after", input_from="broken")


def read(schema: Schema) -> Message:
    content = {
        "data": [f"write to {SECRET}", "two"],
        "metadata": {"extraction": {"unreadable_count": 2, "truncated": True}},
    }
    return Message("read", content, schema, {"remark": SECRET}, True)


def analyse(schema: Schema, message: Message) -> Message:
    """Count texts; refuse to count a count, in a text that is unfit for a terminal."""
    if "count" in message.content:
        msg = f"a count cannot be counted \x1b[31m for {SECRET}"
        raise AnalyserProcessingError(msg)
    return count_of(schema, message)


class Records:
    """Adds runs to a ledger file; closes it between two runs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(exist_ok=True)

    def completed(self, **fields: Any) -> str:
        """Record a run with one artifact and one result that is none."""
        return self._execute({**runbook(KEPT, UNSAVED), **fields})

    def with_failures(self, **fields: Any) -> str:
        return self._execute({**runbook(KEPT, UNSAVED, BROKEN, AFTER), **fields})

    def of_scope(self, name: str) -> str:
        """Record a run, failures included, that is erased with others of that name."""
        return self._execute(runbook(KEPT, UNSAVED, BROKEN, AFTER), name)

    def interrupted(self) -> str:
        """Record a run that is stopped while its second step is at work."""
        at_work, recorded = Event(), Event()

        def hang(schema: Schema, message: Message) -> Message:
            if "count" in message.content:
                at_work.set()
                recorded.wait(10)
            return count_of(schema, message)

        ledger = open_ledger(self.path, create=True)
        chain = runbook(
            KEPT, step("hangs", input_from="kept"), step("never", input_from="hangs")
        )
        executor = make_executor(
            _equipment(ledger, hang), read_runbook=lambda _path: _loaded(chain)
        )
        Thread(
            target=lambda: at_work.wait(10) and executor.interrupt("SIGTERM")
        ).start()
        try:
            executor.dispatch(ExecuteRunbook(Path("runbook.yaml")))
        except RunInterruptedError as error:
            return error.run
        finally:
            recorded.set()
            ledger.close()
        raise AssertionError

    def failed(self) -> str:
        """Record a run that stops because of the ledger."""
        ledger = open_ledger(self.path, create=True)
        stream = self._started(ledger)
        stream.dispatch(FailRun(LedgerWriteError("the disk is full; free some space")))
        ledger.close()
        return stream.run.id

    def running(self, early: Message | None = None) -> str:
        """Record a run that has started, and perhaps what somebody saved since."""
        ledger = open_ledger(self.path, create=True)
        stream = self._started(ledger)
        if early is not None:
            stream.dispatch(SaveArtifact("early", early))
        ledger.close()
        return stream.run.id

    @contextmanager
    def at_work_on(self, run: str) -> Generator[None]:
        """Hold a run as the process that executes it does."""
        ledger = open_ledger(self.path, create=False)
        with closing(ledger), ledger.locks.hold(run):
            yield

    def lose_blobs(self) -> None:
        """Delete all blobs, as nobody but a vandal does."""
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute("DELETE FROM blobs")

    def _started(self, ledger: Ledger) -> StreamAtWork:
        run = new_id()
        stream = StreamAtWork(run, _equipment(ledger), scope=scope_name(run, None))
        stream.dispatch(StartRun(planned(KEPT), b"x"))
        return stream

    def _execute(self, document: dict[str, Any], scope: str | None = None) -> str:
        ledger = open_ledger(self.path, create=True)
        executor = make_executor(
            _equipment(ledger), read_runbook=lambda _path: _loaded(document)
        )
        command = ExecuteRunbook(Path("runbook.yaml"), erasure_scope=scope)
        outcome = executor.dispatch(command)
        ledger.close()
        return outcome.run.id


def _equipment(
    ledger: Ledger, analysis: Callable[[Schema, Message], Message] = analyse
) -> Equipment:
    return equipment(ledger, SilentBus(), AnySchema(), components(read, analysis))


def _loaded(document: dict[str, Any]) -> LoadedRunbook:
    return LoadedRunbook(parse_runbook(document), b"name: counting")
