"""Which schema version two components talk to each other in."""

import re
from collections.abc import Sequence

from wct_domain.errors import (
    ExecutorError,
    SchemaNotFoundError,
    VersionMismatchError,
    VersionNotSupportedError,
)
from wct_domain.schemas import Schema

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)", re.ASCII)


def resolve(
    name: str,
    requested: str | None,
    producer: Sequence[Schema],
    consumer: Sequence[Schema] = (),
) -> Schema:
    """Choose the version of schema ``name`` that both sides support.

    Without a requested version the highest one wins, compared by number. An empty
    ``consumer`` accepts whatever is produced.

    Raises:
        SchemaNotFoundError: one side does not know the schema.
        VersionMismatchError: they have no version in common.
        VersionNotSupportedError: the requested version is not a common one.
        ExecutorError: a component declares a version that is not ``x.y.z``.
    """
    offered = _versions("Producer", name, producer)
    wanted = _versions("Consumer", name, consumer) if consumer else None
    common = set(offered) if wanted is None else set(offered) & set(wanted)
    if not common:
        msg = (
            f"No compatible versions for schema '{name}'. "
            f"Producer supports: {sorted(set(offered))}. "
            f"Consumer supports: {'N/A' if wanted is None else sorted(set(wanted))}"
        )
        raise VersionMismatchError(msg)
    if requested is None:
        version = max(common, key=_number)
    elif requested in common:
        version = requested
    else:
        msg = (
            f"Requested version '{requested}' for schema '{name}' not compatible. "
            f"Compatible versions: {sorted(common)}"
        )
        raise VersionNotSupportedError(msg)
    return next(s for s in producer if s.name == name and s.version == version)


def accept(
    schema: Schema | None,
    supported: Sequence[Schema],
    *,
    step: str,
    analyser: str,
    origin: str,
) -> Schema:
    """Check that an analyser reads the schema of an artifact, name and version.

    ``step`` and ``analyser`` are names from the runbook, ``origin`` is the id of the
    step that saved the artifact. An analyser that declares no input reads anything.

    Raises:
        ExecutorError: the artifact has no schema, or one that is not supported.
    """
    if schema is None:
        msg = f"Artifact from '{origin}' has no schema information"
        raise ExecutorError(msg)
    if supported and schema not in supported:
        known = [f"{each.name} v{each.version}" for each in supported]
        msg = (
            f"Schema mismatch in pipeline step '{step}': Analyser '{analyser}' does "
            f"not support input schema '{schema.name} v{schema.version}'. "
            f"Supported input schemas: {known}"
        )
        raise ExecutorError(msg)
    return schema


def _versions(side: str, name: str, schemas: Sequence[Schema]) -> list[str]:
    versions = [schema.version for schema in schemas if schema.name == name]
    if not versions:
        msg = (
            f"{side} does not support schema '{name}'. "
            f"Available: {[schema.name for schema in schemas]}"
        )
        raise SchemaNotFoundError(msg)
    return versions


def _number(version: str) -> tuple[int, ...]:
    match = _VERSION.fullmatch(version)
    if match is None:
        msg = (
            f"Invalid semantic version '{version}': "
            "must be in format 'major.minor.patch' (e.g., '1.2.3')"
        )
        raise ExecutorError(msg)
    return tuple(map(int, match.groups()))
