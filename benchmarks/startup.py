"""CPU time of ``wct --help`` and ``wct run`` on one small file, over that of imports.

All processes take turns, so that a busy machine slows all of them; each figure is the
smallest of its process. ``import pydantic`` loads next to nothing of pydantic, which
loads itself when a name is first taken from it: what a program pays that takes
``BaseModel``, and one that has a model, are printed too, to tell its share from ours.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import record

ROOT = Path(__file__).parents[1]
SOURCES = [str(ROOT / each) for each in ("domain", "adapters", "entrypoints")]
HELP_GOAL = RUN_GOAL = 2.5  # times the imports that it is compared with

IMPORTS = "import click, yaml, pydantic, apsw"
BASE = "import click, yaml, apsw\nfrom pydantic import BaseModel"
MODEL = f"{BASE}\nclass Model(BaseModel):\n    field: int"
RUNBOOK = """\
name: One file
description: What the smallest useful run costs.
connectors:
  - {name: note, type: filesystem_connector, properties: {path: note.txt}}
analysers:
  - {name: personal_data, type: personal_data_analyser}
execution:
  - id: scan
    name: Scan
    description: ""
    connector: note
    analyser: personal_data
    input_schema: standard_input
    output_schema: personal_data_finding
"""
NOTE = "Please write to press@example.com or call +44 20 7946 0958.\n"


def cpu_of(command: list[str], directory: str) -> float:
    """Run a command and return the CPU seconds that it took."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(SOURCES)}
    # With it set, what was edited last would be compiled anew in each process, which
    # an installed package never is.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        command,
        cwd=directory,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    user = after.ru_utime - before.ru_utime
    return user + after.ru_stime - before.ru_stime


def measured(rounds: int) -> dict[str, float]:
    """Return milliseconds of CPU time by name, the least of each."""
    python = [sys.executable, "-c"]
    # As the installed command does it.
    wct = [*python, "from wct_entrypoints.cli import main; main()"]
    commands = {
        "click": [*python, "import click"],
        "help": [*wct, "--help"],
        "imports": [*python, IMPORTS],
        "base": [*python, BASE],
        "model": [*python, MODEL],
        "run": [*wct, "run", "runbook.yaml"],
    }
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, "runbook.yaml").write_text(RUNBOOK, encoding="utf-8")
        Path(directory, "note.txt").write_text(NOTE, encoding="utf-8")
        for command in commands.values():  # byte code, ledger
            cpu_of(command, directory)
        times = [
            {name: cpu_of(command, directory) for name, command in commands.items()}
            for _ in range(rounds)
        ]
    return {name: 1000 * min(each[name] for each in times) for name in commands}


def main(argv: list[str]) -> int:
    """Print both ratios with what they are made of."""
    parser = argparse.ArgumentParser(prog="startup", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, metavar="N")
    times = measured(parser.parse_args(argv).rounds)
    help_ratio = times["help"] / times["click"]
    run_ratio = times["run"] / times["imports"]
    base_ratio = times["run"] / times["base"]
    model_ratio = times["run"] / times["model"]
    for name, value in times.items():
        print(f"{name:<10} {value:6.0f} ms CPU")
    print(f"wct --help   {help_ratio:.2f} x import click (goal {HELP_GOAL})")
    print(f"wct run      {run_ratio:.2f} x imports (goal {RUN_GOAL})")
    print(f"             {base_ratio:.2f} x imports with pydantic's BaseModel")
    print(f"             {model_ratio:.2f} x imports and one pydantic model")
    record(
        {
            **{f"{name}_ms": round(value, 1) for name, value in times.items()},
            "help_ratio": round(help_ratio, 2),
            "run_ratio": round(run_ratio, 2),
            "run_over_base_ratio": round(base_ratio, 2),
            "run_over_model_ratio": round(model_ratio, 2),
        }
    )
    return 0
