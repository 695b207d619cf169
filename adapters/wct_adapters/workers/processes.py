"""Steps in processes of their own: the side of wct, which records and keeps the keys.

A process is told which components to make, and of what; it gets messages and answers
with messages. It never sees the ledger: events are made here, of what it says, by the
same handler as for any other step.
"""

from collections.abc import Collection, Mapping
from threading import Lock
from typing import Any, NamedTuple

from wct_adapters.workers.child import Child, Command
from wct_adapters.workers.frames import Name, message_json, message_of, name_of, parsed
from wct_domain.context import Note, current_step
from wct_domain.digests import stored_json
from wct_domain.errors import StepStoppedError
from wct_domain.explaining import Failure, ToldError
from wct_domain.message import Message
from wct_domain.ports.workplaces import Analyses, Extracts, Workplace
from wct_domain.runbook import AnalyserConfig, ConnectorConfig
from wct_domain.schemas import Schema, SchemaSource


class Start(NamedTuple):
    """How processes are started."""

    command: Command
    environment: Mapping[str, str]
    greeting: Mapping[str, Any]  # what each is told first, beside the step's context
    schemas: SchemaSource


class Processes:
    """Starts a process when a step first asks for a component."""

    def __init__(self, start: Start) -> None:
        self._start = start
        self._lock = Lock()
        self._children: set[Child] = set()
        self._stopped = False

    def open(self, limit: float, components: Collection[str]) -> "Apart":
        return Apart(self, self._start, limit, components)

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            children = list(self._children)
        for child in children:
            child.stop()

    def begin(self, limit: float) -> Child:
        """Start a process, which ``stop`` ends."""
        with self._lock:
            if self._stopped:
                msg = "the run was told to stop"
                raise StepStoppedError(msg)
            child = Child(self._start.command, self._start.environment, limit)
            self._children.add(child)
        return child

    def end(self, child: Child) -> None:
        child.close()
        with self._lock:
            self._children.discard(child)


class Apart(Workplace):
    """The workplace of one step, in a process of its own."""

    def __init__(
        self,
        processes: Processes,
        start: Start,
        limit: float,
        components: Collection[str],
    ) -> None:
        self._processes = processes
        self._start = start
        self._limit = limit
        self._components = components
        self._child: Child | None = None
        self.read: Message | None = None  # there, a moment ago

    def connector(self, config: ConnectorConfig) -> Extracts:
        made = self.ask("connector", config.model_dump_json().encode())
        return _Connector(self, made)

    def analyser(self, config: AnalyserConfig) -> Analyses:
        made = self.ask("analyser", config.model_dump_json().encode())
        return _Analyser(self, made)

    def seconds_left(self) -> float:
        return self._limit if self._child is None else self._child.seconds_left

    def close(self) -> None:
        if self._child is not None:
            self._processes.end(self._child)

    def message(self, document: Any) -> Message:
        def bound(name: Name) -> Schema:
            return Schema(name[0], name[1], self._start.schemas)

        return message_of(document, bound)

    def ask(self, what: str, given: bytes, **others: Any) -> Any:
        """Ask the process, which is started if need be.

        Raises:
            ToldError: something was raised there.
            SystemExit: a component asked its process to exit.
            StepTimeoutError, StepProcessError, StepStoppedError: see ``Child.ask``.
        """
        step = current_step()
        if self._child is None:
            self._child = self._processes.begin(self._limit)
            context = {"at": step.at, "seed": step.seed, "types": [*self._components]}
            self._child.ask(stored_json({**self._start.greeting, **context}))
        request = b'{"do":%b,"given":%b,"with":%b}' % (
            stored_json(what),
            given,
            stored_json(others),
        )
        answer = parsed(self._child.ask(request))
        step.notes.extend(Note(*each) for each in answer["notes"])
        if "exit" in answer:
            raise SystemExit(answer["exit"])
        if "failed" in answer:
            raise ToldError(Failure(**answer["failed"]))
        return answer["answer"]


class _Connector(Extracts):
    def __init__(self, apart: Apart, made: Any) -> None:
        self._apart = apart
        self._made = made

    def get_name(self) -> str:
        return str(self._made["name"])

    def get_supported_output_schemas(self) -> list[Schema]:
        return _schemas(self._made["output"])

    def extract(self, output_schema: Schema) -> Message:
        document = self._apart.ask("extract", stored_json(name_of(output_schema)))
        self._apart.read = self._apart.message(document)
        return self._apart.read


class _Analyser(Analyses):
    def __init__(self, apart: Apart, made: Any) -> None:
        self._apart = apart
        self._made = made

    def get_name(self) -> str:
        return str(self._made["name"])

    def get_supported_input_schemas(self) -> list[Schema]:
        return _schemas(self._made["input"])

    def get_supported_output_schemas(self) -> list[Schema]:
        return _schemas(self._made["output"])

    def process(
        self, input_schema: Schema, output_schema: Schema, message: Message
    ) -> Message:
        # Nearly always: of a copy, texts are compared by where they are.
        known = self._apart.read == message
        document = self._apart.ask(
            "process",
            b"null" if known else message_json(message),
            input=name_of(input_schema),
            output=name_of(output_schema),
        )
        return self._apart.message(document)


def _schemas(names: list[Name]) -> list[Schema]:
    return [Schema(name, version) for name, version in names]
