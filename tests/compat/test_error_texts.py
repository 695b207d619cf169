"""The catalogue of texts: programs and people match on them, so each is told whole.

Only what a library or a component says itself is left open, at the end of a text.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.compat.bench import Bench, Document, component, step, summary
from tests.compat.toys import (
    COUNTS,
    LETTERS,
    SUMMARY,
    OddError,
    Toy,
    analysis,
    answering,
    raising,
    source,
)
from wct_entrypoints.api import (
    ArtifactStore,
    Executor,
    ExecutorError,
    InMemoryArtifactStore,
    Message,
    Schema,
    ServiceContainer,
    WaivernError,
)


def test_a_cycle_is_told_by_its_first_step(bench: Bench) -> None:
    with pytest.raises(ExecutorError) as raised:
        bench.run(step("s1", input_from="s2"), step("s2", input_from="s1"))

    assert str(raised.value) == (
        "Circular dependency detected in execution steps involving 's1'. "
        "Pipeline steps cannot form dependency cycles."
    )


def refusing(name: str, make: Callable[..., Any]) -> Toy[Any]:
    return Toy(name, make, willing=lambda _: False)


KEPT = step("a", save_output=True)
ODD = [Schema("letters", "one")]
STEP_TEXTS: list[tuple[str, list[Toy[Any]], list[Document], str]] = [
    ("unknown analyser", [], [step("s", analyser="t")], "Unknown analyser type: t"),
    ("unknown connector", [], [step("s", connector="t")], "Unknown connector type: t"),
    (
        "refused analyser",
        [refusing("counter", raising(OddError("why")))],
        [step("s")],
        "Analyser 'counter' cannot be created with given configuration. Cause: why",
    ),
    (
        "refused connector",
        [refusing("post", raising(OddError("why")))],
        [step("s")],
        "Connector 'post' cannot be created with given configuration: why",
    ),
    (
        "missing artifact",
        [],
        [step("a"), summary("b", "a", name="B")],
        (
            "Step 'B' depends on 'a' but artifact not found. "
            "Ensure previous step has 'save_output: true'."
        ),
    ),
    (
        "failed upstream",
        [analysis("counter", raising(OddError("why")))],
        [KEPT, summary("b", "a", name="B")],
        "Step 'B' depends on 'a' which failed: why",
    ),
    (
        "artifact without schema",
        [analysis("counter", answering(Message("1", {"count": 2})))],
        [KEPT, summary("b", "a")],
        "Artifact from 'a' has no schema information",
    ),
    (
        "unreadable artifact",
        [analysis("clerk", reads=[LETTERS, SUMMARY], makes=[SUMMARY])],
        [KEPT, summary("b", "a", name="B")],
        (
            "Schema mismatch in pipeline step 'B': Analyser 'clerk' does not support "
            "input schema 'counts v1.0.0'. "
            "Supported input schemas: ['letters v1.0.0', 'summary v1.0.0']"
        ),
    ),
    (
        "unknown to the producer",
        [],
        [step("s", input_schema="n")],
        "Producer does not support schema 'n'. Available: ['letters']",
    ),
    (
        "unknown to the consumer",
        [analysis(reads=[COUNTS])],
        [step("s")],
        "Consumer does not support schema 'letters'. Available: ['counts']",
    ),
    (
        "result unknown",
        [],
        [step("s", output_schema="n")],
        "Producer does not support schema 'n'. Available: ['counts']",
    ),
    (
        "no common version",
        [source(offers=[Schema("letters", "2.0.0")])],
        [step("s")],
        (
            "No compatible versions for schema 'letters'. "
            "Producer supports: ['2.0.0']. Consumer supports: ['1.0.0']"
        ),
    ),
    (
        "version not common",
        [],
        [step("s", input_schema_version="2.0.0")],
        (
            "Requested version '2.0.0' for schema 'letters' not compatible. "
            "Compatible versions: ['1.0.0']"
        ),
    ),
    (
        "odd version",
        [source(offers=ODD), analysis(reads=ODD)],
        [step("s")],
        (
            "Invalid semantic version 'one': must be in format 'major.minor.patch' "
            "(e.g., '1.2.3')"
        ),
    ),
]


@pytest.mark.parametrize(
    ("toys", "steps", "text"),
    [each[1:] for each in STEP_TEXTS],
    ids=[each[0] for each in STEP_TEXTS],
)
def test_each_failure_of_a_step_has_its_text(
    toys: list[Toy[Any]], steps: list[Document], text: str, bench: Bench
) -> None:
    for toy in toys:
        if toy.get_component_name() == "post":
            bench.connect(toy)
        else:
            bench.employ(toy)

    assert bench.error(*steps) == text


def test_a_refused_analyser_with_a_model_has_its_text(bench: Bench) -> None:
    bench.employ(refusing("counter", raising(OddError("why"))))
    wanted = {"llm_validation": {"enable_llm_validation": True}}

    assert bench.error(
        step("s"), analysers=[component("counter", properties=wanted)]
    ) == (
        "Analyser 'counter' cannot be created with given configuration. "
        "LLM service may be unavailable (required when LLM validation is enabled). "
        "Cause: why"
    )


def test_the_texts_of_the_store_are_these(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WaivernError) as not_found:
        InMemoryArtifactStore().get("x")
    assert str(not_found.value) == (
        "Artifact 'x' not found. Ensure previous step has 'save_output: true'."
    )

    monkeypatch.setenv("ARTIFACT_STORE_BACKEND", "redis")
    with pytest.raises(ValueError, match=ArtifactStore.__name__) as unavailable:
        Executor(ServiceContainer())
    assert str(unavailable.value) == (
        "Factory for ArtifactStore returned None - service unavailable"
    )
