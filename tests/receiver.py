"""A receiver of webhooks, on this machine: it verifies, notes, and may misbehave."""

import json
import ssl
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # of the specification's example

Deed = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Receiver:
    """What was received, and what to do with the next requests: 204 after those."""

    port: int = 0
    secrets: tuple[str, ...] = (SECRET,)
    # The verified events.
    posts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    ids: list[str] = field(
        default_factory=list[str]
    )  # webhook-id of each taken request
    heads: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    deeds: deque[Deed] = field(default_factory=deque[Deed])
    released: Event = field(default_factory=Event)  # ends those that hang

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook/T0-hunter2"

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["content-length"]))
        head = {name.lower(): value for name, value in handler.headers.items()}
        self.heads.append(head | {"path": handler.path, "body": body.decode()})
        if self.deeds:
            self.deeds.popleft()(handler)
            return
        try:
            for secret in self.secrets:
                Webhook(secret).verify(body, head)
        except WebhookVerificationError:
            answer(401)(handler)
            return
        self.ids.append(head["webhook-id"])
        self.posts.append(json.loads(body))
        answer(204)(handler)

    def hang(self, handler: BaseHTTPRequestHandler) -> None:
        """Say nothing, until the test is over."""
        self.released.wait(30)
        handler.close_connection = True

    def drip(self, handler: BaseHTTPRequestHandler) -> None:
        """Begin an answer that comes a byte at a time, without end."""
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
        while not self.released.wait(0.05):
            try:
                handler.wfile.write(b"y")
            except OSError:
                break
        handler.close_connection = True

    def drip_body(self, handler: BaseHTTPRequestHandler) -> None:
        """Say yes, and go on talking."""
        handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        while not self.released.wait(0.05):
            try:
                handler.wfile.write(b"y")
            except OSError:
                break
        handler.close_connection = True


def answer(status: int, **headers: str) -> Deed:
    def deed(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        if status != 204:
            handler.send_header("content-length", "7")
        handler.end_headers()
        if status != 204:
            handler.wfile.write(b"hunter2")

    return deed


def cut(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection without an answer."""
    handler.close_connection = True


def garbage(handler: BaseHTTPRequestHandler) -> None:
    """Answer with what is no HTTP."""
    handler.wfile.write(b"220 mail.example.com ESMTP\r\n")
    handler.close_connection = True


@contextmanager
def receiving(
    receiver: Receiver, certificate: tuple[Path, Path] | None = None
) -> Generator[Receiver]:
    """Listen, on the port that the receiver had, or on any that is free."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:  # the name that http.server calls
            receiver.take(self)

        def log_message(self, format: str, *args: object) -> None:  # its name there
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a client that does not trust us, or has left

    server = Server(("127.0.0.1", receiver.port), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_port
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
        receiver.released.clear()
