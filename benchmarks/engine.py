"""What the engine costs per step, beside the floor of ``benchmarks/floor.py``.

Overhead: CPU of ``execute_runbook`` over no-op steps, less the CPU of the bare calls,
per step, with the SQLite ledger on disk, hash chain, validation and salts on. A chain
saves each result for the next step; in a fan-out all steps read one connector. Rounds
of the engine and of the floor alternate; the best and the median of each are compared.
The runbook's loading is part of the figure: users cannot leave it out.

The wall time of a step is that from the start of one step of a chain to the start of
the next, as the ledger has recorded it.

Goals: at most three times the floor in a chain, four times in a fan-out.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple, TypeVar

from benchmarks import floor, record
from wct_domain.events import StepStarted
from wct_domain.ports.components import (
    Analyser,
    ComponentConfig,
    ComponentFactory,
    Connector,
)
from wct_domain.ports.ledger import Ledger
from wct_domain.services import Provided, ServiceContainer
from wct_entrypoints.api import Executor, Message, Schema, SchemaRegistry
from wct_entrypoints.bootstrap.ledgers import open_ledger

STEPS = 100
ROUNDS = 15
WORKERS = 2

NUMBER = Schema("number", "1.0.0")
T = TypeVar("T")


class NumberConnector(Connector):
    """Reads nothing: one number."""

    @classmethod
    def get_name(cls) -> str:
        return "number_connector"

    @classmethod
    def get_supported_output_schemas(cls) -> list[Any]:
        return [NUMBER]

    def extract(self, output_schema: Any) -> Message:
        return Message("number", {"n": 0}, output_schema).validate()


class AddOneAnalyser(Analyser):
    """Does next to nothing, but validates as an analyser does."""

    @classmethod
    def get_name(cls) -> str:
        return "add_one_analyser"

    @classmethod
    def get_supported_input_schemas(cls) -> list[Any]:
        return [NUMBER]

    @classmethod
    def get_supported_output_schemas(cls) -> list[Any]:
        return [NUMBER]

    def process(
        self, input_schema: Any, output_schema: Any, message: Message
    ) -> Message:
        self.validate_input_message(message, input_schema)
        content = {"n": message.content["n"] + 1}
        return Message("number", content, output_schema).validate()


class NoConfiguration(ComponentFactory[T]):
    """Makes one kind of component, without properties."""

    def __init__(self, name: str, make: Callable[[], T]) -> None:
        self._name = name
        self._make = make

    def create(self, config: ComponentConfig) -> T:
        return self._make()

    def can_create(self, config: ComponentConfig) -> bool:
        return True

    def get_component_name(self) -> str:
        return self._name

    def get_input_schemas(self) -> list[Any]:
        return []

    def get_output_schemas(self) -> list[Any]:
        return []


def runbook(steps: int, *, chain: bool) -> dict[str, Any]:
    """Make a runbook of no-op steps."""

    def source(number: int) -> dict[str, Any]:
        if chain and number:
            return {"input_from": f"step_{number - 1}"}
        return {"connector": "numbers"}

    return {
        "name": "no-op",
        "description": "measures the engine",
        "connectors": [{"name": "numbers", "type": "number_connector"}],
        "analysers": [{"name": "add_one", "type": "add_one_analyser"}],
        "execution": [
            {
                "id": f"step_{number}",
                "name": f"Step {number}",
                "description": "",
                **source(number),
                "analyser": "add_one",
                "input_schema": "number",
                "output_schema": "number",
                "save_output": chain,
            }
            for number in range(steps)
        ],
    }


class Spent(NamedTuple):
    cpu: float  # seconds, of the whole run
    walls: list[float]  # milliseconds from one step's start to the next one's


def engine(directory: Path, steps: int, *, chain: bool) -> Spent:
    """Cost of one ``execute_runbook``, components registered beforehand."""
    container = ServiceContainer()
    ledger = open_ledger(directory / "ledger.db", create=True, environ={})
    container.register(Ledger, Provided(lambda: ledger))
    executor = Executor(container, max_workers=WORKERS)
    executor.register_connector_factory(
        NoConfiguration("number_connector", NumberConnector)
    )
    executor.register_analyser_factory(
        NoConfiguration("add_one_analyser", AddOneAnalyser)
    )
    path = directory / "runbook.yaml"
    path.write_text(json.dumps(runbook(steps, chain=chain)), encoding="utf-8")
    before = time.process_time()
    results = executor.execute_runbook(path)
    spent = time.process_time() - before
    started = [r.at for r in ledger.read_all(types=[StepStarted.type])]
    executor.close()
    assert all(result.success for result in results), results[-1]
    assert results[-1].data == {"n": steps if chain else 1}
    walls = [(b - a) / timedelta(milliseconds=1) for a, b in pairwise(started)]
    return Spent(spent, walls)


def bare_calls(steps: int) -> float:
    """CPU seconds of the components' own work."""
    schema, analyser = NUMBER, AddOneAnalyser()
    message = NumberConnector().extract(schema)
    before = time.process_time()
    for _ in range(steps):
        analyser.process(schema, schema, message)
    return time.process_time() - before


