"""How many small faults of the ledger's code the tests notice: its mutation score.

    python -m tests.mutants --sample 120 --seed 7

takes a random sample of all mutants of the ledger packages (a comparison turned round,
an operator swapped, a number changed by one, a condition negated, a statement or a
returned value left out), one at a time in a copy of the sources, and runs the ledger's
tests on it until one fails. Texts are not mutated, SQL included, nor are annotations
and the constants at the top of a module. It prints a line for each survivor and one
JSON object.
"""

import argparse
import ast
import copy
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[1]
SOURCES: Final = (
    "adapters/wct_adapters/ledgers/*.py",
    "adapters/wct_adapters/ledgers/memory/*.py",
    "adapters/wct_adapters/ledgers/sqlite/*.py",
    "domain/wct_domain/chain.py",
    "domain/wct_domain/merkle.py",
    "domain/wct_domain/notes.py",
    "domain/wct_domain/checkpoints.py",
    "domain/wct_domain/verification/*.py",
)
TESTS: Final = (  # the quick ones first
    "tests/unit/test_chain.py",
    "tests/unit/test_merkle.py",
    "tests/unit/test_notes.py",
    "tests/unit/test_ledger_rows.py",
    "tests/unit/test_ledger_urls.py",
    "tests/unit/verification",
    "tests/unit/bundles",
    "tests/unit/core/test_key_ring.py",
    "tests/contract/test_ledger_contract.py",
    "tests/integration/test_key_store.py",
    "tests/integration/test_scope_keys.py",
    "tests/integration/test_sqlite_ledger.py",
    "tests/integration/test_sqlite_ledger_opening.py",
    "tests/integration/test_sqlite_ledger_refusals.py",
    "tests/integration/test_sqlite_ledger_trouble.py",
    "tests/integration/test_sqlite_ledger_gone.py",
    "tests/integration/test_sqlite_copies.py",
    "tests/integration/test_sqlite_damage.py",
    "tests/integration/test_sqlite_forgetting.py",
    "tests/integration/test_sqlite_run_level.py",
    "tests/integration/test_sqlite_durability.py",
    "tests/integration/test_bundle_files.py",
    "tests/e2e/reading/test_wct_ledger_prune.py",
    "tests/docs/test_ledger_format.py",
    "tests/crash/test_tampering.py",
)
LEFT_OUT: Final = "Postgres or does_not_look or header_is_what or log_is_moved"
"""PostgreSQL, whose adapter is not mutated, and what takes seconds."""

LONGEST: Final = 120  # seconds; a mutant that hangs is noticed, too

_COMPARED: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_SWAPPED: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}


class Mutant(NamedTuple):
    file: Path  # from the root
    line: int
    what: str
    source: str


def mutants_of(file: Path) -> Iterator[Mutant]:
    """Make all mutants of one module."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    nodes = list(_code(tree))
    for index, node in enumerate(nodes):
        for what, change in _changes(node):
            mutated = copy.deepcopy(tree)
            change(list(_code(mutated))[index])
            source = ast.unparse(ast.fix_missing_locations(mutated))
            yield Mutant(file, node.lineno, what, source)


def _code(tree: ast.Module) -> Iterator[ast.expr | ast.stmt]:
    """Yield what runs inside of functions, but annotations and docstrings."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for statement in function.body:
            for node in ast.walk(statement):
                if isinstance(node, ast.FunctionDef):
                    break  # its turn comes
                if isinstance(node, ast.expr | ast.stmt):
                    yield node


Change = Callable[[ast.AST], None]


