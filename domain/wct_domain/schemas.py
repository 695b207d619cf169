"""Versioned names for the shape of data that travels between components.

A :class:`Schema` is a light descriptor. The JSON Schema behind it comes from a
:class:`SchemaSource`, which only adapters implement: describing needs no file.
"""

from typing import Any, Protocol, Self, runtime_checkable

from wct_domain.errors import SchemaLoadError


@runtime_checkable
class SchemaLoader(Protocol):
    """Finds JSON Schemas by name and version."""

    def load(self, schema_name: str, version: str = "1.0.0") -> dict[str, Any]:
        """Return the JSON Schema.

        Raises:
            FileNotFoundError: nobody has a schema of this name and version.
            SchemaLoadError: it is there, but unreadable or another version.
        """
        ...


@runtime_checkable
class SchemaSource(SchemaLoader, Protocol):
    """A loader that can also check content, with the compiled schema kept."""

    def violation(self, schema_name: str, version: str, content: object) -> str | None:
        """Say which rule ``content`` breaks and where, or None if it is valid.

        The text holds path and rule (``data -> 0 -> metadata: 'source' is a
        required property``), never a value of the content. Raises as ``load``.
        """
        ...


class Schema:
    """Name and version of a data shape; equal and hashed by these two.

    Making one touches no file and does not check the version's form.
    """

    __slots__ = ("_definition", "_loader", "_name", "_version")

    def __init__(
        self, name: str, version: str, loader: SchemaLoader | None = None
    ) -> None:
        self._name = name
        self._version = version
        self._loader = loader
        self._definition: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def version(self) -> str:
        return self._version

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema, loaded once.

        Raises:
            FileNotFoundError, SchemaLoadError: see ``SchemaLoader.load``.
        """
        if self._definition is None:
            self._definition = self.loader.load(self._name, self._version)
        return self._definition

    @property
    def loader(self) -> SchemaLoader:
        """Where the JSON Schema comes from.

        Raises:
            SchemaLoadError: this descriptor was made without one.
        """
        if self._loader is None:
            msg = f"no schema source is bound to {self._name} {self._version}"
            raise SchemaLoadError(msg)
        return self._loader

    def bound(self, loader: SchemaLoader) -> Self:
        """Return the same schema with ``loader``, unless it has one of its own."""
        if self._loader is not None:
            return self
        return type(self)(self._name, self._version, loader)

    def violation(self, content: object) -> str | None:
        """Say which rule ``content`` breaks; None if it is valid.

        Raises:
            FileNotFoundError, SchemaLoadError: see ``SchemaLoader.load``; also when
                the loader is one that cannot check.
        """
        loader = self.loader
        # By name: isinstance() with a protocol costs more than a small validation.
        check = getattr(loader, "violation", None)
        if check is None:
            msg = f"the loader of {self._name} {self._version} cannot check content"
            raise SchemaLoadError(msg)
        found: str | None = check(self._name, self._version, content)
        return found

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Schema):
            return False
        return self._name == other._name and self._version == other._version

    def __hash__(self) -> int:
        return hash((self._name, self._version))

    def __repr__(self) -> str:
        return f"Schema(name={self._name!r}, version={self._version!r})"
