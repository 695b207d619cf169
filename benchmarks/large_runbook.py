"""A runbook of 10,000 steps: loading, planning, and the engine's cost per step.

Goals: planning a loaded runbook <= 0.5 CPU-s; loading at most twice as long as PyYAML's
CSafeLoader on the same text; the cost per step stays that of 100 steps (no quadratic
part), measured as the ratio of the best rounds of both.
"""

import json
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from benchmarks import engine, record
from wct_domain.plan import plan_runbook
from wct_domain.runbook import Runbook
from wct_entrypoints.api import SchemaRegistry
from wct_entrypoints.bootstrap.application import load_runbook

STEPS = 10_000
ROUNDS = 5


def cpu(action: Callable[[], Any]) -> float:
    """CPU seconds of one call."""
    before = time.process_time()
    action()
    return time.process_time() - before


def plan(runbook: Runbook) -> None:
    """Plan, up to the first steps that are ready."""
    plan_runbook(runbook).frontier().take()


def main(argv: list[str]) -> int:
    """Print the figures; 1 if a goal is missed."""
    rounds = int(argv[0]) if argv else ROUNDS
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "runbook.yaml"
        text = yaml.dump(
            engine.runbook(STEPS, chain=True), Dumper=yaml.CSafeDumper, sort_keys=False
        )
        path.write_text(text, encoding="utf-8")
        ours: list[float] = []
        parser: list[float] = []
        planning: list[float] = []
        for _ in range(rounds):
            parser.append(cpu(lambda: yaml.load(text, Loader=yaml.CSafeLoader)))
            ours.append(cpu(lambda: load_runbook(path)))
            loaded = load_runbook(path).runbook
            planning.append(cpu(partial(plan, loaded)))
        ratio = median(ours) / median(parser)
        print(
            f"loading  {median(ours):.2f} CPU-s, CSafeLoader {median(parser):.2f}, "
            f"ratio {ratio:.2f} (goal 2)"
        )
        print(f"planning {median(planning):.3f} CPU-s (goal 0.5)")
        schema = Path(name) / "number" / "1.0.0" / "number.json"
        schema.parent.mkdir(parents=True)
        schema.write_text(json.dumps({"type": "object", "version": "1.0.0"}))
        SchemaRegistry.register_search_path(Path(name))
        large = engine.measure(STEPS, 2, chain=True)["engine_best_ms"]
        small = engine.measure(engine.STEPS, rounds, chain=True)["engine_best_ms"]
        growth = large / small
        print(
            f"engine   {large:.3f} ms/step for {STEPS:,} steps, {small:.3f} for "
            f"{engine.STEPS}: ratio {growth:.2f} (goal 1.5)"
        )
    record(
        {
            "loading_ratio": ratio,
            "loading_cpu_s": median(ours),
            "planning_cpu_s": median(planning),
            "engine_ms_10000": large,
            "engine_growth": growth,
        }
    )
    return int(ratio > 2 or median(planning) > 0.5 or growth > 1.5)
