"""The session in the README is what its commands print today."""

import re
from xml.etree import ElementTree as ET

import pytest

from docs.demo.drawing import draw
from docs.demo.record import COLUMNS, IMAGE, ROWS, SESSION, record
from tests.doc_pages import ROOT, agree

_VARYING = [
    (r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\S*", "ID"),
    (r"root \S{44}", "root ROOT"),
    (r"(?m)^ +[A-Za-z0-9+/=]{8,50}$", "KEY"),  # of which there was no room for all
]


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The image, recorded anew."""
    scenes = record(tmp_path_factory.mktemp("demo"))
    return draw(scenes, columns=COLUMNS, rows=ROWS, title="today")


def screens(image: str) -> list[str]:
    """Read what each screen of an image shows."""
    svg = "{http://www.w3.org/2000/svg}"
    return [
        "".join(_rows(group, svg)) for group in ET.fromstring(image).iter(f"{svg}g")
    ]


def _rows(group: ET.Element, svg: str) -> list[str]:
    rows: dict[str, str] = {}
    for text in group.iter(f"{svg}text"):
        rows[text.attrib["y"]] = rows.get(text.attrib["y"], "") + (text.text or "")
    return [f"{row}\n" for row in rows.values()]


def plain(screen: str) -> str:
    for pattern, name in _VARYING:
        screen = re.sub(pattern, name, screen)
    return screen


@pytest.mark.parametrize("number", range(len(SESSION)))
def test_a_screen_shows_what_its_commands_print_today(today: str, number: int) -> None:
    shown = plain(screens(IMAGE.read_text(encoding="utf-8"))[number])
    printed = plain(screens(today)[number])
    assert agree(shown, printed), f"record it again:\n{shown}\n--- today:\n{printed}"


def test_the_image_has_a_screen_for_each_part_of_the_session(today: str) -> None:
    assert len(screens(IMAGE.read_text(encoding="utf-8"))) == len(SESSION)
    for step, screen in zip(SESSION, screens(today), strict=True):
        for command in step.commands:
            assert f"$ {command}\n" in screen


def test_it_is_small_runs_nothing_and_names_no_machine() -> None:
    image = IMAGE.read_text(encoding="utf-8")
    assert len(image) < 200_000
    for foreign in ("<script", "href", "url(", "@import", "/tmp", "/home", str(ROOT)):
        assert foreign not in image


def test_the_readme_shows_it() -> None:
    link = IMAGE.relative_to(ROOT).as_posix()
    assert f"]({link})" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_a_wrong_screen_is_told_from_a_right_one() -> None:
    first = plain(screens(IMAGE.read_text(encoding="utf-8"))[0])
    assert not agree(first, first.replace("48 findings", "47 findings"))
