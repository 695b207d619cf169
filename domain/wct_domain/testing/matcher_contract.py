"""What every matcher promises, whatever it is made of.

::

    class TestMyMatcher(MatcherContract):
        @pytest.fixture
        def compiler(self) -> MatcherCompiler:
            return MyMatcherCompiler()
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wct_domain.analysis.detectors import DETECTORS
from wct_domain.errors import RulesetError
from wct_domain.ports.matching import Hit, MatcherCompiler
from wct_domain.testing.plain_words import plain_hits

WORDS = (
    *("email", "email address", "address", "e-mail", "userId", "ip", "identity"),
    *("$_POST[", "utm_", "name=", "prénom", "straße", "ΌΝΟΜΑ", "電話", "LinkedIn"),
    "mp3",
)
VALUES = (
    *("bob@example.com", "j.o'neil+x@mail.example.org", "zoë@exämple.de", "a@2x.png"),
    *("https://u:pw@example.com/", "DE89 3704 0044 0532 0130 00"),
    *("GB29NWBK60161331926819", "4111 1111 1111 1111", "378282246310005"),
    *("192.0.2.1", "v1.2.3.4", "2001:db8::1", "::ffff:192.0.2.1", "a::b", "10:11:12"),
    *("+44 7700 900123", "+49 (0)30 1234567", "0033199001234", "2026-11-22T10:11:12Z"),
    "550e8400-e29b-41d4-a716-446655440000",
)
_STEMS = (
    *("email", "Email", "EMAIL", "address", "Address", "ADDRESS", "e", "E", "mail"),
    *("Mail", "user", "User", "USER", "id", "Id", "ID", "ip", "Ip", "IP", "identit"),
    *("linkedin", "Linked", "In", "utm", "name", "$_POST[", "$_post[", "pre\u0301nom"),
    *("PRÉNOM", "prénom", "Straße", "STRASSE", "όνομα", "Όνομα", "電話", "mp3"),
)
_ENDINGS = (
    "",
    "",
    "s",
    "es",
    "S",
    "y",
    "ies",
    "IES",
    "2",
    "x",
    "Xy",
    "é",
    "Ж",
    "話",
    "[",
)
_JOINTS = (
    "",
    "",
    " ",
    "_",
    "-",
    ".",
    "\n",
    "\t",
    "=",
    ":",
    "  ",
    "7",
    "q",
    "Q9zK",
    "\u0301",
)
_words_in_text = st.lists(
    st.tuples(*map(st.sampled_from, (_JOINTS, _STEMS, _ENDINGS))).map("".join),
    max_size=6,
).map("".join)
_values_in_text = st.lists(
    st.sampled_from(VALUES) | st.sampled_from(_JOINTS) | st.text(max_size=3),
    max_size=8,
).map("".join)
_texts = st.tuples(_words_in_text, _values_in_text, _words_in_text).map("".join)
_detectors = st.lists(st.sampled_from(sorted(DETECTORS)), unique=True)
_words = st.lists(st.sampled_from(WORDS), max_size=6)

# Compilers keep nothing that one example could leave to the next but equal matchers.
# One suite runs for several matchers, each in a class of its own.
_shared = settings(
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.differing_executors,
    ]
)


def shifted(hits: Sequence[Hit], offset: int) -> list[Hit]:
    return [Hit(hit.start + offset, hit.end + offset, hit.term) for hit in hits]


class MatcherContract:
    """Inherit it and provide the fixture ``compiler``."""

    @pytest.fixture
    def compiler(self) -> MatcherCompiler:
        raise NotImplementedError("provide a fixture 'compiler'")

    def test_terms_are_the_words_as_given_and_then_the_values(
        self, compiler: MatcherCompiler
    ) -> None:
        matcher = compiler.compile(["E-Mail", "Prénom"], ["iban", "email"])
        assert matcher.terms == ("E-Mail", "Prénom", "value:iban", "value:email")

    def test_a_hit_names_the_bytes_of_the_data_as_it_was_given(
        self, compiler: MatcherCompiler
    ) -> None:
        data = "Größe ‰ USER_EMAIL: bob@example.com".encode()
        hits = compiler.compile(["user email"], ["email"]).scan(data)
        assert [data[hit.start : hit.end] for hit in hits] == [
            b"USER_EMAIL",
            b"bob@example.com",
        ]
        assert [hit.term for hit in hits] == [0, 1]

    def test_a_word_that_is_given_twice_is_reported_for_both(
        self, compiler: MatcherCompiler
    ) -> None:
        hits = compiler.compile(["email", "phone", "email"], []).scan(b"an email")
        assert hits == [Hit(3, 8, 0), Hit(3, 8, 2)]

    def test_nothing_is_found_where_nothing_is_looked_for(
        self, compiler: MatcherCompiler
    ) -> None:
        assert compiler.compile([], []).scan(b"bob@example.com") == []

    @pytest.mark.parametrize("word", ["", " ", "\n\t"])
    def test_a_blank_word_is_refused(
        self, compiler: MatcherCompiler, word: str
    ) -> None:
        with pytest.raises(RulesetError, match=r"2 .*blank"):
            compiler.compile(["email", word], [])

    def test_an_unknown_detector_is_refused_with_the_names_of_all_known_ones(
        self, compiler: MatcherCompiler
    ) -> None:
        with pytest.raises(RulesetError) as caught:
            compiler.compile(["email"], ["iban", "shoe_size"])
        assert "'shoe_size'" in str(caught.value)
        assert all(name in str(caught.value) for name in DETECTORS)

    @pytest.mark.parametrize("size", [100, 4096, 32 * 1024, 64 * 1024, 1024 * 1024])
    def test_hits_are_found_wherever_they_stand_in_large_data(
        self, compiler: MatcherCompiler, size: int
    ) -> None:
        matcher = compiler.compile(["email", "email address"], ["email"])
        for offset in range(-24, 2):
            start = size + offset
            data = b"\n" * start + b"emailAddress=bob@example.com" + b"\n" * size
            assert matcher.scan(data) == [
                Hit(start, start + 5, 0),
                Hit(start, start + 12, 1),
                Hit(start + 13, start + 28, 2),
            ]

    @given(text=_words_in_text)
    @settings(_shared, max_examples=500)
    def test_a_scan_finds_the_words_that_slow_patterns_find(
        self, compiler: MatcherCompiler, text: str
    ) -> None:
        found = compiler.compile(WORDS, []).scan(text.encode())
        assert found == plain_hits(text, WORDS, [])

    @given(text=_texts, words=_words, detectors=_detectors)
    @_shared
    def test_words_and_values_are_found_together_as_one_by_one(
        self,
        compiler: MatcherCompiler,
        text: str,
        words: list[str],
        detectors: list[str],
    ) -> None:
        found = compiler.compile(words, detectors).scan(text.encode())
        assert found == plain_hits(text, words, detectors)

    @given(first=_texts, second=_texts)
    @_shared
    def test_what_stands_before_a_line_of_its_own_only_shifts_the_hits(
        self, compiler: MatcherCompiler, first: str, second: str
    ) -> None:
        matcher = compiler.compile(WORDS, sorted(DETECTORS))
        before, behind = f"{first}\n;\n".encode(), second.encode()
        assert matcher.scan(before + behind) == [
            *matcher.scan(before),
            *shifted(matcher.scan(behind), len(before)),
        ]

    @given(
        data=st.binary(max_size=200)
        | st.lists(st.binary(max_size=4) | st.sampled_from(VALUES).map(str.encode)).map(
            b"".join
        )
    )
    @_shared
    def test_any_bytes_give_sorted_hits_inside_the_data_and_no_error(
        self, compiler: MatcherCompiler, data: bytes
    ) -> None:
        hits = compiler.compile(WORDS, sorted(DETECTORS)).scan(data)
        assert hits == sorted(set(hits))
        assert all(0 <= hit.start < hit.end <= len(data) for hit in hits)
        values = [hit for hit in hits if hit.term >= len(WORDS)]
        assert all(one.end <= other.start for one, other in pairwise(values))

    def test_one_matcher_serves_many_threads(self, compiler: MatcherCompiler) -> None:
        data = [
            f"{'x ' * count}userEmail=bob@example.com ".encode() for count in range(40)
        ]
        alone = [compiler.compile(WORDS, ["email"]).scan(each) for each in data]

        def scan(each: bytes) -> list[Hit]:
            return compiler.compile(WORDS, ["email"]).scan(each)

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(scan, data)) == alone
