"""Properties of the source code analyser."""

from typing import Any, Self

from pydantic import Field, ValidationError, field_validator

from wct_adapters.analysers.code.grammars import LANGUAGES
from wct_adapters.analysers.configuration import problems
from wct_domain.errors import AnalyserConfigError
from wct_domain.ports.components import BaseComponentConfiguration, ComponentConfig


class SourceCodeAnalyserConfig(BaseComponentConfiguration):
    """Which language is read, and up to which size."""

    language: str | None = Field(
        default=None,
        description="Language of all files; by default each file's name tells it. "
        f"One of {', '.join(LANGUAGES)}.",
    )
    max_file_size: int = Field(
        default=10 * 1024 * 1024,
        gt=0,
        description="Bytes (in UTF-8); larger files are left out, and listed.",
    )

    @field_validator("language", mode="before")
    @classmethod
    def _is_known(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value  # None, or what the type refuses
        language = value.strip().lower()
        if not language:
            msg = "Language must be a non-empty string if provided"
            raise ValueError(msg)
        if language not in LANGUAGES:
            msg = (
                f"Unsupported language: {language}. "
                f"Supported languages: {sorted(LANGUAGES)}"
            )
            raise ValueError(msg)
        return language

    @classmethod
    def from_properties(cls, properties: ComponentConfig) -> Self:
        """Make the configuration from a runbook's properties.

        Raises:
            AnalyserConfigError: with everything that is wrong.
        """
        try:
            return cls.model_validate(properties)
        except ValidationError as error:
            msg = f"Invalid source code analyser configuration: {problems(error)}"
            raise AnalyserConfigError(msg) from None
