"""The built-in analysers keep the promises that plugins are asked to keep."""

import pytest

from tests.analysing import container
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
from wct_domain.ports.components import ComponentConfig
from wct_domain.testing.component_contract import ComponentFactoryContractTests


class TestPersonalDataAnalyser(ComponentFactoryContractTests[PersonalDataAnalyser]):
    @pytest.fixture
    def factory(self) -> PersonalDataAnalyserFactory:
        return PersonalDataAnalyserFactory(container())

    @pytest.fixture
    def valid_config(self) -> ComponentConfig:
        return {"pattern_matching": {"ruleset": "personal_data"}}


class TestProcessingPurposeAnalyser(
    ComponentFactoryContractTests[ProcessingPurposeAnalyser]
):
    @pytest.fixture
    def factory(self) -> ProcessingPurposeAnalyserFactory:
        return ProcessingPurposeAnalyserFactory(container())

    @pytest.fixture
    def valid_config(self) -> ComponentConfig:
        return {}


class TestDataSubjectAnalyser(ComponentFactoryContractTests[DataSubjectAnalyser]):
    @pytest.fixture
    def factory(self) -> DataSubjectAnalyserFactory:
        return DataSubjectAnalyserFactory(container())

    @pytest.fixture
    def valid_config(self) -> ComponentConfig:
        return {"llm_validation": {"enable_llm_validation": False, "unknown": 1}}
