"""The source code analyser: what it reads, what it leaves out, and what it says."""

import hashlib
import json
import os
import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import code_reading
from tests.analysing import NOON, SCHEMAS, cell, item
from tests.code_reading import FIRST, LATEST, analysed, read
from wct_adapters.analysers.code import grammars
from wct_adapters.analysers.code.grammars import GRAMMARS, LANGUAGES, grammar_for
from wct_adapters.analysers.code.parsing import parse
from wct_adapters.analysers.source_code import SourceCodeAnalyserFactory
from wct_domain.analysis.masking import mask_content
from wct_domain.context import StepContext
from wct_domain.errors import (
    AnalyserConfigError,
    AnalyserProcessingError,
    ParserError,
)
from wct_domain.services import ServiceContainer

PHP = item(code_reading.PHP, "shop/Desk.php")
SUPPORTED = f"Supported languages: {sorted(LANGUAGES)}"
NAMES = sorted({f"a{suffix}" for grammar in GRAMMARS for suffix in grammar.suffixes})


def made(**properties: Any) -> None:
    SourceCodeAnalyserFactory(ServiceContainer()).create(properties)


def test_a_result_names_what_was_analysed() -> None:
    content = analysed(PHP).content
    assert content["name"] == "source_code_analysis_analysed_files"
    assert content["language"] == "php"
    assert content["metadata"]["total_files"] == 1
    assert content["metadata"]["total_lines"] == 22
    assert content["metadata"]["languages"] == {"php": 1}
    assert content["metadata"]["analysis_timestamp"] == NOON.isoformat()


def test_each_file_keeps_its_own_language() -> None:
    files = analysed(PHP, item(code_reading.GO, "desk.go")).content["data"]
    assert [file["language"] for file in files] == ["php", "go"]


def test_the_first_version_has_what_it_always_had() -> None:
    content = analysed(PHP, item("[project]", "pyproject.toml"), output=FIRST).content
    (file,) = content["data"]
    assert content["schemaVersion"] == "1.0.0"
    assert "manifests" not in content
    assert file.keys() == {
        *("file_path", "language", "raw_content", "metadata"),
        *("functions", "classes", "imports"),
    }
    assert file["metadata"].keys() == {"file_size", "line_count"}
    assert all("names" not in each for each in file["imports"])
    assert all("kind" not in each for each in file["classes"])


def test_the_digest_is_that_of_the_text_in_utf_8() -> None:
    digest = read("a.php", "<?php\n")["metadata"]["digest"]
    assert digest == f"sha256:{hashlib.sha256(b'<?php' + bytes([10])).hexdigest()}"


def test_the_time_of_a_file_that_is_there_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.php"
    path.write_text("<?php\n")
    moment = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    os.utime(path, (moment.timestamp(), moment.timestamp()))

    (file,) = analysed(item("<?php\n", str(path), file_path=str(path))).content["data"]

    assert file["metadata"]["last_modified"] == moment.isoformat()


@pytest.mark.parametrize("metadata", [{}, {"file_path": "gone/a.php"}])
@pytest.mark.parametrize("output", [FIRST, LATEST], ids=["1.0.0", "1.1.0"])
def test_the_time_of_a_file_that_is_not_there_is_left_out(
    metadata: dict[str, str], output: Any
) -> None:
    result = analysed(item("<?php\n", "a.php", **metadata), output=output)
    (file,) = result.content["data"]
    assert "last_modified" not in file["metadata"]
    assert result.schema_validated


def test_what_is_no_source_code_is_passed_over_and_counted() -> None:
    step = StepContext(at=NOON, seed=0)
    content = analysed(PHP, item("Dear Ann", "ann.txt"), step=step).content
    assert content["metadata"]["extraction"]["skipped"] == {"no_source_code": 1}
    assert [(note.name, note.data) for note in step.notes] == [
        ("items.passed-over", {"no_source_code": 1})
    ]


def test_without_any_source_code_the_result_is_empty() -> None:
    content = analysed(item("Dear Ann", "ann.txt")).content
    assert content["data"] == []
    assert content["language"] == "unknown"


