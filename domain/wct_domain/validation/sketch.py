"""A runbook as far as it can be understood: one wrong field hides nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar, cast

from pydantic import BaseModel, ValidationError

from wct_domain.inline_connectors import OneForm
from wct_domain.runbook import (
    AnalyserConfig,
    ConnectorConfig,
    ExecutionStep,
    Problem,
    Runbook,
    problems_in,
)
from wct_domain.validation.remarks import Location

M = TypeVar("M", bound=BaseModel)


class Entry(NamedTuple, Generic[M]):
    """One item of a list of the runbook, as written and, if it is sound, as a model."""

    section: str
    number: int  # from 0
    written: Mapping[str, Any]
    model: M | None

    def at(self, *steps: str | int) -> Location:
        return (self.section, self.number, *steps)

    def text(self, key: str) -> str | None:
        """Return what is written under a key, if it is a text and not empty."""
        value = self.written.get(key)
        return value if isinstance(value, str) and value else None


class Sketch:
    """What is written, the whole as a model if all of it is sound, else the parts."""

    def __init__(
        self, document: object, runbook: Runbook | None, problems: tuple[Problem, ...]
    ) -> None:
        self.document = document
        self.runbook = runbook
        self.problems = problems

    @cached_property
    def top(self) -> Mapping[str, Any]:
        return _object(self.document)

    @cached_property
    def connectors(self) -> list[Entry[ConnectorConfig]]:
        models = self.runbook.connectors if self.runbook else None
        return list(self._entries("connectors", ConnectorConfig, models))

    @cached_property
    def analysers(self) -> list[Entry[AnalyserConfig]]:
        models = self.runbook.analysers if self.runbook else None
        return list(self._entries("analysers", AnalyserConfig, models))

    @cached_property
    def steps(self) -> list[Entry[ExecutionStep]]:
        models = self.runbook.execution if self.runbook else None
        return list(self._entries("execution", ExecutionStep, models))

    def _entries(
        self, section: str, kind: type[M], models: list[M] | None
    ) -> Iterator[Entry[M]]:
        written = self.top.get(section)
        if not isinstance(written, list):
            return
        for index, item in enumerate(cast("list[object]", written)):
            model = models[index] if models else _sound(kind, item)
            yield Entry(section, index, _object(item), model)


def sketch(form: OneForm) -> Sketch:
    """Understand as much of a parsed YAML document as possible."""
    document = form.document
    try:
        return Sketch(document, Runbook.model_validate(document), ())
    except ValidationError as error:
        return Sketch(document, None, problems_in(form, error))


def steps_by_id(
    steps: Sequence[Entry[ExecutionStep]],
) -> dict[str, Entry[ExecutionStep]]:
    """Steps by id, the first one of each: a second one is reported elsewhere."""
    found: dict[str, Entry[ExecutionStep]] = {}
    for step in steps:
        if (id := step.text("id")) is not None:
            found.setdefault(id, step)
    return found


def _sound(kind: type[M], item: object) -> M | None:
    try:
        return kind.model_validate(item)
    except ValidationError:
        return None


def _object(value: object) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
