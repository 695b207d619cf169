"""Personal data scan of the corpus, MB per CPU-second: the matcher, and ``wct run``.

Rounds are interleaved, so that whatever else the machine does strikes all rows alike.
The row of one plain regular expression tells how fast the machine is; the row of a
pattern per word is how scanners commonly do it, on a sample because it takes so long.
``wct run`` counts the CPU time of the corpus less that of a run over one small file.
Rows are without the extra ``fast``, unless they name it.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

from benchmarks import corpus, record
from wct_adapters.matching.automata import FAST
from wct_adapters.matching.portable import PortableMatcherCompiler
from wct_adapters.rulesets.loader import YamlRulesets
from wct_domain.analysis.detectors import DETECTORS
from wct_domain.rulesets.personal_data import PersonalDataRule

GOAL = 25  # MB per CPU-second of wct run, beyond start-up
_SAMPLE = 97  # one file in so many for the row of a pattern per word

_RUNBOOK = """
name: Scan benchmark
description: The corpus of benchmarks/corpus.py
connectors:
  - name: files
    type: filesystem_connector
    properties: {{path: "{folder}", max_files: 100000}}
analysers:
  - name: personal_data
    type: personal_data_analyser
    properties:
      pattern_matching: {{ruleset: personal_data}}
      llm_validation: {{enable_llm_validation: false}}
execution:
  - id: scan
    name: Scan
    description: Personal data in files
    connector: files
    analyser: personal_data
    input_schema: standard_input
    output_schema: personal_data_finding
