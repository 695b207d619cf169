"""What is counted of findings."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wct_domain.risk import found_by

HIGH = {"risk_level": "high", "special_category": True}
LOW = {"risk_level": "low", "special_category": False}


def test_findings_are_counted_by_risk_the_highest_first_and_special_ones() -> None:
    found = found_by({"findings": [LOW, HIGH, LOW, {"purpose": "analytics"}]})
    assert list(found.items()) == [("high", 1), ("low", 2), ("special_category", 1)]


def test_what_has_no_findings_counts_nothing() -> None:
    assert found_by({"data": [{"content": "x"}]}) == {}
    assert found_by({"findings": []}) == {}


@given(
    st.dictionaries(
        st.sampled_from(["findings", "risk_level", "special_category"]),
        st.recursive(
            st.none() | st.text() | st.integers(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        ),
    )
)
def test_findings_of_any_shape_are_counted_without_failing(data: Any) -> None:
    assert all(count > 0 for count in found_by(data).values())
