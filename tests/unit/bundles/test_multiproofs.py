"""Proofs for many leaves of a tree at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wct_domain.merkle import inclusion_proof, leaf_hash, over, root_of
from wct_domain.multiproof import multiproof, root_from


def hashes(size: int) -> list[bytes]:
    return [number.to_bytes(32, "big") for number in range(size)]


@st.composite
def chosen(draw: st.DrawFn) -> tuple[int, list[int]]:
    size = draw(st.integers(1, 80))
    numbers = st.lists(st.integers(0, size - 1), min_size=1, unique=True)
    return size, sorted(draw(numbers))


@given(chosen())
def test_the_root_follows_from_some_leaves_and_their_proof(
    tree: tuple[int, list[int]],
) -> None:
    size, numbers = tree
    every = hashes(size)
    nodes = multiproof(numbers, size, every)
    leaves = {number: every[number] for number in numbers}
    assert root_from(leaves, size, nodes) == root_of(every)


@given(chosen())
def test_it_is_no_larger_than_the_audit_paths_it_replaces(
    tree: tuple[int, list[int]],
) -> None:
    size, numbers = tree
    every = hashes(size)
    paths = {
        node
        for number in numbers
        for node in inclusion_proof(number, size, over(every))
    }
    assert set(multiproof(numbers, size, every).values()) <= paths


@given(chosen(), st.data())
def test_any_other_leaf_or_node_gives_another_root(
    tree: tuple[int, list[int]], data: st.DataObject
) -> None:
    size, numbers = tree
    every = hashes(size)
    nodes = multiproof(numbers, size, every)
    leaves = {number: every[number] for number in numbers}
    every_key: list[int | tuple[int, int]] = [*leaves, *nodes]
    changed = data.draw(st.sampled_from(every_key))
    if isinstance(changed, int):
        leaves[changed] = b"\xff" * 32
    else:
        nodes[changed] = b"\xff" * 32
    assert root_from(leaves, size, nodes) != root_of(every)


def test_a_proof_must_have_what_is_needed_and_no_more() -> None:
    every = hashes(5)
    nodes = multiproof([1], 5, every)
    assert nodes.keys() == {(0, 1), (2, 4), (4, 5)}
    with pytest.raises(ValueError, match="not needed"):
        root_from({1: every[1]}, 5, {**nodes, (0, 2): leaf_hash(b"")})
    del nodes[2, 4]
    with pytest.raises(ValueError, match="lacks the subtree from 2 to 4"):
        root_from({1: every[1]}, 5, nodes)


@pytest.mark.parametrize("leaves", [{}, {-1: b""}, {5: b""}])
def test_leaves_that_no_such_tree_has_are_refused(leaves: dict[int, bytes]) -> None:
    with pytest.raises(ValueError, match="has none of these"):
        root_from(leaves, 5, {})


def test_a_tree_that_is_too_small_has_no_proof() -> None:
    with pytest.raises(ValueError, match="fewer than 5"):
        multiproof([1], 5, hashes(3))
