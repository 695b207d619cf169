import importlib.util
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wct_adapters.matching import automata
from wct_adapters.matching.portable import PortableMatcherCompiler
from wct_domain.ports.matching import MatcherCompiler
from wct_domain.testing.matcher_contract import WORDS, MatcherContract


class TestPortableMatcher(MatcherContract):
    @pytest.fixture
    def compiler(self) -> MatcherCompiler:
        return PortableMatcherCompiler(fast=False, patience=0)

    def test_the_same_request_is_compiled_once(self) -> None:
        compiler = PortableMatcherCompiler()
        first = compiler.compile(["email"], ["iban"])
        assert compiler.compile(("email",), ("iban",)) is first
        assert compiler.compile(["email"], []) is not first

    @pytest.mark.parametrize("sign", "(/=:%5\u00e9\x00")
    def test_what_no_word_has_is_no_blank_between_words(self, sign: str) -> None:
        compiler = PortableMatcherCompiler(fast=False, patience=0)
        matcher = compiler.compile(["email address"], [])
        assert matcher.scan(f"the email{sign}address".encode()) == []
        assert len(matcher.scan(f"{sign} email_address {sign}".encode())) == 1


class TestMatcherWithTheExtraFast(MatcherContract):
    @pytest.fixture
    def compiler(self) -> MatcherCompiler:
        pytest.importorskip("ahocorasick_rs", reason="the extra 'fast' has no wheel")
        return PortableMatcherCompiler(fast=True, patience=0)


class TestMatcherOfTheFirstTexts(MatcherContract):
    @pytest.fixture
    def compiler(self) -> MatcherCompiler:
        return PortableMatcherCompiler(patience=sys.maxsize)

    @given(
        st.lists(st.sampled_from(WORDS) | st.text(min_size=1).filter(str.strip)),
        st.lists(st.sampled_from(WORDS) | st.text() | st.sampled_from(" _-.")),
    )
    @example(["identity"], ["identities"])
    @example(["Ⅷy"], ["\u2177ies"])
    @example(["ab"], ["ABABAB ab"])
    def test_it_finds_what_the_automaton_finds(
        self, words: list[str], text: list[str]
    ) -> None:
        data = "".join(part for each in text for part in (each, *words)).encode()
        found = [
            PortableMatcherCompiler(fast=False, patience=patience)
            .compile(words, [])
            .scan(data)
            for patience in (sys.maxsize, 0)
        ]
        assert found[0] == found[1]

    def test_it_changes_its_way_when_enough_has_come_and_finds_the_same(self) -> None:
        matcher = PortableMatcherCompiler(patience=2_000).compile(WORDS, [])
        text = b"email addresses of identities: pr\xc3\xa9nom"
        first = matcher.scan(text)
        assert len(first) == 6
        assert all(matcher.scan(text) == first for _ in range(10))


def test_the_extra_is_taken_where_it_is_installed() -> None:
    installed = importlib.util.find_spec("ahocorasick_rs") is not None
    assert automata.FAST is installed
