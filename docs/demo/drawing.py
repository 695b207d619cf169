"""Draws what a terminal showed as an SVG: one screen after the other, by CSS alone."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

_CELL, _LINE, _SIZE = 8.4, 19, 14  # pixels: width of a sign, height of a line, font
_EDGE, _BAR = 16, 34  # pixels: around the text, and above it
_SGR = re.compile(r"\x1b\[([0-9;]*)m")
_COLOURS = {"31": "#ff7b72", "32": "#7ee787", "33": "#e3b341", "36": "#79c0ff"}
_PLAIN, _PROMPT, _GROUND = "#c9d1d9", "#8b949e", "#0d1117"
_FONTS = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"


class Scene(NamedTuple):
    """One screen: commands, each with what it printed, and how long it stays (s)."""

    commands: list[tuple[str, str]]
    seconds: int


class Piece(NamedTuple):
    """Text of one colour."""

    text: str
    colour: str


def draw(scenes: Sequence[Scene], *, columns: int, rows: int, title: str) -> str:
    """Return the SVG. A screen shows as many lines as fit, from its first on."""
    shown = [_lines(scene)[:rows] for scene in scenes]
    height = _BAR + max(map(len, shown)) * _LINE + _EDGE
    width = round(columns * _CELL) + 2 * _EDGE
    extent = f'width="{width}" height="{height}"'
    what = f'viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {extent} {what}>',
        f"<style>{_style(scenes)}</style>",
        f'<rect {extent} rx="8" fill="{_GROUND}"/>',
    ]
    for number, colour in enumerate(("#ff5f56", "#ffbd2e", "#27c93f")):
        x = _EDGE + 6 + 20 * number
        parts.append(f'<circle cx="{x}" cy="17" r="6" fill="{colour}"/>')
    for number, lines in enumerate(shown):
        parts += _screen(number, lines)
    return "\n".join([*parts, "</svg>\n"])


def pieces(line: str) -> Iterator[Piece]:
    """Split a line of a terminal by colour."""
    colour = _PLAIN
    for number, part in enumerate(_SGR.split(line)):
        if number % 2:
            colour = _COLOURS.get(part.split(";")[-1], _PLAIN)
        elif part:
            yield Piece(part, colour)


def _lines(scene: Scene) -> list[list[Piece]]:
    lines: list[list[Piece]] = []
    for command, printed in scene.commands:
        if lines:
            lines.append([])
        lines.append([Piece("$ ", _PROMPT), Piece(command, "#ffffff")])
        lines += [list(pieces(line)) for line in printed.splitlines()]
    return lines


def _screen(number: int, lines: list[list[Piece]]) -> Iterator[str]:
    yield f'<g class="s s{number}" xml:space="preserve">'
    for row, line in enumerate(lines):
        column = 0
        y = _BAR + _LINE * row + _SIZE
        for text, colour in line:
            # Told its width, text stays in its columns whatever font there is.
            x, length = _EDGE + column * _CELL, len(text) * _CELL
            if text.strip():
                yield (
                    f'<text x="{x:.1f}" y="{y}" fill="{colour}" '
                    f'textLength="{length:.1f}">{escape(text)}</text>'
                )
            column += len(text)
    yield "</g>"


def _style(scenes: Sequence[Scene]) -> str:
    whole = sum(scene.seconds for scene in scenes)
    rules = [
        f"text{{font:{_SIZE}px {_FONTS};white-space:pre}}",
        # Who is shown no animation sees the first screen.
        f".s{{visibility:hidden;animation:{whole}s steps(1) infinite}}",
        ".s0{visibility:visible}",
    ]
    begin = 0
    for number, scene in enumerate(scenes):
        on, off = 100 * begin / whole, 100 * (begin + scene.seconds) / whole
        begin += scene.seconds
        before = "" if number == 0 else "0%{visibility:hidden}"
        after = "" if off >= 100 else f"{off:.2f}%{{visibility:hidden}}"
        rules.append(
            f"@keyframes k{number}{{{before}{on:.2f}%{{visibility:visible}}"
            f"{after}100%{{visibility:{'visible' if off >= 100 else 'hidden'}}}}}"
        )
        rules.append(f".s{number}{{animation-name:k{number}}}")
    rules.append("@media(prefers-reduced-motion){.s{animation:none}}")
    return "".join(rules)
