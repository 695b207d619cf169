import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wct_domain.analysis.masking import mask_content

TEXT = {"type": "string"}
# As the bundled schemas mark them, in short.
FINDING: dict[str, Any] = {
    "properties": {
        "findings": {"items": {"$ref": "#/definitions/finding"}},
        "summary": {"properties": {"total_findings": {}, "high_risk_count": {}}},
    },
    "definitions": {
        "finding": {
            "properties": {
                "type": TEXT,
                "matched_patterns": {"items": TEXT},
                "compliance": {
                    "items": {"properties": {"regulation": TEXT, "relevance": TEXT}}
                },
                "evidence": {"items": {"$ref": "#/definitions/evidence"}},
                "metadata": {"properties": {"source": TEXT}},
            }
        },
        "evidence": {
            "properties": {
                "content": {**TEXT, "x-personal-data": "evidence"},
                "collection_timestamp": TEXT,
            }
        },
    },
}
INPUT: dict[str, Any] = {
    "properties": {
        "schemaVersion": TEXT,
        "name": TEXT,
        "data": {
            "items": {
                "properties": {
                    "content": {**TEXT, "x-personal-data": "content"},
                    "metadata": {"type": "object"},
                }
            }
        },
    }
}


def finding(content: str, *patterns: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "Basic Profile Information",
        "matched_patterns": [*patterns],
        "compliance": [{"regulation": "GDPR", "relevance": "Article 4(1)"}],
        "evidence": [
            {"content": content, "collection_timestamp": "2026-03-01T12:00:00+00:00"}
        ],
        "metadata": {"source": "a.txt"},
        **more,
    }


def test_evidence_is_masked_and_all_else_of_a_finding_is_shown() -> None:
    def content(evidence: str) -> dict[str, Any]:
        return {
            "findings": [finding(evidence, "value:email")],
            "summary": {"total_findings": 1, "high_risk_count": 0},
        }

    masked = mask_content(FINDING, content("to bob@example.com"))
    assert masked == content("…b***@e***.com")


def test_the_original_is_left_as_it_is() -> None:
    content = {"findings": [finding("to bob@example.com", "value:email")]}
    before = copy.deepcopy(content)
    mask_content(FINDING, content)
    assert content == before


def test_raw_contents_keep_their_length_only() -> None:
    content = {
        "schemaVersion": "1.0.0",
        "name": "x",
        "data": [{"content": "a" * 214, "metadata": {"source": "a.txt", "size": 3}}],
    }
    assert mask_content(INPUT, content)["data"] == [
        {"content": "… (214 characters)", "metadata": {"source": "a.txt", "size": 3}}
    ]


def test_each_finding_is_masked_by_its_own_patterns() -> None:
    content = {
        "findings": [
            finding("surname of bob@example.com", "surname"),
            finding("surname of bob@example.com", "value:email"),
        ]
    }
    masked = mask_content(FINDING, content)["findings"]
    assert [each["evidence"][0]["content"] for each in masked] == [
        "surname…",
        "…b***@e***.com",
    ]


def test_evidence_of_a_finding_without_patterns_is_hidden() -> None:
    content = {"findings": [finding("bob@example.com")]}
    masked = mask_content(FINDING, content)["findings"][0]
    assert masked["evidence"][0]["content"] == "…"


def test_what_the_schema_does_not_declare_loses_its_values() -> None:
    content = {"findings": [finding("x", "x", note="ask bob@example.com", quote="abc")]}
    masked = mask_content(FINDING, content)["findings"][0]
    assert masked["note"] == "ask b***@e***.com"
    assert masked["quote"] == "… (3 characters)"


PLUGIN: dict[str, Any] = {
    "type": "object",
    "properties": {
        "hits": {"type": "array", "items": {"properties": {"evidence": {}}}},
        "note": {"type": "string"},
    },
}


@pytest.mark.parametrize("schema", [None, {}, PLUGIN])
def test_a_schema_without_marks_hides_raw_data_and_values(schema: Any) -> None:
    content = {
        "hits": [{"evidence": "Jane Doe", "label": "name", "line": 12}],
        "note": "ask bob@example.com",
        "contacts": {"bob@example.com": 1760000000000, "count": 2},
        "samples": ["a", {"b": 17}],
        "ok": True,
        "nothing": None,
    }
    assert mask_content(schema, content) == {
        "hits": [{"evidence": "… (8 characters)", "label": "name", "line": 12}],
        "note": "ask b***@e***.com",
        "contacts": {"b***@e***.com": 1760000000000, "count": 2},
        "samples": ["… (1 character)", {"b": "… (2 characters)"}],
        "ok": True,
        "nothing": None,
    }


