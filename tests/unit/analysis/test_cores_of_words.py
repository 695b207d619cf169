"""What a text must have to hold a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wct_domain.analysis.words import core, spellings
from wct_domain.testing.matcher_contract import WORDS


@given(st.text(min_size=1) | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_every_spelling_of_a_word_has_its_core(word: str) -> None:
    assert all(core(word) in spelling.folded for spelling in spellings(word))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("email", b"email"),
        ("E-Mail", b"mail"),
        ("emailAddress", b"address"),
        ("identity", b"identit"),
        ("$_POST[", b"$ post["),
        ("prénom usuel", b"usuel"),
        ("電話", b""),
        ("name=\u00e9", b""),
    ],
)
def test_a_core_is_the_longest_part_that_is_written_in_one_way(
    word: str, expected: bytes
) -> None:
    assert core(word) == expected
