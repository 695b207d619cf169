"""Findings of two runs, matched by what they say and never by where they stand.

A finding's fingerprint is a keyed digest of its schema, its rule, its source and its
evidence. Findings with one fingerprint are the same finding; if anything else that
they say differs, it has changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

from wct_domain.digests import canonical_json, pseudonym

_RULES = ("type", "purpose", "primary_category", "rule", "category", "name")


class Finding(NamedTuple):
    """One finding of one step, as it is stored: nothing in it is masked."""

    step: str
    schema: str  # name/version of the result that it stands in
    content: Mapping[str, Any]  # without volatile fields
    fingerprint: str

    @property
    def rule(self) -> str:
        """The rule, or category, that it is a finding of; "" if it does not say."""
        return _rule(self.content)

    @property
    def source(self) -> str:
        """Where it was found, as the connector named it."""
        return _source(self.content)


class Changed(NamedTuple):
    """The same finding, of which two runs say different things."""

    before: Finding
    after: Finding
    fields: tuple[str, ...]  # of the finding, by name


class FindingsCompared(NamedTuple):
    """What became of the findings of one run in another."""

    appeared: list[Finding]
    vanished: list[Finding]
    changed: list[Changed]
    same: int


def findings_in(
    content: Mapping[str, Any], step: str, schema: str, key: bytes
) -> list[Finding]:
    """Return the findings of a result, each with its fingerprint.

    Args:
        content: of the result message, without volatile fields.
        key: the content key of the ledger that compares.
    """
    listed = content.get("findings")
    if not isinstance(listed, list):
        return []
    return [
        Finding(step, schema, finding, fingerprint(finding, schema, key))
        for each in cast("list[Any]", listed)
        if isinstance(each, dict)
        for finding in [cast("dict[str, Any]", each)]
    ]


def fingerprint(finding: Mapping[str, Any], schema: str, key: bytes) -> str:
    """Name a finding so that it is recognised, and nobody can guess what it holds.

    Evidence is compared without regard to its white space and order. A finding of a
    shape that says neither evidence nor rule is recognised by all that it says.
    """
    rule, evidence = _rule(finding), _evidence(finding)
    rest = None if rule and evidence else dict(finding)
    said = [schema, rule, _source(finding), evidence, rest]
    return pseudonym(key, "finding", canonical_json(said).decode())


def compare_findings(
    before: Iterable[Finding], after: Iterable[Finding]
) -> FindingsCompared:
    """Match findings by fingerprint; of equal ones each is matched once."""
    all_before = list(before)
    waiting: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in all_before:
        waiting[finding.fingerprint].append(finding)
    unmatched: list[Finding] = []
    same = 0
    for finding in after:
        candidates = waiting[finding.fingerprint]
        equal = next((c for c in candidates if c.content == finding.content), None)
        if equal is None:
            unmatched.append(finding)
        else:
            waiting[finding.fingerprint] = [c for c in candidates if c is not equal]
            same += 1
    appeared: list[Finding] = []
    changed: list[Changed] = []
    for finding in unmatched:
        if candidates := waiting[finding.fingerprint]:
            changed.append(_changed(candidates.pop(0), finding))
        else:
            appeared.append(finding)
    left = {id(finding) for rest in waiting.values() for finding in rest}
    vanished = [finding for finding in all_before if id(finding) in left]
    return FindingsCompared(appeared, vanished, changed, same)


def _changed(before: Finding, after: Finding) -> Changed:
    one, other = before.content, after.content
    names = dict.fromkeys([*one, *other])
    fields = tuple(name for name in names if one.get(name) != other.get(name))
    return Changed(before, after, fields)


def _rule(finding: Mapping[str, Any]) -> str:
    return next((str(finding[name]) for name in _RULES if finding.get(name)), "")


def _source(finding: Mapping[str, Any]) -> str:
    metadata = finding.get("metadata")
    if not isinstance(metadata, dict):
        return ""
    return str(cast("dict[str, Any]", metadata).get("source", ""))


def _evidence(finding: Mapping[str, Any]) -> list[str]:
    listed = finding.get("evidence")
    if not isinstance(listed, list):
        return []
    return sorted(
        " ".join(_text(each).split()) for each in cast("list[object]", listed)
    )


def _text(evidence: Any) -> str:
    if isinstance(evidence, str):
        return evidence
    content: object = None
    if isinstance(evidence, dict):
        content = cast("dict[str, object]", evidence).get("content")
    if content is None:
        return canonical_json(cast("object", evidence)).decode()
    return str(content)
