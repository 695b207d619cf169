"""Providers of language models, against a server that speaks what they speak."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.model_server import KEY, ModelServer, answer, hang_up, model_server
from wct_adapters.llm import services
from wct_adapters.llm.configuration import LLMServiceConfiguration
from wct_adapters.llm.exchange import retry_after
from wct_adapters.llm.interviewing import Patient
from wct_adapters.llm.services import (
    AnthropicLLMService,
    GoogleLLMService,
    LLMServiceFactory,
    OpenAILLMService,
    create_service,
)
from wct_domain.analysis.confirming.verdicts import FORM
from wct_domain.errors import (
    LLMAnswerError,
    LLMConfigurationError,
    LLMConnectionError,
    LLMServiceError,
)
from wct_domain.ports.llm import BaseLLMService
from wct_domain.ports.models import (
    Answer,
    Question,
    asked_once,
    model_of,
)

PROVIDERS = ["anthropic", "openai", "google"]
EACH = pytest.mark.parametrize("provider", PROVIDERS)
QUESTION = Question("be brief", "what is it", 100, form=FORM)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as served:
        served.reads = lambda prompt: json.dumps({"results": [prompt]})
        yield served
        assert served.wrong == []


def service(server: ModelServer, provider: str, timeout: float = 20) -> Any:
    made = create_service(environ=server.environment(provider))
    made._timeout = timeout  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]  # or a test would take five minutes
    return made


@EACH
def test_a_question_is_asked_and_its_answer_counted(
    server: ModelServer, provider: str
) -> None:
    reply = model_of(service(server, provider)).ask(QUESTION)
    assert reply == Answer('{"results": ["what is it"]}', 120, 30)
    assert server.systems == ["be brief"]
    (body,) = server.bodies
    temperature = {**body, **body.get("generationConfig", {})}["temperature"]
    assert temperature == 0


@EACH
def test_plain_text_can_be_asked_for(server: ModelServer, provider: str) -> None:
    server.reads = lambda prompt: f"heard: {prompt}"
    text = create_service(environ=server.environment(provider)).analyse_data("T", "P")
    assert text == "heard: P\n\nText to analyse:\nT"


@EACH
@pytest.mark.parametrize(
    ("status", "retryable"),
    [(400, False), (401, False), (404, False), (429, True), (500, True), (529, True)],
)
def test_refusals_say_whether_to_come_back(
    server: ModelServer, provider: str, status: int, retryable: bool
) -> None:
    server.deeds.append(answer(status, {"error": "hunter2"}, retry_after="7"))
    with pytest.raises(LLMConnectionError, match=f"status {status}") as caught:
        service(server, provider).ask(QUESTION)
    error = caught.value
    assert (error.status, error.retryable, error.retry_after) == (status, retryable, 7)
    assert "hunter2" not in str(error)


@EACH
@pytest.mark.parametrize(
    "garbage", ["", "null", "[]", "<html>", "{", "\ud800".encode("utf-8", "replace")]
)
def test_what_is_no_json_object_is_no_answer(
    server: ModelServer, provider: str, garbage: Any
) -> None:
    text = garbage if isinstance(garbage, str) else garbage.decode()
    server.deeds.append(answer(200, text))
    with pytest.raises(LLMConnectionError, match="no JSON object"):
        service(server, provider).ask(QUESTION)


ODD: list[Any] = [
    {},
    {"content": None, "choices": None, "candidates": None},
    {"content": [{"type": "odd"}], "choices": [{}], "candidates": [{}]},
    {"content": [1], "choices": [1], "candidates": [1]},
    {"content": "x", "choices": "x", "candidates": "x"},
    {"choices": [{"message": {"content": 7}}]},
    {"candidates": [{"content": {"parts": [{"text": " "}]}}]},
]


@EACH
@pytest.mark.parametrize("odd", ODD)
def test_an_answer_without_text_is_an_error(
    server: ModelServer, provider: str, odd: dict[str, Any]
) -> None:
    server.deeds.append(answer(200, odd))
    with pytest.raises(LLMAnswerError, match="answered nothing"):
        service(server, provider).ask(QUESTION)


@EACH
def test_odd_numbers_of_tokens_are_not_known(
    server: ModelServer, provider: str
) -> None:
    usage = {
        "usage": {"input_tokens": -1, "output_tokens": "x", "prompt_tokens": True},
        "usageMetadata": {"promptTokenCount": 1.5},
    }
    text = {
        "content": [{"type": "text", "text": "yes"}],
        "choices": [{"message": {"content": "yes"}}],
        "candidates": [{"content": {"parts": [{"text": "yes"}]}}],
    }
    server.deeds.append(answer(200, usage | text))
    assert service(server, provider).ask(QUESTION) == Answer("yes", None, None)


@EACH
@pytest.mark.parametrize("how", ["hang", "drip"])
def test_a_slow_server_is_given_up_in_time(
    server: ModelServer, provider: str, how: str
) -> None:
    server.deeds.append(getattr(server, how))
    begun = time.monotonic()
    with pytest.raises(LLMConnectionError, match=r"not answer within 0\.4 s") as caught:
        service(server, provider, timeout=0.4).ask(QUESTION)
    assert caught.value.retryable
    assert time.monotonic() - begun < 5


@EACH
def test_a_server_that_hangs_up_or_is_not_there_is_told(
    server: ModelServer, provider: str
) -> None:
    server.deeds.append(hang_up)
    with pytest.raises(LLMConnectionError, match="cannot be reached") as caught:
        service(server, provider).ask(QUESTION)
    assert caught.value.retryable
    nowhere = server.environment(provider)
    nowhere = {k: v.replace(str(server.port), "1") for k, v in nowhere.items()}
    with pytest.raises(LLMConnectionError, match=r"^LLM text analysis failed: .*reach"):
        create_service(environ=nowhere).analyse_data("", "x")


def test_a_redirect_is_not_followed_with_the_key(server: ModelServer) -> None:
    server.deeds.append(answer(307, {}, location=f"{server.url}/elsewhere"))
    with pytest.raises(LLMConnectionError, match="status 307"):
        service(server, "anthropic").ask(QUESTION)
    assert len(server.bodies) == 1


def test_an_endless_answer_is_given_up(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wct_adapters.llm.exchange._LARGEST", 1000)
    server.deeds.append(answer(200, "x" * 5000))
    with pytest.raises(LLMConnectionError, match="more than"):
        service(server, "openai").ask(QUESTION)


def test_a_server_of_ones_own_needs_no_key(server: ModelServer) -> None:
    own = create_service(environ=server.environment("openai", key=None))
    assert model_of(own).ask(QUESTION).tokens_in == 120
    assert "authorization" not in server.heads[0]


def test_openai_itself_is_held_to_the_form(server: ModelServer) -> None:
    model = OpenAILLMService(api_key=KEY)
    protocol = model._protocol()  # pyright: ignore[reportPrivateUsage]  # no test calls out
    path, headers, body = protocol.request(QUESTION, model.model, KEY)
    assert (path, headers) == ("/chat/completions", {"authorization": f"Bearer {KEY}"})
    assert body["response_format"]["json_schema"]["schema"] == FORM
    assert body["max_completion_tokens"] == 100
    assert "max_tokens" not in body


def test_gemini_flash_does_not_think_away_its_answer(server: ModelServer) -> None:
    service(server, "google").ask(QUESTION)
    assert server.paths == ["/v1beta/models/gemini-2.5-flash:generateContent"]
    settings = server.bodies[0]["generationConfig"]
    assert settings["thinkingConfig"] == {"thinkingBudget": 0}
    assert settings["responseMimeType"] == "application/json"


def test_the_name_of_a_model_cannot_lead_elsewhere(server: ModelServer) -> None:
    environ = server.environment("google") | {"GOOGLE_MODEL": "../files?x=1#"}
    model_of(create_service(environ=environ)).ask(QUESTION)
    assert server.paths == ["/v1beta/models/..%2Ffiles%3Fx%3D1%23:generateContent"]


class TestConfiguration:
    @pytest.mark.parametrize(
        ("environ", "kind", "model"),
        [
            ({"ANTHROPIC_API_KEY": "k"}, "anthropic", "claude-sonnet-4-5-20250929"),
            ({"LLM_PROVIDER": "OpenAI", "OPENAI_API_KEY": "k"}, "openai", "gpt-4o"),
            (
                {"LLM_PROVIDER": "google", "GOOGLE_API_KEY": "k"},
                "google",
                "gemini-2.5-flash",
            ),
            (
                {"LLM_PROVIDER": " ", "ANTHROPIC_API_KEY": "k", "ANTHROPIC_MODEL": "m"},
                "anthropic",
                "m",
            ),
        ],
    )
    def test_the_environment_names_provider_and_model(
        self, environ: dict[str, str], kind: str, model: str
    ) -> None:
        made = model_of(create_service(environ=environ))
        assert (made.provider, made.model, made.endpoint) == (kind, model, "")

    def test_an_unknown_provider_is_refused(self) -> None:
        with pytest.raises(LLMConfigurationError) as caught:
            create_service(environ={"LLM_PROVIDER": "oracle"})
        assert str(caught.value) == (
            "Unsupported LLM provider: 'oracle'. Supported providers: 'anthropic', "
            "'openai', 'google'. Set LLM_PROVIDER environment variable to one of the "
            "supported providers."
        )

    @pytest.mark.parametrize(
        ("kind", "title"),
        [
            (AnthropicLLMService, "Anthropic"),
            (OpenAILLMService, "OpenAI"),
            (GoogleLLMService, "Google"),
        ],
    )
    def test_without_a_key_the_variable_is_named(
        self, kind: type[BaseLLMService], title: str
    ) -> None:
        with pytest.raises(LLMConfigurationError) as caught:
            kind()
        assert str(caught.value) == (
            f"{title} API key is required. Set {title.upper()}_API_KEY environment "
            "variable or provide api_key parameter."
        )

    def test_a_package_that_is_missing_is_named(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(services, "find_spec", dict[str, None]().get)
        with pytest.raises(LLMConfigurationError, match=r"\[llm\]") as caught:
            OpenAILLMService(api_key="k")
        assert str(caught.value).startswith("OpenAI provider is not installed.")

    @pytest.mark.parametrize(
        ("given", "text"),
        [
            ({"provider": "x"}, "Provider must be one of ['anthropic', 'google', 'op"),
            ({"api_key": "  "}, "API key cannot be empty"),
            ({"base_url": "ftp://h"}, "begins with http:// or https://"),
            ({"base_url": "http://u:hunter2@h/"}, "no user, password"),
        ],
    )
    def test_wrong_settings_are_refused(self, given: dict[str, Any], text: str) -> None:
        with pytest.raises(LLMConfigurationError) as caught:
            LLMServiceConfiguration.from_properties(given)
        assert text in str(caught.value)
        assert "hunter2" not in str(caught.value)

    def test_settings_win_over_the_environment(self) -> None:
        environ = {"OPENAI_API_KEY": "theirs", "OPENAI_MODEL": "m"}
        given = {"provider": "OPENAI", "api_key": " mine "}
        config = LLMServiceConfiguration.from_properties(given, environ)
        assert (config.provider, config.model) == ("openai", "m")
        assert config.api_key is not None
        assert config.api_key.get_secret_value() == "mine"
        assert "mine" not in repr(config)
        assert config.get_default_model() == "gpt-4o"

    def test_a_factory_heeds_what_it_is_given(self) -> None:
        config = LLMServiceConfiguration.from_properties(
            {"provider": "google", "api_key": "k", "model": "g"}
        )
        made = LLMServiceFactory(config, environ={}).create()
        assert isinstance(made, GoogleLLMService)
        assert made.model == "g"
        factory = LLMServiceFactory(environ={})
        assert (factory.can_create(), factory.create()) == (False, None)
        with pytest.raises(LLMConfigurationError, match="ANTHROPIC_API_KEY"):
            factory.required()


class TestPatience:
    def asked(
        self, server: ModelServer, *deeds: Any, attempts: int = 4
    ) -> tuple[Any, list[float]]:
        server.deeds.extend(deeds)
        slept: list[float] = []
        patient = Patient(attempts=attempts, sleep=slept.append)
        ((_, reply),) = patient.ask_each(service(server, "openai"), [QUESTION])
        return reply, slept

    def test_what_passes_is_waited_for_longer_and_longer(
        self, server: ModelServer
    ) -> None:
        reply, slept = self.asked(server, answer(500), answer(503), hang_up)
        assert reply.answer is not None
        assert reply.attempts == 4
        for pause, whole in zip(slept, (2, 4, 8), strict=True):
            assert whole / 2 <= pause <= whole

    def test_a_limit_of_requests_is_respected(self, server: ModelServer) -> None:
        limited = answer(429, {}, retry_after="30")
        reply, slept = self.asked(server, limited)
        assert (reply.attempts, slept) == (2, [30])

    def test_nobody_is_waited_for_for_ever(self, server: ModelServer) -> None:
        reply, slept = self.asked(server, answer(429, {}, retry_after="86400"))
        assert reply.answer is not None
        assert slept == [120]

    def test_in_the_end_it_is_given_up(self, server: ModelServer) -> None:
        reply, slept = self.asked(server, *[answer(503)] * 4)
        assert reply.answer is None
        assert (reply.code, reply.status, reply.attempts) == ("llm.connection", 503, 4)
        assert len(slept) == 3

    def test_what_does_not_pass_is_not_tried_again(self, server: ModelServer) -> None:
        reply, slept = self.asked(server, answer(401))
        assert (reply.status, reply.attempts, slept) == (401, 1, [])

    def test_questions_are_asked_at_the_same_time(self, server: ModelServer) -> None:
        asked = [QUESTION._replace(prompt=str(n)) for n in range(4)]
        slow = server.reads

        def read(prompt: str) -> str:
            time.sleep(0.2)
            return slow(prompt)

        server.reads = read
        found = dict(Patient().ask_each(service(server, "openai"), asked))
        assert server.at_once > 1
        texts = {
            index: reply.answer and reply.answer.text for index, reply in found.items()
        }
        assert texts == {n: f'{{"results": ["{n}"]}}' for n in range(4)}

    def test_whatever_a_service_raises_is_a_reply(self) -> None:
        class Broken:
            provider = "x"
            model = "y"
            endpoint = ""

            def ask(self, question: Question) -> Answer:
                if question.prompt == "odd":
                    raise LLMServiceError
                raise ZeroDivisionError

        odd = QUESTION._replace(prompt="odd")
        replies = dict(Patient().ask_each(Broken(), [QUESTION, odd]))
        assert [replies[n].code for n in (0, 1)] == ["llm.connection", "llm"]
        assert asked_once(Broken(), QUESTION) == replies[0]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("-3", 0),
        ("2.5", 2.5),
        ("inf", 3600),
        ("Sun, 22 Nov 2026 12:00:30 GMT", 30),
        ("Sun, 22 Nov 2026 11:00:00 -0000", 0),
    ],
)
def test_when_to_come_back_is_read_in_both_forms(
    text: str | None, seconds: float | None
) -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert retry_after(text, noon) == seconds
