import importlib.util

import pytest

from wct_adapters.matching import automata
from wct_adapters.matching.portable import PortableMatcherCompiler
from wct_domain.ports.matching import MatcherCompiler
from wct_domain.testing.matcher_contract import MatcherContract


class TestPortableMatcher(MatcherContract):
    @pytest.fixture
    def compiler(self) -> MatcherCompiler:
        return PortableMatcherCompiler(fast=False)

    def test_the_same_request_is_compiled_once(self) -> None:
        compiler = PortableMatcherCompiler()
        first = compiler.compile(["email"], ["iban"])
        assert compiler.compile(("email",), ("iban",)) is first
        assert compiler.compile(["email"], []) is not first

    @pytest.mark.parametrize("sign", "(/=:%5\u00e9\x00")
    def test_what_no_word_has_is_no_blank_between_words(self, sign: str) -> None:
        matcher = PortableMatcherCompiler(fast=False).compile(["email address"], [])
        assert matcher.scan(f"the email{sign}address".encode()) == []
        assert len(matcher.scan(f"{sign} email_address {sign}".encode())) == 1


class TestMatcherWithTheExtraFast(MatcherContract):
    @pytest.fixture
    def compiler(self) -> MatcherCompiler:
        pytest.importorskip("ahocorasick_rs", reason="the extra 'fast' has no wheel")
        return PortableMatcherCompiler(fast=True)


def test_the_extra_is_taken_where_it_is_installed() -> None:
    installed = importlib.util.find_spec("ahocorasick_rs") is not None
    assert automata.FAST is installed
