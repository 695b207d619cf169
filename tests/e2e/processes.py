"""``wct`` as a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from click.testing import Result

ROOT = Path(__file__).parents[2]
SOURCES = [str(ROOT / each) for each in ("domain", "adapters", "entrypoints")]
COMMAND = [sys.executable, "-W", "error", "-m", "wct_entrypoints.cli"]

Cli = Callable[..., Result]
"""The command line in this process: arguments in, result out."""


@dataclass(frozen=True, slots=True)
class Wct:
    """Starts processes in one directory, with what ``site`` has installed."""

    directory: Path
    site: Path | None = None

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        kept = ("PATH", "HOME", "TMPDIR", "SYSTEMROOT", "COVERAGE_PROCESS_START")
        environment = {name: os.environ[name] for name in kept if name in os.environ}
        path = [*SOURCES, *([str(self.site)] if self.site else [])]
        return {
            **environment,
            "PYTHONPATH": os.pathsep.join(path),
            "PYTHONUTF8": "1",
            **(more or {}),
        }

    def __call__(
        self, *arguments: str | Path, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            cwd=self.directory,
            env=self.environment(env),
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """Start a command, and leave it running."""
        return subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            cwd=self.directory,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )


def wait_for(process: subprocess.Popen[str], line: str) -> None:
    """Wait until a process has said something on stderr."""
    assert process.stderr is not None
    while (said := process.stderr.readline()) and line not in said:
        continue
    assert line in said


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended after a signal, and how long that took (seconds)."""

    status: int
    stdout: str
    stderr: str
    took: float


def end(process: subprocess.Popen[str], *signals: signal.Signals) -> Ended:
    """Send signals, one after the other, and wait."""
    begun = time.monotonic()
    for each in signals:
        process.send_signal(each)
        time.sleep(0.05)
    try:
        stdout, stderr = process.communicate(timeout=30)
    finally:
        process.kill()
    return Ended(process.returncode, stdout, stderr, time.monotonic() - begun)
