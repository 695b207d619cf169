"""Properties that the analysers take from a runbook."""

from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from wct_domain.errors import AnalyserConfigError
from wct_domain.ports.components import BaseComponentConfiguration, ComponentConfig

ContextSize = Literal["small", "medium", "large"]


class _Section(BaseModel):
    # Runbooks carry keys of other tools in these sections; unknown ones are ignored.
    model_config = ConfigDict(frozen=True, extra="ignore")


class PatternMatchingConfig(_Section):
    """What is looked for, and how much evidence is kept of it."""

    ruleset: str = Field(
        min_length=1, description="Name of the ruleset; see wct ls-rulesets."
    )
    evidence_context_size: ContextSize = Field(
        default="medium",
        description="Text kept on each side of a match: 50, 100 or 200 characters.",
    )
    maximum_evidence_count: int = Field(
        default=3, ge=1, le=20, description="Excerpts kept per finding."
    )

    @field_validator("evidence_context_size", mode="before")
    @classmethod
    def _is_a_size(cls, value: Any) -> Any:
        if value not in ("small", "medium", "large"):
            msg = (
                "evidence_context_size must be one of ['small', 'medium', 'large'], "
                f"got: {value}"
            )
            raise ValueError(msg)
        return value


class LLMValidationConfig(_Section):
    """Whether a language model confirms findings.

    The section being there turns it on, unless it says otherwise.
    """

    enable_llm_validation: bool = Field(
        default=True, description="Ask a language model about each finding."
    )
    llm_batch_size: int = Field(
        default=50, ge=1, le=200, description="Findings per question."
    )
    llm_validation_mode: Literal["standard", "conservative", "aggressive"] = Field(
        default="standard", description="How readily findings are given up."
    )


def _off() -> LLMValidationConfig:
    return LLMValidationConfig(enable_llm_validation=False)


class AnalyserConfiguration(BaseComponentConfiguration):
    """The sections that the analysers share; subclasses name their ruleset."""

    component: ClassVar[str]

    pattern_matching: PatternMatchingConfig
    llm_validation: LLMValidationConfig = Field(default_factory=_off)

    @classmethod
    def from_properties(cls, properties: ComponentConfig) -> Self:
        """Make the configuration from a runbook's properties.

        Raises:
            AnalyserConfigError: with everything that is wrong, one line each.
        """
        try:
            return cls.model_validate(properties)
        except ValidationError as error:
            msg = f"Invalid {cls.component} configuration: {problems(error)}"
            raise AnalyserConfigError(msg) from None


def problems(error: ValidationError) -> str:
    """Say place and rule of each problem; the values stay out."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(
        f"{' -> '.join(map(str, each['loc'])) or 'root'}: {each['msg']}"
        for each in found
    )
