"""Records the terminal session that the README shows: ``python -m docs.demo.record``.

The commands are run on the bundled samples, on a terminal of their own, in a directory
that is gone afterwards; what they print is drawn as an animated SVG without scripts.
"""

import os
import pty
import shutil
import subprocess
import sys
import tempfile
import termios
from pathlib import Path
from typing import NamedTuple

from docs.demo.drawing import Scene, draw

ROOT = Path(__file__).parents[2]
IMAGE = Path(__file__).with_name("session.svg")
COLUMNS, ROWS = 92, 30

_RUN = "wct run samples/file_content_analysis.yaml"


class Step(NamedTuple):
    """What is typed on one screen, and for how long that stays (seconds)."""

    commands: tuple[str, ...]
    seconds: int


SESSION = (
    Step((_RUN,), 8),
    Step(
        (
            "echo 'My e-mail is kim@example.org' > samples/shop/mail/kim.txt",
            f"{_RUN} --quiet > /dev/null",
            "wct why latest personal_data_in_files",
            "wct runs",
        ),
        8,
    ),
    Step(("wct replay latest --until 4",), 8),
    Step(("wct verify",), 6),
)


def record(home: Path) -> list[Scene]:
    """Run the session in ``home``, an empty directory."""
    shutil.copytree(ROOT / "samples", home / "samples")
    tools = home.with_name(home.name + "-bin")
    tools.mkdir()
    tool = tools / "wct"
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m wct_entrypoints.cli "$@"\n')
    tool.chmod(0o755)
    return [
        Scene(
            [(command, _printed(command, home, tools)) for command in step.commands],
            step.seconds,
        )
        for step in SESSION
    ]


def _printed(command: str, home: Path, tools: Path) -> str:
    """Run a command and return what the terminal was sent, colours included."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (ROWS, COLUMNS))
    # Progress goes to stderr, and would be gone from the screen at the end.
    process = subprocess.Popen(  # noqa: S603  # the commands are those above
        ["/bin/sh", "-c", command],
        cwd=home,
        env=_environment(tools),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    printed = b""
    try:
        while piece := os.read(ours, 4096):
            printed += piece
    except OSError:  # how Linux says that the other end is closed
        pass
    finally:
        os.close(ours)
    if process.wait() != 0:
        msg = f"`{command}` ended with status {process.returncode}"
        raise RuntimeError(msg)
    return printed.decode().replace("\r\n", "\n")


def _environment(tools: Path) -> dict[str, str]:
    roots = [str(ROOT / each) for each in ("domain", "adapters", "entrypoints")]
    return {
        "HOME": os.environ.get("HOME", "/"),
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(roots),
        "PYTHONUTF8": "1",
        "TERM": "xterm-256color",
        "TZ": "UTC",
    }


def main() -> None:
    """Record the session, and write the image."""
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "shop"
        home.mkdir()
        image = draw(record(home), columns=COLUMNS, rows=ROWS, title="wct, a session")
    IMAGE.write_text(image, encoding="utf-8")
    sys.stdout.write(f"{IMAGE.relative_to(ROOT)}: {len(image):,} characters\n")


if __name__ == "__main__":
    main()
