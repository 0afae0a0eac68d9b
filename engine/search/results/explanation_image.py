"""Draws on a picture why it matched: its words highlighted, and its heat map."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from engine.records import Explanation, HeatMap, MatchedWord
from engine.search.results.fonts import FontSet
from engine.text.normalization import MARKS

EXACT = 0.995  # scores from here on mean the word itself
HIGHLIGHT = (255, 214, 10)
OUTLINE = (201, 99, 0)  # visible on white and on black
HEAT = (240, 80, 10)
HEAT_FROM, HEAT_MOST = 0.15, 0.5  # colder parts are not drawn; opacity of the hottest
CONTOUR = 0.5  # a line surrounds parts at least this hot, visible without colour vision
PAPER, INK, FAINT = (246, 247, 248), (26, 35, 40), (205, 212, 217)
LEAST_WIDTH = 240  # pixels: room for the legend under a tiny picture
LEGEND_LINES = 3
TRIES = 8  # occurrences of a word to try for a free place for its tag
OTHERS = 3  # words of the page that the legend names for a word of the query

NOTHING = "No single place can be shown: this was found as a whole."
BY_MEANING = "Found by its meaning: none of the words stands here."

_AROUND = re.compile(f"^[^\\w{MARKS}]+|[^\\w{MARKS}]+$")
_Box = tuple[int, int, int, int]


def draw_explanation(picture: Image.Image, why: Explanation) -> Image.Image:
    """The picture with the match drawn on it and a legend below it: RGB, at least 240 pixels wide.

    Words are highlighted in proportion to their scores, and each one that differs from the query's word is
    labelled with it once. Of the heat maps the one of all words together is drawn. Without anything to show
    the picture stays as it is, above a sentence that says so. Boxes are clipped to the page, empty ones
    ignored.
    """
    page = _flatten_on_white(picture)
    heat = combine_heat_maps(why.heat_maps)
    if heat is not None:
        page = _draw_heat(page, heat)
    words = [word for word in why.words if clip_to_page(word.box) is not None]
    if words:
        page = _draw_words(page, words)
    return _add_legend(page, words, heat is not None, BY_MEANING if why.by_meaning else NOTHING)


def clip_to_page(box: tuple[float, float, float, float]) -> tuple[float, float, float, float] | None:
    """The part of a box that is on the page; None if none of it is."""
    if not all(math.isfinite(side) for side in box):
        return None
    left, top, right, bottom = (min(max(side, 0.0), 1.0) for side in box)
    return (left, top, right, bottom) if left < right and top < bottom else None


def combine_heat_maps(maps: tuple[HeatMap, ...]) -> HeatMap | None:
    """The heat map of all words together, or else the maximum of the others; None if there are none."""
    drawable = [heat for heat in maps if any(heat.cells)]
    whole = next((heat for heat in drawable if not heat.query_word), None)
    if whole is not None or not drawable:
        return whole
    first = drawable[0].cells
    alike = [heat.cells for heat in drawable if list(map(len, heat.cells)) == list(map(len, first))]
    return HeatMap(
        "", tuple(tuple(map(max, *rows)) if len(alike) > 1 else rows[0] for rows in zip(*alike, strict=True))
    )


def _flatten_on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture.convert("RGBA"))
    return paper.convert("RGB")


def _text_size(page: Image.Image) -> int:
    """The height of small letters that suits the size of a page, in pixels."""
    return min(max(round(math.sqrt(page.width * page.height) / 60), 12), 40)


# ---- heat


def _draw_heat(page: Image.Image, heat: HeatMap) -> Image.Image:
    field = _heat_image(heat).resize(page.size, Image.Resampling.BICUBIC)
    page.paste(HEAT, (0, 0), field.point([round(255 * _opacity(value / 255)) for value in range(256)]))
    hot = field.point([255 if value >= 255 * CONTOUR else 0 for value in range(256)])
    thickness = 3 if _text_size(page) < 20 else 5
    line = ImageChops.subtract(hot.filter(ImageFilter.MaxFilter(thickness)), hot)
    page.paste(OUTLINE, (0, 0), line.filter(ImageFilter.SMOOTH))
    return page


def _heat_image(heat: HeatMap) -> Image.Image:
    """One pixel for each cell; missing cells of a row are cold."""
    columns = max(map(len, heat.cells))
    rows = ((*row, *([0.0] * (columns - len(row)))) for row in heat.cells)
    values = (value if math.isfinite(value) else 0.0 for row in rows for value in row)
    grid = Image.new("L", (columns, len(heat.cells)))
    grid.putdata([round(255 * min(max(value, 0.0), 1.0)) for value in values])
    return grid


def _opacity(value: float) -> float:
    return HEAT_MOST * max(value - HEAT_FROM, 0.0) / (1 - HEAT_FROM)


# ---- words


def _draw_words(page: Image.Image, words: list[MatchedWord]) -> Image.Image:
    weakest_first = sorted(words, key=lambda word: word.score)
    boxes = [(word, _word_box(word, page)) for word in weakest_first]
    strength = Image.new("L", page.size)
    brush = ImageDraw.Draw(strength)
    corner = max(_text_size(page) // 5, 2)
    for word, box in boxes:
        brush.rounded_rectangle(box, corner, fill=_strength(word))
    # Multiplied, like ink: black stays black, and white letters on black turn yellow.
    inked = ImageChops.multiply(page, Image.new("RGB", page.size, HIGHLIGHT))
    page = Image.composite(inked, page, strength)
    pen = ImageDraw.Draw(page)
    for word, box in boxes:
        width = max(round(_text_size(page) / (8 if is_exact(word) else 16)), 1)
        pen.rounded_rectangle(box, corner, outline=OUTLINE, width=width)
    _draw_tags(page, boxes)
    return page


def strip_punctuation(text: str) -> str:
    """A word without brackets and punctuation around it; unchanged if nothing else is left."""
    return _AROUND.sub("", text) or text


def is_exact(word: MatchedWord) -> bool:
    """Whether the matched word is the query's word itself."""
    return word.score >= EXACT


