"""Finds out what data is processed for."""

from typing import Any

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
from wct_domain.analysis.processing_purposes import processing_purposes, summary
from wct_domain.message import Message
from wct_domain.rulesets.processing_purposes import ProcessingPurposeRule
from wct_domain.schemas import Schema

PROCESSING_PURPOSE_FINDING = Schema("processing_purpose_finding", "1.0.0")
ANALYSER_VERSION = "1.0.0"


class ProcessingPurposeAnalyserConfig(AnalyserConfiguration):
    """Properties of the processing purpose analyser."""

    component = "processing purpose analyser"

    pattern_matching: PatternMatchingConfig = PatternMatchingConfig(
        ruleset="processing_purposes"
    )


class ProcessingPurposeAnalyser(RulesetAnalyser[ProcessingPurposeRule]):
    """Reports each purpose of processing that an item shows signs of."""

    output_schema = PROCESSING_PURPOSE_FINDING

    @classmethod
    def get_name(cls) -> str:
        return "processing_purpose_analyser"

    def _analyse(self, message: Message) -> Message:
        found = processing_purposes(
            items(message.content),
            self._equipment.rulebook,
            self._equipment.reporting(),
        )
        findings = list(found)
        counts = summary(findings)
        content = {
            "findings": findings,
            "summary": counts,
            "analysis_metadata": {
                **self._analysis_metadata(message),
                **self._own_metadata(counts),
            },
        }
        return Message(id="Processing_purpose_analysis", content=content)

    def _own_metadata(self, counts: dict[str, Any]) -> dict[str, Any]:
        validation = self._equipment.config.llm_validation
        return {
            "llm_validation_mode": validation.llm_validation_mode,
            "llm_batch_size": validation.llm_batch_size,
            "analyser_version": ANALYSER_VERSION,
            "processing_purpose_categories_detected": len(counts["purpose_categories"]),
        }


class ProcessingPurposeAnalyserFactory(
    RulesetAnalyserFactory[ProcessingPurposeAnalyser, ProcessingPurposeRule]
):
    """Finds what data is processed for, by the words that code and documents use."""

    def get_component_name(self) -> str:
        return ProcessingPurposeAnalyser.get_name()

    def get_output_schemas(self) -> list[Schema]:
        return [PROCESSING_PURPOSE_FINDING]

    def get_config_model(self) -> type[ProcessingPurposeAnalyserConfig]:
        return ProcessingPurposeAnalyserConfig

    def get_rule_type(self) -> type[ProcessingPurposeRule]:
        return ProcessingPurposeRule

    def make(
        self, equipment: Equipment[ProcessingPurposeRule]
    ) -> ProcessingPurposeAnalyser:
        return ProcessingPurposeAnalyser(equipment)
