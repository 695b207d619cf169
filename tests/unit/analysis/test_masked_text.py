import pytest
from hypothesis import given
from hypothesis import strategies as st

from wct_adapters.matching.portable import PortableMatcherCompiler
from wct_domain.analysis.detectors import DETECTORS
from wct_domain.analysis.masked_text import (
    holds_value,
    mask_evidence,
    mask_length_only,
    mask_text,
)

SAMPLES = {
    "email": "bob@example.com",
    "iban": "DE89 3704 0044 0532 0130 00",
    "payment_card": "4111 1111 1111 1111",
    "ipv4": "198.51.100.23",
    "ipv6": "2001:db8:1::7",
    "phone": "+44 20 7946 0018",
}
WORDS = ("e-mail", "date of birth", "iban", "Straße", "a/b test", "4111")
PATTERNS = (*WORDS, *(f"value:{name}" for name in SAMPLES))

# Text in which words and values, whole, broken and joined, are likely.
pieces = st.sampled_from(
    [
        *SAMPLES.values(),
        *WORDS,
        *("eMail", "DATE_OF_BIRTH", "STRASSE", "straße", "…", "***", "****", "@"),
        *("b***@e***.com", "…**** 1111", "192.…", " ", "-", ":", ".", "0", "\n", "é"),
        *("4111111111111111", "+442079460018", "::1", "10.0.0.1", "%40", "example.com"),
    ]
)
texts = st.lists(pieces | st.text(max_size=4), max_size=12).map("".join)
matched = st.lists(st.sampled_from(PATTERNS), max_size=4)
MATCHER = PortableMatcherCompiler().compile((), tuple(DETECTORS))


def values_in(text: str) -> set[str]:
    data = text.encode("utf-8", "replace")
    return {data[hit.start : hit.end].decode() for hit in MATCHER.scan(data)}


def test_every_detector_has_a_sample_here() -> None:
    assert SAMPLES.keys() == DETECTORS.keys()
    assert all(values_in(f"x {value} x") == {value} for value in SAMPLES.values())


@pytest.mark.parametrize(
    ("pattern", "text", "shown"),
    [
        ("e-mail", "her emailAddress was given", "…email…"),
        ("e-mail", "E-Mail", "E-Mail"),
        ("e-mail", "email and eMail again", "email…eMail…"),
        ("e-mail", "call bob@example.com", "…"),
        ("value:email", "ask bob@example.com now", "…b***@e***.com…"),
        ("value:iban", "to DE89 3704 0044 0532 0130 00.", "…**** 3000…"),
        ("value:payment_card", "4111 1111 1111 1111", "**** 1111"),
        ("value:ipv4", "from 198.51.100.23 on", "…198.…"),
        ("value:ipv6", "from 2001:db8:1::7", "…2001:…"),
        ("value:phone", "ring +44 20 7946 0018 now", "…**** 0018…"),
        ("value:unheard_of", "ask bob@example.com now", "…"),
        ("e-mail", "", ""),
    ],
)
def test_evidence_shows_the_matched_term_only(
    pattern: str, text: str, shown: str
) -> None:
    assert mask_evidence(text, [pattern]) == shown


def test_evidence_shows_the_first_pattern_that_it_holds() -> None:
    text = "surname of bob@example.com"
    assert mask_evidence(text, ["value:iban", "value:email", "surname"]) == (
        "…b***@e***.com"
    )


def test_a_word_that_is_a_value_is_not_shown_as_it_is() -> None:
    assert mask_evidence("ask bob@example.com", ["bob@example.com"]) == "…***"


def test_evidence_without_its_pattern_shows_nothing() -> None:
    assert mask_evidence("Jane Doe, 4 Elm Road", []) == "…"
    assert mask_evidence("Jane Doe, 4 Elm Road", ["surname"]) == "…"


def test_of_a_content_only_its_length_is_left() -> None:
    assert mask_length_only("x" * 214) == "… (214 characters)"
    assert mask_length_only("é") == "… (1 character)"
    assert mask_length_only("") == ""
    assert mask_length_only("… (214 characters)") == "… (214 characters)"


def test_free_text_keeps_its_words_and_loses_its_values() -> None:
    text = "cannot read bob@example.com from 198.51.100.23: no such row 17"
    assert mask_text(text) == "cannot read b***@e***.com from 198.…: no such row 17"


def test_a_value_goes_also_where_its_neighbours_hide_it_from_its_detector() -> None:
    card = "4111111111111111"
    assert card not in mask_text(f"{card} and x-{card}-9")


def test_a_lone_surrogate_beside_a_value_does_no_harm() -> None:
    assert mask_text("\ud800 bob@example.com") == "? b***@e***.com"
    assert mask_text("\ud800") == "\ud800"


@given(texts, matched)
def test_masked_evidence_holds_no_value_of_the_original(
    text: str, patterns: list[str]
) -> None:
    masked = mask_evidence(text, patterns)
    assert [value for value in values_in(text) if value in masked] == []
    assert values_in(masked) == set()


@given(texts, matched)
def test_masking_masked_evidence_changes_nothing(
    text: str, patterns: list[str]
) -> None:
    masked = mask_evidence(text, patterns)
    assert mask_evidence(masked, patterns) == masked


@given(texts)
def test_masked_free_text_holds_no_value_of_the_original(text: str) -> None:
    masked = mask_text(text)
    assert [value for value in values_in(text) if value in masked] == []
    assert not holds_value(masked)
    assert mask_text(masked) == masked


@given(texts, matched)
def test_masked_evidence_is_made_of_pieces_of_words_values_and_gaps(
    text: str, patterns: list[str]
) -> None:
    masked = mask_evidence(text, patterns)
    words = [pattern for pattern in patterns if not pattern.startswith("value:")]
    longest = max(map(len, words), default=0) + 2
    for part in masked.split("…"):
        assert len(part) <= max(longest, 30)  # b***@e***. and a top-level domain
