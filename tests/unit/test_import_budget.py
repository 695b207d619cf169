"""What may be imported by commands that must feel instant."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.one_note import write_one_note

ROOT = Path(__file__).parents[2]
CALL = """
import sys
from wct_entrypoints.cli import main
try:
    main.main(sys.argv[1:])
finally:
    print(*sys.modules, sep="\\n", file=sys.stderr)
"""
HEAVY = {
    *("ahocorasick", "apsw", "blinker", "jsonschema_rs", "orjson", "pathspec"),
    *("psycopg", "pydantic", "pymysql", "sqlalchemy", "sqlite3", "structlog"),
    *("tqdm", "uuid_utils", "yaml"),
}


def imported(*arguments: str, directory: Path = ROOT) -> set[str]:
    """Run a command in a process of its own; return the modules that it imported."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CALL, *arguments],
        cwd=directory,
        env={
            "PYTHONPATH": ":".join(
                str(ROOT / each) for each in ("domain", "adapters", "entrypoints")
            )
        },
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return set(done.stderr.splitlines())


def test_help_imports_click_and_nothing_heavy() -> None:
    modules = imported("--help")

    assert "click" in modules
    assert modules & HEAVY == set()
    assert not any(name.startswith("wct_adapters") for name in modules)


@pytest.mark.parametrize("arguments", [("--version",), ("run", "--help")], ids=" ".join)
def test_neither_do_other_commands_that_only_tell_about_wct(
    arguments: tuple[str, ...],
) -> None:
    assert imported(*arguments) & HEAVY == set()


def test_a_run_that_is_not_watched_imports_no_terminal_and_no_log(
    tmp_path: Path,
) -> None:
    write_one_note(tmp_path)

    modules = imported("run", "runbook.yaml", directory=tmp_path)

    unwanted = {"pathspec", "tqdm", "sqlalchemy", "sqlite3", "structlog", "asyncio"}
    assert modules & unwanted == set()
    assert "wct_adapters.connectors.sqlite" not in modules
    assert "wct_adapters.analysers.data_subject" not in modules


def test_completing_a_command_imports_click_and_nothing_heavy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code = (
        "import os, sys\n"
        "os.environ.update(_WCT_COMPLETE='bash_complete', COMP_WORDS='wct s',"
        " COMP_CWORD='1')\n"
        "from wct_entrypoints.cli import main\n"
        "try:\n    main.main(prog_name='wct')\n"
        "finally:\n    print(*sys.modules, sep='\\n', file=sys.stderr)\n"
    )
    monkeypatch.setattr(sys.modules[__name__], "CALL", code)

    modules = imported()

    assert "click.shell_completion" in modules
    assert modules & HEAVY == set()
    assert "wct_entrypoints.cli.show" not in modules
