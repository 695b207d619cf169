"""``wct.yaml`` and ``organisation.yaml``: files of settings, checked when read."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from wct_adapters.runbook_files import (
    Location,
    duplicate_keys,
    line_of,
    read_runbook_file,
)
from wct_domain.errors import ConfigurationError, RunbookLoadError
from wct_domain.settings.configuration import Configuration
from wct_domain.settings.organisation import OrganisationConfig

_Model = TypeVar("_Model", bound=BaseModel)


def read_configuration(path: Path) -> Configuration:
    """Read ``wct.yaml``; an empty file decides nothing.

    Raises:
        ConfigurationError: the file cannot be read, or says what it must not; the text
            names the line, the field, the reason and the way out.
    """
    return _read(path, Configuration)


def read_organisation(path: Path) -> OrganisationConfig:
    """Read ``organisation.yaml``. Raises as ``read_configuration``."""
    return _read(path, OrganisationConfig)


def _read(path: Path, model: type[_Model]) -> _Model:
    try:
        file = read_runbook_file(path, noun="settings")
    except RunbookLoadError as error:
        raise ConfigurationError(str(error)) from error
    for location, line in duplicate_keys(file.source):
        msg = f"{path}:{line}: {_dotted(location)}: it stands there twice; keep one"
        raise ConfigurationError(msg)
    empty: dict[str, object] = {}
    document = empty if file.document is None else file.document
    try:
        return model.model_validate(document)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)[0]
        location = tuple(found["loc"])
        found_at = line_of(file.source, location)
        place = f"{path}:{found_at}" if found_at else str(path)
        field = f"{_dotted(location)}: " if location else ""
        msg = f"{place}: {field}{_reason(found, model)}"
        raise ConfigurationError(msg) from error


def _dotted(location: Sequence[str | int]) -> str:
    text = "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" for part in location
    )
    return text.removeprefix(".")


def _reason(error: ErrorDetails, model: type[BaseModel]) -> str:
    match error["type"]:
        case "extra_forbidden":
            known = _fields_beside(model, tuple(error["loc"]))
            name = str(error["loc"][-1])
            near = get_close_matches(name, known, n=1)
            hint = (
                f"did you mean '{near[0]}'?" if near else f"known: {', '.join(known)}"
            )
            return f"there is no such setting; {hint}"
        case "missing":
            return "it is missing"
        case "model_type" | "dict_type":
            return "a mapping of settings is wanted"
        case "value_error":
            return str(error.get("ctx", {}).get("error", error["msg"]))
        case _:
            text = error["msg"]
            return text[:1].lower() + text[1:]


def _fields_beside(model: type[BaseModel], location: Location) -> list[str]:
    """List the settings that may stand where an unknown one does."""
    fields: Mapping[str, Any] = model.model_fields
    for part in location[:-1]:
        if isinstance(part, str) and part in fields:
            fields = _fields_of(fields[part].annotation)
    return list(fields)


def _fields_of(annotation: Any) -> Mapping[str, Any]:
    """Return the fields of the model that an annotation is, or holds."""
    fields: Mapping[str, Any] | None = getattr(annotation, "model_fields", None)
    if fields is not None:
        return fields
    for each in get_args(annotation):
        if found := _fields_of(each):
            return found
    return {}
