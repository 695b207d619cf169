"""Dependency injection: services by type, made when first asked for."""

from collections.abc import Callable
from threading import RLock
from typing import Any, NamedTuple, Protocol, Self, TypeVar, cast, runtime_checkable

from pydantic import BaseModel, ConfigDict

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class BaseServiceConfiguration(BaseModel):
    """Settings of a service: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_assignment=True)

    @classmethod
    def from_properties(cls, properties: dict[str, Any]) -> Self:
        """Make settings from plain properties.

        Subclasses override this to fall back on the environment, or to raise an
        error of their own.
        """
        return cls.model_validate(properties)


@runtime_checkable
class ServiceFactory(Protocol[T_co]):
    """Makes a service, or says that it cannot."""

    def create(self) -> T_co | None:
        """Return a new service, or None when it is not available."""
        ...

    def can_create(self) -> bool:
        """Say, without making one, whether ``create`` would return a service."""
        ...


@runtime_checkable
class ServiceProvider(Protocol):
    """Hands out services that may be unavailable."""

    def get_service(self, service_type: type[T]) -> T | None: ...

    def is_available(self, service_type: type[Any]) -> bool: ...


class ServiceDescriptor(NamedTuple):
    """How one service type is made, and whether one instance serves all."""

    service_type: type[Any]
    factory: ServiceFactory[Any]
    lifetime: str = "singleton"


class ServiceContainer:
    """Services by type.

    The last registration of a type wins; an instance that was already handed out
    as singleton stays. Any lifetime other than ``singleton`` means a new instance
    for each call.
    """

    def __init__(self) -> None:
        self._descriptors: dict[type[Any], ServiceDescriptor] = {}
        self._singletons: dict[type[Any], Any] = {}
        # Re-entrant: a factory may ask the container for what it depends on.
        self._lock = RLock()

    def register(
        self,
        service_type: type[T],
        factory: ServiceFactory[T],
        lifetime: str = "singleton",
    ) -> None:
        with self._lock:
            self._descriptors[service_type] = ServiceDescriptor(
                service_type, factory, lifetime
            )

    @property
    def descriptors(self) -> tuple[ServiceDescriptor, ...]:
        """What is registered now, in no order that matters."""
        with self._lock:
            return tuple(self._descriptors.values())

    def is_registered(self, service_type: type[Any]) -> bool:
        with self._lock:
            return service_type in self._descriptors

    def get_service(self, service_type: type[T]) -> T:
        """Return the service of this type.

        Raises:
            KeyError: nobody registered one.
            ValueError: its factory returned None. This is not remembered: the next
                call asks the factory again.
        """
        with self._lock:
            if service_type in self._singletons:
                return cast("T", self._singletons[service_type])
            if service_type not in self._descriptors:
                msg = f"Service {service_type.__name__} is not registered"
                raise KeyError(msg)
            descriptor = self._descriptors[service_type]
            instance = descriptor.factory.create()
            if instance is None:
                msg = (
                    f"Factory for {service_type.__name__} returned None "
                    "- service unavailable"
                )
                raise ValueError(msg)
            if descriptor.lifetime == "singleton":
                self._singletons[service_type] = instance
            return cast("T", instance)


class Provided(ServiceFactory[T]):
    """A factory for a service that is made elsewhere."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make

    def create(self) -> T:
        return self._make()

    def can_create(self) -> bool:
        return True
