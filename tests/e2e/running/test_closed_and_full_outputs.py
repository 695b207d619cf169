"""Standard streams that are closed or full."""

import subprocess
from pathlib import Path

import pytest

from tests.e2e.processes import COMMAND, Wct
from tests.e2e.running.runbooks import write


def in_a_shell(wct: Wct, redirection: str) -> subprocess.CompletedProcess[str]:
    """Run a runbook with its streams redirected as a shell does it."""
    command = " ".join([f"'{COMMAND[0]}'", *COMMAND[1:], "run notes.yaml", redirection])
    return subprocess.run(
        ["sh", "-c", command],
        cwd=wct.directory,
        env=wct.environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("redirection", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_no_reason_to_fail(wct: Wct, redirection: str) -> None:
    write()

    done = in_a_shell(wct, redirection)

    assert done.returncode == 0
    assert len(list(Path("outputs").iterdir())) == 1
    assert wct("show", "latest").returncode == 0


def test_a_reader_that_leaves_is_no_reason_to_fail(wct: Wct) -> None:
    write()

    done = in_a_shell(wct, "--json | head -1")

    assert done.stdout == "{\n"
    assert "Error" not in done.stderr


@pytest.mark.parametrize("option", ["", "--json", "--quiet"])
def test_results_that_cannot_be_printed_are_an_error(wct: Wct, option: str) -> None:
    write()

    done = in_a_shell(wct, f"{option} > /dev/full")

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "Error: the output cannot be written: No space left on device"
    )
