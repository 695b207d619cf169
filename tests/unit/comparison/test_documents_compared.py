"""Where two documents differ."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wct_domain.comparison.documents import Difference, differences

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "name", "a", "b"]), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(JSON)
def test_a_document_does_not_differ_from_itself(document: Any) -> None:
    assert list(differences(document, document)) == []


@given(JSON, JSON)
def test_differences_are_the_same_from_either_side(one: Any, other: Any) -> None:
    there = {(d.place, repr(d.before), repr(d.after)) for d in differences(one, other)}
    back = {(d.place, repr(d.after), repr(d.before)) for d in differences(other, one)}
    assert there == back


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 2}}, [Difference("a -> b", 1, 2)]),
        ({"a": 1}, {}, [Difference("a", 1, None)]),
        ({}, {"a": [1]}, [Difference("a", None, [1])]),
        ({"a": [1, 2]}, {"a": [2, 1]}, [Difference("a", [1, 2], [2, 1])]),
        (
            {"steps": [{"id": "x", "n": 1}, {"id": "y"}]},
            {"steps": [{"id": "y"}, {"id": "x", "n": 2}]},
            [Difference("steps -> x -> n", 1, 2)],
        ),
    ],
)
def test_each_difference_is_named_by_its_place(
    before: Any, after: Any, expected: list[Difference]
) -> None:
    assert list(differences(before, after)) == expected


def test_keys_of_no_account_are_left_out() -> None:
    before, after = {"a": {"description": "x", "b": 1}}, {"a": {"b": 1}}
    assert list(differences(before, after, but={"description"})) == []
