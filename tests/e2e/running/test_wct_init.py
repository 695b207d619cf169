"""``wct init``: the runbook that it writes is valid, and runs."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from tests.e2e.processes import Cli

LETTER = "Dear Jane Roe, write to jane.roe@example.com.\n"


def make_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("create table people (id integer primary key, email text)")
        database.execute("insert into people (email) values ('jane.roe@example.com')")


def letters(place: Path) -> None:
    (place / "letters").mkdir()
    for number in range(3):
        (place / "letters" / f"{number}.txt").write_text(LETTER)


def all_kinds(place: Path) -> None:
    letters(place)
    make_database(place / "shop.db")
    make_database(place / "odd [name] ${HOME} #1.sqlite")
    (place / "app.py").write_text("def send(email):\n    return email\n")
    (place / "no.db").write_text("no database at all")
    for hidden in (".git", "node_modules", "a/.cache"):
        (place / hidden).mkdir(parents=True)
        (place / hidden / "config").write_text(LETTER)


def one_database(place: Path) -> None:
    make_database(place / "only.db")


@pytest.mark.parametrize("make", [letters, all_kinds, one_database])
@pytest.mark.parametrize("target", [".", "sub dir"])
def test_what_it_writes_is_valid_and_runs(
    cli: Cli, make: Callable[[Path], None], target: str
) -> None:
    Path(target).mkdir(exist_ok=True)
    make(Path(target))

    done = cli("init", target)

    assert done.exit_code == 0
    assert done.stdout == ""
    assert done.stderr.endswith("Next: look it over, then wct run runbook.yaml\n")
    checked = cli("validate-runbook", "runbook.yaml", "--strict")
    assert (checked.exit_code, checked.stderr) == (0, "")
    found: list[object] = []
    for _ in range(2):  # the second run sees no file of the first
        ran = cli("run", "runbook.yaml", "--json")
        assert ran.exit_code == 0
        results = json.loads(ran.stdout)["results"]
        assert all(each["success"] for each in results)
        found.append([each["data"].get("summary") for each in results])
    assert found[0] == found[1]
    assert "jane.roe" not in Path("runbook.yaml").read_text()


def test_what_is_nobody_s_own_is_left_out(cli: Cli) -> None:
    all_kinds(Path())

    done = cli("init")

    assert "it reads 5 files and 2 SQLite databases." in done.stderr
    document = yaml.safe_load(Path("runbook.yaml").read_text())
    assert document["connectors"][0]["properties"] == {
        "path": ".",
        "exclude_patterns": [
            ".*/",
            "node_modules/",
            r"/odd\ \[name\]\ $${HOME}\ \#1.sqlite",
            "/shop.db",
            "/outputs",
            "/runbook.yaml",
        ],
    }
    items = json.loads(cli("run", "runbook.yaml", "--json").stdout)["results"][0]
    sources = {
        each["metadata"]["source"].rpartition("/")[2] for each in items["data"]["data"]
    }
    assert sources == {"0.txt", "1.txt", "2.txt", "app.py", "no.db"}


def test_a_single_file_is_a_place_too(cli: Cli) -> None:
    Path("note.txt").write_text(LETTER)

    assert cli("init", "note.txt", "-o", "new/note.yaml").exit_code == 0
    assert cli("run", "new/note.yaml", "--quiet").exit_code == 0


def test_a_file_that_is_there_stays(cli: Cli) -> None:
    Path("note.txt").write_text(LETTER)
    Path("runbook.yaml").write_text("mine")

    done = cli("init")

    assert done.exit_code == 1
    assert done.stderr == (
        "Error: runbook.yaml is there already; choose another file with --output\n"
    )
    assert Path("runbook.yaml").read_text() == "mine"


def test_it_prints_instead_of_writing(cli: Cli) -> None:
    Path("note.txt").write_text(LETTER)

    done = cli("init", "-o", "-")

    assert (done.exit_code, done.stderr) == (0, "")
    assert yaml.safe_load(done.stdout)["connectors"][0]["name"] == "files"
    assert [each.name for each in Path().iterdir()] == ["note.txt"]


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("nowhere", "nowhere is not there; name a directory, a file or the URL"),
        (".", "there are no files in .; name another directory"),
        ("oracle://a@b/c", "oracle:// is not known here"),
    ],
)
def test_where_there_is_nothing_it_says_so(cli: Cli, target: str, text: str) -> None:
    done = cli("init", target)

    assert done.exit_code == 1
    assert done.stderr.startswith(f"Error: {text}")
    assert not Path("runbook.yaml").exists()
