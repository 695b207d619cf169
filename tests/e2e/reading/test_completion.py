"""What a shell is offered while somebody types."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from tests.e2e.processes import Cli, Wct
from tests.one_note import write_one_note
from wct_domain.upcasting import CURRENT
from wct_entrypoints.cli import main
from wct_entrypoints.cli.ledger import LEDGER_COMMANDS
from wct_entrypoints.cli.table import COMMANDS


def offered(line: str) -> list[str]:
    """What stands for the last word of a line, which may be empty."""
    *words, incomplete = line.split(" ")[1:]
    shell = ShellComplete(main, {}, "wct", "_WCT_COMPLETE")
    return [each.value for each in shell.get_completions(words, incomplete)]


@pytest.fixture
def runs(cli: Cli, tmp_path: Path) -> list[str]:
    """The ids of two runs in the usual ledger, newest first."""
    write_one_note(tmp_path)
    for _ in range(2):
        assert cli("run", "runbook.yaml", "--quiet").exit_code == 0
    lines = cli("runs").stdout.splitlines()[1:]
    return [line.split()[0] for line in lines]


def test_commands_are_offered_by_their_beginnings() -> None:
    assert offered("wct ") == [*COMMANDS]
    assert offered("wct ls-") == [each for each in COMMANDS if each.startswith("ls-")]
    assert offered("wct ledger ") == [*LEDGER_COMMANDS]
    assert "--ledger" in offered("wct show --l")


@pytest.mark.parametrize(
    "line",
    [
        *("wct show ", "wct events ", "wct artifacts ", "wct replay ", "wct why "),
        *("wct debug ", "wct diff ", "wct diff latest ", "wct resume ", "wct export "),
        *("wct erase ", "wct verify "),
    ],
)
def test_runs_are_offered_where_one_is_wanted(runs: list[str], line: str) -> None:
    assert offered(line) == ["latest", *runs]


def test_runs_are_offered_by_their_beginnings(cli: Cli, runs: list[str]) -> None:
    newest = runs[0]
    assert offered(f"wct show {newest[:-1]}")[0] == newest
    assert offered("wct show la") == ["latest"]
    assert offered("wct show nothing") == []
    whole = json.loads(cli("runs", "--json").stdout)[0]["run"]
    assert whole.startswith(newest)
    assert offered(f"wct show {whole[:-1]}") == [whole]


@pytest.mark.parametrize(
    "line",
    [
        *("wct why latest ", "wct debug latest ", "wct artifacts latest "),
        *("wct resume latest --from ", "wct replay latest --until "),
    ],
)
def test_steps_of_the_run_are_offered(runs: list[str], line: str) -> None:
    assert offered(line) == ["scan"]


def test_the_ledger_that_is_named_is_asked(cli: Cli, runs: list[str]) -> None:
    Path(".wct").rename("elsewhere")
    assert offered("wct show ") == ["latest"]
    assert offered("wct show --ledger elsewhere/ledger.db ") == ["latest", *runs]
    Path("wct.yaml").write_text("ledger: elsewhere/ledger.db\n")
    assert offered("wct show ") == ["latest", *runs]


def test_subscribers_of_the_settings_are_offered(cli: Cli) -> None:
    Path("wct.yaml").write_text(
        "subscribers:\n"
        "  - {name: chat, file: chat.jsonl}\n"
        "  - {name: audit, file: audit.jsonl}\n"
    )
    for line in ("wct deliver ", "wct rebuild ", "wct replay latest --to "):
        assert offered(line) == ["audit", "chat"]


def test_types_of_events_are_offered() -> None:
    assert offered("wct events --type run.") == [
        each.partition("/")[0] for each in CURRENT if each.startswith("run.")
    ]


@pytest.mark.parametrize("line", ["wct show ", "wct why latest ", "wct deliver "])
def test_what_cannot_be_read_offers_nothing_and_says_nothing(
    cli: Cli, capfd: pytest.CaptureFixture[str], line: str
) -> None:
    Path("wct.yaml").write_text("ledger: [no, ledger]\n")
    assert set(offered(line)) <= {"latest"}
    Path("wct.yaml").write_text("ledger: gone.db\n")
    assert set(offered(line)) <= {"latest"}
    assert capfd.readouterr() == ("", "")
    assert not Path("gone.db").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script(cli: Cli, shell: str) -> None:
    done = cli("completion", shell)

    assert done.exit_code == 0
    assert f"_WCT_COMPLETE={shell}_complete" in done.stdout


def test_another_shell_is_a_usage_error(cli: Cli) -> None:
    assert cli("completion", "cmd").exit_code == 2


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_with_it(wct: Wct, tmp_path: Path) -> None:
    write_one_note(tmp_path)
    assert wct("run", "runbook.yaml", "--quiet").returncode == 0
    program = tmp_path / "bin" / "wct"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable}\nfrom wct_entrypoints.cli import main\nmain()\n"
    )
    program.chmod(0o755)
    script = (
        'eval "$(wct completion bash)"; complete -p wct; '
        'COMP_WORDS=(wct why latest ""); COMP_CWORD=3; _wct_completion wct; '
        'echo "${COMPREPLY[@]}"'
    )
    environment = wct.environment()
    environment["PATH"] = f"{program.parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "complete -o nosort -F _wct_completion wct",
        "scan",
    ]
    assert done.stderr == ""