def _strength(word: MatchedWord) -> int:
    """How strongly to highlight, of 255."""
    return 230 if is_exact(word) else round(50 + 90 * min(max(word.score, 0.0), 1.0))


def _word_box(word: MatchedWord, page: Image.Image) -> _Box:
    """The box with a small margin, at least two pixels wide and high."""
    left, top, right, bottom = clip_to_page(word.box) or (0.0, 0.0, 0.0, 0.0)
    air = max(round((bottom - top) * page.height * 0.15), 2)
    x0, y0 = max(int(left * page.width) - air, 0), max(int(top * page.height) - air, 0)
    x1 = min(math.ceil(right * page.width) + air, page.width - 1)
    y1 = min(math.ceil(bottom * page.height) + air, page.height - 1)
    return min(x0, x1), min(y0, y1), max(x1, x0), max(y1, y0)


def _draw_tags(page: Image.Image, boxes: list[tuple[MatchedWord, _Box]]) -> None:
    """Label a word that only resembles one of the query with that one, on a small tag; once for each pair."""
    letters = FontSet(max(round(_text_size(page) * 0.8), 10))
    pen = ImageDraw.Draw(page)
    taken = [box for _word, box in boxes]
    for (query_word, _text), alike in _find_differing_words(boxes).items():
        if not letters.can_write(query_word):
            continue
        size = letters.width(query_word) + 8, letters.line + 2
        places = [place for box in alike[:TRIES] for place in _tag_boxes(box, size, page)]
        free = (place for place in places if not any(_overlap(place, other) for other in taken))
        place = next(free, places[0])
        taken.append(place)
        pen.rounded_rectangle(place, 3, fill=OUTLINE)
        letters.write(pen, (place[0] + 4, place[1] + 1), query_word, "white")


def _find_differing_words(boxes: list[tuple[MatchedWord, _Box]]) -> dict[tuple[str, str], list[_Box]]:
    """The boxes of each word that differs from the query's, from the top."""
    found: dict[tuple[str, str], list[_Box]] = {}
    for word, box in sorted(boxes, key=lambda entry: entry[1][1]):
        if word.query_word and not is_exact(word):
            found.setdefault((word.query_word, strip_punctuation(word.text).casefold()), []).append(box)
    return found


def _tag_boxes(box: _Box, size: tuple[int, int], page: Image.Image) -> tuple[_Box, ...]:
    """Possible places for a tag of this size: above or below the box, within the page."""
    width, height = size
    left = min(box[0], max(page.width - width, 0))
    tops = (box[1] - height, box[3] + 1) if box[1] >= height else (box[3] + 1,)
    return tuple((left, top, left + width - 1, top + height - 1) for top in tops)


