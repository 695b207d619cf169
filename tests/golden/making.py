"""Makes the ledger that a release leaves behind: ``python -m tests.golden.making``.

Three runs of one runbook, with the components that this wct brings: one that was
resumed, one with another parameter, and one that was erased. Time and ids count up from
fixed ones; keys and what is sealed with them are random, so each making is another
file. See CONTRIBUTING.md for when it is made.
"""

import contextlib
import itertools
import json
import shutil
import sys
import tempfile
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.golden.reading import facts_of_ledger
from wct_adapters.ledgers.sqlite import open_sqlite_ledger
from wct_domain import __version__
from wct_domain.commands import ExecuteRunbook, ResumeRunbook
from wct_domain.executor.core import RunbookExecutor
from wct_domain.executor.erasure import erase
from wct_domain.executor.erasure_targets import target_of_group
from wct_domain.executor.outcome import LoadedRunbook
from wct_domain.executor.stream import Equipment
from wct_domain.ports.bus import SilentBus
from wct_domain.ports.ledger import Ledger
from wct_domain.runbook import parse_runbook
from wct_domain.services import ServiceContainer
from wct_entrypoints.bootstrap.application import equipment, make_executor
from wct_entrypoints.bootstrap.components import built_in, provide_services
from wct_entrypoints.bootstrap.schemas import RegisteredSchemas

HERE = Path(__file__).parent
START = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)

RUNBOOK: dict[str, Any] = {
    "name": "letters",
    "description": "Looks for personal data in letters",
    "contact": "privacy@example.com",
    "connectors": [
        {
            "name": "letters",
            "type": "filesystem_connector",
            "properties": {"path": "letters"},
        }
    ],
    "analysers": [
        {
            "name": "scan",
            "type": "personal_data_analyser",
            "properties": {"pattern_matching": {"ruleset": "personal_data"}},
        }
    ],
    "execution": [
        {
            "id": "read",
            "name": "Read",
            "description": "reads the letters",
            "connector": "letters",
            "input_schema": "standard_input",
            "output_schema": "standard_input",
            "save_output": True,
        },
        {
            "id": "scan",
            "name": "Scan",
            "description": "looks for personal data",
            "input_from": "read",
            "analyser": "scan",
            "input_schema": "standard_input",
            "output_schema": "personal_data_finding",
            "save_output": True,
        },
        {
            "id": "wrong",
            "name": "Wrong",
            "description": "cannot read findings",
            "input_from": "scan",
            "analyser": "scan",
            "input_schema": "standard_input",
            "output_schema": "personal_data_finding",
            "save_output": True,
        },
        {
            "id": "after",
            "name": "After",
            "description": "is skipped",
            "input_from": "wrong",
            "analyser": "scan",
            "input_schema": "standard_input",
            "output_schema": "personal_data_finding",
        },
    ],
}


def make(folder: Path) -> None:
    """Write a ledger, its keys, and what they hold, into a folder that is new."""
    folder.mkdir(parents=True)
    clock = (START + timedelta(milliseconds=20 * n) for n in itertools.count())
    ids = (f"019ab2c4-7d10-7a51-9f2e-{n:012x}" for n in itertools.count(1))
    ledger = open_sqlite_ledger(folder / "ledger.db", clock=lambda: next(clock))
    container = ServiceContainer()
    provide_services(container)
    has = built_in(container)
    tools = equipment(ledger, SilentBus(), RegisteredSchemas(), has)._replace(
        clock=lambda: next(clock),
        timer=lambda: 0,
        new_id=lambda: next(ids),
        versions={"wct": __version__, "python": "3.11.2"},
    )
    other = deepcopy(RUNBOOK)
    other["execution"] = other["execution"][:2]
    other["analysers"][0]["properties"]["pattern_matching"] |= {
        "maximum_evidence_count": 1
    }
    resume(tools, record(tools, RUNBOOK))
    record(tools, other)
    record_and_erase(tools, ledger)
    (folder / "expected.json").write_text(
        json.dumps(facts_of_ledger(ledger), indent=2, ensure_ascii=False) + "\n",
        encoding="utf-8",
    )
    ledger.close()


def record(tools: Equipment, runbook: dict[str, Any], scope: str | None = None) -> str:
    """Execute a runbook beside the letters, one step at a time."""
    command = ExecuteRunbook(Path("letters.yaml"), erasure_scope=scope)
    with contextlib.chdir(HERE):
        return executor(tools, runbook).dispatch(command).run.id


def resume(tools: Equipment, run: str) -> None:
    """Go on with a run, which fails as it did."""
    with contextlib.chdir(HERE):
        executor(tools, RUNBOOK).dispatch(ResumeRunbook(run))


def executor(tools: Equipment, runbook: dict[str, Any]) -> RunbookExecutor:
    """Make an executor that takes one step after the other."""
    return make_executor(
        tools,
        max_workers=1,
        read_runbook=lambda _: LoadedRunbook(parse_runbook(runbook), b"golden"),
    )


def record_and_erase(tools: Equipment, ledger: Ledger) -> None:
    """Record a run that is erased."""
    record(tools, RUNBOOK, "customer 7")
    erase(
        tools,
        target_of_group(ledger, "customer 7"),
        reason="art17",
        by="0" * 32,
        reference="DSR-7",
    )


def main(argv: list[str]) -> int:
    """Make the ledger of this release, in place of the one that is there."""
    target = Path(argv[0]) if argv else HERE / "ledgers" / __version__
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "made"
        make(made)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(made, target, ignore=shutil.ignore_patterns("*.locks"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
