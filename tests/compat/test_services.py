"""Services by type: made when first asked for, and how long they live."""

from typing import Any

import pytest

from tests.compat.toys import OddError
from wct_entrypoints.api import (
    BaseServiceConfiguration,
    ServiceContainer,
    ServiceDescriptor,
    ServiceFactory,
    ServiceProvider,
)


class Clock:
    """A service."""


class ClockFactory:
    """Makes clocks; None when it is broken."""

    def __init__(self, outcome: type | Exception | None = Clock) -> None:
        self.outcome = outcome
        self.asked = 0

    def create(self) -> Clock | None:
        self.asked += 1
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return None if self.outcome is None else Clock()

    def can_create(self) -> bool:
        raise OddError("the container does not ask")


def test_a_service_is_made_once_when_it_is_first_asked_for() -> None:
    factory = ClockFactory()
    container = ServiceContainer()
    container.register(Clock, factory)
    assert factory.asked == 0

    assert container.get_service(Clock) is container.get_service(Clock)
    assert factory.asked == 1


@pytest.mark.parametrize("lifetime", ["transient", "scoped", "", "Singleton"])
def test_with_any_other_lifetime_each_call_makes_a_service(lifetime: str) -> None:
    container = ServiceContainer()
    container.register(Clock, ClockFactory(), lifetime)

    assert container.get_service(Clock) is not container.get_service(Clock)


def test_an_unknown_service_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="Clock"):
        ServiceContainer().get_service(Clock)


def test_a_factory_that_returns_none_is_a_value_error() -> None:
    container = ServiceContainer()
    container.register(Clock, ClockFactory(None))

    with pytest.raises(ValueError, match="Clock") as raised:
        container.get_service(Clock)

    assert str(raised.value) == "Factory for Clock returned None - service unavailable"


def test_a_factory_that_returned_none_is_asked_again() -> None:
    factory = ClockFactory(None)
    container = ServiceContainer()
    container.register(Clock, factory)
    with pytest.raises(ValueError, match="unavailable"):
        container.get_service(Clock)

    factory.outcome = Clock

    assert isinstance(container.get_service(Clock), Clock)


def test_what_a_factory_raises_goes_to_the_caller() -> None:
    container = ServiceContainer()
    container.register(Clock, ClockFactory(OddError("no spring")))

    with pytest.raises(OddError, match="no spring"):
        container.get_service(Clock)


def test_the_last_registration_wins() -> None:
    first, last = ClockFactory(), ClockFactory()
    container = ServiceContainer()
    container.register(Clock, first)
    container.register(Clock, last, "transient")

    assert container.get_service(Clock) is not container.get_service(Clock)
    assert (first.asked, last.asked) == (0, 2)


def test_a_service_that_was_handed_out_survives_another_registration() -> None:
    container = ServiceContainer()
    container.register(Clock, ClockFactory())
    clock = container.get_service(Clock)

    container.register(Clock, ClockFactory(), "transient")

    assert container.get_service(Clock) is clock


def test_containers_share_nothing() -> None:
    one, other = ServiceContainer(), ServiceContainer()
    for container in (one, other):
        container.register(Clock, ClockFactory())

    assert one.get_service(Clock) is not other.get_service(Clock)


def test_a_factory_may_ask_the_container_for_what_it_needs() -> None:
    class Tower:
        def __init__(self, clock: Clock) -> None:
            self.clock = clock

    class TowerFactory:
        def create(self) -> Tower:
            return Tower(container.get_service(Clock))

        def can_create(self) -> bool:
            return True

    container = ServiceContainer()
    container.register(Tower, TowerFactory())
    container.register(Clock, ClockFactory())

    assert container.get_service(Tower).clock is container.get_service(Clock)


def test_a_factory_is_whatever_can_create() -> None:
    assert isinstance(ClockFactory(), ServiceFactory)
    assert not isinstance(object(), ServiceFactory)


def test_a_provider_is_whatever_knows_services() -> None:
    class Provider:
        def get_service(self, service_type: type[Any]) -> Any:
            return None

        def is_available(self, service_type: type[Any]) -> bool:
            return False

    assert isinstance(Provider(), ServiceProvider)


def test_a_descriptor_says_how_a_service_is_made() -> None:
    factory = ClockFactory()

    assert ServiceDescriptor(Clock, factory).lifetime == "singleton"
    assert ServiceDescriptor(Clock, factory, "transient").factory is factory


class Settings(BaseServiceConfiguration):
    speed: int = 1


def test_settings_are_made_of_properties() -> None:
    assert Settings.from_properties({"speed": 7}) == Settings(speed=7)


def test_settings_cannot_be_changed_and_take_nothing_unknown() -> None:
    with pytest.raises(ValueError, match="Instance is frozen"):
        Settings().speed = 2  # type: ignore[misc]  # the point
    with pytest.raises(ValueError, match="Extra inputs are not permitted"):
        Settings.from_properties({"colour": "red"})
