"""Reasons drawn on a page: they can be seen, the page can still be read, and nothing hostile breaks it."""

from __future__ import annotations

import math

import pytest
from PIL import Image, ImageChops, ImageDraw

from engine.records import Explanation, HeatMap, MatchedWord
from engine.search.results.explanation_image import LEAST_WIDTH, draw_explanation, strip_punctuation
from engine.search.results.fonts import FontSet

PAGE = (600, 800)
BOX = (0.25, 0.25, 0.5, 0.3)


def paper(colour: str = "white") -> Image.Image:
    return Image.new("RGB", PAGE, colour)


def word(score: float = 1.0, query_word: str = "cat", text: str = "cat") -> MatchedWord:
    return MatchedWord(text, BOX, query_word, score)


def inside(picture: Image.Image) -> tuple[int, ...]:
    """The colour in the middle of the box."""
    pixel = picture.getpixel((225, 220))
    assert isinstance(pixel, tuple)
    return pixel


def changed(picture: Image.Image, before: Image.Image) -> tuple[int, int, int, int] | None:
    """The smallest box around what is drawn on the page itself."""
    return ImageChops.difference(picture.crop((0, 0, *before.size)), before).getbbox()


def test_a_word_is_marked_where_it_stands_and_nowhere_else() -> None:
    place = changed(draw_explanation(paper(), Explanation((word(),))), paper())
    assert place is not None
    left, top, right, bottom = place
    assert (150 - 12 <= left < 150, 200 - 12 <= top < 200) == (True, True)
    assert (300 < right <= 300 + 12, 240 < bottom <= 240 + 12) == (True, True)


def test_the_word_itself_is_marked_more_strongly_than_one_like_it() -> None:
    blues = [inside(draw_explanation(paper(), Explanation((word(score),))))[2] for score in (0.2, 0.7, 1.0)]
    assert blues[0] > blues[1] > blues[2]


def test_letters_stay_as_dark_as_they_were() -> None:
    page = paper()
    ImageDraw.Draw(page).rectangle((200, 215, 250, 225), fill="black")
    assert inside(draw_explanation(page, Explanation((word(),)))) == (0, 0, 0)


def test_white_letters_on_black_stay_bright() -> None:
    page = paper("black")
    ImageDraw.Draw(page).rectangle((200, 215, 250, 225), fill="white")
    shown = draw_explanation(page, Explanation((word(),)))
    assert sum(inside(shown)[:2]) > 400
    assert changed(shown, page) is not None


def test_a_word_that_only_resembles_the_query_is_labelled_with_the_query_word_once() -> None:
    high = MatchedWord("feline", (0.25, 0.5, 0.5, 0.55), "cat", 0.5)
    low = MatchedWord("Feline,", (0.25, 0.8, 0.5, 0.85), "cat", 0.5)
    page = paper()
    shown = draw_explanation(page, Explanation((high, low)))
    above = [
        changed(shown.crop((0, top, 600, bottom)), page.crop((0, top, 600, bottom)))
        for top, bottom in ((370, 390), (610, 630))
    ]
    assert [place is not None for place in above].count(True) == 1
    exact = draw_explanation(page, Explanation((word(),)))
    assert changed(exact.crop((0, 160, 600, 186)), page.crop((0, 160, 600, 186))) is None


def test_heat_is_seen_where_it_is_hot_and_leaves_the_rest_alone() -> None:
    cells = tuple(tuple(1.0 if (row, column) == (1, 1) else 0.0 for column in range(4)) for row in range(4))
    shown = draw_explanation(paper(), Explanation((), (HeatMap("", cells),)))
    assert shown.getpixel((225, 300)) != (255, 255, 255)
    assert shown.getpixel((500, 700)) == (255, 255, 255)


