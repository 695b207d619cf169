"""Finds personal data in text."""

from wct_adapters.analysers.configuration import (
    AnalyserConfiguration,
    PatternMatchingConfig,
)
from wct_adapters.analysers.ruleset_analyser import (
    Equipment,
    RulesetAnalyser,
    RulesetAnalyserFactory,
)
from wct_domain.analysis.items import items
from wct_domain.analysis.personal_data import personal_data, summary
from wct_domain.message import Message
from wct_domain.rulesets.personal_data import PersonalDataRule
from wct_domain.schemas import Schema

PERSONAL_DATA_FINDING = Schema("personal_data_finding", "1.0.0")


class PersonalDataAnalyserConfig(AnalyserConfiguration):
    """Properties of the personal data analyser."""

    component = "personal data analyser"

    pattern_matching: PatternMatchingConfig = PatternMatchingConfig(
        ruleset="personal_data"
    )


class PersonalDataAnalyser(RulesetAnalyser[PersonalDataRule]):
    """Reports each category of personal data in each item."""

    output_schema = PERSONAL_DATA_FINDING

    @classmethod
    def get_name(cls) -> str:
        return "personal_data_analyser"

    def _analyse(self, message: Message) -> Message:
        found = personal_data(
            items(message.content),
            self._equipment.rulebook,
            self._equipment.reporting(),
        )
        findings = list(found)
        content = {
            "findings": findings,
            "summary": summary(findings),
            "analysis_metadata": self._analysis_metadata(message),
        }
        return Message(id="Personal_data_analysis", content=content)


class PersonalDataAnalyserFactory(
    RulesetAnalyserFactory[PersonalDataAnalyser, PersonalDataRule]
):
    """Finds personal data by the words that name it and by values that prove it."""

    def get_component_name(self) -> str:
        return PersonalDataAnalyser.get_name()

    def get_output_schemas(self) -> list[Schema]:
        return [PERSONAL_DATA_FINDING]

    def get_config_model(self) -> type[PersonalDataAnalyserConfig]:
        return PersonalDataAnalyserConfig

    def get_rule_type(self) -> type[PersonalDataRule]:
        return PersonalDataRule

    def make(self, equipment: Equipment[PersonalDataRule]) -> PersonalDataAnalyser:
        return PersonalDataAnalyser(equipment)
