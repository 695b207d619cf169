"""What ``wct diff`` does and prints."""

from collections.abc import Iterator, Sequence
from typing import Any

from wct_domain.comparison.documents import Difference
from wct_domain.comparison.findings import Changed, Finding
from wct_domain.comparison.runs import (
    RunsCompared,
    SourcesCompared,
    StepsCompared,
    compare_runs,
)
from wct_domain.projections.states import StepState
from wct_entrypoints import plugins
from wct_entrypoints.bootstrap.schemas import RegisteredSchemas
from wct_entrypoints.cli.differing import (
    MaskedFindings,
    difference_document,
    shown,
    value_text,
)
from wct_entrypoints.cli.ledger_access import find_run, reading
from wct_entrypoints.cli.printing import local, print_json, print_lines, wrapped
from wct_entrypoints.cli.shared import LedgerPlace, counted

_FEW = 5  # steps that came to the same, each of which is named


def compare(
    run_a: str, run_b: str, given: LedgerPlace | None, *, as_json: bool
) -> str | None:
    """Print what differs; return what a gate has to say of it, if anything.

    Raises:
        RunNotFoundError: there is no such run.
        LedgerError: the ledger cannot be read.
    """
    plugins.load_schemas()
    schemas = RegisteredSchemas()
    with reading(given) as ledger:
        one, other = find_run(ledger, run_a), find_run(ledger, run_b)
        compared = compare_runs(ledger, one, other, schemas)
    masked = MaskedFindings(schemas)
    if as_json:
        print_json(_document(compared, masked))
    else:
        print_lines(_lines(compared, masked))
    return _new(compared)


def _new(compared: RunsCompared) -> str | None:
    if appeared := compared.findings.appeared:
        return f"{counted(len(appeared), 'finding')} appeared"
    if compared.results_missing:
        return "nobody can tell whether findings appeared: some results are gone"
    return None


def _document(compared: RunsCompared, masked: MaskedFindings) -> dict[str, Any]:
    found = compared.findings
    return {
        "run_a": compared.before.run.id,
        "run_b": compared.after.run.id,
        "runbook": [difference_document(each) for each in compared.runbook],
        "versions": [difference_document(each) for each in compared.versions],
        "sources": [_source(each) for each in compared.sources],
        "steps": [_step(each) for each in compared.steps],
        "appeared": [_finding(each, masked) for each in found.appeared],
        "vanished": [_finding(each, masked) for each in found.vanished],
        "changed": [_changed(each, masked) for each in found.changed],
        "same_findings": found.same,
        "equal_results": compared.equal_results,
        "not_compared": [shown(each) for each in compared.not_compared],
    }


def _source(source: SourcesCompared) -> dict[str, Any]:
    one, other = source.before, source.after
    return {
        "connector": source.connector,
        "schema": source.schema,
        "items_before": one and one.items,
        "items_after": other and other.items,
        "unreadable_before": one and one.unreadable,
        "unreadable_after": other and other.unreadable,
        "same": source.same,
    }


def _step(step: StepsCompared) -> dict[str, Any]:
    return {
        "id": step.id,
        "before": step.before and step.before.status,
        "after": step.after and step.after.status,
        "same": step.same,
    }


def _finding(finding: Finding, masked: MaskedFindings) -> dict[str, Any]:
    return {
        "step": finding.step,
        "schema": finding.schema,
        "fingerprint": finding.fingerprint,
        "finding": masked.content(finding),
    }


def _changed(changed: Changed, masked: MaskedFindings) -> dict[str, Any]:
    return {
        "step": changed.after.step,
        "schema": changed.after.schema,
        "fingerprint": changed.after.fingerprint,
        "fields": changed.fields,
        "before": masked.content(changed.before),
        "after": masked.content(changed.after),
    }


