"""Parsing source code: CPU seconds for a megabyte with 20,000 methods, and its half.

The half tells whether time grows as the file does: it should take half as long. Another
row is a megabyte that is no code at all, where a parser may lose itself. Loading the
grammar is not counted: it is done once.
"""

import argparse
import time
from collections.abc import Callable
from random import Random

from benchmarks import record
from wct_adapters.analysers.code.files import parsed_file
from wct_adapters.analysers.code.grammars import grammar_for

GOAL = 2.0  # CPU-seconds for the whole class
METHODS = 20_000


def big_class(methods: int) -> str:
    """Write a PHP class; 20,000 methods are about a megabyte."""
    body = "".join(
        f"  public function m{number}($a) {{ return $a . 'x'; }}\n"
        for number in range(methods)
    )
    return f"<?php\nclass Big {{\n{body}}}\n"


def noise(size: int) -> str:
    """Write text of a programmer's signs in no order."""
    signs = "(){}[]<>;:,.'\"`$#/*=+-_ \nabcxyz012"
    return "<?php " + "".join(Random(1).choices(signs, k=size))


def seconds(work: Callable[[], object], rounds: int) -> float:
    """Return the shortest time of some rounds."""
    times: list[float] = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--methods", type=int, default=METHODS)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(argv)
    whole, half = big_class(options.methods), big_class(options.methods // 2)
    rows = {"whole": whole, "half": half, "noise": noise(len(whole))}
    figures: dict[str, float] = {}
    grammar = grammar_for("big.php")
    parsed_file("big.php", "<?php", b"<?php", grammar)
    for name, text in rows.items():
        data = text.encode()

        def work(text: str = text, data: bytes = data) -> object:
            return parsed_file("big.php", text, data, grammar)

        figures[f"{name}_cpu_s"] = taken = seconds(work, options.rounds)
        print(f"{name:8}{len(data) / 1e6:8.2f} MB{taken:8.2f} CPU-s")
    print(f"goal: at most {GOAL:g} CPU-s for the whole class")
    record(figures)
    return 0
