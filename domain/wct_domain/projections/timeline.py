"""A run's history for people: one line for each event."""

from typing import assert_never

from wct_domain.events import (
    AnyEvent,
    ArtifactMissing,
    ArtifactSaved,
    ArtifactsCleared,
    DataErased,
    ErasureRequested,
    EvidenceRevealed,
    ModelAnswered,
    ModelAsked,
    PluginNoted,
    PrunedEvent,
    RunCompleted,
    RunExported,
    RunFailed,
    RunImported,
    RunInterrupted,
    RunPruned,
    RunResumed,
    RunStarted,
    SourceRead,
    StepCompleted,
    StepFailed,
    StepSkipped,
    StepStarted,
    SubscriberFailed,
    SubscriberParked,
    UnknownEvent,
)


def describe(event: AnyEvent) -> str:
    """Say what happened, in one line without any value of the data.

    Every event is matched: a new one does not type-check until it is described here.
    """
    match event:
        case RunStarted():
            steps = _plural(len(event.steps), "step")
            return f"run of '{event.runbook}' started, {steps}"
        case ArtifactsCleared():
            return "the artifact store is empty"
        case StepStarted():
            again = f", attempt {event.attempt}" if event.attempt > 1 else ""
            return f"{event.step} started{again}"
        case SourceRead():
            return f"{event.connector} read {_source(event)} for {event.step}"
        case StepCompleted():
            return (
                f"{event.step} completed in {seconds(event.duration)}: "
                f"{_items(event.items)} of {event.output_schema}"
                f"{', input was cut off' if event.truncated else ''}"
            )
        case ArtifactSaved():
            return f"artifact {event.artifact} saved, {size(event.size)}"
        case ArtifactMissing():
            return f"{event.step} asked for artifact {event.artifact}, never saved"
        case StepFailed():
            again = (
                ""
                if event.retry_in is None
                else f"; next attempt in {seconds(event.retry_in)}"
            )
            took = seconds(event.duration)
            return f"{event.step} failed ({event.code}) in {took}{again}"
        case StepSkipped():
            return f"{event.step} skipped, because {event.because} did not succeed"
        case PluginNoted():
            return f"{event.plugin} noted {event.name}"
        case ModelAsked():
            return (
                f"{event.step} asks {event.provider} {event.model} about "
                f"{_plural(event.items, 'finding')}"
            )
        case ModelAnswered():
            return _answered(event)
        case RunCompleted():
            return (
                f"run completed: {event.succeeded} succeeded, {event.failed} failed, "
                f"{event.skipped} skipped"
            )
        case RunFailed():
            return f"run failed ({event.code})"
        case RunInterrupted():
            steps = ", ".join(event.in_flight) or "no step"
            return f"run interrupted by {event.signal}, in flight: {steps}"
        case RunResumed():
            steps = ", ".join(event.redo) or "no step"
            return f"run resumed, attempt {event.attempt}; to be done: {steps}"
        case EvidenceRevealed():
            what = f" of {event.step}" if event.step else ""
            return f"raw evidence{what} shown by '{event.command}' to user {event.by}"
        case SubscriberFailed():
            return f"subscriber {event.subscriber} failed on event {event.position}"
        case SubscriberParked():
            times = f"{event.attempts} attempt{'' if event.attempts == 1 else 's'}"
            return (
                f"subscriber {event.subscriber} has not taken event {event.position} "
                f"in {times}: it and what follows is parked"
            )
        case ErasureRequested():
            ticket = f", reference {event.reference}" if event.reference else ""
            return f"erasure requested ({event.reason}{ticket}) by user {event.by}"
        case DataErased():
            return f"{_plural(event.blobs, 'blob')} erased, and the key to open them"
        case RunPruned():
            return f"{_plural(event.blobs, 'blob')} and payloads pruned, hashes kept"
        case RunExported():
            return f"run exported by user {event.by}"
        case RunImported():
            return f"run imported from ledger {event.log} by user {event.by}"
        case PrunedEvent():
            return f"{event.type}: its payload was pruned"
        case UnknownEvent():
            return f"{event.type}: unknown to this version of wct"
        case _:
            assert_never(event)


def seconds(microseconds: int) -> str:
    """Write a duration for people: ``830 µs``, ``12 ms``, ``3.4 s``, ``2 min 5 s``."""
    if microseconds < 1_000:
        return f"{microseconds} µs"
    if microseconds < 1_000_000:
        return f"{microseconds / 1_000:.0f} ms"
    if microseconds < 60_000_000:
        return f"{microseconds / 1_000_000:.1f} s"
    minutes, rest = divmod(round(microseconds / 1_000_000), 60)
    return f"{minutes} min {rest} s"


def size(count: int) -> str:
    """Write a number of bytes for people: ``512 B``, ``3.4 kB``, ``12.0 MB``, GB."""
    if count < 1_000:
        return f"{count} B"
    if count < 1_000_000:
        return f"{count / 1_000:.1f} kB"
    if count < 1_000_000_000:
        return f"{count / 1_000_000:.1f} MB"
    return f"{count / 1_000_000_000:.1f} GB"


def _source(event: SourceRead) -> str:
    gaps = f", {event.unreadable} unreadable" if event.unreadable else ""
    cut = ", cut off by a limit" if event.truncated else ""
    kept = ", kept" if event.message is not None else ""
    return f"{_items(event.items)} ({size(event.size)}{gaps}{cut}{kept})"


def _answered(event: ModelAnswered) -> str:
    who, step = f"{event.provider} {event.model}", event.step
    if event.reused_from is not None:
        return f"{step} uses what {who} answered in run {event.reused_from}"
    took = f"in {seconds(event.duration)}"
    if event.status == "failed":
        return f"{who} did not answer {step} ({event.code}) {took}"
    useless = ", but not what was asked for" if event.status == "unusable" else ""
    tokens = ""
    if event.tokens_in is not None and event.tokens_out is not None:
        tokens = f": {event.tokens_in} tokens in, {event.tokens_out} out"
    return f"{who} answered {step} {took}{tokens}{useless}"


def _items(count: int) -> str:
    return f"{count} item{'' if count == 1 else 's'}"


def _plural(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
