"""A connector that does what the runbook says no connector should do."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import cast

from wct_entrypoints.api import (
    ComponentConfig,
    ComponentFactory,
    Connector,
    Message,
    Schema,
    ServiceContainer,
)

LETTERS = Schema("letters", "1.0.0")
LONG = 60.0  # seconds


def sleep() -> None:
    time.sleep(LONG)


def linger() -> None:
    """Wait until somebody makes a file ``go`` in the working directory."""
    end = time.monotonic() + LONG
    while not Path("go").exists() and time.monotonic() < end:
        time.sleep(0.01)


def spin() -> None:
    """Use the processor in Python code."""
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        pass


def pool() -> None:
    """Wait in a thread that Python joins when it exits."""
    with ThreadPoolExecutor() as workers:
        workers.submit(time.sleep, LONG).result()


def match() -> None:
    """Use the processor in C code that lets nobody else in, again and again."""
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        re.match(r"(a|aa)+$", "a" * 24 + "b")


def fail() -> None:
    msg = "cannot open [/red] box of ann@example.org\x1b[31m"
    raise RuntimeError(msg)


def connect() -> None:
    msg = "no server at postgres://root:hunter2@db/post, password=hunter3; port=1"
    raise RuntimeError(msg)


def leave() -> None:
    sys.exit(7)


def grumble() -> None:
    sys.exit("gave up on ann@example.org")


class Strange(BaseException):
    """No ``Exception``, and no error of Python's."""


def cancel() -> None:
    msg = "gave up on ann@example.org"
    raise Strange(msg)


def vanish() -> None:
    os._exit(5)


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def breed() -> None:
    """Start a process that does not want to end, and wait; it hangs like ``match``."""
    program = "import signal; signal.signal(15, signal.SIG_IGN); signal.pause()"
    child = subprocess.Popen([sys.executable, "-c", program])
    Path("bred").write_text(f"{child.pid} {os.getpid()}")
    re.match(r"(a|aa)+$", "a" * 60 + "b")


def spy() -> None:
    """Write down what this process has been given; print, and read stdin."""
    said = {
        "files": open_files(),
        "arguments": Path("/proc/self/cmdline").read_text(),
        "environment": Path("/proc/self/environ").read_text(),
    }
    Path("spied.json").write_text(json.dumps(said))
    print("a spy was here")
    assert sys.stdin.read() == ""


def open_files() -> list[str]:
    """Name what is open; the directory that says so is not any more."""
    found: list[str] = []
    for each in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.append(str(each.readlink()))
    return found


DEEDS: dict[str, Callable[[], None]] = {
    each.__name__: each
    for each in (
        sleep,
        linger,
        spin,
        pool,
        match,
        fail,
        connect,
        leave,
        grumble,
        cancel,
        vanish,
        crash,
        breed,
        spy,
    )
}


class Misbehaving(Connector):
    """Does the deed that the runbook names."""

    def __init__(self, deed: str) -> None:
        self._deed = deed

    @classmethod
    def get_name(cls) -> str:
        return "misbehaving"

    @classmethod
    def get_supported_output_schemas(cls) -> list[Schema]:
        return [LETTERS]

    def extract(self, output_schema: Schema) -> Message:
        if self._deed == "none":
            return cast("Message", None)
        if self._deed == "other schema":
            return Message("x", {"data": ["x"]}, Schema("parcels", "1.0.0"))
        if self._deed == "no json":
            return Message("x", {"data": [object()]}, output_schema)
        DEEDS[self._deed]()
        return Message("x", {"data": ["x"]}, output_schema)


class MisbehavingFactory(ComponentFactory[Misbehaving]):
    """Makes them; the property ``deed`` says what they do."""

    def __init__(self, container: ServiceContainer) -> None:
        del container

    def create(self, config: ComponentConfig) -> Misbehaving:
        return Misbehaving(config["deed"])

    def can_create(self, config: ComponentConfig) -> bool:
        return "deed" in config

    def get_component_name(self) -> str:
        return "misbehaving"

    def get_input_schemas(self) -> list[Schema]:
        return []

    def get_output_schemas(self) -> list[Schema]:
        return [LETTERS]
