"""What people see: progress that moves and leaves no trace, tables that fit."""

import re
from pathlib import Path

import pytest

from tests.e2e.letterbox_runbooks import count, read, write
from tests.e2e.processes import Wct
from tests.e2e.running.terminals import Seen, on_a_terminal

LONG = "a name that goes on and on, well beyond what eighty columns have room for"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
HIDES_THE_CURSOR = "\x1b[?25l"


def lines(text: str) -> list[str]:
    return COLOUR.sub("", text).replace("\r\n", "\n").splitlines()


def progress(seen: Seen) -> list[str]:
    """Return the states of the line that shows progress, from the first drawn on.

    The last one is what stands in its place when the command has ended.
    """
    (line,) = (each for each in seen.drawn() if any(" steps, " in it for it in each))
    return [state.rstrip() for state in line if state]


def test_progress_is_drawn_while_steps_run_and_gone_when_they_are_done(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    runbook = write(
        tmp_path / "r.yaml", count("one"), count("two", connector="letters")
    )

    seen = on_a_terminal(wct_with_plugin, "run", runbook)

    states = progress(seen)
    assert "0/2 steps, 0 items" in states[0]  # before there is anything to tell
    assert any("1/2 steps, " in state for state in states)
    assert any("2/2 steps, " in state for state in states)
    assert states[-1].startswith("STEP")
    assert HIDES_THE_CURSOR not in seen.text
    assert seen.status == 0


def test_ctrl_c_takes_progress_away(wct_with_plugin: Wct, tmp_path: Path) -> None:
    runbook = write(tmp_path / "r.yaml", count("one"), read("slow_one", "sleep"))

    seen = on_a_terminal(wct_with_plugin, "run", runbook, press=("slow_one", b"\x03"))

    assert seen.status == 130
    assert HIDES_THE_CURSOR not in seen.text
    assert re.fullmatch(
        r"Run \S+ was interrupted \(SIGINT\); in flight: slow_one",
        progress(seen)[-1],
    )


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_the_table_fits_the_terminal(
    wct_with_plugin: Wct, tmp_path: Path, columns: int
) -> None:
    runbook = write(
        tmp_path / "r.yaml",
        {**count("a_rather_long_identifier_of_a_step"), "name": LONG},
        read("bad", "fail"),
    )

    seen = on_a_terminal(wct_with_plugin, "run", runbook, "-q", columns=columns)

    table = lines(seen.text)[:3]
    assert table[0].startswith("STEP")
    assert all(len(line) <= columns for line in table)
    assert "…" in table[1]


def test_colours_mark_the_status_and_nothing_else(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    runbook = write(tmp_path / "r.yaml", count("good"), read("bad", "fail"))

    seen = on_a_terminal(wct_with_plugin, "run", runbook, "-q")

    assert set(COLOUR.findall(seen.text)) == {"\x1b[31m", "\x1b[32m", "\x1b[0m"}


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colours_can_be_turned_off(
    wct_with_plugin: Wct, tmp_path: Path, env: dict[str, str]
) -> None:
    runbook = write(tmp_path / "r.yaml", count("good"), read("bad", "fail"))

    seen = on_a_terminal(wct_with_plugin, "run", runbook, "-q", env=env)

    assert "\x1b" not in seen.text


def test_a_dumb_terminal_gets_plain_lines(wct_with_plugin: Wct, tmp_path: Path) -> None:
    runbook = write(tmp_path / "r.yaml", count("good"))

    seen = on_a_terminal(wct_with_plugin, "run", runbook, env={"TERM": "dumb"})

    assert "\x1b" not in seen.text
    assert "[1/1] good completed in " in seen.text


def test_a_locale_without_a_character_gets_an_escape(
    wct_with_plugin: Wct, tmp_path: Path
) -> None:
    runbook = write(tmp_path / "r.yaml", {**count("good"), "name": "日本"})

    done = wct_with_plugin("run", runbook, env={"PYTHONIOENCODING": "latin-1"})

    assert done.returncode == 0
    assert re.search(r"^good  \\u65e5\\u672c +ok ", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    "env",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
    ],
)
def test_a_locale_without_anything_gets_words_for_signs(
    wct_with_plugin: Wct, tmp_path: Path, env: dict[str, str]
) -> None:
    runbook = write(tmp_path / "r.yaml", count("good"))

    done = wct_with_plugin("run", runbook, env=env)

    assert done.returncode == 0
    assert re.search(r"^good  Count good  +ok ", done.stdout, re.MULTILINE)
