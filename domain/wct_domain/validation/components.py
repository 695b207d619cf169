"""Mistakes in the use of components: their types and their properties."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from wct_domain.components import Components, make_analyser, make_connector
from wct_domain.errors import ExecutorError
from wct_domain.explaining import explain
from wct_domain.ports.components import BaseComponentConfiguration, ComponentFactory
from wct_domain.runbook import (
    AnalyserConfig,
    ConnectorConfig,
    Problem,
    problems_of,
)
from wct_domain.validation.remarks import Remark, did_you_mean, error, warning
from wct_domain.validation.sketch import Entry, Sketch

C = TypeVar("C", ConnectorConfig, AnalyserConfig)


def component_remarks(
    runbook: Sketch, installed: Components, *, thorough: bool
) -> Iterator[Remark]:
    """Report types that are not installed, and properties that are refused.

    Args:
        thorough: ask each factory too whether it can make the component, which may
            load what the component needs.
    """
    for source in runbook.connectors:
        kinds = installed.connectors
        yield from _unknown_type(source, "connector", kinds)
        yield from _properties(source, kinds, thorough, make_connector)
    for analysis in runbook.analysers:
        analyses = installed.analysers
        yield from _unknown_type(analysis, "analyser", analyses)
        yield from _properties(analysis, analyses, thorough, make_analyser)


def _unknown_type(
    entry: Entry[C], what: str, known: Collection[str]
) -> Iterator[Remark]:
    name = entry.text("type")
    if name is None or name in known:
        return
    hint = did_you_mean(name, known) or f"wct ls-{what}s lists what is installed"
    yield error(entry.at("type"), f"Unknown {what} type: {name}", hint)


def _properties(
    entry: Entry[C],
    factories: Mapping[str, ComponentFactory[Any]],
    thorough: bool,
    make: Callable[[ComponentFactory[Any], C], object],
) -> Iterator[Remark]:
    config = entry.model
    factory = factories.get(config.type) if config else None
    if config is None or factory is None:
        return
    found = list(_refused_fields(entry, config.properties, factory))
    if not found and thorough:
        found = list(_refused_by_factory(entry, config, factory, make))
        found = found or list(_obstacles(entry, config, factory))
    yield from found
    yield from _ignored_fields(entry, config.properties, factory)
    yield from _decided_elsewhere(entry, config.properties, factory)


def _obstacles(
    entry: Entry[C], config: C, factory: ComponentFactory[Any]
) -> Iterator[Remark]:
    try:
        obstacles = dict(factory.get_obstacles(config.properties))
    except Exception:  # noqa: BLE001  # a plugin: its step will tell
        return
    for name, reason in obstacles.items():
        at = entry.at("properties", name) if name else entry.at("type")
        yield error(at, reason)


def _decided_elsewhere(
    entry: Entry[C], properties: dict[str, Any], factory: ComponentFactory[Any]
) -> Iterator[Remark]:
    """Report what the environment overrides: the runbook does not say what is done."""
    model = _config_model(factory)
    if model is None or not issubclass(model, BaseComponentConfiguration):
        return
    for name, variable in model.decided_elsewhere(dict(properties)).items():
        if name in properties:
            message = f"the environment variable {variable} wins over what is written"
            hint = "unset it if that is not meant"
            yield warning(entry.at("properties", name), message, hint)


def _ignored_fields(
    entry: Entry[C], properties: dict[str, Any], factory: ComponentFactory[Any]
) -> Iterator[Remark]:
    """Report what a lenient configuration passes over: it may be a slip."""
    model = _config_model(factory)
    if model is None or model.model_config.get("extra", "ignore") != "ignore":
        return
    for name in properties:
        if str(name) not in model.model_fields:
            hint = did_you_mean(str(name), model.model_fields) or "remove it"
            at = entry.at("properties", str(name))
            yield warning(at, "unknown property, which is ignored", hint)


def _refused_fields(
    entry: Entry[C], properties: dict[str, Any], factory: ComponentFactory[Any]
) -> Iterator[Remark]:
    model = _config_model(factory)
    if model is None:
        return
    try:
        if issubclass(model, BaseComponentConfiguration):
            # Knows the environment, which may provide what the runbook does not.
            model.from_properties(dict(properties))
        else:
            model.model_validate(properties)
    except ValidationError as refusal:
        yield from _fields(entry, refusal, model)
    except Exception as refusal:  # noqa: BLE001  # anybody's code: whatever it raises
        yield from _explained(entry, properties, model, refusal)


def _explained(
    entry: Entry[C],
    properties: dict[str, Any],
    model: type[BaseModel],
    refusal: Exception,
) -> Iterator[Remark]:
    """Find the fields behind an error that a configuration put into one sentence."""
    try:
        model.model_validate(properties)
    except ValidationError as error_with_fields:
        yield from _fields(entry, error_with_fields, model)
    except Exception:  # noqa: BLE001  # as above
        yield error(entry.at("properties"), explain(refusal))
    else:
        yield error(entry.at("properties"), explain(refusal))


def _fields(
    entry: Entry[C], refusal: ValidationError, model: type[BaseModel]
) -> Iterator[Remark]:
    for problem in problems_of(refusal):
        location = entry.at("properties", *problem.location)
        hint = _way_out(problem, model)
        yield error(location, problem.message.removeprefix("Value error, "), hint)


def _way_out(problem: Problem, model: type[BaseModel]) -> str:
    field = str(problem.location[-1]) if problem.location else ""
    if problem.message == "Field required":
        return f"add '{field}:' to the properties"
    if problem.message == "Extra inputs are not permitted":
        names = model.model_fields if len(problem.location) == 1 else ()
        return did_you_mean(field, names) or "remove it"
    return ""


def _config_model(factory: ComponentFactory[Any]) -> type[BaseModel] | None:
    try:
        return factory.get_config_model()
    except Exception:  # noqa: BLE001  # a plugin: `create` will tell
        return None


def _refused_by_factory(
    entry: Entry[C],
    config: C,
    factory: ComponentFactory[Any],
    make: Callable[[ComponentFactory[Any], C], object],
) -> Iterator[Remark]:
    try:
        if not factory.can_create(config.properties):
            make(factory, config)
    except ExecutorError as refusal:
        yield error(entry.at("properties"), str(refusal))
    except Exception as failure:  # noqa: BLE001  # a plugin breaks its promise
        message = f"{config.type} cannot say whether it can be made"
        yield error(entry.at("properties"), f"{message}: {explain(failure)}")
