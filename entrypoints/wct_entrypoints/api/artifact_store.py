"""The artifact store as the seed's users make it: configured, from the environment."""

import os
from typing import Any, Self

from pydantic import Field, ValidationError, field_validator

from wct_domain.executor.artifact_store import RecordedArtifactStore
from wct_domain.ports.artifact_store import ArtifactStore
from wct_domain.services import BaseServiceConfiguration
from wct_entrypoints.bootstrap.application import private_stream
from wct_entrypoints.bootstrap.schemas import RegisteredSchemas

BACKENDS = {"memory"}


class InMemoryArtifactStore(RecordedArtifactStore):
    """A store over a private stream in memory: its events are gone with it."""

    def __init__(self) -> None:
        schemas = RegisteredSchemas()
        super().__init__(private_stream(schemas), schemas)


class ArtifactStoreConfiguration(BaseServiceConfiguration):
    """Which backend keeps artifacts; only ``memory`` so far."""

    backend: str = Field(default="memory")

    @field_validator("backend")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value.lower() not in BACKENDS:
            msg = (
                f"Backend must be one of {BACKENDS}, got: {value}. "
                "Currently only in-memory storage is supported."
            )
            raise ValueError(msg)
        return value.lower()

    @classmethod
    def from_properties(cls, properties: dict[str, Any]) -> Self:
        """Make a configuration: property, else ``ARTIFACT_STORE_BACKEND``, else memory.

        Raises:
            pydantic.ValidationError: the backend is not known.
        """
        backend = properties.get("backend", os.environ.get("ARTIFACT_STORE_BACKEND"))
        known = {} if backend is None else {"backend": backend}
        return cls.model_validate({**properties, **known})


class ArtifactStoreFactory:
    """Makes artifact stores; with a configuration, the environment is ignored."""

    def __init__(self, config: ArtifactStoreConfiguration | None = None) -> None:
        self._config = config

    def can_create(self) -> bool:
        """Say whether the configured backend is known."""
        return self._configuration() is not None

    def create(self) -> ArtifactStore | None:
        """Make a store, or None if the configured backend is not known."""
        if self._configuration() is None:
            return None
        return InMemoryArtifactStore()

    def _configuration(self) -> ArtifactStoreConfiguration | None:
        if self._config is not None:
            return self._config
        try:
            return ArtifactStoreConfiguration.from_properties({})
        except ValidationError:
            return None
