"""A container as the application makes it, and messages to analyse."""

from datetime import UTC, datetime
from typing import Any, TypeVar

from wct_adapters.analysers.ruleset_analyser import (
    RulesetAnalyser,
    RulesetAnalyserFactory,
)
from wct_adapters.matching.portable import PortableMatcherCompiler
from wct_adapters.rulesets.loader import YamlRulesets
from wct_adapters.schemas.json_files import JsonSchemaLoader
from wct_domain.context import StepContext, working_in
from wct_domain.message import Message
from wct_domain.ports.matching import MatcherCompiler
from wct_domain.rulesets.source import RulesetSource
from wct_domain.schemas import Schema
from wct_domain.services import Provided, ServiceContainer

SCHEMAS = JsonSchemaLoader()
STANDARD_INPUT = Schema("standard_input", "1.0.0", SCHEMAS)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

AnalyserT = TypeVar("AnalyserT", bound=RulesetAnalyser[Any])


def container() -> ServiceContainer:
    services = ServiceContainer()
    services.register(RulesetSource, Provided(YamlRulesets))
    services.register(MatcherCompiler, Provided(PortableMatcherCompiler))
    return services


def item(content: str, source: str = "a.txt", **metadata: Any) -> dict[str, Any]:
    place = {"source": source, "connector_type": "filesystem_connector"}
    return {"content": content, "metadata": {**place, **metadata}}


def cell(table: str, column: str, row: int, content: str) -> dict[str, Any]:
    return item(
        content,
        f"sqlite_database_(shop)_table_({table})_column_({column})_row_({row})",
        connector_type="sqlite_connector",
        table_name=table,
        column_name=column,
        schema_name="shop",
    )


def message(*items: dict[str, Any], **more: Any) -> Message:
    content = {"schemaVersion": "1.0.0", "name": "x", "data": [*items], **more}
    return Message("input", content, STANDARD_INPUT)


def analysed(
    factory: RulesetAnalyserFactory[AnalyserT, Any],
    *items: dict[str, Any],
    properties: dict[str, Any] | None = None,
) -> Message:
    """Analyse as the executor does: a new analyser, inside a step."""
    (output,) = factory.get_output_schemas()
    with working_in(StepContext(at=NOON, seed=0)):
        analyser = factory.create(properties or {})
        return analyser.process(STANDARD_INPUT, output.bound(SCHEMAS), message(*items))