def test_a_card_number_is_masked_though_it_is_a_number() -> None:
    assert mask_content(None, {"paid_with": 4111111111111111}) == {
        "paid_with": "**** 1111"
    }


def test_a_schema_whose_author_used_the_mark_shows_what_it_declares() -> None:
    considered = copy.deepcopy(PLUGIN)
    considered["properties"]["note"]["x-personal-data"] = False
    masked = mask_content(considered, {"note": "ask bob@example.com", "x": "bob@a.de"})
    assert masked == {"note": "ask bob@example.com", "x": "b***@a***.de"}


def test_names_that_become_equal_stay_apart() -> None:
    content = {"ann@example.com": 1, "amy@example.com": 2}
    assert mask_content(None, content) == {
        "a***@e***.com": 1,
        "a***@e***.com (2)": 2,
    }


def test_marks_are_followed_through_references_alternatives_and_recursion() -> None:
    schema = {
        "definitions": {
            "node": {
                "properties": {
                    "secret": {"x-personal-data": "content"},
                    "child": {"$ref": "#/definitions/node"},
                    "either": {
                        "anyOf": [
                            {"type": "null"},
                            {"properties": {"deep": {"x-personal-data": True}}},
                        ]
                    },
                    "open": {"additionalProperties": {"x-personal-data": "content"}},
                }
            }
        },
        "$ref": "#/definitions/node",
    }
    content = {
        "secret": "a",
        "child": {"secret": "b", "child": {"secret": ["c", {"d": "e"}]}},
        "either": {"deep": "f"},
        "open": {"any": "g"},
    }
    assert mask_content(schema, content) == {
        "secret": "… (1 character)",
        "child": {
            "secret": "… (1 character)",
            "child": {"secret": ["… (1 character)", {"d": "… (1 character)"}]},
        },
        "either": {"deep": "… (1 character)"},
        "open": {"any": "… (1 character)"},
    }


def test_a_mark_is_seen_by_those_who_refer_to_it_while_it_is_read() -> None:
    schema = {
        "definitions": {
            "p": {
                "x-personal-data": "content",
                "properties": {"q": {"$ref": "#/definitions/q"}},
            },
            "q": {"properties": {"p": {"$ref": "#/definitions/p"}}},
        },
        "properties": {
            "p": {"$ref": "#/definitions/p"},
            "q": {"$ref": "#/definitions/q"},
        },
    }
    hidden = "… (6 characters)"
    masked = mask_content(schema, {"p": "secret", "q": {"p": "secret"}})
    assert masked == {"p": hidden, "q": {"p": hidden}}


def test_a_reference_that_leads_nowhere_shows_nothing_raw() -> None:
    schema = {
        "properties": {"a": {"$ref": "#/definitions/none"}, "b": {"x-personal-data": 1}}
    }
    masked = mask_content(schema, {"a": {"content": "x"}, "b": "y"})
    assert masked == {"a": {"content": "… (1 character)"}, "b": "… (1 character)"}


NAME: dict[str, Any] = {"x-personal-data": "name"}
SECRET: dict[str, Any] = {"x-personal-data": "content"}
HIDDEN = "… (6 characters)"


def test_names_lose_their_values_and_stay_readable() -> None:
    schema = {"properties": {"source": NAME, "columns": NAME}}
    content = {
        "source": "table_(bob@example.com)_column_(iban DE89370400440532013000)",
        "columns": ["id", {"bob@example.com": "ask bob@example.com", "n": 12}],
    }
    assert mask_content(schema, content) == {
        "source": "table_(b***@e***.com)_column_(iban **** 3000)",
        "columns": ["id", {"b***@e***.com": "ask b***@e***.com", "n": 12}],
    }


def test_an_address_in_the_name_of_a_file_is_masked() -> None:
    masked = mask_content({"properties": {"a": NAME}}, {"a": "x/bob@example.com.txt"})
    assert masked == {"a": "x/b***@e***.com.txt"}


def test_the_strictest_mark_of_a_place_counts() -> None:
    parts = [{"properties": {"a": mark}} for mark in (NAME, SECRET, NAME)]
    assert mask_content({"allOf": parts}, {"a": "secret"}) == {"a": HIDDEN}


