import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wct_domain.analysis.late_pattern import LatePattern


@given(st.text("aAb\n"))
def test_it_finds_what_a_compiled_pattern_finds(text: str) -> None:
    late = LatePattern("a+b", re.IGNORECASE)
    compiled = re.compile("a+b", re.IGNORECASE)
    found = [match.span() for match in late.finditer(text)]
    assert found == [match.span() for match in compiled.finditer(text)]
    for way in ("match", "fullmatch", "search"):
        one, other = (getattr(each, way)(text) for each in (late, compiled))
        assert (one and one.span()) == (other and other.span())


def test_it_is_compiled_when_it_is_first_used() -> None:
    late = LatePattern("(")
    with pytest.raises(re.error):
        late.match("(")
