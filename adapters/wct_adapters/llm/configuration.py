"""Which provider is asked, with which model and key: settings, then environment."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Self
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError, field_validator

from wct_domain.errors import LLMConfigurationError
from wct_domain.services import BaseServiceConfiguration

PROVIDER: Final = "LLM_PROVIDER"
USUAL_PROVIDER: Final = "anthropic"


class Provider(NamedTuple):
    """What is known of a provider without asking it."""

    title: str  # for people
    usual_model: str
    usual_url: str
    url_variable: str  # of a server that speaks the same protocol

    @property
    def name(self) -> str:
        return self.title.lower()

    @property
    def key_variable(self) -> str:
        return f"{self.title.upper()}_API_KEY"

    @property
    def model_variable(self) -> str:
        return f"{self.title.upper()}_MODEL"

    @property
    def no_key(self) -> str:
        return (
            f"{self.title} API key is required. Set {self.key_variable} environment "
            "variable or provide api_key parameter."
        )


PROVIDERS: Final[Mapping[str, Provider]] = {
    each.name: each
    for each in (
        Provider(
            "Anthropic",
            "claude-sonnet-4-5-20250929",
            "https://api.anthropic.com",
            "ANTHROPIC_BASE_URL",
        ),
        Provider("OpenAI", "gpt-4o", "https://api.openai.com/v1", "OPENAI_BASE_URL"),
        Provider(
            "Google",
            "gemini-2.5-flash",
            "https://generativelanguage.googleapis.com",
            "GOOGLE_GEMINI_BASE_URL",
        ),
    )
}


class LLMServiceConfiguration(BaseServiceConfiguration):
    """Settings of a language model.

    ``base_url`` is a server that speaks the provider's protocol; with it a key is
    optional for ``openai``, because servers of one's own often want none.
    """

    provider: str = USUAL_PROVIDER
    api_key: SecretStr | None = None
    model: str | None = None
    base_url: str | None = None

    @field_validator("provider", mode="before")
    @classmethod
    def _is_known(cls, value: Any) -> Any:
        name = value.strip().lower() if isinstance(value, str) else value
        if name not in PROVIDERS:
            msg = f"Provider must be one of {sorted(PROVIDERS)}, got: {value}"
            raise ValueError(msg)
        return name

    @field_validator("api_key", mode="before")
    @classmethod
    def _is_a_key(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if not value.strip():
            msg = "API key cannot be empty"
            raise ValueError(msg)
        return value.strip()

    @field_validator("base_url")
    @classmethod
    def _is_a_url(cls, value: str | None) -> str | None:
        return None if value is None else checked_url(value)

    @classmethod
    def from_properties(
        cls, properties: dict[str, Any], environ: Mapping[str, str] | None = None
    ) -> Self:
        """Make settings; what properties do not say, the environment does.

        Raises:
            LLMConfigurationError: the provider is unknown, or a value is wrong.
        """
        environ = {} if environ is None else environ
        told = {k: v for k, v in properties.items() if v is not None}
        name = told.get("provider") or environ.get(PROVIDER) or USUAL_PROVIDER
        known = PROVIDERS.get(str(name).strip().lower())
        if known is not None:
            of_environment = {
                "provider": known.name,
                "api_key": environ.get(known.key_variable),
                "model": environ.get(known.model_variable),
                "base_url": environ.get(known.url_variable),
            }
            told = {k: v for k, v in of_environment.items() if v and v.strip()} | told
        else:
            told["provider"] = name
        try:
            return cls.model_validate(told)
        except ValidationError as error:
            problems = error.errors(include_url=False, include_input=False)
            text = "; ".join(each["msg"] for each in problems)
            raise LLMConfigurationError(text.replace("Value error, ", "")) from None

    def get_default_model(self) -> str:
        """Return the model that is asked where none is named."""
        return PROVIDERS[self.provider].usual_model


def checked_url(url: str) -> str:
    """Return a URL of a server, without the slash at its end.

    Raises:
        ValueError: it is none, or holds a password; the text quotes neither.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        msg = "the URL of a model's server begins with http:// or https:// and a host"
        raise ValueError(msg)
    if parts.username or parts.password or parts.query or parts.fragment:
        msg = "the URL of a model's server has no user, password, query or fragment"
        raise ValueError(msg)
    return url.rstrip("/")