"""

Files = Mapping[str, list[bytes]]  # by kind: code, prose, logs, csv
Scan = Callable[[bytes], int]  # returns the number of matches


def ruleset_words() -> list[str]:
    rules = YamlRulesets().load("personal_data", PersonalDataRule).get_rules()
    return sorted({pattern for rule in rules for pattern in rule.patterns})


def matcher(words: list[str], detectors: list[str], *, fast: bool = False) -> Scan:
    compiled = PortableMatcherCompiler(fast=fast).compile(words, detectors)
    return lambda data: len(compiled.scan(data))


def pattern_per_word(words: list[str]) -> Scan:
    patterns = [
        re.compile(rf"(?<![a-zA-Z0-9]){re.escape(word)}(?![a-zA-Z0-9])", re.IGNORECASE)
        for word in words
    ]

    def scan(data: bytes) -> int:
        text = data.decode()
        return sum(len(pattern.findall(text)) for pattern in patterns)

    return scan


def one_pattern(data: bytes) -> int:
    return len(re.findall(rb"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z.]{2,}", data))


def cpu_seconds(scan: Scan, files: list[bytes]) -> tuple[float, int]:
    """Return the CPU seconds that ``files`` take, and the matches in them."""
    start = time.process_time()
    matches = sum(map(scan, files))
    return time.process_time() - start, matches


def megabytes(files: list[bytes]) -> float:
    return sum(map(len, files)) / corpus.MEGABYTE


def by_kind(scan: Scan, files: Files, rounds: int) -> dict[str, tuple[float, float]]:
    """Return MB per CPU-second (best round) and matches per MB for each kind."""
    found: dict[str, tuple[float, float]] = {}
    for kind, contents in files.items():
        size = megabytes(contents)
        taken = [cpu_seconds(scan, contents) for _ in range(rounds)]
        found[kind] = size / min(taken)[0], taken[0][1] / size
    return found


def wct_run(folder: Path, *, fast: bool) -> float:
    """Return the CPU seconds of ``wct run`` over the files in ``folder``."""
    without = "" if fast else "sys.modules['ahocorasick_rs'] = None; "
    call = "from wct_entrypoints.cli import main; main(sys.argv[1:])"
    with tempfile.TemporaryDirectory() as scratch:
        runbook = Path(scratch) / "scan.yaml"
        runbook.write_text(_RUNBOOK.format(folder=folder.as_posix()), encoding="utf-8")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [
                *(sys.executable, "-c", f"import sys; {without}{call}"),
                *("run", str(runbook), "--output-dir", scratch, "--quiet"),
            ],
            cwd=scratch,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            check=True,
            capture_output=True,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def end_to_end(files: Files, rounds: int) -> dict[str, list[float]]:
    """Return MB per CPU-second of each row and round; none if ``wct run`` fails."""
    rows = {"wct run, beyond start-up": False}
    if FAST:
        rows["wct run, extra 'fast'"] = True
    speeds: dict[str, list[float]] = {name: [] for name in rows}
    with tempfile.TemporaryDirectory() as scratch:
        one, all_files = Path(scratch) / "one", Path(scratch) / "all"
        one.mkdir()
        (one / "note.txt").write_text("One small file.\n", encoding="utf-8")
        for kind, contents in files.items():
            (all_files / kind).mkdir(parents=True)
            for number, content in enumerate(contents):
                (all_files / kind / f"{number:04d}.txt").write_bytes(content)
        size = sum(map(megabytes, files.values()))
        try:
            for _ in range(rounds):
                for name, fast in rows.items():
                    taken = wct_run(all_files, fast=fast) - wct_run(one, fast=fast)
                    speeds[name].append(size / taken)
        except subprocess.CalledProcessError as error:
            print(error.stderr.decode(errors="replace")[-500:], file=sys.stderr)
    return speeds


def measure(files: Files, rounds: int) -> dict[str, list[float]]:
    """Return MB per CPU-second of each row and round."""
    words, detectors = ruleset_words(), list(DETECTORS)
    everything = [content for contents in files.values() for content in contents]
    rows: dict[str, tuple[Scan, list[bytes]]] = {
        "words and values": (matcher(words, detectors), everything),
        "words": (matcher(words, []), everything),
        "values": (matcher([], detectors), everything),
        "re, one e-mail pattern": (one_pattern, everything),
        "re, a pattern per word": (pattern_per_word(words), everything[::_SAMPLE]),
    }
    if FAST:
        scan = matcher(words, detectors, fast=True)
        rows["words and values, extra 'fast'"] = scan, everything
    speeds: dict[str, list[float]] = {name: [] for name in rows}
    for _ in range(rounds):
        for name, (scan, contents) in rows.items():
            speeds[name].append(megabytes(contents) / cpu_seconds(scan, contents)[0])
    return speeds


def report(
    speeds: Mapping[str, list[float]], kinds: Mapping[str, tuple[float, float]]
) -> None:
    print(f"{'MB per CPU-second':32}{'best':>8}{'median':>8}")
    for name, rounds in speeds.items():
        if rounds:
            print(f"{name:32}{max(rounds):8.1f}{median(rounds):8.1f}")
        else:
            print(f"{name:32}{'not available':>16}")
    print(f"\n{'words and values, by kind':32}{'best':>8}{'matches per MB':>16}")
    for kind, (speed, matches) in kinds.items():
        print(f"{kind:32}{speed:8.1f}{matches:16,.0f}")


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.scan", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--megabytes", type=float, default=12)
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.add_argument("--matcher-only", action="store_true", help="no wct run")
    options = parser.parse_args(argv)
    files: dict[str, list[bytes]] = {}
    for name, content in corpus.files(options.megabytes):
        files.setdefault(name.partition("/")[0], []).append(content)
    speeds = measure(files, options.rounds)
    if not options.matcher_only:
        speeds |= end_to_end(files, options.rounds)
    both = matcher(ruleset_words(), list(DETECTORS))
    kinds = by_kind(both, files, options.rounds)
    total = sum(kind[1] * megabytes(files[name]) for name, kind in kinds.items())
    figures = {
        f"{name} (MB per CPU-s, best)": round(max(rounds), 2)
        for name, rounds in speeds.items()
        if rounds
    } | {"matches per MB": round(total / sum(map(megabytes, files.values())))}
    record(figures)
    if options.json:
        print(json.dumps(figures, indent=2))
        return 0
    report(speeds, kinds)
    print(f"\n{figures['matches per MB']:,} matches per MB; goal of wct run: {GOAL}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
