"""Measurements of wct: ratios taken in one run, or CPU time. Never part of the tests.

A benchmark is a module here with ``main(argv: list[str]) -> int``. It prints its
figures for people and hands them to ``record`` for machines.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

FIGURES_FILE = "WCT_BENCHMARK_FIGURES"  # set by python -m benchmarks


def record(figures: Mapping[str, float | int | str]) -> None:
    """Keep ``figures`` for ``python -m benchmarks --json``; otherwise do nothing.

    Keys name their unit, as in ``overhead_ms``. A second call adds to the first.
    """
    if FIGURES_FILE not in os.environ:
        return
    file = Path(os.environ[FIGURES_FILE])
    known: Mapping[str, float | int | str] = (
        json.loads(file.read_bytes()) if file.exists() else {}
    )
    file.write_text(json.dumps({**known, **figures}), encoding="utf-8")
