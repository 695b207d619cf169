"""Components that break their promises fail their step, in one clear line."""

import json
import re
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
    "cancel": "gave up on a***@e***.org",
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


def test_a_secret_in_an_error_text_is_shown_nowhere(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    runbook = write(
        tmp_path / "letters.yaml",
        read("bad", "connect", save_output=True),
        count("next", input_from="bad"),
    )

    done = wct_with_plugin("run", runbook, "-v", "--output", "results.json")
    shown = wct_with_plugin("show", "latest", "--json").stdout
    [results] = tmp_path.rglob("results.json")

    text = re.sub(r"\s+", " ", done.stdout)
    assert "no server at postgres://***@db/post, password=***; port=1" in text
    for each in (done.stdout, done.stderr, shown, results.read_text()):
        assert "hunter" not in each


def test_what_a_component_says_when_it_leaves_is_not_shown(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    runbook = write(tmp_path / "letters.yaml", read("bad", "grumble"))

    done = wct_with_plugin("run", runbook)

    assert done.returncode == 1
    assert "a component asked the process to exit: " in done.stderr
    assert "ann@example.org" not in done.stdout + done.stderr


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
