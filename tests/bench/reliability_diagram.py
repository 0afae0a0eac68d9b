"""What was said of chances, and what came true: points beside the line on which both agree."""

from __future__ import annotations

from collections.abc import Sequence

SIDE, EDGE, DOT = 300, 40, 4  # units of the drawing
FULL = SIDE + 2 * EDGE
BLUE, GREY = "#2a6fdb", "#999"
MARKED = (0, 25, 50, 75, 100)


def diagram(told: Sequence[tuple[float, float]]) -> str:
    """An SVG. `told`: said (to the right) and found (upwards), each of 100."""
    places = [(_across(said), _up(found)) for said, found in told]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    parts = [
        f'<rect width="{FULL}" height="{FULL}" fill="white"/>',
        f'<rect x="{EDGE}" y="{EDGE}" width="{SIDE}" height="{SIDE}" fill="none" stroke="{GREY}"/>',
        f'<path d="M {EDGE} {EDGE + SIDE} L {EDGE + SIDE} {EDGE}" stroke="{GREY}" stroke-dasharray="4"/>',
        f'<polyline points="{line}" fill="none" stroke="{BLUE}"/>',
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{DOT}" fill="{BLUE}"/>' for x, y in places),
        *(_text(_across(mark), FULL - 22, str(mark)) for mark in MARKED),
        *(_text(EDGE - 16, _up(mark) + 4, str(mark)) for mark in MARKED),
        _text(FULL / 2, FULL - 6, "said, of 100"),
        _text(FULL / 2, 24, "right by captions, of 100"),
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {FULL} {FULL}" font-size="12">'
    return head + "".join(parts) + "</svg>\n"


def _across(share: float) -> float:
    return EDGE + share / 100 * SIDE


def _up(share: float) -> float:
    return EDGE + SIDE - share / 100 * SIDE


def _text(x: float, y: float, words: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle" font-family="sans-serif">{words}</text>'
