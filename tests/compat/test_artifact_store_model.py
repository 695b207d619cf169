"""A store is a dictionary of messages, and nothing but a fold over its stream."""

from hypothesis import given
from hypothesis import strategies as st

from tests.compat.toys import COUNTS, LETTERS
from wct_domain.components import Components
from wct_domain.executor.artifact_store import RecordedArtifactStore
from wct_domain.executor.stream import StreamAtWork
from wct_domain.ports.bus import SilentBus
from wct_entrypoints.api import (
    ArtifactNotFoundError,
    ArtifactStore,
    InMemoryArtifactStore,
    Message,
    Schema,
)
from wct_entrypoints.bootstrap.application import equipment
from wct_entrypoints.bootstrap.ledgers import memory_ledger
from wct_entrypoints.bootstrap.schemas import RegisteredSchemas

ids = st.sampled_from(["a", "b", "c"])
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
objects = st.dictionaries(st.text(max_size=5), json_values, max_size=3)
messages = st.builds(
    Message,
    id=st.text(max_size=8),
    content=objects,
    schema=st.none() | st.sampled_from([LETTERS, COUNTS, Schema("ä", "odd")]),
    context=st.none() | objects,
    schema_validated=st.booleans(),
)
operations = st.lists(
    st.tuples(st.just("save"), ids, messages)
    | st.tuples(st.just("get"), ids, st.none())
    | st.tuples(st.just("clear"), ids, st.none()),
    max_size=25,
)
Operations = list[tuple[str, str, Message | None]]


def found(store: ArtifactStore, step_id: str) -> Message | None:
    try:
        return store.get(step_id)
    except ArtifactNotFoundError:
        return None


def play(store: ArtifactStore, history: Operations) -> dict[str, Message]:
    """Do the same to a store and to a dictionary, comparing them at every step."""
    model: dict[str, Message] = {}
    for operation, step_id, saved in history:
        if saved is not None:
            store.save(step_id, saved)
            model[step_id] = saved
        elif operation == "clear":
            store.clear()
            model.clear()
        for each in ("a", "b", "c"):
            assert store.exists(each) is (each in model)
        assert found(store, step_id) == model.get(step_id)
    return model


@given(operations)
def test_a_store_behaves_like_a_dictionary_of_messages(history: Operations) -> None:
    play(InMemoryArtifactStore(), history)


@given(operations)
def test_folding_the_stream_of_a_store_anew_gives_an_equal_store(
    history: Operations,
) -> None:
    ledger, schemas = memory_ledger(), RegisteredSchemas()
    tools = equipment(ledger, SilentBus(), schemas, Components())
    store = RecordedArtifactStore(StreamAtWork("shelf", tools), schemas)
    model = play(store, history)

    anew = StreamAtWork("shelf", tools, history=ledger.read("shelf"))
    again = RecordedArtifactStore(anew, schemas)

    assert {each: again.get(each) for each in anew.artifacts.saved} == model
    assert all(again.exists(each) for each in model)
