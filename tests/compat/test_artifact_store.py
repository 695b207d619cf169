"""Where results wait for the steps that read them: what is kept, and for whom."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest

from tests.compat.toys import COUNTS, LETTERS
from wct_domain.errors import ContentNotJsonError
from wct_entrypoints.api import (
    ArtifactNotFoundError,
    ArtifactStore,
    ArtifactStoreError,
    InMemoryArtifactStore,
    Message,
    Schema,
    WaivernError,
)


def message(number: int = 1) -> Message:
    return Message(f"m{number}", {"count": number}, COUNTS)


def found(store: ArtifactStore, step_id: str) -> Message | None:
    try:
        return store.get(step_id)
    except ArtifactNotFoundError:
        return None


def test_what_was_saved_is_returned() -> None:
    store = InMemoryArtifactStore()
    saved = Message(
        "1", {"letters": ["ä", 1.5, None]}, LETTERS, {"by": ["me"]}, True
    )  # the last field

    store.save("a", saved)

    assert store.get("a") == saved


def test_a_message_without_schema_is_kept_without_schema() -> None:
    store = InMemoryArtifactStore()
    store.save("a", Message("1", {}))

    assert store.get("a") == Message("1", {}, None)


def test_only_what_was_saved_exists() -> None:
    store = InMemoryArtifactStore()
    assert not store.exists("a")

    store.save("a", message())

    assert store.exists("a")
    assert not store.exists("b")


def test_what_was_not_saved_is_not_found() -> None:
    store = InMemoryArtifactStore()

    with pytest.raises(ArtifactNotFoundError) as raised:
        store.get("extract")

    assert str(raised.value) == (
        "Artifact 'extract' not found. Ensure previous step has 'save_output: true'."
    )
    assert isinstance(raised.value, ArtifactStoreError)
    assert isinstance(raised.value, WaivernError)


def test_after_clearing_nothing_is_there() -> None:
    store = InMemoryArtifactStore()
    store.save("a", message())
    store.save("b", message())

    store.clear()

    assert not store.exists("a")
    with pytest.raises(ArtifactNotFoundError):
        store.get("b")


def test_an_empty_store_can_be_cleared() -> None:
    InMemoryArtifactStore().clear()


def test_saving_again_replaces() -> None:
    store = InMemoryArtifactStore()
    store.save("a", message(1))
    store.save("a", message(2))

    assert store.get("a") == message(2)


@pytest.mark.parametrize("step_id", ["", "a b", "ä/../ö", "x" * 1000])
def test_any_text_may_be_an_id(step_id: str) -> None:
    store = InMemoryArtifactStore()
    store.save(step_id, message())

    assert store.get(step_id) == message()


def test_changing_a_message_after_saving_it_changes_nothing_stored() -> None:
    store = InMemoryArtifactStore()
    saved = message()
    store.save("a", saved)

    saved.content["count"] = 99

    assert store.get("a") == message()


def test_changing_a_message_that_was_returned_changes_nothing_stored() -> None:
    store = InMemoryArtifactStore()
    store.save("a", message())

    store.get("a").content.clear()

    assert store.get("a") == message()


def test_the_schema_of_a_stored_message_can_still_be_loaded() -> None:
    store = InMemoryArtifactStore()
    document: dict[str, Any] = {"schemaVersion": "1.0.0", "name": "n", "data": []}
    store.save("a", Message("1", document, Schema("standard_input", "1.0.0")))

    assert store.get("a").validate().schema_validated


def test_times_are_kept_as_text_and_tuples_as_lists() -> None:
    store = InMemoryArtifactStore()
    at = datetime(2026, 1, 5, 12, tzinfo=UTC)
    store.save("a", Message("1", {"at": at, "pair": (1, 2)}, COUNTS))

    assert store.get("a").content == {"at": "2026-01-05T12:00:00+00:00", "pair": [1, 2]}


@pytest.mark.parametrize("value", [{1}, b"x", object(), float("inf")])
def test_what_is_not_json_is_refused_and_leaves_what_was_there(value: object) -> None:
    store = InMemoryArtifactStore()
    store.save("a", message())

    with pytest.raises(ContentNotJsonError, match="content -> bad -> 0 is not JSON"):
        store.save("a", Message("1", {"bad": [value]}, COUNTS))

    assert store.get("a") == message()


def test_a_store_of_one_s_own_needs_four_methods() -> None:
    assert ArtifactStore.__abstractmethods__ == {"save", "get", "exists", "clear"}


def test_many_threads_may_use_one_store() -> None:
    store = InMemoryArtifactStore()
    together = Barrier(8)

    def work(thread: int) -> list[Message]:
        together.wait(timeout=10)
        seen: list[Message] = []
        for round_ in range(40):
            store.save(f"{thread}/{round_}", message(round_))
            store.save("shared", message(thread))
            seen.append(store.get("shared"))
            assert store.get(f"{thread}/{round_}") == message(round_)
        return seen

    with ThreadPoolExecutor(8) as threads:
        seen = [each for some in threads.map(work, range(8)) for each in some]

    assert all(each in [message(thread) for thread in range(8)] for each in seen)
    assert all(store.exists(f"{t}/{r}") for t in range(8) for r in range(40))


def test_threads_that_save_and_clear_see_whole_messages_or_none() -> None:
    store = InMemoryArtifactStore()
    together = Barrier(4)

    def work(thread: int) -> set[int | None]:
        together.wait(timeout=10)
        seen: set[int | None] = set()
        for _ in range(50):
            if thread == 0:
                store.clear()
            else:
                store.save("a", message(thread))
            if (one := found(store, "a")) is not None:
                assert one == message(one.content["count"])
                seen.add(one.content["count"])
        return seen

    with ThreadPoolExecutor(4) as threads:
        seen = set[int | None]().union(*threads.map(work, range(4)))

    assert seen <= {1, 2, 3}
