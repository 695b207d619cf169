import pytest

from wct_adapters.matching.portable import PortableMatcherCompiler
from wct_domain.ports.matching import MatcherCompiler
from wct_domain.testing.matcher_contract import MatcherContract


class TestPortableMatcher(MatcherContract):
    @pytest.fixture
    def compiler(self) -> MatcherCompiler:
        return PortableMatcherCompiler()

    def test_the_same_request_is_compiled_once(self) -> None:
        compiler = PortableMatcherCompiler()
        first = compiler.compile(["email"], ["iban"])
        assert compiler.compile(("email",), ("iban",)) is first
        assert compiler.compile(["email"], []) is not first
