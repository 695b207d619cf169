"""A server of language models, on this machine: it speaks all three protocols.

It checks each request as the providers document it, answers what it is told to, and may
misbehave.
"""

import json
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, cast

KEY = "sk-test-hunter2-0123456789"

Deed = Callable[[BaseHTTPRequestHandler], None]
Reads = Callable[[str], str]
"""Makes an answer of a prompt."""


def confirms_all(prompt: str) -> str:
    return verdicts({index: {} for index in range(findings_in(prompt))})


def verdicts(said: dict[int, dict[str, Any]]) -> str:
    usual = {
        "validation_result": "TRUE_POSITIVE",
        "confidence": 0.95,
        "reasoning": "it is one",
        "recommended_action": "keep",
    }
    results = [{"finding_index": index, **usual, **of} for index, of in said.items()]
    return json.dumps({"results": results})


FALSE: dict[str, Any] = {
    "validation_result": "FALSE_POSITIVE",
    "recommended_action": "discard",
    "reasoning": "a word with another meaning",
}


def findings_of(prompt: str) -> list[dict[str, Any]]:
    """Return the findings between the marks of a question."""
    mark = prompt.split("hold ", 1)[1].split(".", 1)[0]
    body = prompt.split(f"<<< {mark}\n", 1)[1].split(f"\n{mark} >>>", 1)[0]
    return cast("list[dict[str, Any]]", json.loads(body))


def findings_in(prompt: str) -> int:
    return len(findings_of(prompt))


@dataclass
class ModelServer:
    """What was asked, and what to do with the next requests: ``reads`` after those."""

    port: int = 0
    reads: Reads = confirms_all
    prompts: list[str] = field(default_factory=list[str])
    systems: list[str] = field(default_factory=list[str])
    bodies: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    heads: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    paths: list[str] = field(default_factory=list[str])
    wrong: list[str] = field(default_factory=list[str])  # of requests, with why
    deeds: deque[Deed] = field(default_factory=deque[Deed])
    released: Event = field(default_factory=Event)  # ends those that hang
    at_once: int = 0  # most requests that were under way at a time
    _under_way: int = 0
    _lock: Lock = field(default_factory=Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self, provider: str, key: str | None = KEY) -> dict[str, str]:
        """Return the variables that have this server asked."""
        title = provider.upper()
        url = {
            "anthropic": {"ANTHROPIC_BASE_URL": self.url},
            "openai": {"OPENAI_BASE_URL": f"{self.url}/v1"},
            "google": {"GOOGLE_GEMINI_BASE_URL": self.url},
        }[provider]
        named = {} if key is None else {f"{title}_API_KEY": key}
        return {"LLM_PROVIDER": provider, **url, **named}

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["content-length"])))
        head = {name.lower(): value for name, value in handler.headers.items()}
        with self._lock:
            self._under_way += 1
            self.at_once = max(self.at_once, self._under_way)
            self.bodies.append(body)
            self.heads.append(head)
            self.paths.append(handler.path)
            deed = self.deeds.popleft() if self.deeds else None
        try:
            if deed is None:
                answer(200, self._answer(handler.path, head, body))(handler)
            else:
                deed(handler)
        finally:
            with self._lock:
                self._under_way -= 1

    def _answer(
        self, path: str, head: dict[str, str], body: dict[str, Any]
    ) -> dict[str, Any]:
        if path == "/v1/messages":
            return self._as_anthropic(head, body)
        if path == "/v1/chat/completions":
            return self._as_openai(head, body)
        if path.startswith("/v1beta/models/") and path.endswith(":generateContent"):
            return self._as_google(head, body)
        self.wrong.append(f"no such path: {path}")
        return {}

    def _as_anthropic(
        self, head: dict[str, str], body: dict[str, Any]
    ) -> dict[str, Any]:
        self._expect(head.get("x-api-key") == KEY, "x-api-key")
        self._expect(head.get("anthropic-version") == "2023-06-01", "version")
        self._expect(body["max_tokens"] > 0 and bool(body["model"]), "required fields")
        (message,) = body["messages"]
        self._expect(message["role"] == "user", "role")
        text = self._heard(body.get("system", ""), message["content"])
        part: dict[str, Any] = {"type": "text", "text": text}
        if "tools" in body:
            (tool,) = body["tools"]
            self._expect(tool["input_schema"]["type"] == "object", "input_schema")
            choice = {"type": "tool", "name": tool["name"]}
            self._expect(body["tool_choice"] == choice, "tool_choice")
            try:
                given = json.loads(text)
            except ValueError:
                given = None
            if isinstance(given, dict):
                part = {"type": "tool_use", "name": tool["name"], "input": given}
        usage = {"input_tokens": 120, "output_tokens": 30}
        return {"type": "message", "role": "assistant", "content": [part]} | {
            "usage": usage
        }

    def _as_openai(self, head: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        self._expect(head.get("authorization") in (None, f"Bearer {KEY}"), "bearer")
        self._expect("max_tokens" in body, "max_tokens")
        roles = [each["role"] for each in body["messages"]]
        self._expect(roles in (["system", "user"], ["user"]), "roles")
        system = body["messages"][0]["content"] if len(roles) == 2 else ""
        text = self._heard(system, body["messages"][-1]["content"])
        message = {"role": "assistant", "content": text}
        return {
            "object": "chat.completion",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 120, "completion_tokens": 30},
        }

    def _as_google(self, head: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        self._expect(head.get("x-goog-api-key") == KEY, "x-goog-api-key")
        settings = body["generationConfig"]
        self._expect(settings["maxOutputTokens"] > 0, "maxOutputTokens")
        (content,) = body["contents"]
        system = body.get("systemInstruction", {"parts": [{"text": ""}]})
        prompt = content["parts"][0]["text"]
        text = self._heard(system["parts"][0]["text"], prompt)
        parts = [{"text": "I think", "thought": True}, {"text": text}]
        counts = {"promptTokenCount": 120, "candidatesTokenCount": 25}
        return {
            "candidates": [{"content": {"role": "model", "parts": parts}}],
            "usageMetadata": counts | {"thoughtsTokenCount": 5},
        }

    def _heard(self, system: str, prompt: str) -> str:
        with self._lock:
            self.systems.append(system)
            self.prompts.append(prompt)
        return self.reads(prompt)

    def _expect(self, right: bool, what: str) -> None:
        if not right:
            self.wrong.append(what)

    def hang(self, handler: BaseHTTPRequestHandler) -> None:
        """Say nothing, until the test is over."""
        self.released.wait(30)
        handler.close_connection = True

    def drip(self, handler: BaseHTTPRequestHandler) -> None:
        """Begin an answer that comes a byte at a time, without end."""
        handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        while not self.released.wait(0.05):
            try:
                handler.wfile.write(b" ")
            except OSError:
                break
        handler.close_connection = True


def answer(status: int, body: Any = None, **headers: str) -> Deed:
    """Answer with JSON, or with a text as it is."""

    def deed(handler: BaseHTTPRequestHandler) -> None:
        data = body if isinstance(body, str) else json.dumps(body)
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("content-length", str(len(data.encode())))
        handler.end_headers()
        handler.wfile.write(data.encode())

    return deed


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection without a word."""
    handler.close_connection = True


@contextmanager
def model_server() -> Generator[ModelServer]:
    """Serve models on a port of this machine."""
    server = ModelServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            server.take(self)

        def log_message(self, format: str, *args: object) -> None:
            return

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    server.port = listening.server_address[1]
    thread = Thread(target=listening.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        listening.shutdown()
        listening.server_close()
        thread.join()