def test_text_under_the_hottest_place_can_be_read() -> None:
    def luminance(pixel: tuple[int, ...]) -> float:
        linear = [
            part / 12.92 / 255 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in pixel
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    why = Explanation((), (HeatMap("", ((1.0,) * 3,) * 3),))
    light, dark = (luminance(inside(draw_explanation(paper(colour), why))) for colour in ("white", "black"))
    assert (light + 0.05) / (dark + 0.05) > 4.5  # WCAG 2.2, AA


def test_the_map_of_all_words_goes_before_those_of_single_ones() -> None:
    cold, hot = ((0.0, 0.0), (0.0, 0.0)), ((1.0, 1.0), (1.0, 1.0))
    both = draw_explanation(paper(), Explanation((), (HeatMap("cat", hot), HeatMap("", cold))))
    assert changed(both, paper()) is None
    alone = draw_explanation(paper(), Explanation((), (HeatMap("cat", hot), HeatMap("dog", cold))))
    assert changed(alone, paper()) is not None


def test_without_reasons_the_picture_is_as_it_was_over_a_sentence() -> None:
    page = Image.effect_noise(PAGE, 40).convert("RGB")
    shown = draw_explanation(page, Explanation())
    assert changed(shown, page) is None
    assert shown.height > page.height
    assert len(set(shown.crop((0, 801, 600, shown.height)).convert("L").tobytes())) > 2


def test_the_picture_that_was_given_is_not_changed() -> None:
    page = paper()
    draw_explanation(page, Explanation((word(),), (HeatMap("", ((1.0,),)),)))
    assert changed(page, paper()) is None


@pytest.mark.parametrize(
    "box",
    [
        (-3.0, -3.0, -1.0, -1.0),
        (2.0, 2.0, 3.0, 3.0),
        (0.5, 0.5, 0.5, 0.5),
        (0.6, 0.6, 0.4, 0.4),
        (math.nan, 0.0, 1.0, 1.0),
        (0.0, 0.0, math.inf, 1.0),
    ],
)
def test_a_box_that_is_nowhere_on_the_page_is_left_out(box: tuple[float, float, float, float]) -> None:
    assert (
        changed(draw_explanation(paper(), Explanation((MatchedWord("x", box, "x", 1.0),))), paper()) is None
    )


def test_a_box_beyond_the_edge_is_cut() -> None:
    place = changed(
        draw_explanation(paper(), Explanation((MatchedWord("x", (-1.0, 0.9, 2.0, 5.0), "x", 1.0),))), paper()
    )
    assert place is not None
    assert (place[0], place[2], place[3]) == (0, *PAGE)


@pytest.mark.parametrize(
    "cells",
    [
        (),
        ((),),
        ((0.5,),),
        ((1.0,) * 700,),
        ((1.0, 0.5), (), (0.2,)),
        ((math.nan, math.inf), (-5.0, 9.0)),
    ],
)
def test_grids_of_any_shape_are_drawn(cells: tuple[tuple[float, ...], ...]) -> None:
    assert (
        draw_explanation(paper(), Explanation((), (HeatMap("", cells), HeatMap("cat", cells)))).width
        == PAGE[0]
    )


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (900, 3), (60, 6000), (6000, 60)])
def test_pages_of_any_shape_are_drawn(size: tuple[int, int]) -> None:
    why = Explanation((word(0.5, "dog"), word()), (HeatMap("", ((1.0, 0.0), (0.0, 1.0))),))
    shown = draw_explanation(Image.new("RGB", size, "white"), why)
    assert shown.width == max(size[0], LEAST_WIDTH)
    assert shown.height > size[1]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_pictures_of_any_mode_are_drawn(mode: str) -> None:
    assert draw_explanation(Image.new(mode, (300, 300)), Explanation((word(),))).mode == "RGB"


def test_a_picture_that_is_clear_lies_on_white() -> None:
    assert draw_explanation(Image.new("RGBA", PAGE, (0, 0, 0, 0)), Explanation()).getpixel((5, 5)) == (
        255,
        255,
        255,
    )


def test_the_legend_names_many_words_without_growing_for_ever() -> None:
    many = tuple(MatchedWord(f"word{number}", BOX, f"word{number}", 1.0) for number in range(500))
    assert draw_explanation(paper(), Explanation(many)).height < 1.3 * PAGE[1]


def test_words_that_no_font_can_write_are_marked_all_the_same() -> None:
    strange = "\U000f1234\U000f1235"
    assert not FontSet(12).can_write(strange)
    shown = draw_explanation(paper(), Explanation((MatchedWord(strange, BOX, strange, 0.5),)))
    assert inside(shown) != (255, 255, 255)


def test_a_tag_leaves_other_marks_alone_where_there_is_room() -> None:
    """Over the first of two like words stands the word itself; over the second there is room."""
    above = MatchedWord("cat", (0.25, 0.2, 0.5, 0.24), "cat", 1.0)
    below = MatchedWord("cat", (0.25, 0.31, 0.5, 0.35), "cat", 1.0)
    squeezed = MatchedWord("feline", (0.25, 0.25, 0.5, 0.3), "cat", 0.5)
    alone = MatchedWord("feline", (0.25, 0.7, 0.5, 0.75), "cat", 0.5)
    page = paper()
    tagged = draw_explanation(page, Explanation((above, squeezed, below, alone)))
    over_the_last = (0, 520, 600, 553)
    assert changed(tagged.crop(over_the_last), page.crop(over_the_last)) is not None
    over_the_first = (0, 150, 600, 190)
    assert (
        changed(
            tagged.crop(over_the_first),
            draw_explanation(page, Explanation((above, below))).crop(over_the_first),
        )
        is None
    )
    crowded = draw_explanation(page, Explanation((above, squeezed, below)))
    assert changed(crowded.crop(over_the_first), tagged.crop(over_the_first)) is not None


def test_a_word_keeps_the_marks_that_end_it() -> None:
    assert strip_punctuation("(हिन्दी),") == "हिन्दी"
    assert strip_punctuation("“café”.") == "café"
    assert strip_punctuation("...") == "..."
