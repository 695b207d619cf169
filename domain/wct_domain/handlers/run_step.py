"""One step: read the input, analyse it, record the outcome.

All of it stands here, a little over our usual size, so that what happens to a step can
be read from top to bottom.
"""

import hashlib
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import NamedTuple

from wct_domain.archive import StoredMessage, schema_name
from wct_domain.commands import RunStep
from wct_domain.context import StepContext, working_in
from wct_domain.errors import ExecutorError, StepStoppedError
from wct_domain.events import (
    ArtifactMissing,
    ArtifactSaved,
    Event,
    PluginNoted,
    SourceRead,
    StepCompleted,
    StepFailed,
    StepStarted,
)
from wct_domain.explaining import Failure, ends_process
from wct_domain.extraction import extraction_facts, extraction_gaps
from wct_domain.handlers.analysing import analysed, checked
from wct_domain.handlers.conversing import Desk, conversed
from wct_domain.handlers.tools import Events, StepTools
from wct_domain.handlers.workplaces import Here
from wct_domain.message import Message
from wct_domain.plan import ExecutionPlan
from wct_domain.ports.models import Conversation, Converses
from wct_domain.ports.workplaces import Analyses, Workplace
from wct_domain.resolution import accept, resolve
from wct_domain.retrying import pause_before_next
from wct_domain.risk import found_by
from wct_domain.runbook import ExecutionStep
from wct_domain.schemas import Schema


class _MissingArtifactError(ExecutorError):
    """The step that this one reads from saved nothing."""

    code = "executor.artifact-missing"

    def __init__(self, step: ExecutionStep) -> None:
        super().__init__(
            f"Step '{step.name}' depends on '{step.input_from}' but artifact not found."
            " Ensure previous step has 'save_output: true'."
        )


class _Input(NamedTuple):
    """What a step works on, and what it is to make of it."""

    message: Message
    schema: Schema | None  # None: the artifact was saved without one
    output: Schema
    read: SourceRead | None = None  # the source was read just now
    truncated: bool = False


def run_step(command: RunStep, tools: StepTools) -> Events:
    """Do one step: started, perhaps source read, then completed or failed.

    A failure is recorded, never raised; a failed step saves nothing.

    Raises:
        StepStoppedError: the run was told to stop; nothing is recorded of that.
    """
    step = command.step
    seed = _seed(command.plan, step) if command.seed is None else command.seed
    context = StepContext(
        at=tools.clock(), seed=seed, answers_recorded=tools.answers_recorded
    )
    begun = tools.timer()
    yield (
        StepStarted(
            step=step.id, attempt=command.attempt, at=context.at, seed=context.seed
        ),
    )
    with closing(_workplace(command, tools)) as workplace:
        yield from _carried_out(command, tools, workplace, context, begun)


def _workplace(command: RunStep, tools: StepTools) -> Workplace:
    step, plan = command.step, command.plan
    if tools.workplace is not None:
        return tools.workplace
    if step.timeout is None or tools.workplaces is None:
        return Here(tools.components)
    types: set[str] = set()
    if step.connector is not None:
        types.add(plan.connectors[step.connector].type)
    if step.analyser is not None:
        types.add(plan.analysers[step.analyser].type)
    return tools.workplaces.open(step.timeout, types)


def _carried_out(
    command: RunStep,
    tools: StepTools,
    workplace: Workplace,
    context: StepContext,
    begun: int,
) -> Events:
    try:
        with working_in(context):
            analyser = _analyser(command, tools, workplace)
            work = _input(command, tools, workplace, analyser)
    except BaseException as error:  # noqa: BLE001  # see _failed
        failed = _failed(command, error, context.seed, _elapsed(tools, begun), tools)
        yield (*_noted(context), *failed)
        return
    if work.read is not None:
        yield (work.read,)
    try:
        # No generator: what a component raises may be what would end one.
        spoken = _analysed_or_talk(analyser, work, context)
    except BaseException as error:  # noqa: BLE001  # see _failed
        failed = _failed(command, error, context.seed, _elapsed(tools, begun), tools)
        yield (*_noted(context), *failed)
        return
    try:
        result = yield from _result(
            spoken, command.step, tools, analyser, work, context
        )
        workplace.close()  # before the end is recorded
        stored = tools.draft.message(result)
    except GeneratorExit:
        raise  # nobody asks what comes next
    except BaseException as error:  # noqa: BLE001  # see _failed
        failed = _failed(command, error, context.seed, _elapsed(tools, begun), tools)
        yield (*_noted(context), *failed)
        return
    yield (
        *_noted(context),
        *_completed(command.step, work, result, stored, _elapsed(tools, begun)),
    )


def _analyser(
    command: RunStep, tools: StepTools, workplace: Workplace
) -> Analyses | None:
    if command.step.analyser is None:
        return None
    config = command.plan.analysers[command.step.analyser]
    tools.components.analyser_factory(config)
    if command.step.connector is not None and tools.workplace is None:
        # Both types are looked up before anything is made, so that a step with two
        # mistakes is told of the cheap one.
        tools.components.connector_factory(
            command.plan.connectors[command.step.connector]
        )
    return workplace.analyser(config)


def _input(
    command: RunStep,
    tools: StepTools,
    workplace: Workplace,
    analyser: Analyses | None,
) -> _Input:
    name = command.step.connector
    if name is None:
        return _from_artifact(command.step, tools, analyser)
    return _from_connector(command, name, tools, workplace, analyser)