def test_a_mark_inside_a_name_counts_too() -> None:
    schema = {"properties": {"a": {**NAME, "properties": {"b": SECRET, "c": {}}}}}
    content = {"a": {"b": "secret", "c": "to bob@example.com"}}
    assert mask_content(schema, content) == {
        "a": {"b": HIDDEN, "c": "to b***@e***.com"}
    }


INNER: dict[str, Any] = {"properties": {"a": SECRET}}


PLACES: list[dict[str, Any]] = [
    {"if": {}, "then": INNER},
    {"if": {}, "else": INNER},
    {"if": INNER},
    {"dependentSchemas": {"b": INNER}},
    {"dependencies": {"b": INNER, "c": ["d"]}},
    {"patternProperties": {"^a": SECRET}},
    {"patternProperties": {"^a": SECRET}, "properties": {"a": {}}},
    {"patternProperties": {r"\p{L}": SECRET}, "properties": {"a": {}}},
    {"anyOf": [{"properties": {"a": {}}}, {"additionalProperties": SECRET}]},
    {"unevaluatedProperties": SECRET},
    {"not": INNER},
    {"x-of-others": {"schemas": [INNER]}},
    {"$dynamicRef": "#here", "$defs": {"b": {"$dynamicAnchor": "here", **INNER}}},
    {"$ref": "#here", "$defs": {"b": {"$anchor": "here", **INNER}}},
    {"$ref": "other.json#/$defs/b", "$defs": {"b": {}, "c": INNER}},
    {"$ref": "#/$defs/a%20b", "$defs": {"a b": INNER}},
    {"$ref": "#/anyOf/1", "anyOf": [{}, INNER]},
]
POSITIONS: list[dict[str, Any]] = [
    {"prefixItems": [{}, SECRET]},
    {"items": [{}, SECRET]},
    {"prefixItems": [{}], "items": SECRET},
    {"items": [{}], "additionalItems": SECRET},
    {"allOf": [{"prefixItems": [{}, SECRET]}, {"items": {}}]},
]


@pytest.mark.parametrize("schema", PLACES)
def test_a_mark_counts_wherever_it_stands(schema: Any) -> None:
    assert mask_content(schema, {"a": "secret"}) == {"a": HIDDEN}


@pytest.mark.parametrize("schema", POSITIONS)
def test_items_are_masked_by_their_position(schema: Any) -> None:
    assert mask_content(schema, ["secret", "secret"]) == ["secret", HIDDEN]


def test_what_one_item_has_to_be_any_item_may_be() -> None:
    schema = {"items": {}, "contains": SECRET}
    assert mask_content(schema, ["secret"]) == [HIDDEN]


def test_a_library_of_schemas_hides_nothing_by_itself() -> None:
    schema = {
        "properties": {"a": {"$ref": "#/shapes/a"}, "b": {}},
        "shapes": {"a": SECRET},
    }
    masked = mask_content(schema, {"a": "secret", "b": "b"})
    assert masked == {"a": HIDDEN, "b": "b"}


def test_of_a_pattern_that_fits_a_value_nothing_is_shown() -> None:
    schema = {"patternProperties": {"^bob@": {}, "^n": {}, "^x": SECRET}}
    content = {"bob@example.com": "secret", "n": "shown", "other": "ask bob@a.de"}
    assert mask_content(schema, content) == {
        "b***@e***.com": HIDDEN,
        "n": "shown",
        "other": "ask b***@a***.de",
    }


EVERYWHERE: dict[str, Any] = {
    "properties": {
        "matched_patterns": {},
        "source": NAME,
        "note": {**NAME, "additionalProperties": {"x-personal-data": "evidence"}},
        "data": {"prefixItems": [SECRET, NAME], "items": {"$ref": "#"}},
        "findings": {"items": {"$ref": "#"}},
        "metadata": {"patternProperties": {"@": {"x-personal-data": "evidence"}}},
    },
    "patternProperties": {"^bob@e": {}, "^v": {"$ref": "#"}, "e$": NAME},
}


json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["", "bob@example.com"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("findings", "evidence", "content", "matched_patterns", "value"),
                    *("metadata", "source", "note", "bob@example.com", "data"),
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(json, st.sampled_from([None, FINDING, INPUT, EVERYWHERE]))
def test_masking_masked_content_changes_nothing(content: Any, schema: Any) -> None:
    masked = mask_content(schema, content)
    assert mask_content(schema, masked) == masked


@given(json)
def test_nothing_of_an_unknown_schema_keeps_a_value(content: Any) -> None:
    assert "bob@example.com" not in repr(mask_content(None, content))
