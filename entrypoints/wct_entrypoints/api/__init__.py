"""The public names of wct, for runbook users and plugin authors: import from here.

Names and behaviour are those of the seed's public API; what its modules did is told
in ``docs/reference/compatibility.md``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wct_domain import __version__, events
from wct_domain.commands import ExecuteRunbook
from wct_domain.context import current_step
from wct_domain.errors import (
    AnalyserConfigError,
    AnalyserError,
    AnalyserInputError,
    AnalyserProcessingError,
    ArtifactNotFoundError,
    ArtifactStoreError,
    ConnectorConfigError,
    ConnectorError,
    ConnectorExtractionError,
    DataParsingError,
    DeliveryError,
    ExecutorError,
    ExportError,
    LedgerError,
    LLMConfigurationError,
    LLMConnectionError,
    LLMServiceError,
    MessageValidationError,
    ParserError,
    RulesetAlreadyRegisteredError,
    RulesetError,
    RulesetNotFoundError,
    RunbookError,
    RunbookLoadError,
    RunbookValidationError,
    SchemaLoadError,
    SchemaNotFoundError,
    VersionMismatchError,
    VersionNotSupportedError,
    WaivernError,
    WctError,
)
from wct_domain.executor.outcome import Outcome, RunInterruptedError
from wct_domain.extraction import ExtractionFacts, ExtractionNotes, extraction_facts
from wct_domain.findings import (
    AnalysesChain,
    AnalysisChainEntry,
    BaseAnalysisOutputMetadata,
    BaseFindingCompliance,
    BaseFindingEvidence,
    BaseFindingModel,
)
from wct_domain.message import Message
from wct_domain.ports.artifact_store import ArtifactStore
from wct_domain.ports.bus import Subscriber
from wct_domain.ports.components import (
    BaseComponentConfiguration,
    ComponentConfig,
    ComponentFactory,
)
from wct_domain.ports.cursors import Row
from wct_domain.ports.ledger import Ledger, Recorded
from wct_domain.ports.llm import BaseLLMService
from wct_domain.projections.results import AnalysisResult
from wct_domain.rulesets.documents import RulesetData
from wct_domain.rulesets.rules import BaseRule, RuleComplianceData
from wct_domain.rulesets.source import BaseRuleset
from wct_domain.runbook import (
    AnalyserConfig,
    AnalysisMetadata,
    ConnectorConfig,
    ExecutionStep,
    Runbook,
    RunbookSummary,
)
from wct_domain.schemas import SchemaLoader, SchemaSource
from wct_domain.services import (
    BaseServiceConfiguration,
    ServiceContainer,
    ServiceDescriptor,
    ServiceFactory,
    ServiceProvider,
)
from wct_domain.settings.organisation import OrganisationConfig
from wct_domain.standard_input import (
    BaseMetadata,
    FilesystemMetadata,
    RelationalDatabaseMetadata,
    StandardInputDataItemModel,
    StandardInputDataModel,
    parse_data_model,
)
from wct_entrypoints.api.artifact_store import (
    ArtifactStoreConfiguration,
    ArtifactStoreFactory,
    InMemoryArtifactStore,
)
from wct_entrypoints.api.executor import Executor
from wct_entrypoints.api.files import (
    AnalysisResultsExporter,
    OrganisationLoader,
    RunbookLoader,
)
from wct_entrypoints.api.runbook_schema import RunbookSchemaGenerator
from wct_entrypoints.api.schemas import Analyser, Connector, Schema
from wct_entrypoints.bootstrap.ledgers import open_ledger
from wct_entrypoints.bootstrap.schemas import JsonSchemaLoader
from wct_entrypoints.schema_registry import SchemaRegistry

if TYPE_CHECKING:
    from wct_domain.testing.analyser_contract import AnalyserContractTests
    from wct_domain.testing.component_contract import (
        ComponentFactoryContractTests,
        ConnectorContractTests,
    )

__all__ = [
    "Analyser",
    "AnalyserConfig",
    "AnalyserConfigError",
    "AnalyserContractTests",
    "AnalyserError",
    "AnalyserInputError",
    "AnalyserProcessingError",
    "AnalysesChain",
    "AnalysisChainEntry",
    "AnalysisMetadata",
    "AnalysisResult",
    "AnalysisResultsExporter",
    "ArtifactNotFoundError",
    "ArtifactStore",
    "ArtifactStoreConfiguration",
    "ArtifactStoreError",
    "ArtifactStoreFactory",
    "BaseAnalysisOutputMetadata",
    "BaseComponentConfiguration",
    "BaseFindingCompliance",
    "BaseFindingEvidence",
    "BaseFindingModel",
    "BaseLLMService",
    "BaseMetadata",
    "BaseRule",
    "BaseRuleset",
    "BaseServiceConfiguration",
    "ComponentConfig",
    "ComponentFactory",
    "ComponentFactoryContractTests",
    "Connector",
    "ConnectorConfig",
    "ConnectorConfigError",
    "ConnectorContractTests",
    "ConnectorError",
    "ConnectorExtractionError",
    "DataParsingError",
    "DeliveryError",
    "ExecuteRunbook",
    "ExecutionStep",
    "Executor",
    "ExecutorError",
    "ExportError",
    "ExtractionFacts",
    "ExtractionNotes",
    "FilesystemMetadata",
    "InMemoryArtifactStore",
    "JsonSchemaLoader",
    "LLMConfigurationError",
    "LLMConnectionError",
    "LLMServiceError",
    "Ledger",
    "LedgerError",
    "Message",
    "MessageValidationError",
    "OrganisationConfig",
    "OrganisationLoader",
    "Outcome",
    "ParserError",
    "Recorded",
    "RelationalDatabaseMetadata",
    "Row",
    "RuleComplianceData",
    "RulesetAlreadyRegisteredError",
    "RulesetData",
    "RulesetError",
    "RulesetNotFoundError",
    "RunInterruptedError",
    "Runbook",
    "RunbookError",
    "RunbookLoadError",
    "RunbookLoader",
    "RunbookSchemaGenerator",
    "RunbookSummary",
    "RunbookValidationError",
    "Schema",
    "SchemaLoadError",
    "SchemaLoader",
    "SchemaNotFoundError",
    "SchemaRegistry",
    "SchemaSource",
    "ServiceContainer",
    "ServiceDescriptor",
    "ServiceFactory",
    "ServiceProvider",
    "StandardInputDataItemModel",
    "StandardInputDataModel",
    "Subscriber",
    "VersionMismatchError",
    "VersionNotSupportedError",
    "WaivernError",
    "WctError",
    "__version__",
    "current_step",
    "events",
    "extraction_facts",
    "open_ledger",
    "parse_data_model",
]


_CONTRACTS = {
    "AnalyserContractTests": "analyser_contract",
    "ComponentFactoryContractTests": "component_contract",
    "ConnectorContractTests": "component_contract",
}


def __getattr__(name: str) -> Any:
    """Import what needs pytest only when it is asked for."""
    if name in _CONTRACTS:
        module = import_module(f"wct_domain.testing.{_CONTRACTS[name]}")
        return getattr(module, name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