def _from_connector(
    command: RunStep,
    name: str,
    tools: StepTools,
    workplace: Workplace,
    analyser: Analyses | None,
) -> _Input:
    step, config = command.step, command.plan.connectors[name]
    connector = workplace.connector(config)
    offered = connector.get_supported_output_schemas()
    if analyser is None:
        # Nothing transforms what is read, so it is read as what the step produces.
        wanted = resolve(step.output_schema, step.output_schema_version, offered)
        output = wanted
    else:
        wanted = resolve(
            step.input_schema,
            step.input_schema_version,
            offered,
            analyser.get_supported_input_schemas(),
        )
        output = _output(step, analyser)
    wanted, output = wanted.bound(tools.schemas), output.bound(tools.schemas)
    message, digested = tools.sources.read(
        name,
        wanted,
        connector,
        tools.draft.content_digest,
        patience=workplace.seconds_left(),
    )
    facts = extraction_facts(message)
    read = None
    if digested is not None:
        content, size = digested
        gaps = extraction_gaps(message)
        read = SourceRead(
            step=step.id,
            connector=name,
            output_schema=f"{wanted.name}/{wanted.version}",
            items=facts.items,
            size=size,
            content=content,
            unreadable=facts.unreadable,
            truncated=facts.truncated,
            notes=None if gaps is None else tools.draft.document(gaps),
            message=tools.draft.message(message).reference
            if tools.keep_inputs
            else None,
        )
    return _Input(message, wanted, output, read, facts.truncated)


def _from_artifact(
    step: ExecutionStep, tools: StepTools, analyser: Analyses | None
) -> _Input:
    origin = step.input_from or ""
    saved = tools.artifacts.saved.get(origin)
    if saved is None:
        raise _MissingArtifactError(step)
    message = tools.blobs.message(saved.result)
    if message.schema is not None:
        message.schema = message.schema.bound(tools.schemas)
    truncated = extraction_facts(message).truncated
    if analyser is None:
        own = [] if message.schema is None else [message.schema]
        output = resolve(step.output_schema, step.output_schema_version, own)
        return _Input(message, message.schema, output, truncated=truncated)
    schema = accept(
        message.schema,
        analyser.get_supported_input_schemas(),
        step=step.name,
        analyser=step.analyser or "",
        origin=origin,
    )
    output = _output(step, analyser).bound(tools.schemas)
    return _Input(message, schema, output, truncated=truncated)


def _output(step: ExecutionStep, analyser: Analyses) -> Schema:
    offered = analyser.get_supported_output_schemas()
    return resolve(step.output_schema, step.output_schema_version, offered)


def _analysed_or_talk(
    analyser: Analyses | None, work: _Input, context: StepContext
) -> Message | Conversation:
    """Return the result, or the conversation with a model that leads to it."""
    if analyser is None or work.schema is None:
        return work.message
    with working_in(context):
        if isinstance(analyser, Converses):
            talk = analyser.conversation(work.schema, work.output, work.message)
            if talk is not None:
                return talk
        return analysed(analyser, work.schema, work.output, work.message)


def _result(
    spoken: Message | Conversation,
    step: ExecutionStep,
    tools: StepTools,
    analyser: Analyses | None,
    work: _Input,
    context: StepContext,
) -> Generator[tuple[Event, ...], None, Message]:
    if isinstance(spoken, Message):
        return spoken
    assert isinstance(analyser, Converses)  # noqa: S101  # whose conversation it is
    desk = Desk(
        step=step.id,
        context=context,
        model=analyser.language_model,
        memory=tools.memory,
        interviews=tools.interviews,
        draft=tools.draft,
        blobs=tools.blobs,
        timer=tools.timer,
    )
    result = yield from conversed(spoken, desk)
    return checked(analyser, work.output, result)


def _noted(context: StepContext) -> Iterator[Event]:
    for note in context.notes:
        yield PluginNoted(plugin=note.plugin, name=note.name, data={**note.data})


def _completed(
    step: ExecutionStep,
    work: _Input,
    result: Message,
    stored: StoredMessage,
    duration: int,
) -> Iterator[Event]:
    if step.save_output:
        yield ArtifactSaved(
            artifact=step.id,
            result=stored.reference,
            items=stored.items,
            size=stored.size,
            parts=stored.parts,
        )
    yield StepCompleted(
        step=step.id,
        duration=duration,
        input_schema=schema_name(work.schema) or "",
        output_schema=schema_name(result.schema or work.output) or "",
        items=stored.items,
        result=stored.reference,
        parts=stored.parts,
        truncated=work.truncated,
        found=found_by(result.content),
    )


def _failed(
    command: RunStep, error: BaseException, seed: int, duration: int, tools: StepTools
) -> tuple[Event, ...]:
    # Components are anybody's code, and the seed promises that whatever they raise
    # fails the step and not the run.
    if ends_process(error) or isinstance(error, StepStoppedError):
        raise error
    tools.raised(error)
    tools.draft.take()
    failure = Failure.of(error)
    step = command.step
    failed = StepFailed(
        step=step.id,
        duration=duration,
        code=failure.code,
        error=failure.error.lstrip("_"),
        message=tools.draft.document(failure.document),
        retry_in=pause_before_next(step.retry, command.attempt, failure.code, seed),
    )
    if isinstance(error, _MissingArtifactError):
        missing = ArtifactMissing(step=step.id, artifact=step.input_from or "")
        return missing, failed
    return (failed,)


def _elapsed(tools: StepTools, begun: int) -> int:
    return (tools.timer() - begun) // 1000


def _seed(plan: ExecutionPlan, step: ExecutionStep) -> int:
    """32 bits that are the same in every run of this step of this runbook."""
    name = f"{plan.runbook.name}\0{step.id}".encode()
    return int.from_bytes(hashlib.sha256(name).digest()[:4], "big")
