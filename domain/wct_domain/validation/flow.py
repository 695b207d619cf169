"""Mistakes between steps: cycles, results that are not kept, schemas that differ."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wct_domain.components import Components, input_schemas, output_schemas
from wct_domain.errors import ExecutorError, VersionNotSupportedError
from wct_domain.ports.components import ComponentFactory
from wct_domain.resolution import accept, resolve
from wct_domain.runbook import AnalyserConfig, ConnectorConfig, ExecutionStep
from wct_domain.schemas import Schema
from wct_domain.validation.remarks import Remark, error, warning
from wct_domain.validation.sketch import Entry, Sketch

Step = Entry[ExecutionStep]


def cycle_remarks(runbook: Sketch) -> Iterator[Remark]:
    """Report each cycle once, at the first step of it in the file."""
    steps = _by_id(runbook.steps)
    origins = {id: step.text("input_from") for id, step in steps.items()}
    settled: set[str] = set()
    for start in origins:
        walk: dict[str, None] = {}
        here: str | None = start
        while here in origins and here not in settled and here not in walk:
            walk[here] = None
            here = origins[here]
        if here in walk:
            ring = list(walk)[list(walk).index(here) :]
            first = min(ring, key=lambda id: steps[id].number)
            yield _cycle(steps[first], _turned(ring, first))
        settled.update(walk)


def _cycle(step: Step, ring: Sequence[str]) -> Remark:
    # Each reads from the next: the arrows show where data would have to flow.
    flow = " -> ".join([ring[0], *reversed(ring)])
    message = (
        "Circular dependency detected in execution steps involving "
        f"'{ring[0]}'. Pipeline steps cannot form dependency cycles. Here: {flow}"
    )
    hint = "let one of these steps read from a connector"
    return error(step.at("input_from"), message, hint, stops_run=True)


def _turned(ring: Sequence[str], first: str) -> list[str]:
    at = ring.index(first)
    return [*ring[at:], *ring[:at]]


def unsaved_remarks(runbook: Sketch) -> Iterator[Remark]:
    """Report steps that read from a step which keeps no result."""
    steps = _by_id(runbook.steps)
    for step in runbook.steps:
        origin = steps.get(step.text("input_from") or "")
        if origin is None or _saves(origin):
            continue
        name = origin.text("id")
        yield error(
            step.at("input_from"),
            f"step '{name}' does not keep its result",
            f"add 'save_output: true' to step '{name}'",
        )


def _saves(step: Step) -> bool:
    if step.model is None:  # something else is wrong with it
        return bool(step.written.get("save_output"))
    return step.model.save_output


def schema_remarks(runbook: Sketch, installed: Components) -> Iterator[Remark]:
    """Report steps whose components do not agree on a schema."""
    edges = _Edges(runbook, installed)
    for step in _upstream_first(runbook.steps):
        if step.model is not None:
            yield from edges.remarks(step, step.model)


class _Edges:
    """Follows schemas from connectors through the steps, as a run would."""

    def __init__(self, runbook: Sketch, installed: Components) -> None:
        self._sources = {
            entry.model.name: entry.model for entry in runbook.connectors if entry.model
        }
        self._analyses = {
            entry.model.name: entry.model for entry in runbook.analysers if entry.model
        }
        self._installed = installed
        self._produced: dict[str, Schema] = {}

    def remarks(self, step: Step, model: ExecutionStep) -> Iterator[Remark]:
        analysis = self._analyses.get(model.analyser or "")
        if model.analyser is not None and analysis is None:
            return
        if model.connector is not None:
            source = self._sources.get(model.connector)
            if source is None:
                return
            offered = _declared(self._installed.connectors, source, "output")
            if analysis is None:
                yield from self._only_read(step, model, offered, source)
                return
            yield from self._read(step, model, offered, source, analysis)
        else:
            yield from self._received(step, model, analysis)
        if analysis is not None:
            yield from self._made(step, model, analysis)

    def _only_read(
        self,
        step: Step,
        model: ExecutionStep,
        offered: list[Schema] | None,
        source: ConnectorConfig,
    ) -> Iterator[Remark]:
        """A step without analyser: what is read is what the step produces."""
        if model.input_schema != model.output_schema:
            yield warning(
                step.at("input_schema"),
                "input_schema counts for nothing in a step without analyser, whose "
                "output_schema says what is read",
                f"write '{model.output_schema}' here too",
            )
        if offered is not None:
            who = f"connector '{source.name}' ({source.type})"
            yield from self._produce(step, model, offered, who)

    def _read(
        self,
        step: Step,
        model: ExecutionStep,
        offered: list[Schema] | None,
        source: ConnectorConfig,
        analysis: AnalyserConfig,
    ) -> Iterator[Remark]:
        wanted = _declared(self._installed.analysers, analysis, "input")
        if offered is None or wanted is None:
            return
        try:
            resolve(model.input_schema, model.input_schema_version, offered, wanted)
        except ExecutorError as refusal:
            yield error(
                step.at(_field("input", refusal)),
                str(refusal),
                f"choose what connector '{source.name}' ({source.type}) produces and "
                f"analyser '{analysis.name}' ({analysis.type}) reads",
            )

    def _received(
        self, step: Step, model: ExecutionStep, analysis: AnalyserConfig | None
    ) -> Iterator[Remark]:
        arriving = self._produced.get(model.input_from or "")
        if arriving is None:
            return
        yield from _ignored(step, model, arriving)
        if analysis is None:
            who = f"step '{model.input_from}'"
            yield from self._produce(step, model, [arriving], who)
            return
        supported = _declared(self._installed.analysers, analysis, "input")
        if supported is None:
            return
        try:
            accept(
                arriving,
                supported,
                step=model.name,
                analyser=analysis.name,
                origin=model.input_from or "",
            )
        except ExecutorError as refusal:
            yield error(step.at("input_from"), str(refusal))

    def _made(
        self, step: Step, model: ExecutionStep, analysis: AnalyserConfig
    ) -> Iterator[Remark]:
        offered = _declared(self._installed.analysers, analysis, "output")
        if offered is not None:
            who = f"analyser '{analysis.name}' ({analysis.type})"
            yield from self._produce(step, model, offered, who)

    def _produce(
        self, step: Step, model: ExecutionStep, offered: list[Schema], who: str
    ) -> Iterator[Remark]:
        try:
            self._produced[model.id] = resolve(
                model.output_schema, model.output_schema_version, offered
            )
        except ExecutorError as refusal:
            hint = f"choose what {who} produces"
            yield error(step.at(_field("output", refusal)), str(refusal), hint)


def _ignored(step: Step, model: ExecutionStep, arriving: Schema) -> Iterator[Remark]:
    """The input schema of a step that reads from a step is what arrives, always."""
    here = f"'{arriving.name}' {arriving.version} arrives from '{model.input_from}'"
    hint = "what is written here is ignored; write what arrives"
    if model.input_schema != arriving.name:
        yield warning(step.at("input_schema"), here, hint)
    elif model.input_schema_version not in {None, arriving.version}:
        yield warning(step.at("input_schema_version"), here, hint)


def _field(side: str, refusal: ExecutorError) -> str:
    version = isinstance(refusal, VersionNotSupportedError)
    return f"{side}_schema_version" if version else f"{side}_schema"


def _declared(
    factories: Mapping[str, ComponentFactory[Any]],
    config: ConnectorConfig | AnalyserConfig,
    side: str,
) -> list[Schema] | None:
    """Ask a component's class for its schemas, or its factory; None if none can say."""
    factory = factories.get(config.type)
    if factory is None:
        return None
    try:
        if side == "input":
            return input_schemas(factory)
        return output_schemas(factory) or None
    except Exception:  # noqa: BLE001  # a plugin: its step will tell
        return None


def _by_id(steps: Sequence[Step]) -> dict[str, Step]:
    """Steps by id, the first one of each: a second one is reported elsewhere."""
    found: dict[str, Step] = {}
    for step in steps:
        if (id := step.text("id")) is not None:
            found.setdefault(id, step)
    return found


def _upstream_first(steps: Sequence[Step]) -> Iterator[Step]:
    """Yield steps after the one that they read from; those of a cycle never."""
    readers: defaultdict[str | None, list[Step]] = defaultdict(list)
    for step in steps:
        readers[step.text("input_from")].append(step)
    ready = deque(readers[None])
    while ready:
        step = ready.popleft()
        yield step
        if (id := step.text("id")) is not None:
            ready.extend(readers.pop(id, ()))
