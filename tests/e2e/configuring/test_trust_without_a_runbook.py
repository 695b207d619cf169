"""Commands without a runbook run no code of a ``wct.yaml`` in a repository."""

import json
from pathlib import Path

import pytest

from tests.e2e.processes import Wct
from tests.one_note import write_one_note

TRAP = """\
from pathlib import Path
Path("sprung.txt").touch()
def handler(recorded):
    pass
"""
MAKES_ROWS = """\
from wct_entrypoints.api import Row
def handler(recorded):
    return [Row("events", {"number": 1}, "add")]
"""
SETTINGS = """\
subscribers:
  - {name: trap, call: "trap:handler", from_start: true, on_replay: run}
  - name: program
    exec: [touch, sprung.txt]
    from_start: true
    on_replay: run
"""
COMMANDS = (
    ("deliver",),
    ("deliver", "trap"),
    ("deliver", "program"),
    ("deliver", "--retry-parked", "program"),
    ("rebuild", "trap"),
    ("replay", "latest", "--to", "trap"),
    ("replay", "latest", "--to", "program"),
    ("ls-subscribers",),
    ("doctor",),
)


@pytest.fixture
def wct_here(tmp_path: Path) -> Wct:
    """In a Git repository whose ``wct.yaml`` came with it; one run is recorded."""
    wct = Wct(tmp_path, tmp_path)
    write_one_note(tmp_path)
    (tmp_path / "note.txt").write_text("write to letters@example.org")
    assert wct("run", "runbook.yaml", "--quiet").returncode == 0
    (tmp_path / ".git").mkdir()
    (tmp_path / "trap.py").write_text(TRAP)
    (tmp_path / "wct.yaml").write_text(SETTINGS)
    return wct


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_nothing_of_it_is_imported_or_started(
    wct_here: Wct, tmp_path: Path, command: tuple[str, ...]
) -> None:
    result = wct_here(*command)
    said = " ".join((result.stdout + result.stderr).split())
    assert "stands in the Git repository" in said
    assert "--trust-config" in said
    assert "Traceback" not in said
    assert not (tmp_path / "sprung.txt").exists()


def test_rows_are_made_anew_by_no_code_of_it(wct_here: Wct, tmp_path: Path) -> None:
    (tmp_path / "trap.py").write_text(MAKES_ROWS)
    assert wct_here("deliver", "trap", "--trust-config").returncode == 0
    (tmp_path / "trap.py").write_text(TRAP + MAKES_ROWS)
    result = wct_here("rebuild")
    assert "'trap' (wct.yaml) is not usable: wct.yaml stands in" in result.stderr
    assert not (tmp_path / "sprung.txt").exists()


def test_what_is_not_delivered_therefore_shows_in_the_exit_status(
    wct_here: Wct,
) -> None:
    assert wct_here("deliver").returncode == 3
    assert wct_here("deliver", "trap").returncode == 1


def test_a_link_to_the_file_is_no_way_around(wct_here: Wct, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / ".git").rename(inside / ".git")
    (inside / "wct.yaml").symlink_to(tmp_path / "wct.yaml")
    linked = wct_here("--config", "inside/wct.yaml", "ls-subscribers")
    assert "stands in the Git repository" in " ".join(linked.stdout.split())
    direct = wct_here("--config", "wct.yaml", "ls-subscribers")
    assert "Git repository" not in direct.stdout


@pytest.mark.parametrize("by", ["option", "variable"])
def test_who_trusts_it_gets_what_it_says(
    wct_here: Wct, tmp_path: Path, by: str
) -> None:
    option = ("--trust-config",) if by == "option" else ()
    env = {"WCT_TRUST_CONFIG": "1"} if by == "variable" else {}
    result = wct_here("ls-subscribers", "--json", *option, env=env)
    assert [each["problem"] for each in json.loads(result.stdout)] == [None, None]
    assert (tmp_path / "sprung.txt").exists()


def test_no_is_no(wct_here: Wct) -> None:
    env = {"WCT_TRUST_CONFIG": "0"}
    settings = json.loads(wct_here("config", "--json", env=env).stdout)["settings"]
    (trust,) = [each for each in settings if each["name"] == "trust_config"]
    assert (trust["value"], trust["source"]) == ("no", "WCT_TRUST_CONFIG")
    listed = json.loads(wct_here("ls-subscribers", "--json", env=env).stdout)
    assert all("--trust-config" in each["problem"] for each in listed)
