"""With the bundled components: the single thing that changed is named, and only it.

``tests/integration/test_why.py`` does the same in a world of toys, where more can be
changed: plugins, the schemas that they know, secrets, runs that were resumed.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.e2e.processes import Cli
from wct_domain.rulesets.rules import BaseRule, rule_digest
from wct_entrypoints.bootstrap.application import VERSIONS

RUNBOOK = """\
name: letters
description: looks for personal data in letters
connectors:
  - name: letters
    type: filesystem_connector
    properties: {path: letters, max_files: 50}
  - name: copies
    type: filesystem_connector
    properties: {path: copies}
analysers:
  - name: personal
    type: personal_data_analyser
    properties:
      pattern_matching: {ruleset: personal_data, maximum_evidence_count: 3}
  - name: purposes
    type: processing_purpose_analyser
    properties: {pattern_matching: {ruleset: processing_purposes}}
execution:
  - {id: read, name: Read, description: reads, connector: letters,
     input_schema: standard_input, output_schema: standard_input, save_output: true}
  - {id: scan, name: Scan, description: looks, input_from: read, analyser: personal,
     input_schema: standard_input, output_schema: personal_data_finding}
  - {id: aside, name: Aside, description: looks, connector: letters,
     analyser: personal,
     input_schema: standard_input, output_schema: personal_data_finding}
