"""Mistakes between steps: results that are not kept, schemas that differ."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wct_domain.components import Components, input_schemas, output_schemas
from wct_domain.errors import ExecutorError, VersionNotSupportedError
from wct_domain.explaining import explain
from wct_domain.ports.components import ComponentFactory
from wct_domain.resolution import accept, resolve
from wct_domain.runbook import AnalyserConfig, ConnectorConfig, ExecutionStep
from wct_domain.schemas import Schema, SchemaLoader
from wct_domain.validation.remarks import Location, Remark, error, warning
from wct_domain.validation.sketch import Entry, Sketch, steps_by_id

Step = Entry[ExecutionStep]


def unsaved_remarks(runbook: Sketch) -> Iterator[Remark]:
    """Report steps that read from a step which keeps no result."""
    steps = steps_by_id(runbook.steps)
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


def schema_remarks(
    runbook: Sketch, installed: Components, schemas: SchemaLoader | None = None
) -> Iterator[Remark]:
    """Report steps whose components do not agree on a schema, or one without a file.

    Args:
        schemas: where schemas are looked for; None does not look.
    """
    edges = _Edges(runbook, installed, schemas)
    for step in _upstream_first(runbook.steps):
        if step.model is not None:
            yield from edges.remarks(step, step.model)


class _Edges:
    """Follows schemas from connectors through the steps, as a run would."""

    def __init__(
        self, runbook: Sketch, installed: Components, schemas: SchemaLoader | None
    ) -> None:
        self._sources = {
            entry.model.name: entry.model for entry in runbook.connectors if entry.model
        }
        self._analyses = {
            entry.model.name: entry.model for entry in runbook.analysers if entry.model
        }
        self._installed = installed
        self._schemas = schemas
        self._produced: dict[str, Schema] = {}
        self._looked_for: set[Schema] = set()

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
            schema = resolve(
                model.input_schema, model.input_schema_version, offered, wanted
            )
            yield from self._unusable(step.at("input_schema"), schema)
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
            schema = resolve(model.output_schema, model.output_schema_version, offered)
            self._produced[model.id] = schema
            yield from self._unusable(step.at("output_schema"), schema)
        except ExecutorError as refusal:
            hint = f"choose what {who} produces"
            yield error(step.at(_field("output", refusal)), str(refusal), hint)

    def _unusable(self, at: Location, schema: Schema) -> Iterator[Remark]:
        """Report a schema that cannot be loaded, at the first step that needs it."""
        if self._schemas is None or schema in self._looked_for:
            return
        self._looked_for.add(schema)
        try:
            schema.bound(self._schemas).violation({})  # compiles it, as a run does
        except Exception as reason:  # noqa: BLE001  # a plugin's own loader, perhaps
            message = f"schema {schema.name} {schema.version} cannot be loaded"
            hint = "install the package that brings it, or mend the file"
            yield error(at, f"{message}: {explain(reason)}", hint)


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