def test_a_file_that_is_too_large_is_listed() -> None:
    content = analysed(PHP, item("<?php\n", "b.php"), max_file_size=10).content
    notes = content["metadata"]["extraction"]
    assert notes["unreadable"] == [
        {"source": "shop/Desk.php", "reason": "too_large", "count": 1}
    ]
    assert notes["truncated"]
    assert notes["limits"] == [
        {"limit": "max_file_size", "value": 10, "read": 1, "left_out": 1}
    ]
    assert [file["file_path"] for file in content["data"]] == ["b.php"]


def test_a_size_counts_bytes_and_not_characters() -> None:
    assert not analysed(item("# ééé", "a.py"), max_file_size=7).content["data"]
    assert analysed(item("# ééé", "a.py"), max_file_size=8).content["data"]


def test_code_in_a_table_is_read_in_the_language_that_is_asked_for() -> None:
    snippet = cell("snippets", "code", 1, "<?php function f() {}")
    content = analysed(snippet, language=" PHP ").content
    (file,) = content["data"]
    assert content["language"] == file["language"] == "php"
    assert [each["name"] for each in file["functions"]] == ["f"]


def test_of_broken_code_the_rest_is_read_and_the_place_is_named() -> None:
    text = "<?php\nfunction a() {}\n$b = = 3;\nclass C {}\n"
    content = analysed(item(text, "a.php")).content
    (file,) = content["data"]
    assert [each["name"] for each in file["functions"]] == ["a"]
    assert [each["name"] for each in file["classes"]] == ["C"]
    assert file["not_parsed"] == {
        "count": 1,
        "lines": [{"line_start": 3, "line_end": 3}],
    }
    assert content["metadata"]["files_with_gaps"] == 1


def test_broken_places_are_counted_in_the_log() -> None:
    step = StepContext(at=NOON, seed=0)
    analysed(PHP, item("<?php\n$b = = 3;\n$c = = 3;\n", "b.php"), step=step)
    assert [(note.name, note.data) for note in step.notes] == [
        ("code.not-parsed", {"files": 1, "places": 2})
    ]


def test_many_broken_places_are_counted_and_some_are_listed() -> None:
    text = "x = 1\n" + "def (:\n  pass\ny = 2\n" * 60
    gaps = read("a.py", text)["not_parsed"]
    assert gaps["count"] > 20
    assert len(gaps["lines"]) == 20


def test_a_parser_that_gets_nowhere_is_stopped() -> None:
    data = b"<?php " + b"{" * 100_000
    with pytest.raises(ParserError, match=r"not parsed after 0 seconds"):
        parse(grammar_for("a.php"), data, patience=0)


def test_a_file_on_which_the_parser_gave_up_is_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def give_up(*_: object) -> None:
        raise ParserError("not parsed after 30 seconds")

    monkeypatch.setattr("wct_adapters.analysers.code.reading.parsed_file", give_up)
    content = analysed(PHP).content
    assert content["metadata"]["extraction"]["unreadable"] == [
        {"source": "shop/Desk.php", "reason": "not_parsed", "count": 1}
    ]


def test_manifests_tell_of_packages() -> None:
    text = '{"name": "shop",\n "dependencies": {\n  "stripe": "^17"}}'
    content = analysed(item(text, "shop/package.json")).content
    assert content["manifests"] == [
        {
            "file_path": "shop/package.json",
            "language": "javascript",
            "dependencies": [{"name": "stripe", "line": 3}],
        }
    ]


def test_a_manifest_that_cannot_be_read_is_listed() -> None:
    notes = analysed(item("{", "composer.json")).content["metadata"]["extraction"]
    assert notes["unreadable"] == [
        {"source": "composer.json", "reason": "not_parsed", "count": 1}
    ]


def test_the_chain_of_analyses_begins_here() -> None:
    (entry,) = analysed(PHP).content["analysis_metadata"]["analyses_chain"]
    assert entry == {
        "order": 1,
        "analyser": "source_code_analyser",
        "execution_timestamp": NOON.isoformat(),
    }


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        (
            {"language": "  "},
            "language: Value error, Language must be a non-empty string if provided",
        ),
        (
            {"language": "cobol"},
            f"language: Value error, Unsupported language: cobol. {SUPPORTED}",
        ),
        ({"language": 7}, "language: Input should be a valid string"),
        ({"max_file_size": 0}, "max_file_size: Input should be greater than 0"),
        ({"depth": 1}, "depth: Extra inputs are not permitted"),
    ],
)
def test_a_wrong_property_is_refused(properties: dict[str, Any], text: str) -> None:
    with pytest.raises(AnalyserConfigError) as error:
        made(**properties)
    assert str(error.value) == f"Invalid source code analyser configuration: {text}"


