"""What tutorials, how-tos and explanations show is what happens."""

import shutil
from pathlib import Path

import pytest

from tests.doc_pages import NOT_RUN, ROOT, Reader, agree, blocks, commands

DOCS = ROOT / "docs"
PAGES = sorted(
    page
    for folder in ("tutorial", "how-to", "explanation")
    for page in (DOCS / folder).glob("*.md")
    if blocks(page)
)


def name(page: Path) -> str:
    return page.relative_to(DOCS).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_command_prints_what_the_page_shows(
    page: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if "nats-server" in page.read_text(encoding="utf-8"):
        request.getfixturevalue("nats_program")
    reader = Reader(tmp_path)
    shutil.copytree(ROOT / "samples", reader.home / "samples")
    for block in blocks(page):
        if block.file:
            reader.save(block)
        elif block.language == "console":
            for ran in reader.run(block):
                said = f"{name(page)}: $ {ran.command}\n{ran.printed}"
                assert ran.ok, f"{said}--- failed"
                assert agree(ran.shown, ran.printed), (
                    f"{said}--- is not what the page shows:\n{ran.shown}"
                )


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_example_is_there_only_to_be_read(page: Path) -> None:
    untried = [
        block
        for block in blocks(page)
        if not block.file and block.language not in {"console", *NOT_RUN}
    ]
    assert untried == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_line_of_a_session_belongs_to_a_command(page: Path) -> None:
    for block in blocks(page):
        if block.language == "console":
            assert block.text.startswith("$ ")
            assert all(command.strip() for command, _ in commands(block))


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("a\n", "a\n"),
        ("took 3 ms\n", "took 17.5 s\n"),
        ("Run  01a20410 there\n", "Run 01a20411-3781 there\n"),
        ("a\n...\nd\n", "a\nb\nc\nd\n"),
        ("a\n...\n", "a\n"),
        ("a\n", "[1/2] scan completed in 3 ms, 4 findings\na\n"),
    ],
)
def test_what_varies_is_no_difference(shown: str, printed: str) -> None:
    assert agree(shown, printed)


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("a\n", "b\n"),
        ("a\n", "a\nb\n"),
        ("a\n", ""),
        ("", "a\n"),
        ("48 findings\n", "47 findings\n"),
        ("a\n...\nd\n", "a\nb\n"),
    ],
)
def test_everything_else_is_a_difference(shown: str, printed: str) -> None:
    assert not agree(shown, printed)
