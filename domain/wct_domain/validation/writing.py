"""Mistakes in what is written: fields, keys, names, and references between them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from wct_domain.runbook import (
    AnalyserConfig,
    ConnectorConfig,
    ExecutionStep,
    Problem,
    Runbook,
)
from wct_domain.validation.remarks import (
    Location,
    Remark,
    did_you_mean,
    error,
    warning,
)
from wct_domain.validation.sketch import Entry, Sketch

M = TypeVar("M", bound=BaseModel)

_SECTIONS: Mapping[str, type[BaseModel]] = {
    "connectors": ConnectorConfig,
    "analysers": AnalyserConfig,
    "execution": ExecutionStep,
}
_OWN_CHECK: Collection[Location] = {(), *((section,) for section in _SECTIONS)}
_REFUSED = "Value error, "
_MOST_LISTED = 20  # names, in one message


def field_remarks(runbook: Sketch) -> Iterator[Remark]:
    """Report what the models refuse, less what is found here item by item."""
    for problem in runbook.problems:
        sentence = problem.message.removeprefix(_REFUSED)
        if sentence != problem.message and problem.location in _OWN_CHECK:
            # Duplicates and references: the model stops at the first of them.
            continue
        yield error(problem.location, sentence, _way_out(problem), stops_run=True)


def _way_out(problem: Problem) -> str:
    field = problem.location[-1] if problem.location else ""
    match problem.message:
        case "Field required":
            return f"add '{field}:'"
        case "Input should be a valid string" if str(field).endswith("_version"):
            return 'put the version in quotes, as in "1.0.0"'
        case "Input should be a valid dictionary" if field in {"properties", "context"}:
            return "write {} or leave the key out"
        case str(message) if message.startswith("String should match pattern"):
            return "use letters, digits, '.', '_' and '-' only"
        case str(message) if message.startswith("Input should be a valid dictionary"):
            return "a mapping of keys to values is expected here"
        case _:
            return ""


def source_remarks(runbook: Sketch) -> Iterator[Remark]:
    """Report steps with two sources or none, where other mistakes hid that.

    The model looks at this only when each field on its own is sound.
    """
    told = {problem.location for problem in runbook.problems}
    for step in runbook.steps:
        if step.model is not None or step.at() in told:
            continue
        given = [key for key in ("connector", "input_from") if step.written.get(key)]
        if len(given) == 2:
            message = (
                "Step cannot have both 'connector' and 'input_from' "
                "- choose one data source"
            )
            yield error(step.at(), message, stops_run=True)
        elif not given:
            message = "Step must have either 'connector' or 'input_from' as data source"
            yield error(step.at(), message, stops_run=True)


def key_remarks(runbook: Sketch) -> Iterator[Remark]:
    """Report keys that no model has: format 1.0.0 ignores them.

    Keys of the document itself that begin with ``x-`` are the user's own, as in
    Compose files: a place for YAML anchors.
    """
    own = {name: at for name, at in runbook.top.items() if not _is_extension(name)}
    yield from _unknown_keys(own, Runbook, ())
    entries: list[Entry[Any]] = [
        *runbook.connectors,
        *runbook.analysers,
        *runbook.steps,
    ]
    for entry in entries:
        yield from _unknown_keys(entry.written, _SECTIONS[entry.section], entry.at())


def _is_extension(name: object) -> bool:
    return isinstance(name, str) and name.startswith("x-")


def _unknown_keys(
    written: Mapping[Any, Any], model: type[BaseModel], at: Location
) -> Iterator[Remark]:
    fields = model.model_fields
    for key in written:
        if key not in fields:
            name = str(key)
            hint = did_you_mean(name, fields) or "remove it"
            yield warning((*at, name), "unknown key, which is ignored", hint)


def repeated_key_remarks(
    repeated: Sequence[tuple[Location, int]],
) -> Iterator[Remark]:
    """Report keys that stand twice in one mapping, with the line of the second."""
    for location, line in repeated:
        yield Remark(
            "error",
            location,
            "this key stands twice here, and only the last one counts",
            "remove one of them",
            line=line,
        )


def name_remarks(runbook: Sketch) -> Iterator[Remark]:
    """Report names and step ids that were given before."""
    yield from _twice(runbook.connectors, "name", "connector name")
    yield from _twice(runbook.analysers, "name", "analyser name")
    yield from _twice(runbook.steps, "id", "step id")


def _twice(entries: Sequence[Entry[M]], key: str, what: str) -> Iterator[Remark]:
    seen: dict[str, int] = {}
    for entry in entries:
        name = entry.text(key)
        if name is None:
            continue
        first = seen.setdefault(name, entry.number)
        if first != entry.number:
            message = f"Duplicate {what}s found: ['{name}']"
            hint = f"{entry.section} -> {first} has it already; choose another one"
            yield error(entry.at(key), message, hint, stops_run=True)


def reference_remarks(runbook: Sketch) -> Iterator[Remark]:
    """Report references to what the runbook does not define."""
    connectors = _names(runbook.connectors, "name")
    analysers = _names(runbook.analysers, "name")
    steps = _names(runbook.steps, "id")
    for step in runbook.steps:
        yield from _dangling(step, "connector", connectors)
        yield from _dangling(step, "analyser", analysers)
        yield from _dangling(step, "input_from", steps)


def unused_remarks(runbook: Sketch) -> Iterator[Remark]:
    """Report connectors and analysers that no step asks for."""
    if not runbook.steps:
        return
    for key, entries in (
        ("connector", runbook.connectors),
        ("analyser", runbook.analysers),
    ):
        used = {step.text(key) for step in runbook.steps}
        for entry in entries:
            name = entry.text("name")
            if name is not None and name not in used:
                yield warning(entry.at("name"), f"no step uses {key} '{name}'")


def _dangling(
    step: Entry[ExecutionStep], key: str, known: Collection[str]
) -> Iterator[Remark]:
    name = step.text(key)
    if name is None or name in known:
        return
    if key == "input_from":
        what = f"Step '{step.text('name') or ''}' references unknown step ID"
        there = "Available step IDs"
    else:
        what = f"Execution step {step.number + 1} references unknown {key}"
        there = f"Available {key}s"
    message = f"{what} '{name}'. {there}: {_listed(known)}"
    yield error(step.at(key), message, did_you_mean(name, known), stops_run=True)


def _names(entries: Sequence[Entry[M]], key: str) -> set[str]:
    return {name for entry in entries if (name := entry.text(key)) is not None}


def _listed(names: Collection[str]) -> str:
    shown = sorted(names)[:_MOST_LISTED]
    more = len(names) - len(shown)
    return f"{shown} and {more} more" if more else str(shown)
