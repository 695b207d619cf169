"""The user's runbook: connectors, analysers, and the steps that use them.

The models fix format 1.0.0 and its exact error texts. Reading the file is an
adapter's work; what is parsed here is plain data.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any, NamedTuple, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from wct_domain.durations import Seconds
from wct_domain.errors import RunbookValidationError
from wct_domain.inline_connectors import OneForm, in_one_form

Name = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9._-]+$")]
NonEmpty = Annotated[str, StringConstraints(min_length=1)]

_VERSION = re.compile(r"\d+\.\d+\.\d+", re.ASCII)


class ConnectorConfig(BaseModel):
    """A data source, under the name that steps use for it."""

    name: Name
    type: NonEmpty = Field(description="Component name; see wct ls-connectors.")
    properties: dict[str, Any] = Field(default_factory=dict)


class AnalysisMetadata(BaseModel):
    """Free remarks on an analysis, carried into its results."""

    model_config = ConfigDict(extra="allow")

    description: str | None = None


class AnalyserConfig(BaseModel):
    """An analysis, under the name that steps use for it."""

    name: Name
    type: NonEmpty = Field(description="Component name; see wct ls-analysers.")
    properties: dict[str, Any] = Field(default_factory=dict)
    metadata: AnalysisMetadata | None = None


RETRIED = (
    "analyser.processing",
    "connector.extraction",
    "llm.connection",
    "process.died",
    "timeout",
    "unexpected",
)
"""Codes of failures that may be gone at the next attempt; the others stay."""


class RetryPolicy(BaseModel):
    """How often a step is tried before it counts as failed."""

    attempts: int = Field(default=3, ge=1, le=100, description="The first included.")
    backoff: float = Field(
        default=1.0,
        ge=0,
        le=3600,
        allow_inf_nan=False,
        description="Seconds before the second attempt; twice as long before each "
        "that follows, and up to half of it left out by chance.",
    )
    on: list[str] = Field(
        default=list(RETRIED), description="Codes of errors that are tried again."
    )


class ExecutionStep(BaseModel):
    """Reads from a connector or from an earlier step's artifact, then analyses.

    A step without an analyser only reads; its result is what it read.
    """

    id: Name
    name: NonEmpty
    description: str
    contact: str | None = None
    connector: Name | None = None
    input_from: Name | None = Field(default=None, description="Id of another step.")
    analyser: Name | None = None
    input_schema: NonEmpty
    output_schema: NonEmpty
    input_schema_version: str | None = None
    output_schema_version: str | None = None
    save_output: bool = Field(
        default=False, description="Keep the result for steps that read from this one."
    )
    context: dict[str, Any] = Field(default_factory=dict)
    retry: RetryPolicy | None = None
    timeout: Seconds | None = Field(
        default=None,
        description="Seconds, or a text such as 90s, 5m, 2h. The step runs in a "
        "process of its own, which is stopped when they are over.",
    )

    @field_validator("input_schema_version", "output_schema_version")
    @classmethod
    def _is_a_version(cls, value: str | None) -> str | None:
        if value is not None and not _VERSION.fullmatch(value):
            msg = (
                "Version must be in format 'major.minor.patch' "
                f"(e.g., '1.0.0'), got: {value}"
            )
            raise ValueError(msg)
        return value

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if self.connector and self.input_from:
            msg = (
                "Step cannot have both 'connector' and 'input_from' "
                "- choose one data source"
            )
            raise ValueError(msg)
        if not self.connector and not self.input_from:
            msg = "Step must have either 'connector' or 'input_from' as data source"
            raise ValueError(msg)
        return self


class RunbookSummary(NamedTuple):
    """A runbook in numbers; the type lists are unique and sorted."""

    name: str
    description: str
    connector_count: int
    analyser_count: int
    execution_steps: int
    connector_types: list[str]
    analyser_types: list[str]


class Runbook(BaseModel):
    """A validated runbook; unknown keys were ignored."""

    name: NonEmpty
    description: NonEmpty
    contact: str | None = None
    connectors: list[ConnectorConfig] = Field(min_length=1)
    analysers: list[AnalyserConfig] = Field(min_length=1)
    execution: list[ExecutionStep] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _in_one_form(cls, given: Any) -> Any:
        return in_one_form(given).document

    @field_validator("connectors")
    @classmethod
    def _connectors_differ(cls, value: list[ConnectorConfig]) -> list[ConnectorConfig]:
        _refuse_duplicates("connector names", (each.name for each in value))
        return value

    @field_validator("analysers")
    @classmethod
    def _analysers_differ(cls, value: list[AnalyserConfig]) -> list[AnalyserConfig]:
        _refuse_duplicates("analyser names", (each.name for each in value))
        return value

    @field_validator("execution")
    @classmethod
    def _steps_differ(cls, value: list[ExecutionStep]) -> list[ExecutionStep]:
        _refuse_duplicates("step ids", (each.id for each in value))
        return value

    @model_validator(mode="after")
    def _references_exist(self) -> Self:
        for problem in dangling_references(self):
            raise ValueError(problem)
        return self

    def get_summary(self) -> RunbookSummary:
        return RunbookSummary(
            name=self.name,
            description=self.description,
            connector_count=len(self.connectors),
            analyser_count=len(self.analysers),
            execution_steps=len(self.execution),
            connector_types=sorted({each.type for each in self.connectors}),
            analyser_types=sorted({each.type for each in self.analysers}),
        )


def dangling_references(runbook: Runbook) -> Iterable[str]:
    """Yield a text for each reference to something that the runbook does not define.

    Steps in order; for each its connector, analyser, then the step it reads from.
    """
    connectors = {each.name for each in runbook.connectors}
    analysers = {each.name for each in runbook.analysers}
    steps = {each.id for each in runbook.execution}
    for number, step in enumerate(runbook.execution, start=1):
        if step.connector and step.connector not in connectors:
            yield (
                f"Execution step {number} references unknown connector "
                f"'{step.connector}'. Available connectors: {sorted(connectors)}"
            )
        if step.analyser and step.analyser not in analysers:
            yield (
                f"Execution step {number} references unknown analyser "
                f"'{step.analyser}'. Available analysers: {sorted(analysers)}"
            )
        if step.input_from and step.input_from not in steps:
            yield (
                f"Step '{step.name}' references unknown step ID '{step.input_from}'. "
                f"Available step IDs: {sorted(steps)}"
            )


def _refuse_duplicates(what: str, names: Iterable[str]) -> None:
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        msg = f"Duplicate {what} found: {twice}"
        raise ValueError(msg)


class Problem(NamedTuple):
    """One thing that is wrong with a runbook, and where.

    ``location`` is the path through the document: keys and list indices.
    """

    location: tuple[str | int, ...]
    message: str

    @property
    def place(self) -> str:
        return " -> ".join(map(str, self.location)) or "root"

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class InvalidRunbookError(RunbookValidationError):
    """Carries each problem, so that a command can show its line in the file."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        lines = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(f"Runbook validation failed:{lines}")
        self.problems = problems


def parse_runbook(document: object) -> Runbook:
    """Make a runbook of a parsed YAML document.

    Raises:
        InvalidRunbookError: with all field problems, or, when every field is fine,
            the first reference to something undefined.
    """
    form = in_one_form(document)
    try:
        return Runbook.model_validate(form.document)
    except ValidationError as error:
        raise InvalidRunbookError(problems_in(form, error)) from None


def problems_in(form: OneForm, error: ValidationError) -> tuple[Problem, ...]:
    """Translate what a model says of a rewritten document: places are the file's."""
    own = [Problem(*each) for each in form.problems]
    # Those connectors are still where a name is wanted, of which the model complains.
    told = {(*problem.location[:2], "connector") for problem in own}
    others = [each for each in problems_of(error) if each.location[:3] not in told]
    return (
        *own,
        *(each._replace(location=form.place(each.location)) for each in others),
    )


def problems_of(error: ValidationError) -> tuple[Problem, ...]:
    """Translate pydantic's findings; the offending values are left behind."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return tuple(Problem(tuple(each["loc"]), each["msg"]) for each in found)
