"""Finds out about whom data is."""

from wct_adapters.analysers.configuration import (
    AnalyserConfiguration,
    PatternMatchingConfig,
)
from wct_adapters.analysers.ruleset_analyser import (
    Equipment,
    RulesetAnalyser,
    RulesetAnalyserFactory,
)
from wct_domain.analysis.data_subjects import data_subjects, summary, unknown_contexts
from wct_domain.analysis.items import items
from wct_domain.context import current_step
from wct_domain.message import Message
from wct_domain.rulesets.data_subjects import DataSubjectRule
from wct_domain.schemas import Schema

DATA_SUBJECT_FINDING = Schema("data_subject_finding", "1.0.0")


class DataSubjectAnalyserConfig(AnalyserConfiguration):
    """Properties of the data subject analyser."""

    component = "data subject analyser"

    pattern_matching: PatternMatchingConfig = PatternMatchingConfig(
        ruleset="data_subjects"
    )


class DataSubjectAnalyser(RulesetAnalyser[DataSubjectRule]):
    """Reports each category of people that an item is about."""

    output_schema = DATA_SUBJECT_FINDING

    @classmethod
    def get_name(cls) -> str:
        return "data_subject_analyser"

    def _analyse(self, message: Message) -> Message:
        equipment, at = self._equipment, current_step().at.isoformat()
        scanned = list(items(message.content))
        if unknown := unknown_contexts(scanned, equipment.rulebook.rules):
            # No rule looks at these items: nothing found there says nothing.
            current_step().note(
                self.get_name(), "items.passed-over", {"count": unknown}
            )
        findings = list(
            data_subjects(scanned, equipment.rulebook, equipment.reporting())
        )
        content = {
            "findings": findings,
            "summary": summary(findings),
            "analysis_metadata": {
                **self._analysis_metadata(message),
                "analysis_timestamp": at,
            },
        }
        return Message(id=f"data_subject_analysis_{at}", content=content)


class DataSubjectAnalyserFactory(
    RulesetAnalyserFactory[DataSubjectAnalyser, DataSubjectRule]
):
    """Finds about whom data is: customers, employees, patients and others."""

    def get_component_name(self) -> str:
        return DataSubjectAnalyser.get_name()

    def get_output_schemas(self) -> list[Schema]:
        return [DATA_SUBJECT_FINDING]

    def get_config_model(self) -> type[DataSubjectAnalyserConfig]:
        return DataSubjectAnalyserConfig

    def get_rule_type(self) -> type[DataSubjectRule]:
        return DataSubjectRule

    def make(self, equipment: Equipment[DataSubjectRule]) -> DataSubjectAnalyser:
        return DataSubjectAnalyser(equipment)
