"""Which runs found what: rows and the fold say the same, whatever happened."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.projections.histories import completed, ref, run_failed, started
from tests.unit.projections.test_kept_runs import RECORDABLE, RUNS, World
from wct_domain.delivery.own import OWN
from wct_domain.delivery.rebuilding import rebuild
from wct_domain.events import Event, RunPruned, RunResumed, StepCompleted
from wct_domain.ports.cursors import Row
from wct_domain.projections.found_index import (
    NAME,
    TELLING,
    FoundIndex,
    found_in_rows,
    found_index,
)

(INDEX,) = (own for own in OWN if own.name == NAME)


@pytest.fixture
def world() -> World:
    return World()


def found(step: str, **counts: int) -> StepCompleted:
    return completed(step).model_copy(update={"found": counts})


def resumed(*redo: str) -> RunResumed:
    return RunResumed(attempt=2, redo=redo, steps=(), document=ref("d"))


def folded(world: World) -> dict[str, dict[str, int]]:
    return FoundIndex.of(world.ledger.read_all(types=TELLING)).by_run()


def told(world: World) -> dict[str, dict[str, int]]:
    return found_index(world.ledger).by_run()


def lose(world: World, key: str) -> None:
    """Delete a row behind the back of its function."""
    cursors = world.ledger.cursors
    if (standing := cursors.standing(NAME)) is not None:
        cursors.move(standing, standing, rows=[("?", Row(key, change="delete"))])


def test_what_steps_found_is_added_up_by_run(world: World) -> None:
    world.record(
        "one", started("a", "b"), found("a", high=2), found("b", high=1, low=4)
    )
    world.record("other", started("a"), run_failed())
    assert told(world) == {"one": {"high": 3, "low": 4}, "other": {}}


def test_what_is_done_again_counts_once(world: World) -> None:
    world.record("run", started("a", "b"), found("a", high=2), found("b", low=1))
    world.record("run", resumed("b"))
    assert told(world) == {"run": {"high": 2}}
    world.record("run", found("b", low=7))
    assert told(world) == {"run": {"high": 2, "low": 7}}


def test_of_a_pruned_run_nothing_is_known(world: World) -> None:
    world.record("run", started("a"), found("a", high=2))
    world.record("run", RunPruned(positions=((2, 2),), blobs=0, size=0))
    assert told(world) == {"run": {}}


COUNTS = st.dictionaries(
    st.sampled_from(["high", "low", "special_category"]), st.integers(1, 9)
)
STEPS = st.sampled_from("abc")
FOUND = st.tuples(STEPS, COUNTS).map(lambda each: found(each[0], **each[1]))
MOVES: st.SearchStrategy[list[tuple[str, Event] | str]] = st.lists(
    st.tuples(RUNS, RECORDABLE | FOUND | st.builds(resumed, STEPS))
    | st.sampled_from(["keep up", "rebuild", "forget", "lose all"]),
    max_size=25,
)


@given(MOVES)
def test_rows_and_what_follows_them_are_what_the_fold_of_the_log_is(
    moves: list[tuple[str, Event] | str],
) -> None:
    world = World()
    for move in moves:
        match move:
            case "keep up":
                world.keep_up()
            case "rebuild":
                rebuild(INDEX, world.tools())
            case "forget":
                world.ledger.cursors.forget("run-1")
            case "lose all":
                world.ledger.cursors.remove(NAME)
            case str():
                raise AssertionError(move)
            case run, event:
                world.record(run, event)
        assert told(world) == folded(world)


def test_a_row_that_is_lost_has_the_log_read(world: World) -> None:
    world.record("run-1", started("a"), found("a", high=1))
    world.record("run-2", started("a"), found("a", high=2))
    world.keep_up()
    assert found_in_rows(world.ledger) is not None
    lose(world, "run-2")
    assert found_in_rows(world.ledger) is None
    assert told(world) == folded(world)


def test_what_is_in_the_rows_is_not_read_from_the_log_again(world: World) -> None:
    world.record("run", started("a"), found("a", high=1))
    world.keep_up()
    standing = world.ledger.cursors.standing(NAME)
    assert standing is not None
    changed = Row("run", {"a": {"high": 8}}, "merge")
    world.ledger.cursors.move(standing, standing, rows=[("run", changed)])
    assert told(world) == {"run": {"high": 8}}
