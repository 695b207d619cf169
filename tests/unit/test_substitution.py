"""``${NAME}`` in the properties of a runbook."""

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wct_domain.explaining import explain
from wct_domain.runbook import parse_runbook
from wct_domain.secrecy import without_secrets
from wct_domain.substitution import FromEnvironment, Unset, substituted


def document(**properties: Any) -> dict[str, Any]:
    return {"connectors": [{"name": "c", "properties": properties}]}


def properties(made: object) -> Any:
    assert isinstance(made, dict)
    return made["connectors"][0]["properties"]  # pyright: ignore[reportUnknownVariableType]  # any document


def value_of(text: str, **environ: str) -> str:
    found = substituted(document(p=text), environ)
    assert found.unset == ()
    return str(properties(found.document)["p"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${HOST}", "db.example"),
        ("tcp://${HOST}:${PORT}/x", "tcp://db.example:33/x"),
        ("${HOST:-other}", "db.example"),
        ("${NONE:-other}", "other"),
        ("${NONE:-}", ""),
        ("${EMPTY:-other}", "other"),
        ("$${HOST}", "${HOST}"),
        ("$$", "$$"),
        ("$HOST", "$HOST"),
        ("${1}", "${1}"),
        ("${HOST", "${HOST"),
    ],
)
def test_what_is_written_and_what_it_means(text: str, value: str) -> None:
    assert value_of(text, HOST="db.example", PORT="33", EMPTY="") == value


def test_what_is_not_set_is_named_with_its_place() -> None:
    found = substituted(document(a={"b": ["x", "${NOWHERE}"]}), {})
    place = ("connectors", 0, "properties", "a", "b", 1)
    assert found.unset == (Unset("NOWHERE", place),)
    assert "${NOWHERE:-DEFAULT}" in found.unset[0].way_out


def test_only_properties_of_connectors_and_analysers_are_looked_at() -> None:
    written = {
        "name": "${X}",
        "analysers": [{"name": "${X}", "properties": {"p": "${X}"}}, "no mapping"],
        "execution": [{"id": "${X}", "properties": {"p": "${X}"}}],
    }
    found = substituted(written, {"X": "value"}).document
    assert found == {
        "name": "${X}",
        "analysers": [{"name": "${X}", "properties": {"p": "value"}}, "no mapping"],
        "execution": [{"id": "${X}", "properties": {"p": "${X}"}}],
    }


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
        ),
    )
)
def test_a_document_without_references_is_left_as_it_is(anything: Any) -> None:
    if "${" not in repr(anything):
        whole = {"connectors": anything, "analysers": [{"properties": anything}]}
        before = copy.deepcopy(whole)
        found = substituted(whole, {})
        assert (found.document, found.unset) == (before, ())
        assert whole == before


@given(st.text(min_size=1), st.text(alphabet="abc {}$:-", max_size=9))
def test_escaping_gives_back_any_text(value: str, text: str) -> None:
    escaped = text.replace("${", "$${")
    if "$$${" not in escaped:
        assert value_of(escaped, A=value) == text


def test_a_value_is_recorded_as_it_is_written_with_a_digest() -> None:
    made = substituted(document(host="${HOST}"), {"HOST": "db.intern.example"})
    recorded = without_secrets(made.document, lambda secret: f"<{len(secret)}>")
    assert properties(recorded)["host"] == "${HOST} = secret:<17>"


def test_a_secret_beside_a_reference_is_hidden_too() -> None:
    text = "postgresql://wct:hunter2@${HOST}/x"
    made = substituted(document(url=text), {"HOST": "db"})
    recorded = str(without_secrets(made.document, lambda _: "d"))
    assert "hunter2" not in recorded
    assert "${HOST}" in recorded


def test_errors_show_what_is_written() -> None:
    substituted(
        document(p="${TOKEN_OF_THIS_TEST}"), {"TOKEN_OF_THIS_TEST": "s3cr3t-77"}
    )
    error = OSError("cannot reach https://x/?t=s3cr3t-77 now")
    assert explain(error) == "cannot reach https://x/?t=${TOKEN_OF_THIS_TEST} now"


def test_what_a_runbook_took_is_known_after_it_is_parsed_and_copied() -> None:
    whole = {
        "name": "x",
        "description": "x",
        "connectors": [{"name": "c", "type": "t", "properties": {"p": "a ${X} b"}}],
        "analysers": [{"name": "a", "type": "t"}],
        "execution": [
            {
                **dict.fromkeys(("id", "name", "description"), "s"),
                "connector": "c",
                "analyser": "a",
                **dict.fromkeys(("input_schema", "output_schema"), "s"),
            }
        ],
    }
    parsed = parse_runbook(substituted(whole, {"X": "1"}).document)
    kept = parsed.model_copy(deep=True).connectors[0].properties["p"]
    for each in (
        kept,
        copy.deepcopy(kept),
        pickle.loads(pickle.dumps(kept)),
    ):  # our own
        assert isinstance(each, FromEnvironment)
        assert (str(each), each.written) == ("a 1 b", "a ${X} b")
