"""Components that break their promises fail their step, in one clear line."""

import json
from pathlib import Path

import pytest

from tests.e2e.letterbox_runbooks import count, read, write
from tests.e2e.processes import Wct

REASONS = {
    "none": "Connector 'misbehaving' returned NoneType, not a Message",
    "other schema": (
        "Connector 'misbehaving' was asked for letters 1.0.0 and returned parcels 1.0.0"
    ),
    "no json": "is not JSON: a object",
    "fail": "cannot open [/red] box of a***@e***.org",
}


@pytest.mark.parametrize("deed", REASONS)
def test_the_step_fails_with_the_reason_and_the_others_go_on(
    wct_with_plugin: Wct, tmp_path: Path, deed: str
) -> None:
    runbook = write(
        tmp_path / "letters.yaml", read("bad", deed), count("good", connector="letters")
    )

    done = wct_with_plugin("run", runbook, "--json", "--quiet")

    bad, good = json.loads(done.stdout)["results"]
    assert done.returncode == 3
    assert (bad["success"], good["success"]) == (False, True)
    assert REASONS[deed] in bad["error_message"]
    assert done.stderr == ""


def test_an_error_text_cannot_colour_the_terminal_or_show_a_value(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    runbook = write(tmp_path / "letters.yaml", read("bad", "fail"))

    done = wct_with_plugin("run", runbook, "-v")

    for shown in (done.stdout, done.stderr):
        assert "\x1b" not in shown
        assert "ann@example.org" not in shown
    assert "[/red] box of a***@e***.org\\x1b[31m" in done.stdout


def test_a_component_that_leaves_ends_the_run_as_failed(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    runbook = write(tmp_path / "letters.yaml", read("bad", "leave"))

    done = wct_with_plugin("run", runbook)

    assert done.returncode == 1
    assert done.stdout == ""
    assert (
        "a component asked the process to exit (status 7)"
        in (done.stderr.splitlines()[-1])
    )
    shown = json.loads(wct_with_plugin("show", "latest", "--json").stdout)
    assert shown["status"] == "failed"
