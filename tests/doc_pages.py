"""Reads the examples of a documentation page, and runs them as a reader would.

In a page, the word behind the opening of a fenced block says what it is:

``console``                lines that begin with ``$`` are run; the others are what
                           they print. ``...`` on a line of its own stands for any
                           number of lines. A command whose exit status is not 0 is
                           followed by ``$ echo $?``.
``python file=NAME``       (or yaml, toml, json …) is saved as that file first.
``yaml append=NAME``       is added to the end of that file.
``text`` and ``sh``        are not run: output, or what depends on the machine.

Everything happens in one directory, in the order of the page.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = [ROOT / each for each in ("domain", "adapters", "entrypoints")]
NOT_RUN = {"text", "sh"}

_BLOCK = re.compile(
    r"^```(\w+)(?: (file|append)=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
_END = "\x1e"  # of what a command prints, and of its exit status


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, the file that it is (part of), its text."""

    language: str
    how: str | None  # file, append
    file: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Ran:
    """A command of a page that was run."""

    command: str
    shown: str  # what the page says that it prints
    printed: str
    ok: bool  # exit status 0, or the page asks for it


def blocks(page: Path) -> list[Block]:
    """Return the blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [Block(*found.groups()) for found in _BLOCK.finditer(text)]


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """Yield each command of a console block with what the page says it prints."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        yield command, printed


def agree(shown: str, printed: str) -> bool:
    """Say whether a command printed what the page shows, varying parts apart."""
    lines = [each.rstrip() for each in plain(shown).strip().split("\n")]
    pattern = "".join(
        r"(?:.*\n)*?" if line == "..." else re.escape(line) + "\n" for line in lines
    )
    told = "\n".join(each.rstrip() for each in plain(printed).strip().split("\n"))
    return re.fullmatch(pattern, told + "\n") is not None


_PROGRESS = re.compile(r"^\[\d+/\d+\] .*\n", re.MULTILINE)  # a terminal clears it
_VARYING = [
    (r"\b\d{14}_[0-9a-f]{8}(?:-[0-9a-f]{4}){2}_", "TIME_RUN_"),
    (r"\b0[0-9a-f]{7}(?:-[0-9a-f]+)*\b", "RUN"),
    (r"\b[0-9a-f]{32,64}\b", "DIGEST"),
    (r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00|Z)?", "TIME"),
    (r"\b\d\d:\d\d:\d\d\.\d{3}\b", "TIME"),
    (r"\b\d+(?:\.\d+)? ?(?:µs|ms|s)\b", "DURATION"),
    (r"\(\d+(?:\.\d+)? [kMG]?B\)", "(STORED)"),  # zlib and SQLite decide that
    (r"\b(wct|python) \d+\.\d+\.\d+", r"\1 VERSION"),
    (r'"duration": \d+', '"duration": N'),
    (r"[ \t]+", " "),
]


def plain(text: str) -> str:
    """Return text without what differs from run to run, or from place to place."""
    text = _PROGRESS.sub("", text)
    for pattern, name in _VARYING:
        text = re.sub(pattern, name, text)
    return text


class Reader:
    """Does what a page says, in a directory of its own.

    ``wct``, ``python``, ``pytest`` and ``pip`` are those of the test's interpreter;
    ``pip install`` installs into a directory that is gone with the test, from what is
    there already.
    """

    def __init__(self, place: Path) -> None:
        self.home = place / "home"
        self.home.mkdir()
        self._tools = place / "bin"
        self._site = place / "site-packages"
        self._site.mkdir()
        # Installed, for a reader: also where a program hands on little of its own.
        sources = os.pathsep.join(map(str, [*SOURCES, self._site]))
        installed = f'export PYTHONPATH="${{PYTHONPATH:-{sources}}}"'
        python = f'{installed}\nexec "{sys.executable}" -W error'
        self._tool("wct", f'{python} -m wct_entrypoints.cli "$@"')
        self._tool("python", f'{python} "$@"')
        self._tool("pytest", f'{python} -m pytest -p no:cacheprovider "$@"')
        self._tool(
            "pip",
            f'exec "{sys.executable}" -m pip install --quiet --no-deps --no-index'
            f" --no-build-isolation --disable-pip-version-check --upgrade"
            f' --target "{self._site}" "${{@: -1}}"',
        )

    def save(self, block: Block) -> None:
        """Write a block to its file, or add it there."""
        file = self.home / (block.file or "")
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a" if block.how == "append" else "w", encoding="utf-8") as out:
            out.write(block.text)

    def run(self, block: Block) -> Iterator[Ran]:
        """Run the commands of a console block in one shell."""
        wanted = list(commands(block))
        script = "".join(
            f"{command}\nwct_status=$?; printf '{_END}%d{_END}' $wct_status; "
            "(exit $wct_status)\n"
            for command, _ in wanted
        )
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.home,
            env=self._environment(os.environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            check=False,
        )
        told = done.stdout.split(_END)
        following = [command for command, _ in wanted[1:]] + [""]
        for (command, shown), printed, status, next_one in zip(
            wanted, told[::2], told[1::2], following, strict=False
        ):
            may_fail = next_one == "echo $?"
            yield Ran(command, shown, printed, ok=may_fail or status == "0")

    def _tool(self, name: str, line: str) -> None:
        self._tools.mkdir(exist_ok=True)
        script = self._tools / name
        script.write_text(f"#!/usr/bin/env bash\n{line}\n", encoding="utf-8")
        script.chmod(0o755)

    def _environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        ours = ("WCT_", "PYTEST", "COV")  # of the test run, not of a reader
        own = {k: v for k, v in environ.items() if not k.startswith(ours)}
        return own | {
            "PATH": f"{self._tools}{os.pathsep}{environ.get('PATH', '')}",
            "PYTHONPATH": os.pathsep.join(map(str, [*SOURCES, self._site])),
            "PYTHONUTF8": "1",
            "TERM": "dumb",
            "COLUMNS": "200",
        }
