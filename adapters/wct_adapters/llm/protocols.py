"""What the three providers want a question to look like, and where their answers are.

Messages API of Anthropic, chat completions of OpenAI, generateContent of Google, each
as its provider documents it. An answer without the expected parts is an empty text.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias, TypeGuard, cast

from wct_domain.errors import LLMAnswerError
from wct_domain.ports.models import TEMPERATURE, Answer, Question

COMPATIBLE = "openai-compatible"

_TOOL = "report"


class Request(NamedTuple):
    """What is posted."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


class Protocol(NamedTuple):
    """One provider's."""

    request: "Write"
    answer: "Read"


Write: TypeAlias = Callable[[Question, str, str], Request]
"""Of question, model, and key, which may be empty."""

Read: TypeAlias = Callable[[dict[str, Any]], Answer]
"""Of what was answered; raises LLMAnswerError."""


def _to_anthropic(question: Question, model: str, key: str) -> Request:
    body: dict[str, Any] = {
        "model": model,
        "max_tokens": question.max_tokens,
        "temperature": TEMPERATURE,
        "messages": [{"role": "user", "content": question.prompt}],
    }
    if question.system:
        body["system"] = question.system
    if question.form is not None:
        # A tool that must be used is how this API is held to a form.
        tool = {"name": _TOOL, "input_schema": question.form}
        body["tools"] = [{**tool, "description": "Report the results."}]
        body["tool_choice"] = {"type": "tool", "name": _TOOL}
    headers = {"anthropic-version": "2023-06-01"} | ({"x-api-key": key} if key else {})
    return Request("/v1/messages", headers, body)


def _from_anthropic(answered: dict[str, Any]) -> Answer:
    text = ""
    for part in _objects(answered.get("content")):
        if part.get("type") == "tool_use":
            text += json.dumps(part.get("input"), ensure_ascii=False)
        elif part.get("type") == "text":
            text += str(part.get("text", ""))
    usage = _object(answered.get("usage"))
    return _answer(text, usage.get("input_tokens"), usage.get("output_tokens"))


def _to_openai(question: Question, model: str, key: str) -> Request:
    system = [{"role": "system", "content": question.system}] if question.system else []
    body: dict[str, Any] = {
        "model": model,
        "temperature": TEMPERATURE,
        "messages": [*system, {"role": "user", "content": question.prompt}],
        "max_completion_tokens": question.max_tokens,
    }
    if question.form is not None:
        form = {"name": _TOOL, "strict": True, "schema": question.form}
        body["response_format"] = {"type": "json_schema", "json_schema": form}
    headers = {"authorization": f"Bearer {key}"} if key else {}
    return Request("/chat/completions", headers, body)


def _to_compatible(question: Question, model: str, key: str) -> Request:
    """Ask a server that speaks what OpenAI spoke first.

    Such servers know the old name of the limit, and differ in how they are held to a
    form; the question says the form too.
    """
    path, headers, body = _to_openai(question, model, key)
    kept = {k: v for k, v in body.items() if k != "max_completion_tokens"}
    kept.pop("response_format", None)
    return Request(path, headers, {**kept, "max_tokens": question.max_tokens})


def _from_openai(answered: dict[str, Any]) -> Answer:
    choices = _objects(answered.get("choices"))
    message = _object(choices[0].get("message")) if choices else {}
    usage = _object(answered.get("usage"))
    content = message.get("content")
    return _answer(
        content if isinstance(content, str) else "",
        usage.get("prompt_tokens"),
        usage.get("completion_tokens"),
    )


def _to_google(question: Question, model: str, key: str) -> Request:
    settings: dict[str, Any] = {
        "temperature": TEMPERATURE,
        "maxOutputTokens": question.max_tokens,
    }
    if question.form is not None:
        settings["responseMimeType"] = "application/json"
    if "2.5-flash" in model:
        # Its thoughts count against the limit, and would leave no room for the answer.
        settings["thinkingConfig"] = {"thinkingBudget": 0}
    body: dict[str, Any] = {
        "contents": [{"role": "user", "parts": [{"text": question.prompt}]}],
        "generationConfig": settings,
    }
    if question.system:
        body["systemInstruction"] = {"parts": [{"text": question.system}]}
    headers = {"x-goog-api-key": key} if key else {}
    return Request(f"/v1beta/models/{model}:generateContent", headers, body)


def _from_google(answered: dict[str, Any]) -> Answer:
    candidates = _objects(answered.get("candidates"))
    content = _object(candidates[0].get("content")) if candidates else {}
    text = "".join(
        str(part.get("text", ""))
        for part in _objects(content.get("parts"))
        if not part.get("thought")
    )
    usage = _object(answered.get("usageMetadata"))
    out, thoughts = usage.get("candidatesTokenCount"), usage.get("thoughtsTokenCount")
    both = out + thoughts if _is_count(out) and _is_count(thoughts) else out
    return _answer(text, usage.get("promptTokenCount"), both)


def _answer(text: str, tokens_in: Any, tokens_out: Any) -> Answer:
    if not text.strip():
        msg = "the model answered nothing"
        raise LLMAnswerError(msg)
    return Answer(
        text.encode("utf-8", "replace").decode(),
        tokens_in if _is_count(tokens_in) else None,
        tokens_out if _is_count(tokens_out) else None,
    )


def _is_count(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _object(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _objects(value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        return []
    found = cast("list[object]", value)
    return [cast("dict[str, Any]", each) for each in found if isinstance(each, dict)]


PROTOCOLS: Mapping[str, Protocol] = {
    "anthropic": Protocol(_to_anthropic, _from_anthropic),
    "openai": Protocol(_to_openai, _from_openai),
    COMPATIBLE: Protocol(_to_compatible, _from_openai),
    "google": Protocol(_to_google, _from_google),
}
