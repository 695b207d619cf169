"""The process of a step that has a ``timeout``: it has components, and no ledger.

Started by :mod:`wct_entrypoints.bootstrap.workplaces`. Frames come on stdin and go to
stdout; what components print goes to stderr.
"""

import atexit
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import Any, NoReturn

from wct_adapters.workers.answering import Answers
from wct_adapters.workers.frames import HEAD, framed, parsed
from wct_domain.context import StepContext
from wct_domain.ports.own_files import OwnFiles
from wct_domain.services import Provided, ServiceContainer
from wct_entrypoints import logs
from wct_entrypoints.bootstrap.components import installed
from wct_entrypoints.bootstrap.schemas import RegisteredSchemas
from wct_entrypoints.schema_registry import SchemaRegistry


def main(lifeline: int) -> NoReturn:
    """Answer until wct closes the pipe, and end."""
    _end_with_wct(lifeline)
    requests, answers = os.dup(0), os.dup(1)
    # A component that reads or prints must not come between us.
    with Path(os.devnull).open() as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # as wct itself
    logs.choose(logs.Level.ERROR)  # wct has given these warnings
    frames = _frames(requests)
    answering = _greeted(parsed(next(frames, b"{}")))
    _write(answers, framed(b"{}"))
    for request in frames:
        _write(answers, framed(answering.answer(parsed(request))))
    _end()


def _greeted(greeting: Any) -> Answers:
    for path in greeting["schemas"]:
        SchemaRegistry.register_search_path(_path(path))
    own = OwnFiles(tuple(map(_path, greeting["own"])))
    container = ServiceContainer()
    container.register(OwnFiles, Provided(lambda: own))
    context = StepContext(datetime.fromisoformat(greeting["at"]), greeting["seed"])
    components = installed(container, greeting["types"])
    return Answers(components, RegisteredSchemas(), context)


def _path(digits: str) -> Path:
    return Path(os.fsdecode(bytes.fromhex(digits)))


def _frames(descriptor: int) -> Iterator[bytes]:
    while head := _read(descriptor, HEAD.size):
        (length,) = HEAD.unpack(head)
        yield _read(descriptor, length)


def _read(descriptor: int, length: int) -> bytes:
    """Read so many bytes; none at the end, which ends the process."""
    found = bytearray()
    while len(found) < length:
        piece = os.read(descriptor, min(1 << 20, length - len(found)))
        if not piece:
            return b""
        found += piece
    return bytes(found)


def _write(descriptor: int, body: bytes) -> None:
    rest = memoryview(body)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _end_with_wct(lifeline: int) -> None:
    """Have this process, and what it starts, killed when wct is gone.

    Where the system can, it sends the signal by itself: code that lets no other thread
    run (a regular expression that never ends) cannot delay it.
    """
    import fcntl

    os.set_inheritable(lifeline, False)
    if sys.platform == "linux":
        fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgrp())
        fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
        flags = fcntl.fcntl(lifeline, fcntl.F_GETFL)
        fcntl.fcntl(lifeline, fcntl.F_SETFL, flags | os.O_ASYNC)
    # It may have gone before that, or the system be another one.
    Thread(target=_watch, args=(lifeline,), name="wct-lifeline", daemon=True).start()


def _watch(lifeline: int) -> None:
    os.read(lifeline, 1)  # nothing ever comes
    os.killpg(0, signal.SIGKILL)


def _end() -> NoReturn:
    """End without waiting for threads; what libraries registered is done."""
    atexit._run_exitfuncs()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # no public name
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(0)
