"""Language models as services of the container."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import ClassVar, Final
from urllib.parse import quote

from wct_adapters.llm.configuration import (
    PROVIDER,
    PROVIDERS,
    LLMServiceConfiguration,
    Provider,
)
from wct_adapters.llm.exchange import post_json
from wct_adapters.llm.protocols import COMPATIBLE, PROTOCOLS, Protocol
from wct_domain.errors import LLMConfigurationError, LLMConnectionError, LLMServiceError
from wct_domain.ports.llm import BaseLLMService
from wct_domain.ports.models import Answer, Question
from wct_domain.services import ServiceFactory

TIMEOUT: Final = 300.0
"""Seconds for one answer."""

MOST_TOKENS: Final = 8000
"""Of an answer to ``analyse_data``."""


class _HttpService(BaseLLMService):
    """A model behind HTTP; also a ``LanguageModel``, whom a conversation can ask."""

    known: ClassVar[Provider]

    def __init__(
        self,
        model_name: str | None = None,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float = TIMEOUT,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        """Settle whom to ask; what is not given, the environment says.

        Raises:
            LLMConfigurationError: there is no key, or a value is wrong.
        """
        given = {
            "provider": self.known.name,
            "model": model_name,
            "api_key": api_key,
            "base_url": base_url,
        }
        settings = LLMServiceConfiguration.from_properties(given, environ)
        self.provider = self.known.name
        self.model = settings.model or self.known.usual_model
        self.endpoint = settings.base_url or ""
        self._key = (
            "" if settings.api_key is None else settings.api_key.get_secret_value()
        )
        self._timeout = timeout
        if not self._key and not self._needs_no_key():
            raise LLMConfigurationError(self.known.no_key)
        if find_spec("httpx") is None:
            msg = (
                f"{self.known.title} provider is not installed. "
                "Install it with: pip install 'wct-compliance[llm]'"
            )
            raise LLMConfigurationError(msg)

    def _needs_no_key(self) -> bool:
        return False

    def _protocol(self) -> Protocol:
        return PROTOCOLS[self.provider]

    def ask(self, question: Question) -> Answer:
        """Ask once.

        Raises:
            LLMConnectionError: there was no answer.
            LLMAnswerError: it is empty.
        """
        protocol = self._protocol()
        model = quote(self.model, safe="") if self.provider == "google" else self.model
        path, headers, body = protocol.request(question, model, self._key)
        url = (self.endpoint or self.known.usual_url) + path
        return protocol.answer(post_json(url, headers, body, self._timeout))

    def analyse_data(self, text: str, analysis_prompt: str) -> str:
        prompt = f"{analysis_prompt}\n\nText to analyse:\n{text}"
        try:
            return self.ask(Question("", prompt, MOST_TOKENS)).text
        except LLMServiceError as error:
            msg = f"LLM text analysis failed: {error}"
            raise LLMConnectionError(msg) from error


class AnthropicLLMService(_HttpService):
    """Asks a model of Anthropic."""

    known = PROVIDERS["anthropic"]


class OpenAILLMService(_HttpService):
    """Asks a model of OpenAI, or any server that speaks the same protocol."""

    known = PROVIDERS["openai"]

    def _needs_no_key(self) -> bool:
        return bool(self.endpoint)  # a server of one's own

    def _protocol(self) -> Protocol:
        return PROTOCOLS[COMPATIBLE if self.endpoint else self.provider]


class GoogleLLMService(_HttpService):
    """Asks a Gemini model of Google."""

    known = PROVIDERS["google"]


_SERVICES: Final[Mapping[str, type[_HttpService]]] = {
    each.known.name: each
    for each in (AnthropicLLMService, OpenAILLMService, GoogleLLMService)
}


def create_service(
    model_name: str | None = None,
    api_key: str | None = None,
    *,
    environ: Mapping[str, str],
) -> BaseLLMService:
    """Make the service that the environment names.

    Raises:
        LLMConfigurationError: it names none that there is, or it is not set up.
    """
    name = environ.get(PROVIDER, "").strip() or "anthropic"
    service = _SERVICES.get(name.lower())
    if service is None:
        msg = (
            f"Unsupported LLM provider: '{name}'. Supported providers: 'anthropic', "
            f"'openai', 'google'. Set {PROVIDER} environment variable to one of the "
            "supported providers."
        )
        raise LLMConfigurationError(msg)
    return service(model_name, api_key, environ=environ)


class LLMServiceFactory(ServiceFactory[BaseLLMService]):
    """Makes the service that settings name; without settings, the environment's."""

    def __init__(
        self,
        config: LLMServiceConfiguration | None = None,
        *,
        environ: Mapping[str, str],
    ) -> None:
        self._config = config
        self._environ = environ

    def create(self) -> BaseLLMService | None:
        """Return a service, or None where it is not set up."""
        try:
            return self.required()
        except LLMConfigurationError:
            return None

    def required(self) -> BaseLLMService:
        """Return a service.

        Raises:
            LLMConfigurationError: it is not set up.
        """
        config = self._config
        if config is None:
            return create_service(environ=self._environ)
        key = None if config.api_key is None else config.api_key.get_secret_value()
        return _SERVICES[config.provider](
            config.model, key, base_url=config.base_url, environ=self._environ
        )

    def can_create(self) -> bool:
        return self.create() is not None
