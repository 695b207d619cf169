"""The built-in analysers keep the promises that plugins are asked to keep."""

import pytest

from tests import code_reading
from tests.analysing import SCHEMAS, container, item
from tests.analysing import message as standard_input
from wct_adapters.analysers.data_subject import (
    DataSubjectAnalyser,
    DataSubjectAnalyserFactory,
)
from wct_adapters.analysers.personal_data import (
    PersonalDataAnalyser,
    PersonalDataAnalyserFactory,
)
from wct_adapters.analysers.processing_purpose import (
    ProcessingPurposeAnalyser,
    ProcessingPurposeAnalyserFactory,
)
from wct_adapters.analysers.source_code import (
    SourceCodeAnalyser,
    SourceCodeAnalyserFactory,
)
from wct_domain.message import Message
from wct_domain.ports.components import ComponentConfig
from wct_domain.schemas import Schema, SchemaSource
from wct_domain.testing.analyser_contract import AnalyserContractTests


class Bundled:
    """What the three have in common: a text in which each of them finds something."""

    @pytest.fixture
    def schemas(self) -> SchemaSource:
        return SCHEMAS

    @pytest.fixture
    def message(self) -> Message:
        text = "Customer newsletter: pia@example.com, order 7, paid by credit card"
        return standard_input(item(text), item("nothing here", "b.txt"))

    def test_it_finds_something(self, results: list[Message]) -> None:
        assert all(result.content["findings"] for result in results)


class TestPersonalDataAnalyser(Bundled, AnalyserContractTests[PersonalDataAnalyser]):
    @pytest.fixture
    def factory(self) -> PersonalDataAnalyserFactory:
        return PersonalDataAnalyserFactory(container())

    @pytest.fixture
    def valid_config(self) -> ComponentConfig:
        return {"pattern_matching": {"ruleset": "personal_data"}}


class TestProcessingPurposeAnalyser(
    Bundled, AnalyserContractTests[ProcessingPurposeAnalyser]
):
    @pytest.fixture
    def factory(self) -> ProcessingPurposeAnalyserFactory:
        return ProcessingPurposeAnalyserFactory(container())

    @pytest.fixture
    def valid_config(self) -> ComponentConfig:
        return {}


class TestDataSubjectAnalyser(Bundled, AnalyserContractTests[DataSubjectAnalyser]):
    @pytest.fixture
    def factory(self) -> DataSubjectAnalyserFactory:
        return DataSubjectAnalyserFactory(container())

    @pytest.fixture
    def valid_config(self) -> ComponentConfig:
        return {"llm_validation": {"enable_llm_validation": False, "unknown": 1}}


class TestProcessingPurposeAnalyserOnCode(
    Bundled, AnalyserContractTests[ProcessingPurposeAnalyser]
):
    @pytest.fixture
    def factory(self) -> ProcessingPurposeAnalyserFactory:
        return ProcessingPurposeAnalyserFactory(container())

    @pytest.fixture
    def valid_config(self) -> ComponentConfig:
        return {}

    @pytest.fixture(params=["1.0.0", "1.1.0"])
    def message(self, request: pytest.FixtureRequest) -> Message:
        schema = Schema("source_code", request.param, SCHEMAS)
        code = item(code_reading.PHP, "shop/Desk.php")
        return code_reading.analysed(code, output=schema)


class TestSourceCodeAnalyser(AnalyserContractTests[SourceCodeAnalyser]):
    @pytest.fixture
    def factory(self) -> SourceCodeAnalyserFactory:
        return SourceCodeAnalyserFactory(container())

    @pytest.fixture
    def valid_config(self) -> ComponentConfig:
        return {"language": "php"}

    @pytest.fixture
    def schemas(self) -> SchemaSource:
        return SCHEMAS

    @pytest.fixture
    def message(self) -> Message:
        return standard_input(item(code_reading.PHP, "shop/Desk.php"))

    def test_it_finds_something(self, results: list[Message]) -> None:
        assert all(result.content["data"] for result in results)