def floor_cost(directory: Path, steps: int, *, chain: bool) -> float:
    """CPU seconds of the floor script."""
    before = time.process_time()
    floor.run(
        directory / "floor.db",
        steps,
        lambda given: {"n": given["n"] + 1},
        chain=chain,
        workers=WORKERS,
    )
    return time.process_time() - before


def measure(steps: int, rounds: int, *, chain: bool) -> dict[str, float]:
    """Alternate engine and floor; milliseconds per step, and ratios."""
    ours: list[float] = []
    floors: list[float] = []
    walls: list[float] = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as name:
            found = engine(Path(name), steps, chain=chain)
            ours.append((found.cpu - bare_calls(steps)) / steps * 1000)
            walls += found.walls
            floors.append(floor_cost(Path(name), steps, chain=chain) / steps * 1000)
    hundredths = quantiles(walls, n=100)
    return {
        "wall_p50_ms": hundredths[49],
        "wall_p99_ms": hundredths[98],
        "engine_ms": median(ours),
        "engine_best_ms": min(ours),
        "floor_ms": median(floors),
        "floor_best_ms": min(floors),
        "ratio": median(ours) / median(floors),
        "ratio_best": min(ours) / min(floors),
    }


def main(argv: list[str]) -> int:
    """Print both shapes; 1 if a goal is missed."""
    rounds = int(argv[0]) if argv else ROUNDS
    missed = False
    with tempfile.TemporaryDirectory() as name:
        schema = Path(name) / "number" / "1.0.0" / "number.json"
        schema.parent.mkdir(parents=True)
        schema.write_text(
            json.dumps({"type": "object", "required": ["n"], "version": "1.0.0"}),
            encoding="utf-8",
        )
        SchemaRegistry.register_search_path(Path(name))
        for shape, chain, goal in (("chain", True, 3.0), ("fan-out", False, 4.0)):
            found = measure(STEPS, rounds, chain=chain)
            missed |= found["ratio"] > goal
            print(
                f"{shape:8} engine {found['engine_ms']:.3f} ms/step "
                f"(best {found['engine_best_ms']:.3f}), "
                f"floor {found['floor_ms']:.3f} (best {found['floor_best_ms']:.3f}), "
                f"ratio {found['ratio']:.2f} (goal {goal:.0f})"
            )
            if chain:  # in a fan-out, steps start before others end
                print(
                    f"         wall of a step: p50 {found['wall_p50_ms']:.3f} ms, "
                    f"p99 {found['wall_p99_ms']:.3f} ms"
                )
            else:
                del found["wall_p50_ms"], found["wall_p99_ms"]
            prefix = shape.replace("-", "_")
            record({f"{prefix}_{key}": value for key, value in found.items()})
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
