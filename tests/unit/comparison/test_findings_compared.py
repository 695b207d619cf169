"""Findings are matched by what they say."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wct_domain.comparison.findings import (
    Finding,
    compare_findings,
    findings_in,
    fingerprint,
)

KEY = bytes(32)
SCHEMA = "personal_data_finding/1.0.0"


def finding(**fields: Any) -> dict[str, Any]:
    return {
        "type": "Email",
        "risk_level": "high",
        "evidence": [{"content": "write to somebody"}],
        "metadata": {"source": "letters.txt"},
        "matched_patterns": ["email"],
        **fields,
    }


def found(*contents: dict[str, Any], step: str = "scan") -> list[Finding]:
    return findings_in({"findings": list(contents)}, step, SCHEMA, KEY)


ANY_FINDING = st.builds(
    finding,
    type=st.sampled_from(["Email", "Phone"]),
    risk_level=st.sampled_from(["high", "low"]),
    evidence=st.lists(
        st.sampled_from([{"content": "a"}, {"content": "b b"}]),
        min_size=1,
        max_size=2,
    ),
)
ANY_FINDINGS = st.lists(ANY_FINDING, max_size=8)


@given(ANY_FINDINGS, st.randoms(use_true_random=False))
def test_nothing_differs_whatever_the_order(
    contents: list[dict[str, Any]], chance: random.Random
) -> None:
    shuffled = contents[:]
    chance.shuffle(shuffled)
    compared = compare_findings(found(*contents), found(*shuffled, step="renamed"))
    assert compared == ([], [], [], len(contents))


@given(ANY_FINDINGS, ANY_FINDINGS)
def test_every_finding_is_accounted_for_once(
    one: list[dict[str, Any]], other: list[dict[str, Any]]
) -> None:
    compared = compare_findings(found(*one), found(*other))
    both = compared.same + len(compared.changed)
    assert len(compared.vanished) + both == len(one)
    assert len(compared.appeared) + both == len(other)
    for change in compared.changed:
        assert change.before.fingerprint == change.after.fingerprint
        assert change.fields


@given(ANY_FINDINGS, ANY_FINDINGS)
def test_what_appears_one_way_vanishes_the_other(
    one: list[dict[str, Any]], other: list[dict[str, Any]]
) -> None:
    there, back = (
        compare_findings(found(*one), found(*other)),
        compare_findings(found(*other), found(*one)),
    )
    assert [f.fingerprint for f in there.appeared] == (
        [f.fingerprint for f in back.vanished]
    )


def test_another_risk_is_a_change_of_the_same_finding() -> None:
    compared = compare_findings(
        found(finding()), found(finding(risk_level="low", matched_patterns=["mail"]))
    )
    (change,) = compared.changed
    assert change.fields == ("risk_level", "matched_patterns")
    assert (compared.appeared, compared.vanished) == ([], [])


@pytest.mark.parametrize(
    "other",
    [
        finding(type="Phone"),
        finding(metadata={"source": "elsewhere.txt"}),
        finding(evidence=[{"content": "write to somebody else"}]),
    ],
    ids=["rule", "source", "evidence"],
)
def test_another_rule_source_or_evidence_is_another_finding(
    other: dict[str, Any],
) -> None:
    compared = compare_findings(found(finding()), found(other))
    assert (len(compared.appeared), len(compared.vanished)) == (1, 1)
    assert compared.changed == []


def test_the_schema_is_part_of_a_finding() -> None:
    assert fingerprint(finding(), SCHEMA, KEY) != fingerprint(finding(), "x/1", KEY)


def test_white_space_in_evidence_is_no_difference() -> None:
    spaced = finding(evidence=[{"content": " write\n to  somebody"}])
    assert fingerprint(spaced, SCHEMA, KEY) == fingerprint(finding(), SCHEMA, KEY)


def test_a_guess_at_the_evidence_cannot_be_tested_without_the_key() -> None:
    assert fingerprint(finding(), SCHEMA, KEY) != (
        fingerprint(finding(), SCHEMA, b"another key".ljust(32))
    )


@pytest.mark.parametrize("content", [{}, {"findings": None}, {"findings": ["text"]}])
def test_results_of_another_shape_have_no_findings(content: dict[str, Any]) -> None:
    assert findings_in(content, "scan", SCHEMA, KEY) == []


@pytest.mark.parametrize("strange", [{"x": 1}, {"evidence": "e"}, {"metadata": "m"}])
def test_findings_of_strangers_are_recognised_by_all_that_they_say(
    strange: dict[str, Any],
) -> None:
    compared = compare_findings(found(strange), found(strange, {**strange, "y": 2}))
    assert (compared.same, len(compared.appeared), compared.vanished) == (1, 1, [])
