"""The documentation holds together: links lead somewhere, pages can be found."""

import re
from pathlib import Path

import pytest

from benchmarks.__main__ import discover

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("*/README.md"), *DOCS.rglob("*.md")})
INDEXED = [p for p in PAGES if p.is_relative_to(DOCS) and p.name != "README.md"]
DECISIONS = sorted((DOCS / "adr").glob("[0-9]*.md"))
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def links(page: Path) -> list[str]:
    return LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8")))


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    broken: list[str] = []
    for link in links(page):
        if "://" in link or link.startswith("mailto:"):
            continue
        target, _, anchor = link.partition("#")
        file = page.parent / target if target else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize(
    "page",
    [p for p in PAGES if p.is_relative_to(DOCS) and p.name != "README.md"],
    ids=name,
)
def test_every_page_is_in_the_index_of_its_folder(page: Path) -> None:
    assert page.name in {
        link.partition("#")[0] for link in links(page.parent / "README.md")
    }


@pytest.mark.parametrize("folder", [d for d in DOCS.iterdir() if d.is_dir()], ids=name)
def test_every_folder_is_in_the_index(folder: Path) -> None:
    assert f"{folder.name}/README.md" in links(DOCS / "README.md")


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(page.name[:4]) for page in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("decision", DECISIONS, ids=name)
def test_a_decision_has_context_decision_and_consequences(decision: Path) -> None:
    headings = re.findall(
        r"^## (.+)$", decision.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert headings[:3] == ["Context", "Decision", "Consequences"]


def test_every_benchmark_is_named_with_its_goal() -> None:
    text = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    assert [b for b in discover() if f"`{b}`" not in text] == []
