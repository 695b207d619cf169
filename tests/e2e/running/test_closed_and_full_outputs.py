"""Standard streams that are closed or full."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.processes import COMMAND, Wct
from tests.e2e.running.runbooks import scan, write


def in_a_shell(
    wct: Wct, redirection: str, limit: str = ":"
) -> subprocess.CompletedProcess[str]:
    """Run a runbook with streams, or the size of files, as a shell sets them."""
    command = " ".join([f"'{COMMAND[0]}'", *COMMAND[1:], "run notes.yaml", redirection])
    return subprocess.run(
        ["sh", "-c", f"{limit}; {command}"],
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


def test_a_ledger_that_is_full_in_the_middle_of_a_run_ends_it(wct: Wct) -> None:
    write(*(scan(f"s{number}") for number in range(300)))

    done = in_a_shell(wct, "", limit="ulimit -f 1000")  # half kilobytes

    assert done.returncode == 1
    assert re.fullmatch(
        r"Error: ledger '\.wct/ledger\.db' could not be written, nothing was recorded: "
        r".+; not recorded: the results? of 's\d+'.* and \d+ other steps that had not "
        r"begun; what was recorded before: wct show \S+; "
        r"to go on when that is mended: wct resume \S+",
        done.stderr.splitlines()[-1],
    )
    shown = json.loads(wct("show", "latest", "--json").stdout)
    assert 0 < shown["succeeded"] < 300
    assert not Path("outputs").exists()
