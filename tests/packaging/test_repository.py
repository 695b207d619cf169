"""What is promised of the repository's own files."""

import io
import re
import subprocess
import tokenize
import tomllib
from functools import cache
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
SOURCES = ("domain", "adapters", "entrypoints", "benchmarks", "tests")

REGISTRY = re.compile(
    r"index[-_]url|find[-_]links|pythonhosted[.]org|pypi[.]org/simple"
)
PIN = re.compile(r"[\w.-]+==[\w.]+")
# What follows the codes or, for the checkers, the bracket is the reason.
IGNORE = re.compile(
    r"noqa: *[A-Z]+\d+(?:[, ]+[A-Z]+\d+)*|(?:type|pyright): *ignore\[.+?\]"
)
BLANKET = re.compile(r"# *(?:noqa(?!:)|(?:type|pyright): *ignore(?!\[))")
TARGETS = {
    *("help", "setup", "demo", "test", "check", "lint", "fix", "types"),
    *("bench", "docs", "build", "clean"),
}


@cache
def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: no list of tracked files")
    command = ["git", "-C", str(ROOT), "ls-files", "-z"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if (ROOT / name).is_file()]


def texts() -> list[tuple[Path, str]]:
    found: list[tuple[Path, str]] = []
    for file in tracked():
        try:
            found.append((file.relative_to(ROOT), file.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue  # a database or a deliberately odd sample
    return found


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return {
        canonicalize_name(line.partition("==")[0]): line.partition("==")[2]
        for line in lines
        if line and not line.startswith("#")
    }


def wanted() -> dict[str, list[Requirement]]:
    """Everything that ``pip install -e '.[dev]'`` brings, by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras: dict[str, list[str]] = project["optional-dependencies"]
    waiting = [Requirement(r) for r in [*project["dependencies"], *extras["dev"]]]
    found: dict[str, list[Requirement]] = {}
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        known = name in found
        if name == project["name"]:
            waiting += [Requirement(r) for e in requirement.extras for r in extras[e]]
            continue
        found.setdefault(name, []).append(requirement)
        if not known:
            waiting += needs(name, requirement.extras)
    return found


def needs(name: str, extras: set[str]) -> list[Requirement]:
    parsed = [Requirement(line) for line in requires(name) or ()]
    return [
        r
        for r in parsed
        if not r.marker
        or any(r.marker.evaluate({"extra": extra}) for extra in ("", *extras))
    ]


def test_every_pin_is_exact_and_carries_no_address() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert [n for n in lines if not n.startswith("#") and not PIN.fullmatch(n)] == []


def test_exactly_what_is_installed_is_pinned() -> None:
    assert pins().keys() == wanted().keys()


def test_every_pin_satisfies_those_who_need_it() -> None:
    pinned = pins()
    refused = [
        f"{requirement} does not allow {pinned[name]}"
        for name, requirements in wanted().items()
        for requirement in requirements
        if pinned[name] not in requirement.specifier
    ]
    assert refused == []


def test_no_file_names_a_registry() -> None:
    assert [str(file) for file, text in texts() if REGISTRY.search(text)] == []


def test_no_file_names_a_path_of_this_machine() -> None:
    places = "|".join(
        re.escape(str(p)) for p in (ROOT, Path.home()) if len(p.parts) > 1
    )
    here = re.compile(rf"(?<![\w.*/-])(?:{places})(?![\w.-])")
    assert [str(file) for file, text in texts() if here.search(text)] == []


def test_every_text_ends_with_one_newline_and_no_line_with_blanks() -> None:
    checked = {".cfg", ".json", ".md", ".py", ".pyi", ".toml", ".txt", ".yaml"}
    assert [
        str(file)
        for file, text in texts()
        if file.suffix in checked and text and "samples" not in file.parts
        # Written by RunbookSchemaGenerator.save_schema, which ends without a newline.
        if file.name != "runbook.json"
        if not text.endswith("\n") or re.search(r"[ \t]\n|\n\n\Z", text)
    ] == []


def test_every_ignore_names_its_rule_and_gives_a_reason() -> None:
    without = [
        f"{file.relative_to(ROOT)}:{line}"
        for root in SOURCES
        for file in sorted((ROOT / root).rglob("*.py"))
        for line in ignores_without_reason(file.read_text(encoding="utf-8"))
    ]
    assert without == [], "say why, behind the ignore or in a comment above it"


def ignores_without_reason(source: str) -> list[int]:
    lines = source.splitlines()
    comments = [
        (token.start[0], token.string)
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    ]
    return [
        number
        for number, comment in comments
        if BLANKET.search(comment)
        or (
            (IGNORE.search(comment) and not IGNORE.sub("", comment).strip("# :-"))
            and not lines[number - 2].strip().startswith("#")
        )
    ]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("x = 1  # noqa: S101\n", [1]),
        ("x = 1  # noqa\n", [1]),
        ("x = 1  # type: ignore\n", [1]),
        ("\nx = 1  # pyright: ignore[reportFoo]\n", [2]),
        ("x = 1  # noqa: S101, B006  # the reason\n", []),
        ("x = 1  # type: ignore[arg-type]  # the reason\n", []),
        ("# the reason\nx = 1  # noqa: S101\n", []),
    ],
)
def test_an_ignore_without_reason_is_found(source: str, found: list[int]) -> None:
    assert ignores_without_reason(source) == found


def test_every_make_target_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    documented = set(re.findall(r"^([a-z]+):.* ## \w", makefile, re.MULTILINE))
    assert set(phony[1].split()) == documented
    assert documented >= TARGETS


def test_ci_can_be_started() -> None:
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
