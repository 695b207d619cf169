"""``python -m benchmarks`` finds, runs and reports benchmarks."""

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import discover, main

GOOD = '''"""Counts to three.

More.
"""
import os, pathlib

def main(argv: list[str]) -> int:
    file = pathlib.Path(os.environ["WCT_BENCHMARK_FIGURES"])
    file.write_text('{"counted": 3}')
    return 0
'''
BAD = '''"""Fails."""

def main(argv: list[str]) -> int:
    return 7
'''
TOOL = '''"""Writes files."""

def main(arguments: list[str] | None = None) -> int:
    raise AssertionError("a tool is not run")
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "measured"
    folder.mkdir()
    (folder / "tool.py").write_text(TOOL)
    (folder / "good.py").write_text(GOOD)
    return folder


def test_modules_whose_main_takes_argv_are_benchmarks(folder: Path) -> None:
    assert discover(folder) == {"good": "Counts to three."}


def test_figures_and_processor_time_are_written(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    assert main(["--json", str(out)], folder) == 0
    result = json.loads(out.read_text())["good"]
    assert result["figures"] == {"counted": 3}
    assert result["cpu_s"] > 0


def test_one_failure_does_not_stop_the_rest(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "bad.py").write_text(BAD)
    out = tmp_path / "out.json"
    assert main(["--json", str(out)], folder) == 1
    results = json.loads(out.read_text())
    assert [(name, r["status"]) for name, r in results.items()] == [
        ("bad", 7),
        ("good", 0),
    ]
    assert "2 run, failed: bad" in capsys.readouterr().out


def test_an_unknown_name_is_a_usage_error_that_lists_the_known(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["god"], folder)
    assert stopped.value.code == 2
    assert "no benchmark god; there is: good" in capsys.readouterr().err
