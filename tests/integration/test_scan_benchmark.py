import json

import pytest

from benchmarks import scan
from wct_adapters.matching.automata import FAST


def test_the_scan_benchmark_measures_every_row(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["--megabytes", "0.1", "--rounds", "1", "--matcher-only", "--json"]
    assert scan.main(arguments) == 0
    figures = json.loads(capsys.readouterr().out)
    assert len(figures) == 6 + FAST  # one row more with the extra
    assert all(figure > 0 for figure in figures.values())


def test_the_table_says_so_where_a_figure_is_missing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    scan.report({"words": [3.0, 1.0, 2.0], "wct run": []}, {"code": (1.0, 2000.0)})
    out = capsys.readouterr().out
    assert "words                                3.0     2.0" in out
    assert "wct run                            not available" in out
    assert "2,000" in out
