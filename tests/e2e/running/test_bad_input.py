"""Bad input gets one clear line, its status, and leaves nothing half-written."""

import os
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.processes import Cli
from tests.e2e.running.runbooks import document, scan, write


def make(content: bytes) -> Callable[[], object]:
    return lambda: Path("bad.yaml").write_bytes(content)


def text(content: str) -> Callable[[], object]:
    return make(content.encode())


BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 10)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)

UNREADABLE = {
    "binary": (make(bytes(range(256))), r"bad\.yaml: line 2 is not UTF-8 text"),
    "latin-1": (
        make("name: caf\u00e9\ndescription: \u00fc\n".encode("latin-1")),
        r"line 1 is not UTF-8 text \(byte 9\); save the file as UTF-8",
    ),
    "huge": (
        make(b"#" * 10_000_001),
        "it is larger than 10 MB; is this the right file",
    ),
    "no YAML": (text("name: [1\n"), r"Invalid YAML in bad\.yaml: line 2, column 1: "),
    "objects": (
        text("name: !!python/object/apply:os.system ['touch owned']\n"),
        r"line 1, column 7: could not determine a constructor",
    ),
    "bomb": (text(BOMB), "its aliases expand to more than 2,000,000 values"),
    "itself": (text("a: &a [*a]\n"), "an alias refers to what contains it"),
    "deep": (text("[" * 100_000), "nested too deeply"),
    "control characters": (make(b"name: \x07\n"), r"Invalid YAML in bad\.yaml: "),
}


@pytest.mark.parametrize("command", ["run", "validate-runbook"])
@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_is_no_yaml_of_ours_is_one_line(
    cli: Cli, command: str, name: str
) -> None:
    prepare, expected = UNREADABLE[name]
    prepare()

    done = cli(command, "bad.yaml")

    (line,) = done.stderr.splitlines()
    assert line.startswith("Error: ")
    assert re.search(expected, line)
    assert (done.exit_code, done.stdout) == (1, "")
    assert [each.name for each in Path().iterdir()] == ["bad.yaml"]


@pytest.mark.parametrize("command", ["run", "validate-runbook"])
@pytest.mark.parametrize(
    ("path", "reason"),
    [("nowhere.yaml", "does not exist"), (".", "is a directory")],
)
def test_a_runbook_that_is_no_file_is_wrong_usage(
    cli: Cli, command: str, path: str, reason: str
) -> None:
    done = cli(command, path)

    assert done.exit_code == 2
    assert reason in done.stderr.splitlines()[-1]


INVALID = {
    "empty": (b"", "root: Input should be a valid dictionary"),
    "a list": (b"- 1\n", "root: Input should be a valid dictionary"),
    "wrong types": (
        b"name: 1\ndescription: []\nconnectors: {}\nanalysers: 3\nexecution: x\n",
        "execution: Input should be a valid list",
    ),
    "null": (
        (
            b"name: n\ndescription: d\nconnectors: [null]\nanalysers: [3]\n"
            b"execution: [[]]\n"
        ),
        "connectors -> 0: ",
    ),
}


@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_runbook_is_refused_with_file_line_and_field(
    cli: Cli, name: str
) -> None:
    content, expected = INVALID[name]
    Path("bad.yaml").write_bytes(content)

    done = cli("run", "bad.yaml")

    *lines, last = done.stderr.splitlines()
    assert any(re.match(rf"bad\.yaml(:\d+)?: {expected}", line) for line in lines)
    assert re.fullmatch(
        r"Error: bad\.yaml is not a valid runbook: \d+ errors?; 'wct validate-runbook "
        r"bad\.yaml' finds everything else that can be known without running it",
        last,
    )
    assert (done.exit_code, done.stdout) == (1, "")
    assert [each.name for each in Path().iterdir()] == ["bad.yaml"]


def test_a_cycle_and_a_duplicate_id_are_refused_at_their_lines(cli: Cli) -> None:
    one = write(
        scan("a", input_from="b"),
        scan("b", input_from="a"),
        connectors=ANY,
        to="c.yaml",
    )
    other = write(scan("a"), scan("a"), to="d.yaml")

    cycle, twice = cli("run", one), cli("run", other)

    assert re.search(
        r"^c\.yaml:\d+: execution -> 0 -> input_from: Circular dependency detected in "
        r"execution steps involving 'a'\.",
        cycle.stderr,
        re.MULTILINE,
    )
    assert re.search(
        r"^d\.yaml:\d+: execution -> 1 -> id: Duplicate step ids found: \['a'\]",
        twice.stderr,
        re.MULTILINE,
    )
    assert cycle.exit_code == twice.exit_code == 1
    assert not Path(".wct").exists()


ANY = document(scan("a"))["connectors"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--output-dir", "note.txt"], "note.txt is not a directory"),
        (["--output-dir", "note.txt/deeper"], "note.txt is not a directory"),
        (["--output-dir", "/", "-o", "etc"], "it is a directory"),
        (["-o", ".."], "it is a directory"),
        (["-o", "x" * 300], "File name too long"),
    ],
)
def test_a_place_for_results_that_is_none_is_refused_before_the_run(
    cli: Cli, options: list[str], reason: str
) -> None:
    done = cli("run", write(), *options)

    assert done.exit_code == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("Error: Failed to save analysis results to ")
    assert f"{reason}; choose another place with --output-dir or --output" in line
    assert not Path(".wct").exists()


def test_a_results_file_without_a_name_is_refused(cli: Cli) -> None:
    done = cli("run", write(), "-o", ".")

    assert done.exit_code == 1
    assert done.stderr == "Error: --output '.' names no file\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_without_permission_is_refused_before_the_run(cli: Cli) -> None:
    Path("shut").mkdir(mode=0o500)

    done = cli("run", write(), "--output-dir", "shut")

    assert done.exit_code == 1
    assert "Permission denied; choose another place" in done.stderr


def test_a_full_disk_is_told_and_the_run_is_kept(cli: Cli) -> None:
    done = cli("run", write(), "-o", "/dev/full", "--quiet")

    assert done.exit_code == 1
    assert re.fullmatch(
        "Error: Failed to save analysis results to /dev/full: No space left on device; "
        r"the run is recorded: wct show \S+\n",
        done.stderr,
    )
    assert cli("show", "latest").exit_code == 0
    assert Path("/dev/full").is_char_device()


def not_a_database() -> None:
    Path("l.db").write_text("no database " * 500)


def another_database() -> None:
    with sqlite3.connect("l.db") as database:
        database.execute("CREATE TABLE shop (id)")
    database.close()


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (not_a_database, "is not a SQLite database"),
        (another_database, "is a SQLite database, but not a ledger"),
        (lambda: Path("l.db").mkdir(), "is a directory"),
    ],
)
def test_a_ledger_that_is_none_is_refused_before_the_run(
    cli: Cli, prepare: Callable[[], None], reason: str
) -> None:
    prepare()

    done = cli("run", write(), "--ledger", "l.db", "--quiet")

    assert done.exit_code in {1, 2}
    assert reason in done.stderr
    assert not Path("outputs").exists()


def test_a_disk_that_is_full_for_the_ledger_is_one_line(cli: Cli) -> None:
    Path("l.db").symlink_to("/dev/full")

    done = cli("run", write(), "--ledger", "l.db", "--quiet")

    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ledger 'l.db' ")
    assert len(done.stderr.splitlines()) == 1
