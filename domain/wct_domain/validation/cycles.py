"""Steps that wait for each other."""

from collections.abc import Iterator, Sequence

from wct_domain.runbook import ExecutionStep
from wct_domain.validation.remarks import Remark, error
from wct_domain.validation.sketch import Entry, Sketch, steps_by_id


def cycle_remarks(runbook: Sketch) -> Iterator[Remark]:
    """Report each cycle once, at the first step of it in the file."""
    steps = steps_by_id(runbook.steps)
    origins = {id: step.text("input_from") for id, step in steps.items()}
    settled: set[str] = set()
    for start in origins:
        walk: dict[str, None] = {}
        here: str | None = start
        while here in origins and here not in settled and here not in walk:
            walk[here] = None
            here = origins[here]
        if here in walk:
            ring = list(walk)[list(walk).index(here) :]
            first = min(ring, key=lambda id: steps[id].number)
            yield _cycle(steps[first], _turned(ring, first))
        settled.update(walk)


def _cycle(step: Entry[ExecutionStep], ring: Sequence[str]) -> Remark:
    # Each reads from the next: the arrows show where data would have to flow.
    flow = " -> ".join([ring[0], *reversed(ring)])
    message = (
        "Circular dependency detected in execution steps involving "
        f"'{ring[0]}'. Pipeline steps cannot form dependency cycles. Here: {flow}"
    )
    hint = "let one of these steps read from a connector"
    return error(step.at("input_from"), message, hint, stops_run=True)


def _turned(ring: Sequence[str], first: str) -> list[str]:
    at = ring.index(first)
    return [*ring[at:], *ring[:at]]
