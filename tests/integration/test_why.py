"""Whatever single thing is changed between two runs, ``why`` names it, and only it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import ClassVar

import pytest

from tests.changing_world import World
from wct_domain.comparison.attempts import attempts_of
from wct_domain.comparison.facts import facts_of
from wct_domain.comparison.reasons import Cause, causes, same_outcome
from wct_domain.events import StepStarted
from wct_domain.ports.ledger import NewEvent
from wct_entrypoints.bootstrap.identity import new_id
from wct_entrypoints.bootstrap.ledgers import memory_ledger


def asked(change: Callable[[World], object], step: str) -> tuple[Cause, ...]:
    """Run, change something, run again, and ask why a step came out as it did."""
    ledger = memory_ledger()
    before = World().run(ledger)
    world = World()
    change(world)
    after = world.run(ledger)
    return causes(facts_of(ledger, before), facts_of(ledger, after), step)


def named(found: tuple[Cause, ...]) -> list[tuple[str, str]]:
    return [(each.kind, each.what) for each in found]


def change_a_rule(world: World) -> None:
    world.rules["sum"] = "cc"
    world.ruleset = "1.0.1 sha256:bb"


OF_ONE_STEP: dict[str, tuple[Callable[[World], object], tuple[str, str]]] = {
    "analyser's parameter": (
        lambda w: w.runbook["analysers"][0]["properties"].update(by=1),
        ("parameter", "analyser first -> by"),
    ),
    "connector's parameter": (
        lambda w: w.runbook["connectors"][0]["properties"].update(path="b"),
        ("parameter", "connector texts -> path"),
    ),
    "rule": (
        change_a_rule,
        ("rule", "analyser first -> ruleset numbers -> sum"),
    ),
    "new rule": (
        lambda w: w.rules.update(median="cc"),
        ("rule", "analyser first -> ruleset numbers -> median"),
    ),
    "ruleset without rules that changed": (
        lambda w: setattr(w, "ruleset", "1.0.1 sha256:bb"),
        ("component", "analyser first -> ruleset numbers"),
    ),
    "input": (
        lambda w: w.texts.__setitem__(0, "uno"),
        ("input", "what texts read"),
    ),
    "schema that is asked for": (
        lambda w: w.step(0).update(output_schema_version="1.0.0"),
        ("step", "step kept -> output_schema_version"),
    ),
    "how often it is tried": (
        lambda w: w.step(0).update(retry={"attempts": 2}),
        ("step", "step kept -> retry"),
    ),
    "what it is told": (
        lambda w: w.step(0).update(context={"team": "web"}),
        ("step", "step kept -> context"),
    ),
    "schema that a component knows": (
        lambda w: setattr(w, "counts", "1.1.0"),
        ("component", "step kept -> output_schema"),
    ),
    "input that is more": (
        lambda w: w.texts.append("three"),
        ("input", "what texts read"),
    ),
    "input that is less": (lambda w: w.texts.pop(), ("input", "what texts read")),
    "input in another order": (
        lambda w: w.texts.reverse(),
        ("input", "what texts read"),
    ),
    "rule that is gone": (
        lambda w: w.rules.pop("mean"),
        ("rule", "analyser first -> ruleset numbers -> mean"),
    ),
    "wct": (lambda w: w.versions.update(wct="1.1.0"), ("code", "wct")),
    "Python": (lambda w: w.versions.update(python="3.12.1"), ("code", "Python")),
    "plugin": (
        lambda w: setattr(w, "plugin", "counter 1.1"),
        ("component", "analyser first -> plugin"),
    ),
}


@pytest.mark.parametrize("changed", OF_ONE_STEP)
def test_the_one_thing_that_was_changed_is_named(changed: str) -> None:
    change, expected = OF_ONE_STEP[changed]
    assert named(asked(change, "kept")) == [expected]


IRRELEVANT: dict[str, Callable[[World], object]] = {
    "nothing": lambda _w: None,
    "order of the steps": lambda w: w.runbook["execution"].reverse(),
    "order of the analysers": lambda w: w.runbook["analysers"].reverse(),
    "description of the runbook": lambda w: w.runbook.update(description="else"),
    "contact": lambda w: w.runbook.update(contact="somebody else"),
    "description of a step": lambda w: w.step(0).update(description="else"),
    "name of a step": lambda w: w.step(0).update(name="else"),
    "parameter of another component": lambda w: w.runbook["analysers"][2].update(
        properties={"x": 1}
    ),
    "another step": lambda w: w.runbook["execution"].append(
        {**w.step(1), "id": "more"}
    ),
}


@pytest.mark.parametrize("changed", IRRELEVANT)
@pytest.mark.parametrize("step", ["kept", "after"])
def test_what_decides_no_result_is_not_named(changed: str, step: str) -> None:
    assert asked(IRRELEVANT[changed], step) == ()


class TestFollowing:
    def test_an_input_is_followed_to_what_differs_there(self) -> None:
        change = OF_ONE_STEP["analyser's parameter"][0]
        # Counts the same: nothing that the next step reads has changed.
        assert asked(change, "after") == ()

        def adds(world: World) -> None:
            world.runbook["analysers"][0]["properties"]["add"] = 5

        (cause,) = asked(adds, "after")
        assert (cause.kind, cause.what) == ("input", "the result of step kept")
        assert named(cause.because) == [("parameter", "analyser first -> add")]

    def test_to_the_source(self) -> None:
        (cause,) = asked(lambda w: w.texts.append("three"), "after")
        assert named(cause.because) == [("input", "what texts read")]
        assert (cause.because[0].before, cause.because[0].after) == (
            ("2 items", "3 items")
        )

    def test_a_step_before_that_failed_is_why(self) -> None:
        (cause,) = asked(lambda w: setattr(w, "fails", True), "after")
        assert (cause.what, cause.before, cause.after) == (
            ("the result of step kept", "succeeded", "failed")
        )

    def test_so_is_one_that_saves_nothing_any_more(self) -> None:
        (cause,) = asked(lambda w: w.step(0).update(save_output=False), "after")
        assert (cause.before, cause.after) == ("saved", "not saved")


def test_another_component_is_named_with_what_differs_of_it() -> None:
    found = asked(lambda w: w.step(0).update(analyser="other"), "kept")
    assert named(found) == [
        ("step", "step kept -> analyser"),
        ("component", "analyser other -> type"),
        ("component", "analyser other -> plugin"),
    ]


def test_items_that_cannot_be_read_any_more_are_named() -> None:
    found = asked(lambda w: setattr(w, "unreadable", 1), "kept")
    assert ("input", "what texts left out") in named(found)


def test_values_of_secrets_stay_out() -> None:
    def swordfish(world: World) -> None:
        world.runbook["connectors"][0]["properties"]["password"] = "swordfish"

    (cause,) = asked(swordfish, "kept")
    assert cause.what == "connector texts -> password"
    assert "swordfish" not in repr(cause)


def test_the_same_outcome_is_recognised() -> None:
    ledger = memory_ledger()
    one, same = World().run(ledger), World().run(ledger)
    world = World(texts=["one"])
    other = world.run(ledger)
    facts = {run: facts_of(ledger, run) for run in (one, same, other)}
    assert same_outcome(facts[one], facts[same], "kept") is True
    assert same_outcome(facts[one], facts[other], "kept") is False


def test_a_run_has_one_attempt_at_each_step() -> None:
    ledger = memory_ledger()
    run = World(fails=True).run(ledger)
    (kept,) = attempts_of(ledger.read(run), "kept")
    (after,) = attempts_of(ledger.read(run), "after")
    assert (kept.number, kept.ended, kept.again) == (
        (1, "failed (analyser.processing)", None)
    )
    assert after.ended == "skipped, because step 'kept' did not succeed"


class TestResumedRuns:
    """Each step is judged by what it began with, not by what the run ended with."""

    NEWER: ClassVar = {"wct": "2.0.0", "python": "3.11.2"}

    def test_a_step_that_was_not_done_again_has_the_code_of_then(self) -> None:
        ledger = memory_ledger()
        before = World().run(ledger)
        after = World(breaks=True).run(ledger)
        World(versions=self.NEWER).resume(ledger, after)
        one, other = facts_of(ledger, before), facts_of(ledger, after)
        assert named(causes(one, other, "kept")) == []
        assert named(causes(one, other, "after")) == [("code", "wct")]
        assert same_outcome(one, other, "after") is True

    def test_a_parameter_of_the_second_attempt_is_that_of_the_steps_done_again(
        self,
    ) -> None:
        ledger = memory_ledger()
        before = World().run(ledger)
        after = World(breaks=True).run(ledger)
        world = World()
        world.runbook["analysers"][1]["properties"]["limit"] = 10
        world.resume(ledger, after)
        found = causes(facts_of(ledger, before), facts_of(ledger, after), "after")
        assert named(found) == [("parameter", "analyser second -> limit")]

    def test_each_attempt_says_why_there_was_another(self) -> None:
        ledger = memory_ledger()
        run = World(breaks=True).run(ledger)
        World().resume(ledger, run)
        World().resume(ledger, run, from_step="kept")
        first, second, third = attempts_of(ledger.read(run), "after")
        assert [each.number for each in (first, second, third)] == [1, 2, 3]
        assert (first.ended, first.again) == ("failed (analyser.processing)", None)
        assert (second.ended, second.again) == (
            ("completed", "attempt 1 failed (analyser.processing)")
        )
        assert third.again is not None
        assert third.again.startswith("it had completed")
        kept = attempts_of(ledger.read(run), "kept")
        assert [each.ended for each in kept] == ["completed", "completed"]

    def test_a_step_whose_process_was_killed_was_cut_off(self) -> None:
        ledger = memory_ledger()
        run = World(breaks=True).run(ledger)
        # What a process that was killed leaves behind: a step that began.
        began = StepStarted(step="after", attempt=2, at=datetime.now(UTC), seed=1)
        ledger.append(run, [NewEvent(new_id(), began)], expected=None)
        World().resume(ledger, run)
        _, second, third = attempts_of(ledger.read(run), "after")
        assert second.ended == "cut off when the run's process was killed"
        assert third.again == "attempt 2 was cut off when the run's process was killed"

    def test_a_step_that_is_tried_again_by_itself_has_as_many_attempts(self) -> None:
        ledger = memory_ledger()
        world = World(fails=True)
        world.step(0)["retry"] = {"attempts": 2, "backoff": 0}
        run = world.run(ledger)
        ended = [each.ended for each in attempts_of(ledger.read(run), "kept")]
        assert ended == ["failed (analyser.processing)"] * 2
