"""The text of a first runbook: YAML with a remark where somebody will have a question.

A source is read once, in a step of its own, and each analysis is a step that reads what
that one has kept.
"""

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from wct_entrypoints.first_runbook.survey import Server, Survey

MOST_DATABASES: Final = 5
"""Databases with steps of their own; others are named in a remark."""

_ROWS: Final = 1000
_FILES: Final = 1000  # what the connector reads at most, unless told otherwise
_SHOWN: Final = 6  # kinds of files, in a remark

SOURCE_CODE: Final = "source_code_analyser"
_ANALYSES: Final = (
    ("personal_data", "Personal data in", "personal_data_finding"),
    ("data_subjects", "Whose data is in", "data_subject_finding"),
    ("purposes", "What the data is for, in", "processing_purpose_finding"),
)
_ANALYSERS: Final = """\
analysers:                  # wct ls-analysers lists all
  - name: personal_data
    type: personal_data_analyser
  - name: data_subjects
    type: data_subject_analyser
  - name: purposes
    type: processing_purpose_analyser
"""


class Source(NamedTuple):
    """What is read: its name in the runbook, its name for people, its connector."""

    name: str
    called: str
    connector: str  # lines of YAML
    has_code: bool = False


def runbook_text(found: Survey, analysers: Collection[str], output: Path | None) -> str:
    """Write a runbook for what was found.

    Args:
        analysers: types that are installed.
        output: where the runbook goes to; it is not to be scanned itself.
    """
    sources = list(_sources(found, output))
    code = SOURCE_CODE in analysers and any(each.has_code for each in sources)
    called = " and ".join(each.called for each in sources[:3])
    return "".join(
        [
            _head(called, output),
            "connectors:                 # wct ls-connectors lists all\n",
            *(each.connector for each in sources),
            "\n",
            _ANALYSERS,
            "  - name: code\n    type: source_code_analyser\n" if code else "",
            "\nexecution:\n",
            *(line for each in sources for line in _steps(each, code=code)),
        ]
    )


def _head(called: str, output: Path | None) -> str:
    name = "runbook.yaml" if output is None else str(output)
    return f"""\
# What is read, and how it is analysed. Paths start where wct is run.
#   check it:  wct validate-runbook {_plain(name)}
#   run it:    wct run {_plain(name)}
name: {_text(f"Personal data in {called}")}
description: "Which personal data there is, whose it is, and what it is for"
# contact: "Privacy team <privacy@example.com>"    # who answers for it

"""


def _sources(found: Survey, output: Path | None) -> Iterator[Source]:
    if found.server is not None:
        yield _server(found.server)
    if found.place is not None and found.files:
        yield _files(found, found.place, output)
    taken = {"files"}
    for path in found.databases[:MOST_DATABASES]:
        yield _database(path, taken, found.databases[MOST_DATABASES:])


def _files(found: Survey, place: Path, output: Path | None) -> Source:
    kinds = [
        f"{count} {ending or 'without ending'}"
        for ending, count in found.endings.most_common(_SHOWN)
    ]
    more = ", …" if len(found.endings) > _SHOWN else ""
    lines = [
        "  - name: files",
        "    type: filesystem_connector",
        "    properties:",
        f"      path: {_text(place)}    # {_plain(', '.join(kinds))}{more}",
    ]
    if place.is_dir() and (patterns := list(_left_out(found, place, output))):
        lines += ["      exclude_patterns:       # as in .gitignore", *patterns]
    if found.files > _FILES:
        most = -(-found.files // _FILES) * _FILES
        lines.append(f"      max_files: {most}")
    called = _called(place)
    return Source("files", called, "\n".join(lines) + "\n", has_code=found.code > 0)


def _left_out(found: Survey, place: Path, output: Path | None) -> Iterator[str]:
    for name in found.passed_over:
        yield f"        - {_text('.*/' if name == '.' else f'{name}/')}"
    for path in found.databases:
        pattern = "/" + _literal(path.relative_to(place))
        yield f"        - {_text(pattern)}    # read as a database, below"
    own = {Path("outputs"): "results of wct run"}
    if output is not None:
        own[output] = "this file"
    for path, what in own.items():
        if path.resolve().is_relative_to(place.resolve()):
            inside = path.resolve().relative_to(place.resolve())
            yield f"        - {_text('/' + _literal(inside))}    # {what}"


def _database(path: Path, taken: set[str], others: tuple[Path, ...]) -> Source:
    stem = re.sub(r"[^A-Za-z0-9._-]+", "_", path.stem).strip("_") or "database"
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}_{number}"
    taken.add(name)
    more = f"    # not read: {_plain(', '.join(map(str, others)))}" if others else ""
    connector = f"""\
  - name: {_text(name)}
    type: sqlite_connector
    properties:
      database_path: {_text(path)}{more}
      max_rows_per_table: {_ROWS}
"""
    return Source(name, path.name, connector)


def _server(server: Server) -> Source:
    database = ""
    if server.database:
        database = f"      database: {_text(server.database)}\n"
    connector = f"""\
  - name: database
    type: {server.type}
    properties:             # the password: set {server.prefix}_PASSWORD
      host: {_text(server.host)}
      port: {server.port}
      user: {_text(server.user)}    # one who may only read
{database}      max_rows_per_table: {_ROWS}
"""
    return Source("database", server.database or server.host, connector)


def _steps(source: Source, *, code: bool) -> Iterator[str]:
    called = source.called
    yield f"""\
  - id: {_text(f"read_{source.name}")}
    name: {_text(f"Read {called}")}
    description: "Once, for the steps below"
    connector: {_text(source.name)}
    input_schema: standard_input
    output_schema: standard_input
    save_output: true
"""
    for analyser, title, schema in _ANALYSES:
        name = f"{analyser}_in_{source.name}"
        yield _analysis(
            name, f"{title} {called}", f"read_{source.name}", analyser, schema
        )
    if code and source.has_code:
        yield _analysis(
            *("code_in_files", f"Code in {called}", "read_files", "code"),
            "source_code",
            more="    save_output: true\n",
        )
        yield _analysis(
            *("purposes_in_code", f"What the code of {called} does with data"),
            *("code_in_files", "purposes", "processing_purpose_finding"),
            reads="source_code",
        )


def _analysis(
    name: str,
    title: str,
    origin: str,
    analyser: str,
    schema: str,
    *,
    reads: str = "standard_input",
    more: str = "",
) -> str:
    return f"""\
  - id: {_text(name)}
    name: {_text(title)}
    description: ""
    input_from: {_text(origin)}
    analyser: {analyser}
    input_schema: {reads}
    output_schema: {schema}
{more}"""


def _called(place: Path) -> str:
    """Name a place for people: a directory by its own name, wherever one stands."""
    return place.name or place.resolve().name or "everything"


def _text(value: object) -> str:
    """Write a text so that YAML reads it back, and no variable is looked for in it."""
    text = str(value).replace("${", "$${")
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", text) and text.lower() not in _WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    # Of what cannot be seen, YAML takes some as it is and refuses the rest.
    return "".join(
        each if each.isprintable() else f"\\U{ord(each):08x}" for each in quoted
    )


_WORDS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def _plain(text: str) -> str:
    """Write a text into a remark, which ends with its line."""
    return "".join(each if each.isprintable() else "?" for each in text)


def _literal(path: Path) -> str:
    """Write a path so that no sign in it is taken for a pattern."""
    return re.sub(r"([\\*?\[\]!# ])", r"\\\1", path.as_posix())
