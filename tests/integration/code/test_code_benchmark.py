import json
from pathlib import Path

import pytest

from benchmarks import FIGURES_FILE, code


def test_the_code_benchmark_measures_every_row(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(FIGURES_FILE, str(tmp_path / "figures.json"))
    assert code.main(["--methods", "20", "--rounds", "1"]) == 0
    figures = json.loads((tmp_path / "figures.json").read_bytes())
    assert figures.keys() == {"whole_cpu_s", "half_cpu_s", "noise_cpu_s"}
    assert "goal: at most 2 CPU-s" in capsys.readouterr().out


def test_its_file_has_the_size_that_it_is_said_to_have() -> None:
    text = code.big_class(code.METHODS)
    assert text.count("function m") == 20_000
    assert 950_000 < len(text) < 1_100_000