def _lines(compared: RunsCompared, masked: MaskedFindings) -> Iterator[str]:
    for sign, facts in (("A", compared.before), ("B", compared.after)):
        when = "" if facts.run.started_at is None else local(facts.run.started_at)
        runbook = f"{facts.started.runbook}, {facts.run.status}"
        yield wrapped(f"{sign}  ", f"{facts.run.id}  {when}  {runbook}")
    yield from _differences("Runbook", compared.runbook, readable=_readable(compared))
    yield from _differences("Versions", compared.versions)
    yield from _section("Inputs", map(_source_text, compared.sources))
    yield from _section("Steps", _steps(compared.steps))
    yield from _findings(compared, masked)
    if compared.not_compared:
        yield from ("", "Not compared")
        for each in compared.not_compared:
            yield wrapped("  ", shown(each))


def _readable(compared: RunsCompared) -> bool:
    return None not in (compared.before.runbook, compared.after.runbook)


def _differences(
    what: str, found: list[Difference], *, readable: bool = True
) -> Iterator[str]:
    yield from ("", what)
    for each in found:
        yield wrapped(f"  {shown(each.place)}: ", _change(each))
    if not found:
        yield "  the same" if readable else "  not known: see below"


def _change(each: Difference) -> str:
    """Say what became of what, masked."""
    return f"{value_text(each.before)} → {value_text(each.after)}"


def _section(what: str, lines: Iterator[str]) -> Iterator[str]:
    yield from ("", what)
    for line in lines:
        yield wrapped("  ", line)


def _source_text(source: SourcesCompared) -> str:
    name = f"{source.connector} as {source.schema}: "
    one, other = source.before, source.after
    if one is None or other is None:
        return name + ("read in B only" if one is None else "read in A only")
    numbers = counted(other.items, "item")
    if one.items != other.items:
        numbers = f"{one.items:,} → {numbers}"
    gaps = ""
    if one.unreadable != other.unreadable:
        gaps = f", {one.unreadable:,} → {other.unreadable:,} unreadable"
    if source.same is None:
        return f"{name}cannot be compared, {numbers}{gaps}"
    return f"{name}{'the same' if source.same else 'changed'}, {numbers}{gaps}"


def _steps(steps: Sequence[StepsCompared]) -> Iterator[str]:
    """Tell of each step, but only the number of those that came to the same."""
    same = sum(step.same is True for step in steps)
    folded = same > _FEW
    for step in steps:
        if not (folded and step.same):
            yield _step_text(step)
    if folded:
        others = "" if same == len(steps) else "other "
        yield f"{same:,} {others}steps: the same results"


def _step_text(step: StepsCompared) -> str:
    if step.before is None or step.after is None:
        return f"{step.id}: in {'B' if step.before is None else 'A'} only"
    one, other = step.before, step.after
    how = str(one.status) if one.status == other.status else ""
    how = how or f"{one.status} → {other.status}"
    if step.same is None:
        return f"{step.id}: {how}"
    if step.same:
        return f"{step.id}: {how}, the same result"
    return f"{step.id}: {how}, another result, {_items(one, other)}"


def _items(one: StepState, other: StepState) -> str:
    items = counted(other.items or 0, "item")
    return items if one.items == other.items else f"{one.items:,} → {items}"


def _findings(compared: RunsCompared, masked: MaskedFindings) -> Iterator[str]:
    found = compared.findings
    numbers = (
        f"{len(found.appeared):,} appeared, {len(found.vanished):,} vanished, "
        f"{len(found.changed):,} changed, {found.same:,} the same"
    )
    equal = counted(compared.equal_results, "result")
    yield from ("", "Findings", f"  {numbers}; {equal} equal as a whole")
    for sign, group in (("+", found.appeared), ("-", found.vanished)):
        for finding in group:
            yield wrapped(f"  {sign} ", masked.line(finding))
    for changed in found.changed:
        fields = ", ".join(changed.fields)
        yield wrapped("  ~ ", f"{masked.line(changed.after)} (other: {fields})")
