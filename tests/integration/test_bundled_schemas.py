"""What the bundled JSON Schemas accept, refuse and mark."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wct_adapters.schemas.json_files import JsonSchemaLoader
from wct_domain.analysis.masking import mask_content
from wct_domain.marks import marked, without

SAMPLES = Path(__file__).parents[1] / "golden" / "schemas"
NAMES = sorted(path.stem for path in SAMPLES.glob("*.json"))
LOADER = JsonSchemaLoader()
Steps = tuple[str | int, ...]


def sample(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text())
    return content


def at(content: Any, steps: Steps) -> Any:
    for step in steps:
        content = content[step]
    return content


def objects(
    schema: dict[str, Any], node: dict[str, Any], content: Any, steps: Steps = ()
) -> Iterator[tuple[Steps, dict[str, Any]]]:
    """Yield (place in the sample, schema of what is there), depth first."""
    if "$ref" in node:
        target: Any = schema
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    if isinstance(content, dict):
        yield steps, node
        for name, inner in node.get("properties", {}).items():
            if name in content:
                yield from objects(schema, inner, content[name], (*steps, name))
    elif isinstance(content, list) and "items" in node and content:
        yield from objects(schema, node["items"], content[0], (*steps, 0))


def every_object() -> list[tuple[str, Steps, dict[str, Any]]]:
    return [
        (name, steps, node)
        for name in NAMES
        for schema in [LOADER.load(name)]
        for steps, node in objects(schema, schema, sample(name))
    ]


REQUIRED = [
    (name, steps, field)
    for name, steps, node in every_object()
    for field in node.get("required", ())
]

# What the format of release 1.0.0 requires; one line per object of each schema.
CONTRACT: dict[tuple[str, str], str] = {
    ("standard_input", ""): "schemaVersion name data",
    ("standard_input", "data.0"): "content metadata",
    ("standard_input", "data.0.metadata"): "source",
    ("personal_data_finding", ""): "findings summary",
    ("personal_data_finding", "findings.0"): "type data_type risk_level "
    "special_category matched_patterns compliance evidence metadata",
    ("personal_data_finding", "findings.0.compliance.0"): "regulation relevance",
    ("personal_data_finding", "findings.0.evidence.0"): "content collection_timestamp",
    ("personal_data_finding", "findings.0.metadata"): "source",
    ("personal_data_finding", "summary"): "total_findings high_risk_count "
    "special_category_count",
    ("data_subject_finding", ""): "findings summary analysis_metadata",
    ("data_subject_finding", "findings.0"): "primary_category confidence_score "
    "risk_level compliance evidence modifiers matched_patterns metadata",
    ("data_subject_finding", "findings.0.compliance.0"): "regulation relevance",
    ("data_subject_finding", "findings.0.evidence.0"): "content collection_timestamp",
    ("data_subject_finding", "findings.0.metadata"): "source",
    ("data_subject_finding", "summary"): "total_classifications categories_identified",
    ("data_subject_finding", "analysis_metadata"): "ruleset_used "
    "llm_validation_enabled analysis_timestamp",
    ("processing_purpose_finding", ""): "findings summary analysis_metadata",
    ("processing_purpose_finding", "findings.0"): "purpose purpose_category "
    "risk_level compliance matched_patterns evidence metadata",
    ("processing_purpose_finding", "findings.0.compliance.0"): "regulation relevance",
    ("processing_purpose_finding", "findings.0.evidence.0"): "content "
    "collection_timestamp",
    ("processing_purpose_finding", "findings.0.metadata"): "source",
    ("processing_purpose_finding", "summary"): "total_findings purposes_identified "
    "high_risk_count purpose_categories risk_level_distribution",
    ("processing_purpose_finding", "analysis_metadata"): "ruleset_used "
    "llm_validation_enabled evidence_context_size",
    ("source_code", ""): "schemaVersion name language data",
    ("source_code", "data.0"): "file_path language raw_content metadata",
    ("source_code", "data.0.functions.0"): "name line_start line_end",
    ("source_code", "data.0.functions.0.parameters.0"): "name",
    ("source_code", "data.0.classes.0"): "name line_start line_end",
    ("source_code", "data.0.classes.0.properties.0"): "name",
    ("source_code", "data.0.classes.0.methods.0"): "name line_start line_end",
    ("source_code", "data.0.imports.0"): "module line type",
}

CLOSED = {
    ("personal_data_finding", "findings.0.compliance.0"),
    ("personal_data_finding", "findings.0.metadata"),
    ("data_subject_finding", "findings.0"),
    ("data_subject_finding", "findings.0.compliance.0"),
    ("data_subject_finding", "findings.0.evidence.0"),
    ("data_subject_finding", "findings.0.metadata"),
    ("data_subject_finding", "summary"),
    ("processing_purpose_finding", "findings.0"),
    ("processing_purpose_finding", "findings.0.compliance.0"),
    ("processing_purpose_finding", "findings.0.metadata"),
    ("processing_purpose_finding", "summary"),
}


def dotted(steps: Steps) -> str:
    return ".".join(map(str, steps))


def test_the_bundled_schemas_are_these_five() -> None:
    assert NAMES == [
        "data_subject_finding",
        "personal_data_finding",
        "processing_purpose_finding",
        "source_code",
        "standard_input",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_valid_sample_is_accepted(name: str) -> None:
    assert LOADER.violation(name, "1.0.0", sample(name)) is None


def test_each_object_requires_what_the_format_requires() -> None:
    found = {
        (name, dotted(steps)): set(node["required"])
        for name, steps, node in every_object()
        if "required" in node
    }

    assert found == {place: set(names.split()) for place, names in CONTRACT.items()}


@pytest.mark.parametrize(("name", "steps", "field"), REQUIRED)
def test_a_sample_without_a_required_field_is_refused(
    name: str, steps: Steps, field: str
) -> None:
    content = sample(name)
    del at(content, steps)[field]

    place = " -> ".join(map(str, steps)) or "root"
    assert LOADER.violation(name, "1.0.0", content) == (
        f"{place}: '{field}' is a required property"
    )


@pytest.mark.parametrize(("name", "steps", "node"), every_object())
def test_an_object_takes_other_fields_unless_it_is_closed(
    name: str, steps: Steps, node: dict[str, Any]
) -> None:
    content = sample(name)
    at(content, steps)["one_more"] = 1

    violation = LOADER.violation(name, "1.0.0", content)

    if (name, dotted(steps)) in CLOSED:
        assert violation is not None
        assert "additional properties are not allowed" in violation
    else:
        assert violation is None


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("personal_data_finding", ("findings", 0, "matched_patterns")),
        ("personal_data_finding", ("findings", 0, "compliance")),
        ("personal_data_finding", ("findings", 0, "evidence")),
        ("data_subject_finding", ("findings", 0, "compliance")),
        ("data_subject_finding", ("findings", 0, "matched_patterns")),
        ("processing_purpose_finding", ("findings", 0, "compliance")),
        ("processing_purpose_finding", ("findings", 0, "matched_patterns")),
        ("processing_purpose_finding", ("findings", 0, "evidence")),
    ],
)
def test_a_finding_without_reason_or_evidence_is_refused(
    name: str, steps: Steps
) -> None:
    content = sample(name)
    at(content, steps).clear()

    violation = LOADER.violation(name, "1.0.0", content)

    assert violation == f"{' -> '.join(map(str, steps))}: fewer than 1 items"


def test_a_data_subject_needs_no_evidence() -> None:
    content = sample("data_subject_finding")
    content["findings"][0]["evidence"] = []

    assert LOADER.violation("data_subject_finding", "1.0.0", content) is None


@pytest.mark.parametrize(
    ("name", "steps", "wrong"),
    [
        ("personal_data_finding", ("findings", 0, "risk_level"), "severe"),
        ("personal_data_finding", ("findings", 0, "special_category"), "Y"),
        ("personal_data_finding", ("summary", "total_findings"), -1),
        ("data_subject_finding", ("findings", 0, "risk_level"), "severe"),
        ("data_subject_finding", ("findings", 0, "confidence_score"), 101),
        ("data_subject_finding", ("findings", 0, "confidence_score"), -1),
        ("processing_purpose_finding", ("findings", 0, "risk_level"), "severe"),
        ("processing_purpose_finding", ("summary", "purposes_identified"), 1.5),
        ("source_code", ("data", 0, "functions", 0, "visibility"), "secret"),
        ("source_code", ("data", 0, "imports", 0, "type"), "borrow"),
        ("source_code", ("data", 0, "metadata", "last_modified"), None),
        ("source_code", ("data", 0, "metadata", "file_size"), "6 bytes"),
        ("standard_input", ("data", 0, "content"), None),
        ("standard_input", ("metadata",), []),
    ],
)
def test_a_value_outside_its_range_is_refused(
    name: str, steps: Steps, wrong: object
) -> None:
    content = sample(name)
    at(content, steps[:-1])[steps[-1]] = wrong

    assert LOADER.violation(name, "1.0.0", content) is not None


@pytest.mark.parametrize("field", ["service_category", "collection_type"])
def test_optional_fields_of_a_purpose_may_be_null_or_absent(field: str) -> None:
    content = sample("processing_purpose_finding")
    content["findings"][0][field] = None
    assert LOADER.violation("processing_purpose_finding", "1.0.0", content) is None

    del content["findings"][0][field]
    assert LOADER.violation("processing_purpose_finding", "1.0.0", content) is None


def test_undeclared_parts_of_personal_data_findings_may_be_anything() -> None:
    content = sample("personal_data_finding")
    content["analysis_metadata"] = "none"
    content["validation_summary"] = {"llm_validation_enabled": True}

    assert LOADER.violation("personal_data_finding", "1.0.0", content) is None


NAMING = {"name", "description", "source", "file_path", "module", "alias", "extends"}
TIMES = {
    "execution_timestamp",
    "collection_timestamp",
    "analysis_timestamp",
    "last_modified",
}


def entries(node: Any) -> list[tuple[str | int, Any]] | None:
    """Names, or positions, of what is inside ``node``; None for a leaf."""
    if isinstance(node, dict):
        return list(cast("dict[str | int, Any]", node).items())
    if isinstance(node, list):
        return list(enumerate(cast("list[Any]", node)))
    return None


def leaves(content: Any, steps: Steps = ()) -> Iterator[tuple[str, Any]]:
    inside = entries(content)
    if inside is None:
        yield dotted(steps), content
    for step, member in inside or ():
        yield from leaves(member, (*steps, step))


@pytest.mark.parametrize("name", NAMES)
def test_every_timestamp_and_nothing_else_of_the_sample_is_volatile(
    name: str,
) -> None:
    content = sample(name)
    fields = marked(LOADER.load(name), "x-wct-volatile")

    lost = dict(leaves(content)).keys() - dict(leaves(without(content, fields))).keys()

    times = {place for place, _ in leaves(content) if place.split(".")[-1] in TIMES}
    assert lost == times


def without_marks_of_names(node: Any) -> Any:
    if isinstance(node, list):
        return [without_marks_of_names(item) for item in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    return {
        keyword: without_marks_of_names(inner)
        for keyword, inner in cast("dict[str, Any]", node).items()
        if keyword != "x-personal-data" or inner != "name"
    }


@pytest.mark.parametrize(
    ("name", "personal"),
    [
        ("standard_input", {"data.0.content"}),
        ("personal_data_finding", {"findings.0.evidence.0.content"}),
        ("data_subject_finding", {"findings.0.evidence.0.content"}),
        ("processing_purpose_finding", {"findings.0.evidence.0.content"}),
        (
            "source_code",
            {
                "data.0.raw_content",
                "data.0.syntax_tree.kind",
                "data.0.functions.0.docstring",
                "data.0.functions.0.parameters.0.default_value",
                "data.0.classes.0.properties.0.default_value",
            },
        ),
    ],
)
def test_every_field_that_quotes_its_source_is_marked(
    name: str, personal: set[str]
) -> None:
    content = sample(name)
    fields = marked(without_marks_of_names(LOADER.load(name)), "x-personal-data")

    lost = dict(leaves(content)).keys() - dict(leaves(without(content, fields))).keys()

    assert lost == personal


def named_after_a_person(node: Any) -> Any:
    """Return a sample in which all names of files, columns … hold an address."""
    if isinstance(node, list):
        return [named_after_a_person(item) for item in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    return {
        field: "of_(bob.smith@example.com)"
        if field in NAMING and isinstance(inner, str)
        else named_after_a_person(inner)
        for field, inner in cast("dict[str, Any]", node).items()
    }


@pytest.mark.parametrize("name", NAMES)
def test_names_of_parts_of_the_source_are_shown_without_values(name: str) -> None:
    content = named_after_a_person(sample(name))
    assert "bob.smith" in json.dumps(content)

    masked = json.dumps(mask_content(LOADER.load(name), content))

    assert "bob.smith" not in masked
    assert "of_(b***@e***.com)" in masked


def test_every_property_of_every_schema_that_needs_words_has_them() -> None:
    for name in NAMES:
        schema = LOADER.load(name)
        assert schema["description"]
        for field, rule in schema["properties"].items():
            described = "description" in rule or "items" in rule or "properties" in rule
            assert described, f"{name}: {field}"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
SECRET = "jane.roe@example.com"


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Yield (container, key) for everything inside ``node``."""
    for key, member in entries(node) or ():
        yield node, key
        yield from places(member)


@given(
    name=st.sampled_from(NAMES),
    where=st.integers(min_value=0),
    value=JSON_VALUES,
    as_key=st.booleans(),
)
def test_no_text_put_anywhere_shows_up_in_what_is_said(
    name: str, where: int, value: Any, as_key: bool
) -> None:
    content = deepcopy(sample(name))
    every = list(places(content))
    container, key = every[where % len(every)]
    container[key] = {SECRET: value} if as_key else [SECRET, value]

    assert SECRET not in (LOADER.violation(name, "1.0.0", content) or "")