def _overlap(one: _Box, other: _Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


# ---- legend


@dataclass(frozen=True, slots=True)
class _LegendEntry:
    """Words on a patch of their highlight colour, or the scale of the heat map."""

    text: str
    width: int
    strength: int  # of 255; 0 without a patch
    scale: bool = False


def _add_legend(page: Image.Image, words: list[MatchedWord], hot: bool, nothing: str) -> Image.Image:
    """The page on a larger sheet with the legend below, so that nothing is covered.

    `nothing`: what the legend says if there is nothing to point at.
    """
    letters = FontSet(_text_size(page))
    width = max(page.width, LEAST_WIDTH)
    lines = _wrap_entries(
        _legend_entries(letters, words, hot, nothing), width - 2 * letters.line, letters.line
    )
    step = round(letters.line * 1.7)
    sheet = Image.new("RGB", (width, page.height + len(lines) * step + letters.line), PAPER)
    sheet.paste(page, ((width - page.width) // 2, 0))
    pen = ImageDraw.Draw(sheet)
    pen.line((0, page.height, width, page.height), fill=FAINT, width=1)
    y = page.height + letters.line
    for line in lines:
        x = letters.line
        for entry in line:
            _draw_entry(pen, letters, entry, x, y)
            x += entry.width + letters.line
        y += step
    return sheet


def _legend_entries(
    letters: FontSet, words: list[MatchedWord], hot: bool, nothing: str
) -> list[_LegendEntry]:
    if not words and not hot:
        return [_LegendEntry(nothing, letters.width(nothing), 0)]
    entries = []
    for text, strength in _legend_words(words).items():
        if letters.can_write(text):
            entries.append(_LegendEntry(text, letters.width(text) + letters.line, strength))
    if hot:
        entries.append(
            _LegendEntry(
                "", letters.width("fits less") + letters.width("more") + 7 * letters.line, 0, scale=True
            )
        )
    return entries


def _legend_words(words: list[MatchedWord]) -> dict[str, int]:
    """The legend's text for each word of the query, and how strongly it is highlighted."""
    named: dict[str, int] = {}
    for query_word in dict.fromkeys(word.query_word for word in words):
        mine = [word for word in words if word.query_word == query_word]
        if any(is_exact(word) for word in mine):
            named[query_word] = 230
        like = list(
            {
                strip_punctuation(word.text).casefold(): strip_punctuation(word.text)
                for word in mine
                if not is_exact(word)
            }.values()
        )
        if like:
            others = ", ".join(like[:OTHERS]) + (" …" if len(like) > OTHERS else "")
            named[f"{query_word} ~ {others}"] = max(_strength(word) for word in mine if not is_exact(word))
    return named


def _wrap_entries(entries: list[_LegendEntry], width: int, gap: int) -> list[list[_LegendEntry]]:
    lines: list[list[_LegendEntry]] = []
    room = 0
    for entry in entries:
        if not lines or entry.width > room:
            lines.append([])
            room = width
        lines[-1].append(entry)
        room -= entry.width + gap
    return lines[:LEGEND_LINES]


def _draw_entry(pen: ImageDraw.ImageDraw, letters: FontSet, entry: _LegendEntry, x: int, y: int) -> None:
    half = letters.line // 2
    if entry.scale:
        _draw_scale(pen, letters, x, y)
        return
    if entry.strength:
        patch = (x, y - 2, x + entry.width - 1, y + letters.line + 2)
        pen.rounded_rectangle(
            patch, 4, fill=_mix_with_paper(HIGHLIGHT, entry.strength / 255), outline=OUTLINE, width=1
        )
        x += half
    letters.write(pen, (x, y), entry.text, INK)


def _draw_scale(pen: ImageDraw.ImageDraw, letters: FontSet, x: int, y: int) -> None:
    letters.write(pen, (x, y), "fits less", INK)
    x += letters.width("fits less") + letters.line // 2
    length = 6 * letters.line
    for step in range(length):
        colour = _mix_with_paper(HEAT, _opacity(step / length))
        pen.line((x + step, y, x + step, y + letters.line), fill=colour)
    pen.rectangle((x, y, x + length, y + letters.line), outline=FAINT)
    letters.write(pen, (x + length + letters.line // 2, y), "more", INK)


def _mix_with_paper(colour: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    red, green, blue = (round(255 + (part - 255) * share) for part in colour)
    return red, green, blue