def _changes(node: ast.expr | ast.stmt) -> Iterator[tuple[str, Change]]:
    match node:
        case ast.Compare(ops=[op]) if type(op) in _COMPARED:
            yield f"{type(op).__name__} turned round", _turn_round
        case ast.BinOp(op=op) if type(op) in _SWAPPED:
            yield f"{type(op).__name__} swapped", _swap
        case ast.BoolOp(op=op):
            yield f"{type(op).__name__} swapped", _swap_logic
        case ast.Constant(value=bool()):
            yield "truth turned round", _negate_constant
        case ast.Constant(value=int()):
            yield "one more", _one_more
        case ast.If() | ast.While() | ast.IfExp():
            yield "condition negated", _negate
        case ast.Return(value=ast.expr()):
            yield "nothing returned", _return_nothing
        case ast.Expr(value=ast.Call()) | ast.Raise() | ast.AugAssign():
            yield f"{type(node).__name__} left out", _leave_out
        case _:
            pass


def _turn_round(node: ast.AST) -> None:
    assert isinstance(node, ast.Compare)
    node.ops = [_COMPARED[type(node.ops[0])]()]


def _swap(node: ast.AST) -> None:
    assert isinstance(node, ast.BinOp)
    node.op = _SWAPPED[type(node.op)]()


def _swap_logic(node: ast.AST) -> None:
    assert isinstance(node, ast.BoolOp)
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()


def _negate_constant(node: ast.AST) -> None:
    assert isinstance(node, ast.Constant)
    node.value = not node.value


def _one_more(node: ast.AST) -> None:
    assert isinstance(node, ast.Constant)
    assert isinstance(node.value, int)
    node.value += 1


def _negate(node: ast.AST) -> None:
    assert isinstance(node, ast.If | ast.While | ast.IfExp)
    node.test = ast.UnaryOp(ast.Not(), node.test)


def _return_nothing(node: ast.AST) -> None:
    assert isinstance(node, ast.Return)
    node.value = None


def _leave_out(node: ast.AST) -> None:
    """Make a statement one that does nothing, in its place."""
    line = getattr(node, "lineno", 1)
    for name in node._fields:
        delattr(node, name)
    node.__class__ = ast.Pass
    vars(node).update(lineno=line, col_offset=0)


def is_noticed(mutant: Mutant, copied: Path) -> bool:
    """Run the tests on a copy of the sources with this mutant in it."""
    file = copied / mutant.file
    whole = file.read_text(encoding="utf-8")
    file.write_text(mutant.source, encoding="utf-8")
    try:
        return not tests_pass(copied)
    finally:
        file.write_text(whole, encoding="utf-8")


def tests_pass(copied: Path) -> bool:
    environment = {
        **os.environ,
        "CI": "true",  # the same examples for each mutant
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(["domain", "adapters", "entrypoints", "."]),
    }
    try:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-x", "-q"),
                *("-p", "no:cacheprovider", "-k", f"not ({LEFT_OUT})"),
                *TESTS,
            ],
            cwd=copied,
            env=environment,
            check=False,
            capture_output=True,
            timeout=LONGEST,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=3600, help="stop after")
    options = parser.parse_args(argv)
    files = [
        path.relative_to(ROOT) for each in SOURCES for path in sorted(ROOT.glob(each))
    ]
    every = [mutant for file in files for mutant in mutants_of(file)]
    sample = random.Random(options.seed).sample(every, min(options.sample, len(every)))
    until = time.monotonic() + options.seconds
    tried = noticed = 0
    with tempfile.TemporaryDirectory() as directory:
        copied = Path(directory)
        for name in ("domain", "adapters", "entrypoints", "tests", "docs", "samples"):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, copied / name, ignore=ignored)
        shutil.copy(ROOT / "pyproject.toml", copied)
        if not tests_pass(copied):
            print("the tests fail without a mutant", file=sys.stderr)
            return 1
        for mutant in sample:
            if time.monotonic() > until:
                break
            tried += 1
            if is_noticed(mutant, copied):
                noticed += 1
            else:
                place = f"{mutant.file}:{mutant.line}"
                print(f"{tried}: {place}: {mutant.what}", flush=True)
    score = round(100 * noticed / max(tried, 1), 1)
    found = {"mutants": len(every), "tried": tried, "noticed": noticed}
    print(json.dumps({"seed": options.seed, **found, "score_percent": score}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
