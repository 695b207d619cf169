"""A JSON Schema, compiled by jsonschema-rs, that tells what is wrong without values.

The library's own sentences print the offending value, so none of them is used: the
text is put together from the place, the kind of rule, and the schema.
"""

import json
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import unquote

import jsonschema_rs
from jsonschema_rs import ValidationError
from jsonschema_rs import ValidationErrorKind as Kind

from wct_domain.errors import SchemaLoadError

_DEEPEST = 200


class CompiledSchema:
    """Checks content; one instance may serve many threads.

    ``format`` is not enforced. References to other documents are not followed: no
    schema makes wct open a connection.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        """Compile; a schema without ``$schema`` is taken for draft 7.

        Raises:
            SchemaLoadError: the document is not a JSON Schema.
        """
        make = (
            jsonschema_rs.validator_for
            if "$schema" in document
            else jsonschema_rs.Draft7Validator
        )
        try:
            # The mask keeps the library from rendering values that nobody will see.
            self._validator = make(
                document, validate_formats=False, retriever=_stay_here, mask="…"
            )
        except ValueError as error:
            reason = str(error).splitlines()[0]
            raise SchemaLoadError(reason) from None
        self._document = document
        self._names = frozenset(_declared_names(document))

    def violation(self, content: object) -> str | None:
        """Say which rule ``content`` breaks first, and where; None if it is valid."""
        try:
            return self._first(content)
        except ValueError:
            # The library refuses to look at something in it.
            for path, what in _not_json(content, ()):
                return f"{self._place(path)}: {what}"
        # Only subclasses of str, int and so on: JSON to everybody but the library.
        return self._first(json.loads(json.dumps(content)))

    def _first(self, content: object) -> str | None:
        error = next(self._validator.iter_errors(content), None)
        return None if error is None else self._text(error, content)

    def _text(self, error: ValidationError, content: object) -> str:
        rule = _rule(error, _at(content, error.instance_path))
        if isinstance(error.kind, Kind.AdditionalProperties):
            rule += f"; allowed: {self._allowed(error.schema_path)}"
        return f"{self._place(error.instance_path)}: {rule}"

    def _place(self, path: list[str | int] | tuple[str | int, ...]) -> str:
        """Join a path; a name that the schema does not declare may be a value."""
        shown = (
            str(step) if isinstance(step, int) or step in self._names else "…"
            for step in path
        )
        return " -> ".join(shown) or "root"

    def _allowed(self, schema_path: list[str | int]) -> str:
        closed = self._closed(schema_path[:-1])
        return _quoted(closed.get("properties", {}))

    def _closed(self, schema_path: list[str | int]) -> dict[str, Any]:
        node: Any = self._document
        for step in schema_path:
            node = node[step]
            if step == "$ref":  # the path goes on in what is referred to
                node = _referred(self._document, node)
        return cast("dict[str, Any]", node)


def _stay_here(uri: str) -> Any:
    msg = f"'{uri}' is another document, which is not fetched"
    raise LookupError(msg)


def _rule(error: ValidationError, value: object) -> str:
    facts = cast("Any", error.kind)  # its types do not tell what they are
    match cast("object", error.kind):
        case Kind.Required(property=name):
            return f"'{name}' is a required property"
        case Kind.Type(types=types):
            return f"{_kind_of(value)} is not of type {_quoted(sorted(types))}"
        case Kind.Enum():
            return f"not one of {_quoted(facts.options)}"
        case Kind.Constant():
            return f"not {_quoted([facts.expected_value])}"
        case Kind.AdditionalProperties(unexpected=unexpected):
            return f"{len(unexpected)} additional properties are not allowed"
        case Kind.MinItems(limit=limit):
            return f"fewer than {limit} items"
        case Kind.MaxItems(limit=limit):
            return f"more than {limit} items"
        case Kind.MinLength(limit=limit):
            return f"shorter than {limit} characters"
        case Kind.MaxLength(limit=limit):
            return f"longer than {limit} characters"
        case Kind.Minimum(limit=limit):
            return f"less than the minimum of {limit}"
        case Kind.Maximum(limit=limit):
            return f"greater than the maximum of {limit}"
        case Kind.Pattern(pattern=pattern):
            return f"does not match '{pattern}'"
        case Kind.AnyOf() | Kind.OneOfNotValid():
            return "valid under none of the alternatives"
        case Kind.OneOfMultipleValid():
            return "valid under more than one of the alternatives"
        case _:
            return f"breaks the rule '{error.schema_path[-1]}'"


def _kind_of(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int():
            return "an integer"
        case float():
            return "a number"
        case str():
            return "a string"
        case dict():
            return "an object"
        case list() | tuple():
            return "an array"
        case _:
            return f"a {type(value).__name__}"


def _quoted(options: Any) -> str:
    return ", ".join("null" if each is None else repr(each) for each in options)


def _at(node: Any, path: list[str | int]) -> Any:
    for step in path:
        node = node[step]
    return node


def _referred(document: Any, reference: str) -> Any:
    """Follow a JSON pointer (RFC 6901) within a document."""
    node = document
    for step in unquote(reference).split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        node = node[int(name) if isinstance(node, list) else name]
    return node


def _declared_names(node: Any) -> Iterator[str]:
    """Yield the names of all properties that a schema mentions."""
    if isinstance(node, dict):
        members = cast("dict[str, Any]", node)
        properties = members.get("properties")
        if isinstance(properties, dict):
            yield from cast("dict[str, Any]", properties)
        for member in members.values():
            yield from _declared_names(member)
    elif isinstance(node, list):
        for member in cast("list[Any]", node):
            yield from _declared_names(member)


def _not_json(
    value: object, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield (path, what is wrong) for each value that JSON cannot hold."""
    if len(path) > _DEEPEST:
        yield path[:1], "nested too deeply, or refers to itself"
    elif isinstance(value, dict):
        for name, member in cast("dict[object, object]", value).items():
            if isinstance(name, str):
                yield from _not_json(member, (*path, name))
            else:
                yield path, f"a key is {_kind_of(name)}, which is not JSON"
    elif isinstance(value, (list, tuple)):
        for index, member in enumerate(cast("list[object]", value)):
            yield from _not_json(member, (*path, index))
    elif value is not None and not isinstance(value, (str, int, float)):
        yield path, f"{_kind_of(value)} is not JSON"
