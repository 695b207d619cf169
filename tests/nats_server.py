"""A real NATS server for the tests: Debian's package, in a directory of its own."""

import asyncio
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from nats.aio.client import Client
from nats.js import JetStreamContext


def program() -> Path | None:
    """Find the server; Debian has it where only root looks."""
    found = shutil.which("nats-server") or shutil.which(
        "nats-server", path="/usr/sbin:/usr/local/sbin"
    )
    return None if found is None else Path(found)


class Message(NamedTuple):
    """What a consumer is handed."""

    subject: str
    headers: Mapping[str, str]
    data: bytes


class NatsServer:
    """A server with JetStream, that can be stopped and started again."""

    def __init__(self, program: Path, directory: Path, settings: str = "") -> None:
        self._program = program
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        self._config = directory / "server.conf"
        self._config.write_text(
            f"host: 127.0.0.1\nport: {self.port}\n"
            f'jetstream {{ store_dir: "{directory / "store"}" }}\n{settings}\n'
        )

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._process = subprocess.Popen(
            [self._program, "-c", self._config, "-l", self._directory / "log"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        given_up_at = time.monotonic() + 10
        while time.monotonic() < given_up_at:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self._process.poll() is not None:
                break
            time.sleep(0.02)
        log = self._directory / "log"
        msg = log.read_text() if log.exists() else "nats-server did not start"
        raise RuntimeError(msg)

    def stop(self) -> None:
        """End it as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def make_stream(self, name: str, *subjects: str, **options: Any) -> None:
        async def make(stream: Any) -> None:
            await stream.add_stream(name=name, subjects=list(subjects), **options)

        self._ask(make)

    def messages(self, subjects: str = "wct.>") -> list[Message]:
        """Return what is stored under these subjects, in order."""
        pattern = re.escape(subjects).replace(r"\*", "[^.]+").replace(">", ".+")
        found: list[Message] = []

        async def take(stream: Any) -> None:
            name = await stream.find_stream_name_by_subject(subjects)
            state = (await stream.stream_info(name)).state
            for number in range(state.first_seq, state.last_seq + 1):
                each = await stream.get_msg(name, number)
                if re.fullmatch(pattern, each.subject):
                    headers = dict(each.headers or {})
                    found.append(Message(each.subject, headers, each.data))

        self._ask(take)
        return found

    def _ask(self, question: Any) -> None:
        async def ask() -> None:
            client = Client()
            await client.connect(self.url)
            try:
                await question(JetStreamContext(client))
            finally:
                await client.close()

        asyncio.run(ask())


@contextmanager
def running_nats(program: Path, settings: str = "") -> Generator[NatsServer]:
    """Start a server, and stop it and delete its files in the end."""
    directory = Path(tempfile.mkdtemp(prefix="wct-nats-"))
    server = NatsServer(program, directory, settings)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as candidate:
        candidate.bind(("127.0.0.1", 0))
        port: int = candidate.getsockname()[1]
        return port