@pytest.mark.parametrize(
    ("missing", "properties"),
    [
        ("tree_sitter", {}),
        ("tree_sitter", {"language": "php"}),
        ("tree_sitter_php", {"language": "php"}),
    ],
)
def test_without_the_extra_it_is_said_what_to_install(
    missing: str, properties: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    without(missing, monkeypatch)
    with pytest.raises(AnalyserConfigError) as error:
        made(**properties)
    assert str(error.value) == (
        f"source_code_analyser needs {missing.replace('_', '-')}, which is not "
        "installed: pip install 'wct-compliance[code]'"
    )


def test_a_grammar_that_is_missing_costs_its_files_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without("tree_sitter_go", monkeypatch)
    grammars.loaded.cache_clear()
    content = analysed(PHP, item(code_reading.GO, "desk.go")).content
    assert [file["language"] for file in content["data"]] == ["php"]
    assert content["metadata"]["extraction"]["unreadable_count"] == 1


def without(package: str, monkeypatch: pytest.MonkeyPatch) -> None:

    def find(name: str) -> object:
        return None if name == package else find_spec(name)

    monkeypatch.setattr(grammars, "find_spec", find)
    monkeypatch.setitem(sys.modules, package, None)


def test_what_else_goes_wrong_is_told_with_its_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stumble(*_: object) -> None:
        raise RuntimeError("over a stone")

    monkeypatch.setattr("wct_adapters.analysers.code.reading.parsed_file", stumble)
    with pytest.raises(AnalyserProcessingError) as error:
        analysed(PHP)
    assert str(error.value) == "Failed to analyse source code: over a stone"


def test_the_languages_are_told_by_names_and_refused_otherwise() -> None:
    with pytest.raises(ParserError) as unknown:
        grammar_for("notes.txt")
    assert str(unknown.value) == "Cannot detect language for file extension: .txt"
    with pytest.raises(ParserError) as unsupported:
        grammar_for("a.php", "cobol")
    assert str(unsupported.value) == (
        f"Unsupported language: cobol. Supported languages: {sorted(LANGUAGES)}"
    )
    assert grammar_for("a.tsx", "typescript").function == "language_tsx"


@settings(deadline=None)
@given(name=st.sampled_from(NAMES), data=st.binary(max_size=400))
def test_no_bytes_stop_the_analyser(name: str, data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    assert analysed(item(text, name)).schema_validated


FRAGMENTS = st.sampled_from(
    [
        *("class A {", "}", "function f(", "(", ")", "{", "def a(", ":\n", "\n", "  "),
        *('"', "'", "`", "${", "/*", "*/", "//", "#", "<?php ", "?>", "=>", "import "),
        *("require(", "use ", ";", "<<A\n", "A\n", "é", "\0", "x", "end\n"),
        *('"""', "@", "[", "]", "<", ">", ",", "=", "...", "const x = ", "interface "),
    ]
)


@settings(deadline=None)
@given(name=st.sampled_from(NAMES), parts=st.lists(FRAGMENTS, max_size=60))
def test_no_heap_of_code_stops_the_analyser(name: str, parts: list[str]) -> None:
    for output in (FIRST, LATEST):
        result = analysed(item("".join(parts), name), output=output)
        assert result.schema_validated
        (file,) = result.content["data"]
        lines = max(1, "".join(parts).count("\n") + 1)
        for each in (*file["functions"], *file["classes"]):
            assert 1 <= each["line_start"] <= each["line_end"] <= lines


def test_personal_data_in_code_is_marked_for_masking() -> None:
    text = "<?php\n// ask ann@example.com\n$to = 'ben@example.com';\n"
    content = analysed(item(text, "a.php")).content
    masked = json.dumps(mask_content(SCHEMAS.load("source_code", "1.1.0"), content))
    assert "@example.com" in json.dumps(content)
    assert "@example.com" not in masked
