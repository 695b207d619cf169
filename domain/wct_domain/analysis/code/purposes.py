"""Purposes of processing in source code, with the line where each shows.

Words are looked for in the whole text, comments and strings included. Services are
found by what is imported, by what manifests name and by addresses in the text. A string
that is an SQL statement counts by its verb.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias, cast

from wct_domain.analysis.code.lines import Lines
from wct_domain.analysis.code.services import Services
from wct_domain.analysis.code.statements import statement
from wct_domain.analysis.evidence import WINDOWS, Text
from wct_domain.analysis.reporting import Reporting, compliance
from wct_domain.analysis.rulebook import Rulebook
from wct_domain.rulesets.data_collection import DataCollectionRule
from wct_domain.rulesets.processing_purposes import ProcessingPurposeRule
from wct_domain.rulesets.service_integrations import ServiceIntegrationRule

COLLECTING = "operational"
"""Category of purpose of what merely collects: it does not say what for."""

Rule: TypeAlias = ProcessingPurposeRule | ServiceIntegrationRule | DataCollectionRule
Finding: TypeAlias = dict[str, Any]
File: TypeAlias = Mapping[str, Any]


class CodeRulebooks(NamedTuple):
    """What is looked for in code."""

    purposes: Rulebook[ProcessingPurposeRule]
    services: Rulebook[ServiceIntegrationRule]
    collection: Rulebook[DataCollectionRule]
    packages: Services


def purposes_of_code(
    content: Mapping[str, Any], books: CodeRulebooks, reporting: Reporting
) -> Iterator[Finding]:
    """Yield findings of a valid ``source_code`` content.

    Files in order, then: purposes, services and ways of collecting data by words, each
    in the order of its ruleset; statements; imports. Manifests come last. A rule is
    reported once for each line and pattern.
    """
    for file in content["data"]:
        yield from _CodeFile(file, books, reporting).findings()
    for manifest in content.get("manifests", ()):
        yield from _dependencies(manifest, books.packages, reporting)


class _CodeFile:
    def __init__(self, file: File, books: CodeRulebooks, reporting: Reporting) -> None:
        self._file, self._books, self._reporting = file, books, reporting
        self._text = Text(file["raw_content"])
        self._lines = Lines(self._text, WINDOWS[reporting.context_size])

    def findings(self) -> Iterator[Finding]:
        yield from self._words(self._books.purposes)
        yield from self._words(self._books.services)
        yield from self._words(self._books.collection)
        yield from self._statements()
        yield from self._imports()

    def _words(self, book: Rulebook[Any]) -> Iterator[Finding]:
        seen: set[tuple[str, str, int]] = set()
        for rule, pattern, (start, end, _) in book.hits(self._text):
            line = self._lines.number(start)
            if (rule.name, pattern, line) in seen:
                continue
            seen.add((rule.name, pattern, line))
            shown = f"Line {line}: {self._lines.shown(start, end)}"
            column = self._lines.column(start)
            yield self._finding(rule, pattern, shown, line, column)

    def _statements(self) -> Iterator[Finding]:
        seen: set[tuple[str, str, int]] = set()
        for literal in self._file.get("literals", ()):
            verb = statement(literal["value"])
            for rule in self._books.collection.rules if verb else ():
                line: int = literal["line"]
                if verb not in rule.statements or (rule.name, verb, line) in seen:
                    continue
                seen.add((rule.name, verb, line))
                shown = f"Line {line}: {self._beginning(literal['value'])}"
                yield self._finding(rule, verb, shown, line, literal["column"])

    def _beginning(self, literal: str) -> str:
        width = 2 * WINDOWS[self._reporting.context_size]
        text = " ".join(literal[: 2 * width].split())
        return text if len(text) <= width else f"{text[:width]}..."

    def _imports(self) -> Iterator[Finding]:
        language: str = self._file["language"]
        for each in self._file.get("imports", ()):
            for module in _modules(language, each):
                known = self._books.packages.of(language, module)
                for rule, package in known:
                    shown = f"Import: {module}"
                    yield self._finding(rule, package, shown, each["line"])
                if known:
                    break  # by one of its names is enough

    def _finding(
        self, rule: Rule, pattern: str, shown: str, line: int, column: int | None = None
    ) -> Finding:
        place = {"line": line} if column is None else {"line": line, "column": column}
        path, at = self._file["file_path"], self._reporting.at
        return _finding(rule, pattern, shown, path, place, at)


def _modules(language: str, imported: Mapping[str, Any]) -> list[str]:
    """Return what may be the package: Python's ``google.cloud`` has many in it."""
    module: str = imported["module"]
    if language != "python":
        return [module]
    names = cast("list[str]", imported.get("names", []))
    return [*(f"{module}.{name}" for name in names), module]


def _dependencies(
    manifest: Mapping[str, Any], packages: Services, reporting: Reporting
) -> Iterator[Finding]:
    for each in manifest["dependencies"]:
        for rule, package in packages.of(manifest["language"], each["name"]):
            shown, place = f"Dependency: {each['name']}", {"line": each["line"]}
            path, at = manifest["file_path"], reporting.at
            yield _finding(rule, package, shown, path, place, at)


def _finding(
    rule: Rule, pattern: str, shown: str, path: str, place: dict[str, int], at: str
) -> Finding:
    evidence = {
        "content": shown,
        "collection_timestamp": at,
        "file_path": path,
        **place,
    }
    return {
        "risk_level": rule.risk_level,
        "compliance": compliance(rule.compliance),
        "evidence": [evidence],
        "matched_patterns": [pattern],
        "purpose": rule.name,
        **_about(rule),
        "metadata": {"source": path},
    }


def _about(rule: Rule) -> dict[str, str]:
    match rule:
        case ServiceIntegrationRule():
            return {
                "purpose_category": rule.purpose_category,
                "service_category": rule.service_category,
            }
        case DataCollectionRule():
            return {
                "purpose_category": COLLECTING,
                "collection_type": rule.collection_type,
                "data_source": rule.data_source,
            }
        case ProcessingPurposeRule():
            return {"purpose_category": rule.purpose_category}
