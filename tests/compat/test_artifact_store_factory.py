"""Which artifact store is made: configuration, environment, container."""

from typing import Any

import pytest

from tests.compat.toys import COUNTS
from wct_entrypoints.api import (
    ArtifactStore,
    ArtifactStoreConfiguration,
    ArtifactStoreFactory,
    BaseServiceConfiguration,
    InMemoryArtifactStore,
    Message,
    ServiceContainer,
)

BACKEND = "ARTIFACT_STORE_BACKEND"


def test_a_configuration_names_its_backend() -> None:
    assert ArtifactStoreConfiguration(backend="memory").backend == "memory"


def test_a_configuration_without_backend_means_memory() -> None:
    assert ArtifactStoreConfiguration().backend == "memory"


def test_a_configuration_can_be_made_of_properties() -> None:
    made = ArtifactStoreConfiguration.from_properties({"backend": "memory"})

    assert made == ArtifactStoreConfiguration(backend="memory")


def test_without_properties_the_environment_names_the_backend(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(BACKEND, "Memory")

    assert ArtifactStoreConfiguration.from_properties({}).backend == "memory"


def test_without_properties_and_environment_it_is_memory() -> None:
    assert ArtifactStoreConfiguration.from_properties({}).backend == "memory"


def test_a_property_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BACKEND, "redis")

    made = ArtifactStoreConfiguration.from_properties({"backend": "memory"})

    assert made.backend == "memory"


@pytest.mark.parametrize("backend", ["redis", "", " memory", "s3://bucket"])
def test_an_unknown_backend_is_refused(backend: str) -> None:
    with pytest.raises(ValueError, match="Backend must be one of") as raised:
        ArtifactStoreConfiguration(backend=backend)

    assert (
        f"Backend must be one of {{'memory'}}, got: {backend}. "
        "Currently only in-memory storage is supported." in str(raised.value)
    )


@pytest.mark.parametrize("backend", [None, 7, ["memory"]])
def test_a_backend_that_is_no_text_is_refused(backend: Any) -> None:
    with pytest.raises(ValueError, match="backend"):
        ArtifactStoreConfiguration(backend=backend)


def test_an_empty_backend_is_refused() -> None:
    with pytest.raises(ValueError, match=r"got: \. Currently only"):
        ArtifactStoreConfiguration.from_properties({"backend": ""})


@pytest.mark.parametrize("spelling", ["MEMORY", "Memory", "mEmOrY"])
def test_a_backend_may_be_written_in_capitals(spelling: str) -> None:
    assert ArtifactStoreConfiguration(backend=spelling).backend == "memory"


def test_a_configuration_cannot_be_changed() -> None:
    made = ArtifactStoreConfiguration()

    with pytest.raises(ValueError, match="Instance is frozen"):
        made.backend = "redis"  # type: ignore[misc]  # the point

    assert isinstance(made, BaseServiceConfiguration)


def test_a_configuration_has_no_other_settings() -> None:
    with pytest.raises(ValueError, match="Extra inputs are not permitted"):
        ArtifactStoreConfiguration.from_properties({"url": "redis://"})


def test_an_unknown_backend_in_the_environment_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(BACKEND, "redis")

    with pytest.raises(ValueError, match="got: redis"):
        ArtifactStoreConfiguration.from_properties({})


def made(factory: ArtifactStoreFactory) -> ArtifactStore:
    assert factory.can_create() is True
    store = factory.create()
    assert isinstance(store, InMemoryArtifactStore)
    return store


def test_a_factory_makes_what_its_configuration_says() -> None:
    made(ArtifactStoreFactory(ArtifactStoreConfiguration(backend="memory")))


def test_a_factory_without_configuration_asks_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(BACKEND, "MEMORY")

    made(ArtifactStoreFactory())


def test_a_factory_without_configuration_and_environment_makes_memory() -> None:
    made(ArtifactStoreFactory())


def test_a_factory_makes_nothing_for_an_unknown_backend(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(BACKEND, "redis")
    factory = ArtifactStoreFactory()

    assert factory.can_create() is False
    assert factory.create() is None


def test_a_factory_with_a_configuration_ignores_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(BACKEND, "redis")

    made(ArtifactStoreFactory(ArtifactStoreConfiguration()))


def test_each_store_of_a_factory_is_another_one() -> None:
    factory = ArtifactStoreFactory()
    one, other = made(factory), made(factory)

    one.save("a", Message("1", {"count": 1}, COUNTS))

    assert not other.exists("a")


@pytest.fixture
def container() -> ServiceContainer:
    container = ServiceContainer()
    container.register(ArtifactStore, ArtifactStoreFactory())
    return container


def test_a_container_hands_out_one_store(container: ServiceContainer) -> None:
    store = container.get_service(ArtifactStore)
    store.save("a", Message("1", {"count": 1}, COUNTS))

    assert container.get_service(ArtifactStore) is store
    assert container.get_service(ArtifactStore).get("a") == Message(
        "1", {"count": 1}, COUNTS
    )


def test_two_containers_have_two_stores(container: ServiceContainer) -> None:
    other = ServiceContainer()
    other.register(ArtifactStore, ArtifactStoreFactory())
    container.get_service(ArtifactStore).save("a", Message("1", {"count": 1}, COUNTS))

    assert not other.get_service(ArtifactStore).exists("a")


def test_a_container_heeds_the_environment(
    container: ServiceContainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BACKEND, "redis")

    with pytest.raises(ValueError, match="returned None - service unavailable"):
        container.get_service(ArtifactStore)

    monkeypatch.setenv(BACKEND, "memory")
    assert isinstance(container.get_service(ArtifactStore), InMemoryArtifactStore)


def test_in_a_container_too_a_configuration_wins_over_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(BACKEND, "redis")
    container = ServiceContainer()
    configured = ArtifactStoreFactory(ArtifactStoreConfiguration())
    container.register(ArtifactStore, configured)

    assert isinstance(container.get_service(ArtifactStore), InMemoryArtifactStore)
