"""Finds out what data is processed for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from wct_adapters.analysers.configuration import (
    AnalyserConfiguration,
    PatternMatchingConfig,
)
from wct_adapters.analysers.ruleset_analyser import (
    STANDARD_INPUT,
    Equipment,
    RulesetAnalyser,
    RulesetAnalyserFactory,
)
from wct_domain.analysis.code.purposes import CodeRulebooks, purposes_of_code
from wct_domain.analysis.code.services import Services
from wct_domain.analysis.items import items
from wct_domain.analysis.processing_purposes import processing_purposes, summary
from wct_domain.analysis.rulebook import Rulebook
from wct_domain.errors import RulesetNotFoundError
from wct_domain.extraction import extraction_facts
from wct_domain.message import Message
from wct_domain.ports.components import ComponentConfig
from wct_domain.ports.matching import MatcherCompiler
from wct_domain.rulesets.data_collection import DataCollectionRule
from wct_domain.rulesets.processing_purposes import ProcessingPurposeRule
from wct_domain.rulesets.rules import rule_digest
from wct_domain.rulesets.service_integrations import ServiceIntegrationRule
from wct_domain.rulesets.source import Ruleset, RulesetSource
from wct_domain.schemas import Schema

SOURCE_CODE = "source_code"
PROCESSING_PURPOSE_FINDING = Schema("processing_purpose_finding", "1.0.0")
ANALYSER_VERSION = "1.0.0"


class ProcessingPurposeAnalyserConfig(AnalyserConfiguration):
    """Properties of the processing purpose analyser."""

    component = "processing purpose analyser"

    pattern_matching: PatternMatchingConfig = PatternMatchingConfig(
        ruleset="processing_purposes"
    )


class ProcessingPurposeAnalyser(RulesetAnalyser[ProcessingPurposeRule]):
    """Reports each purpose of processing that an item, or source code, shows signs of.

    ``code`` makes what is looked for in code, when there is code.
    """

    input_schemas = (
        STANDARD_INPUT,
        Schema(SOURCE_CODE, "1.0.0"),
        Schema(SOURCE_CODE, "1.1.0"),
    )
    output_schema = PROCESSING_PURPOSE_FINDING

    def __init__(
        self,
        equipment: Equipment[ProcessingPurposeRule],
        code: Callable[[], CodeRulebooks],
    ) -> None:
        super().__init__(equipment)
        self._code = code

    @classmethod
    def get_name(cls) -> str:
        return "processing_purpose_analyser"

    def _analyse(self, message: Message) -> Message:
        findings = list(self._found(message))
        counts = summary(findings)
        content = {
            "findings": findings,
            "summary": counts,
            "analysis_metadata": {
                **self._analysis_metadata(message),
                **self._own_metadata(counts),
                **_read_of_code(message),
            },
        }
        return Message(id="Processing_purpose_analysis", content=content)

    def _found(self, message: Message) -> Iterable[dict[str, Any]]:
        content, reporting = message.content, self._equipment.reporting()
        if message.schema is not None and message.schema.name == SOURCE_CODE:
            return purposes_of_code(content, self._code(), reporting)
        return processing_purposes(items(content), self._equipment.rulebook, reporting)

    def _own_metadata(self, counts: dict[str, Any]) -> dict[str, Any]:
        validation = self._equipment.config.llm_validation
        return {
            "llm_validation_mode": validation.llm_validation_mode,
            "llm_batch_size": validation.llm_batch_size,
            "analyser_version": ANALYSER_VERSION,
            "processing_purpose_categories_detected": len(counts["purpose_categories"]),
        }


def _read_of_code(message: Message) -> dict[str, Any]:
    """Repeat how much of the code was read: findings say nothing of the rest."""
    if message.schema is None or message.schema.name != SOURCE_CODE:
        return {}
    facts = extraction_facts(message)
    metadata: Mapping[str, Any] = message.content.get("metadata", {})
    read = {
        "files": facts.items,
        "files_with_gaps": metadata.get("files_with_gaps", 0),
        "unreadable": facts.unreadable,
        "truncated": facts.truncated,
    }
    return {"code_read": read}


class ProcessingPurposeAnalyserFactory(
    RulesetAnalyserFactory[ProcessingPurposeAnalyser, ProcessingPurposeRule]
):
    """Finds what data is processed for, in text and in source code.

    Text is judged by words. Of source code it also reads what collects data, and which
    outside services it uses.
    """

    def get_component_name(self) -> str:
        return ProcessingPurposeAnalyser.get_name()

    def get_output_schemas(self) -> list[Schema]:
        return [PROCESSING_PURPOSE_FINDING]

    def get_config_model(self) -> type[ProcessingPurposeAnalyserConfig]:
        return ProcessingPurposeAnalyserConfig

    def get_rule_type(self) -> type[ProcessingPurposeRule]:
        return ProcessingPurposeRule

    def get_input_schemas(self) -> list[Schema]:
        return ProcessingPurposeAnalyser.get_supported_input_schemas()

    def make(
        self, equipment: Equipment[ProcessingPurposeRule]
    ) -> ProcessingPurposeAnalyser:
        def code() -> CodeRulebooks:
            compiler = self._service(MatcherCompiler)
            services, collection = self._services(), self._collection()
            return CodeRulebooks(
                purposes=equipment.rulebook,
                services=Rulebook(services.get_rules(), compiler),
                collection=Rulebook(collection.get_rules(), compiler),
                packages=Services(services.get_rules()),
            )

        return ProcessingPurposeAnalyser(equipment, code)

    def get_versions(self, config: ComponentConfig) -> Mapping[str, str]:
        """Name all three rulesets: nobody can tell yet whether there will be code."""
        versions = dict(super().get_versions(config))
        for ruleset in self._of_code():
            named = f"ruleset {ruleset.name}"
            versions[named] = f"{ruleset.version} sha256:{ruleset.digest}"
        return versions

    def get_rules(self, config: ComponentConfig) -> Mapping[str, Mapping[str, str]]:
        """Name each rule of all three rulesets, with a digest of what it says."""
        rules = dict(super().get_rules(config))
        for ruleset in self._of_code():
            rules[f"ruleset {ruleset.name}"] = {
                rule.name: rule_digest(rule) for rule in ruleset.get_rules()
            }
        return rules

    def _of_code(self) -> Iterator[Ruleset[Any]]:
        """Yield the rulesets for code, as far as a source of somebody's has them."""
        for load in (self._services, self._collection):
            with suppress(RulesetNotFoundError):
                yield load()

    def _services(self) -> Ruleset[ServiceIntegrationRule]:
        rulesets = self._service(RulesetSource)
        return rulesets.load("service_integrations", ServiceIntegrationRule)

    def _collection(self) -> Ruleset[DataCollectionRule]:
        return self._service(RulesetSource).load("data_collection", DataCollectionRule)
