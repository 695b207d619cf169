"""What the analysers that work by a ruleset have in common."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from wct_adapters.analysers.configuration import AnalyserConfiguration
from wct_domain.analysis.reporting import Reporting
from wct_domain.analysis.rulebook import Rulebook
from wct_domain.context import current_step
from wct_domain.errors import AnalyserConfigError
from wct_domain.message import Message
from wct_domain.ports.components import Analyser, ComponentConfig, ComponentFactory
from wct_domain.ports.llm import BaseLLMService
from wct_domain.ports.matching import MatcherCompiler
from wct_domain.rulesets.rules import RuleT, rule_digest
from wct_domain.rulesets.source import RulesetSource
from wct_domain.schemas import Schema, SchemaSource
from wct_domain.services import ServiceContainer

STANDARD_INPUT = Schema("standard_input", "1.0.0")

ServiceT = TypeVar("ServiceT")


class Equipment(NamedTuple, Generic[RuleT]):
    """What an analyser works with.

    ``schemas`` serves messages whose schema is bound to no source: those of callers
    that use an analyser without an executor.
    """

    config: AnalyserConfiguration
    rulebook: Rulebook[RuleT]
    schemas: SchemaSource | None = None

    def reporting(self) -> Reporting:
        matching = self.config.pattern_matching
        return Reporting(
            context_size=matching.evidence_context_size,
            most_evidence=matching.maximum_evidence_count,
            at=current_step().at.isoformat(),
        )


class RulesetAnalyser(Analyser, Generic[RuleT]):
    """Scans the items of a ``standard_input`` message by a ruleset.

    A subclass that reads other schemas as well says so in ``input_schemas``.
    """

    input_schemas: ClassVar[tuple[Schema, ...]] = (STANDARD_INPUT,)
    output_schema: ClassVar[Schema]

    def __init__(self, equipment: Equipment[RuleT]) -> None:
        self._equipment = equipment

    @classmethod
    def get_supported_input_schemas(cls) -> list[Schema]:
        return list(cls.input_schemas)

    @classmethod
    def get_supported_output_schemas(cls) -> list[Schema]:
        return [cls.output_schema]

    def process(
        self, input_schema: Schema, output_schema: Schema, message: Message
    ) -> Message:
        """Analyse a message of one of the input schemas.

        Raises:
            ValueError: another input schema was asked for.
            SchemaLoadError: the message says another schema than that.
            MessageValidationError: its content does not satisfy the schema.
        """
        if input_schema.name not in {schema.name for schema in self.input_schemas}:
            msg = f"Unsupported input schema: {input_schema.name}"
            raise ValueError(msg)
        if message.schema is not None:
            message.schema = self._bound(message.schema)
        self.validate_input_message(message, input_schema)
        result = self._analyse(message)
        result.schema = self._bound(output_schema)
        return result.validate()

    @abstractmethod
    def _analyse(self, message: Message) -> Message:
        """Analyse a valid message; the result's schema is set by the caller."""

    def _analysis_metadata(self, message: Message) -> dict[str, Any]:
        """Say how findings are made: the part that all analysers report."""
        chain = self.update_analyses_chain(message, self.get_name())
        matching = self._equipment.config.pattern_matching
        return {
            "ruleset_used": matching.ruleset,
            "llm_validation_enabled": False,
            "evidence_context_size": matching.evidence_context_size,
            "analyses_chain": [
                {**entry, "execution_timestamp": _text(entry["execution_timestamp"])}
                for entry in chain
            ],
        }

    def _bound(self, schema: Schema) -> Schema:
        schemas = self._equipment.schemas
        return schema if schemas is None else schema.bound(schemas)


def _text(moment: Any) -> str:
    return moment if isinstance(moment, str) else moment.isoformat()


AnalyserT_co = TypeVar("AnalyserT_co", bound=Analyser, covariant=True)


class RulesetAnalyserFactory(
    ComponentFactory[AnalyserT_co], Generic[AnalyserT_co, RuleT]
):
    """Makes one of the analysers that work by a ruleset.

    The container provides a ``RulesetSource`` and a ``MatcherCompiler``; it is asked
    for a language model only when the configuration wants one.
    """

    def __init__(self, container: ServiceContainer) -> None:
        self._container = container

    @abstractmethod
    def get_config_model(self) -> type[AnalyserConfiguration]:
        """Model of the properties."""

    @abstractmethod
    def get_rule_type(self) -> type[RuleT]:
        """What the ruleset has to hold."""

    @abstractmethod
    def make(self, equipment: Equipment[RuleT]) -> AnalyserT_co:
        """Make the analyser."""

    def create(self, config: ComponentConfig) -> AnalyserT_co:
        """Make an analyser for these properties.

        Raises:
            AnalyserConfigError: a property is wrong, a service is missing, or language
                models are to be asked, which this version does not do.
            ValueError: language models are to be asked, and there is none.
            RulesetError: the ruleset is not there, not of the type, or wrong.
        """
        properties = self.get_config_model().from_properties(config)
        if properties.llm_validation.enable_llm_validation:
            self._refuse_validation()
        ruleset = self._service(RulesetSource).load(
            properties.pattern_matching.ruleset, self.get_rule_type()
        )
        rulebook = Rulebook(ruleset.get_rules(), self._service(MatcherCompiler))
        schemas = None
        if self._container.is_registered(SchemaSource):
            schemas = self._container.get_service(SchemaSource)
        return self.make(Equipment(properties, rulebook, schemas))

    def can_create(self, config: ComponentConfig) -> bool:
        try:
            self.create(config)
        except Exception:  # noqa: BLE001  # whatever a service raises, the answer is no
            return False
        return True

    def get_input_schemas(self) -> list[Schema]:
        return [STANDARD_INPUT]

    def get_service_dependencies(self) -> dict[str, type]:
        return {
            "rulesets": RulesetSource,
            "matcher_compiler": MatcherCompiler,
            "llm_service": BaseLLMService,
        }

    def get_versions(self, config: ComponentConfig) -> Mapping[str, str]:
        """Name the ruleset with its version and the SHA-256 of its file."""
        properties = self.get_config_model().from_properties(config)
        name = properties.pattern_matching.ruleset
        ruleset = self._service(RulesetSource).load(name, self.get_rule_type())
        return {f"ruleset {name}": f"{ruleset.version} sha256:{ruleset.digest}"}

    def get_rules(self, config: ComponentConfig) -> Mapping[str, Mapping[str, str]]:
        """Name each rule of the ruleset with a digest of all that it says."""
        properties = self.get_config_model().from_properties(config)
        name = properties.pattern_matching.ruleset
        ruleset = self._service(RulesetSource).load(name, self.get_rule_type())
        rules = {rule.name: rule_digest(rule) for rule in ruleset.get_rules()}
        return {f"ruleset {name}": rules}

    def _service(self, kind: type[ServiceT]) -> ServiceT:
        try:
            return self._container.get_service(kind)
        except KeyError:
            msg = (
                f"{self.get_component_name()} needs a {kind.__name__}: register one in "
                "the service container"
            )
            raise AnalyserConfigError(msg) from None

    def _refuse_validation(self) -> None:
        try:
            self._container.get_service(BaseLLMService)
        except (KeyError, ValueError):
            msg = "LLM validation enabled but no LLM service available"
            raise ValueError(msg) from None
        # Findings nobody validated must not say that somebody did.
        msg = (
            f"{self.get_component_name()} cannot validate findings with a language "
            "model in this version of wct: set "
            "llm_validation -> enable_llm_validation to false"
        )
        raise AnalyserConfigError(msg)
