"""Run benchmarks, each in a process of its own so that none warms up the next."""

import argparse
import ast
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import FIGURES_FILE

HERE = Path(__file__).parent


def discover(folder: Path = HERE) -> dict[str, str]:
    """Find the benchmarks in ``folder``: name to first line of the docstring.

    Sources are parsed, not imported: listing costs nothing and runs nothing.
    """
    found: dict[str, str] = {}
    for file in sorted(folder.glob("*.py")):
        if file.stem.startswith("_"):
            continue
        module = ast.parse(file.read_text(encoding="utf-8"))
        if any(is_benchmark(node) for node in module.body):
            found[file.stem] = (ast.get_docstring(module) or "").partition("\n")[0]
    return found


def is_benchmark(node: ast.stmt) -> bool:
    """Tell ``main(argv)`` from the ``main`` of a tool, such as a corpus writer."""
    if not isinstance(node, ast.FunctionDef) or node.name != "main":
        return False
    return [argument.arg for argument in node.args.args[:1]] == ["argv"]


def run(name: str, folder: Path = HERE) -> dict[str, Any]:
    """Run one benchmark and return its exit status, CPU seconds and figures."""
    call = "import sys; from {0}.{1} import main; sys.exit(main(sys.argv[1:]))"
    with tempfile.TemporaryDirectory() as scratch:
        figures = Path(scratch) / "figures.json"
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        status = subprocess.run(
            [sys.executable, "-c", call.format(folder.name, name)],
            cwd=folder.parent,
            env={**os.environ, FIGURES_FILE: str(figures)},
            check=False,
        ).returncode
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return {
            "status": status,
            "cpu_s": round(
                after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 3
            ),
            "figures": json.loads(figures.read_bytes()) if figures.exists() else {},
        }


def main(argv: list[str], folder: Path = HERE) -> int:
    """Run the benchmarks named in ``argv``, all by default.

    Returns 1 if one of them failed, 2 for a name that is none.
    """
    known = discover(folder)
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="*", help="a benchmark; default: all, in order")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write results here")
    parser.add_argument("--list", action="store_true", help="say what there is")
    options = parser.parse_args(argv)
    if unknown := sorted(set(options.name) - known.keys()):
        there_is = ", ".join(known) or "none yet"
        parser.error(f"no benchmark {', '.join(unknown)}; there is: {there_is}")
    if options.list:
        for name, about in known.items():
            print(f"{name:20} {about}")
        return 0
    results: dict[str, dict[str, Any]] = {}
    for name in options.name or known:
        print(f"== {name}: {known[name]}", flush=True)
        results[name] = run(name, folder)
    failed = [name for name, result in results.items() if result["status"] != 0]
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(f"{len(results)} run, failed: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
