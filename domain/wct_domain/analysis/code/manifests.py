"""Which packages a project depends on, from the files that tell its package manager.

Only names are read, with their lines. A manifest is data of a stranger: nothing in it
is resolved, fetched or run, which for a ``Gemfile`` or a ``build.gradle`` means that
names are taken from the text and what a program would compute is not there.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import Any, NamedTuple, cast


class Dependency(NamedTuple):
    """A package, as its manifest names it; ``line`` counts from 1."""

    name: str
    line: int


class Manifest(NamedTuple):
    """What a manifest says; ``language`` is that of the packages."""

    language: str
    dependencies: list[Dependency]


_Reader = Callable[[str], Iterable[Dependency]]


def manifest(path: str, text: str) -> Manifest | None:
    """Read a manifest; None for a file that is none, by its name.

    Raises:
        ValueError: it is one, and is not written as such files are.
    """
    found = _reader(PurePath(path.replace("\\", "/")).name.lower())
    if found is None:
        return None
    language, read = found
    try:
        return Manifest(language, list(dict.fromkeys(read(text))))
    except RecursionError as error:
        msg = "nested too deeply"
        raise ValueError(msg) from error


def _reader(name: str) -> tuple[str, _Reader] | None:
    if name in _BY_NAME:
        return _BY_NAME[name]
    for pattern, found in _BY_PATTERN:
        if pattern.fullmatch(name):
            return found
    return None


def _json_reader(*sections: str) -> _Reader:
    def read(text: str) -> Iterator[Dependency]:
        document: object = json.loads(text)
        if not isinstance(document, dict):
            msg = "not a JSON object"
            raise ValueError(msg)
        members = cast("dict[str, Any]", document)
        for section in sections:
            names = members.get(section)
            if isinstance(names, dict):
                yield from _in_section(text, section, cast("dict[str, Any]", names))

    return read


_KEY = re.compile(r'"((?:[^"\\\n]|\\.)*)"\s*:')


def _in_section(
    text: str, section: str, names: Mapping[str, Any]
) -> Iterator[Dependency]:
    """Find the lines of a section's keys, which stand in the order of the object."""
    keys = _lines_of(_KEY, text)
    line = next((at for key, at in keys if key == section), 1)
    for name in names:
        line = next((at for key, at in keys if key == name), line)
        if not _is_platform(name):
            yield Dependency(name, line)


def _is_platform(name: str) -> bool:
    """Composer requires the language itself in the same place."""
    return name == "php" or name.startswith(("ext-", "lib-", "composer-"))


def _lines_of(pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, int]]:
    """Yield the first group of each match, with its line."""
    line, at = 1, 0
    for match in pattern.finditer(text):
        line += text.count("\n", at, match.start(1))
        at = match.start(1)
        yield match[1], line


def _line_reader(pattern: str) -> _Reader:
    compiled = re.compile(pattern, re.MULTILINE)

    def read(text: str) -> Iterator[Dependency]:
        for name, line in _lines_of(compiled, text):
            yield Dependency(name, line)

    return read


_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def _pyproject(text: str) -> Iterator[Dependency]:
    document = tomllib.loads(text)
    project = _table(document.get("project"))
    listed = [project.get("dependencies")]
    listed += _table(project.get("optional-dependencies")).values()
    listed += _table(document.get("dependency-groups")).values()
    poetry = _table(_table(document.get("tool")).get("poetry"))
    tables = [_table(poetry.get("dependencies"))]
    tables += [
        _table(_table(group).get("dependencies"))
        for group in _table(poetry.get("group")).values()
    ]
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        for word in _WORD.findall(line):
            lines.setdefault(word, number)
    for name in [*_requirements(listed), *(name for table in tables for name in table)]:
        if name != "python":
            yield Dependency(name, lines.get(name, 1))


def _requirements(listed: Iterable[object]) -> Iterator[str]:
    for requirements in listed:
        if isinstance(requirements, list):
            for each in cast("list[object]", requirements):
                match = _REQUIREMENT.match(each) if isinstance(each, str) else None
                if match is not None:
                    yield match[1]


def _table(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


_MAVEN = re.compile(r"<(/?dependency|groupId|artifactId)>([^<]*)")


def _maven(text: str) -> Iterator[Dependency]:
    line, at = 1, 0
    group = artifact = ""
    begun = 1
    for match in _MAVEN.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        tag, value = match[1], match[2].strip()
        if tag == "dependency":
            group, artifact, begun = "", "", line
        elif tag == "groupId":
            group = value
        elif tag == "artifactId":
            artifact = value
        elif group:
            yield Dependency(f"{group}:{artifact}", begun)
            group = ""


_NPM = _json_reader(
    "dependencies", "devDependencies", "peerDependencies", "optionalDependencies"
)
_PIP = _line_reader(r"^[ \t]*([A-Za-z0-9][A-Za-z0-9._-]*)")
_GRADLE = _line_reader(r"""["']([\w.-]+:[\w.-]+)(?::[^"'\n]*)?["']""")
_GEMS = _line_reader(
    r"""^[ \t]*(?:gem|\w+\.add(?:_runtime|_development)?_dependency)"""
    r"""[ \t(]+["']([^"'\n]+)["']"""
)
_BY_NAME: Mapping[str, tuple[str, _Reader]] = {
    "package.json": ("javascript", _NPM),
    "composer.json": ("php", _json_reader("require", "require-dev")),
    "pyproject.toml": ("python", _pyproject),
    "go.mod": (
        "go",
        _line_reader(r"^[ \t]*(?:require[ \t]+)?([\w.-]+\.[\w.-]+/\S+)[ \t]+v\d"),
    ),
    "pom.xml": ("java", _maven),
    "build.gradle": ("java", _GRADLE),
    "build.gradle.kts": ("java", _GRADLE),
    "gemfile": ("ruby", _GEMS),
    "packages.config": ("csharp", _line_reader(r'<package[ \t]+id="([^"\n]+)"')),
}
_BY_PATTERN: tuple[tuple[re.Pattern[str], tuple[str, _Reader]], ...] = (
    (re.compile(r"requirements[\w.-]*\.(?:txt|in)"), ("python", _PIP)),
    (re.compile(r".*\.gemspec"), ("ruby", _GEMS)),
    (
        re.compile(r".*\.(?:cs|vb|fs)proj"),
        ("csharp", _line_reader(r'<PackageReference[^>\n]*?\bInclude="([^"\n]+)"')),
    ),
)