"""

Patch: TypeAlias = pytest.MonkeyPatch
Named: TypeAlias = list[tuple[str, str]]


@pytest.fixture(autouse=True)
def first_run(cli: Cli) -> None:
    for name in ("letters", "copies"):
        Path(name).mkdir()
        Path(name, "one.txt").write_text("my email is kim@shop.example\n")
        Path(name, "two.txt").write_text("the invoice is paid\n")
    Path("runbook.yaml").write_text(RUNBOOK)
    assert execute(cli) == 0


def execute(cli: Cli) -> int:
    return cli("run", "runbook.yaml", "--quiet").exit_code


def write(name: str, text: str) -> Callable[[Patch], object]:
    return lambda _: Path("letters", name).write_text(text)


def edit(before: str, after: str) -> Callable[[Patch], object]:
    """Change the first place of the runbook that says so."""
    assert before in RUNBOOK
    text = RUNBOOK.replace(before, after, 1)
    return lambda _: Path("runbook.yaml").write_text(text)


def another_rule(patch: Patch) -> None:
    def digest(rule: BaseRule) -> str:
        changed = rule.name == "Basic Profile Information"
        return "changed" if changed else rule_digest(rule)

    patch.setattr("wct_adapters.analysers.ruleset_analyser.rule_digest", digest)


RULE = "analyser personal -> ruleset personal_data -> Basic Profile Information"
ANALYSER = "analyser personal -> pattern_matching -> maximum_evidence_count"

# What is changed; what that is to a step that reads the source itself.
CHANGES: dict[str, tuple[Callable[[Patch], object], Named]] = {
    "content of a file": (
        write("one.txt", "my email is kim@shop.example!\n"),
        [("input", "what letters read")],
    ),
    "a file more": (write("three.txt", "hello\n"), [("input", "what letters read")]),
    "a file less": (
        lambda _: Path("letters/two.txt").unlink(),
        [("input", "what letters read")],
    ),
    "name of a file": (
        lambda _: Path("letters/two.txt").rename("letters/2.txt"),
        [("input", "what letters read")],
    ),
    "a file that is no text": (
        lambda _: Path("letters/lamp.png").write_bytes(b"\x89PNG\r\n\x1a\n\0"),
        # What a message says of itself counts: how much of the source is in it.
        [("input", "what letters read"), ("input", "what letters left out")],
    ),
    "property of the connector": (
        edit("max_files: 50", "max_files: 60"),
        [("parameter", "connector letters -> max_files")],
    ),
    "property of the analyser": (
        edit("maximum_evidence_count: 3", "maximum_evidence_count: 2"),
        [("parameter", ANALYSER)],
    ),
    "a rule": (another_rule, [("rule", RULE)]),
    "version of wct": (
        lambda patch: patch.setitem(VERSIONS, "wct", "9.0.0"),
        [("code", "wct")],
    ),
    "version of Python": (
        lambda patch: patch.setitem(VERSIONS, "python", "3.99.0"),
        [("code", "Python")],
    ),
    "order of the steps": (
        lambda _: Path("runbook.yaml").write_text(reordered()),
        [],
    ),
    "texts of the runbook": (edit("description: looks for", "description: seeks"), []),
    "a connector that it does not use": (
        edit("{path: copies}", "{path: copies, max_files: 5}"),
        [],
    ),
    "an analyser that it does not use": (
        edit("{ruleset: processing_purposes}", "{}"),
        [],
    ),
    "time of a file": (lambda _: Path("letters/one.txt").touch(), []),
}


def reordered() -> str:
    head, _, steps = RUNBOOK.partition("execution:\n")
    first, *others = steps.split("  - {id: ")[1:]
    return head + "execution:\n" + "".join("  - {id: " + s for s in [*others, first])


def why(cli: Cli, step: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(cli("why", "latest", step, "--json").stdout)
    return answer


def named(causes: list[dict[str, Any]]) -> Named:
    return [(each["kind"], each["what"]) for each in causes]


@pytest.mark.parametrize("changed", CHANGES)
def test_the_single_change_is_named_and_nothing_else(
    cli: Cli, changed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change, expected = CHANGES[changed]
    change(monkeypatch)
    assert execute(cli) == 0
    answer = why(cli, "aside")
    assert named(answer["causes"]) == expected
    if not expected:
        assert answer["same"] is True


@pytest.mark.parametrize(
    "changed", [name for name in CHANGES if "file" in name and CHANGES[name][1]]
)
def test_it_is_found_behind_the_result_of_another_step(
    cli: Cli, changed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change, expected = CHANGES[changed]
    change(monkeypatch)
    assert execute(cli) == 0
    causes = why(cli, "scan")["causes"]
    assert named(causes) == [("input", "the result of step read")]
    assert named(causes[0]["because"]) == expected


STEPS: dict[str, tuple[str, str, Named]] = {
    "another connector": (
        "connector: letters,\n     analyser",
        "connector: copies,\n     analyser",
        [
            ("step", "step aside -> connector"),
            ("input", "what copies read"),
            ("parameter", "connector copies -> max_files"),
            ("parameter", "connector copies -> path"),
        ],
    ),
    "a schema that is asked for by its version": (
        "output_schema: personal_data_finding}\n",
        "output_schema: personal_data_finding,\n     output_schema_version: 1.0.0}\n",
        [("step", "step scan -> output_schema_version")],
    ),
    "how often it is tried": (
        "analyser: personal,\n     input",
        "analyser: personal, retry: {attempts: 2},\n     input",
        [("step", "step scan -> retry")],
    ),
    "how long it may take": (
        "analyser: personal,\n     input",
        "analyser: personal, timeout: 300,\n     input",
        [("step", "step scan -> timeout")],
    ),
}


@pytest.mark.parametrize("changed", STEPS)
def test_so_is_what_the_runbook_says_of_the_step(cli: Cli, changed: str) -> None:
    before, after, expected = STEPS[changed]
    edit(before, after)(pytest.MonkeyPatch())
    assert execute(cli) == 0
    step = expected[0][1].split()[1]
    assert named(why(cli, step)["causes"]) == expected


def test_a_source_that_is_gone_is_why_a_step_failed(cli: Cli) -> None:
    Path("letters").rename("gone")
    assert execute(cli) == 3
    answer = why(cli, "aside")
    assert answer["status"] == "failed"
    assert named(answer["causes"]) == [("input", "what letters read")]
    skipped = why(cli, "scan")
    assert (skipped["status"], skipped["because"]) == ("skipped", "read")
    (cause,) = skipped["causes"]
    assert (cause["before"], cause["after"]) == ("succeeded", "failed")
