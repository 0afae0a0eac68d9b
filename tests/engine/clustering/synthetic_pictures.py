"""Sets of made pictures. Those of one set are different pictures, alike but for one thing."""

from __future__ import annotations

import colorsys
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Colour = tuple[int, int, int]
Pictures = list[Image.Image]

INKS: tuple[Colour, ...] = ((200, 40, 40), (40, 70, 200), (40, 150, 60), (230, 190, 40), (150, 150, 150))
SHIRT = (
    (0.43, 0.17),
    (0.57, 0.17),
    (0.67, 0.2),
    (0.83, 0.37),
    (0.73, 0.47),
    (0.67, 0.4),
    (0.67, 0.83),
    (0.33, 0.83),
    (0.33, 0.4),
    (0.27, 0.47),
    (0.17, 0.37),
    (0.33, 0.2),
)
LINES = (
    "the committee met on the first of the month",
    "and agreed to the plan that was set out",
    "in the report of last year with changes",
    "that the members had asked for in writing",
)


def shirts(side: int) -> Pictures:
    """In other colours, on white."""
    pictures = []
    for ink in INKS:
        picture, draw = _paper(side, side, (245, 245, 245))
        draw.polygon([(x * side, y * side) for x, y in SHIRT], fill=ink)
        draw.line([(side / 2, side * 0.23), (side / 2, side * 0.83)], fill=(80, 80, 80), width=side // 150)
        pictures.append(picture)
    return pictures


def mugs(side: int) -> Pictures:
    """In other colours, shaded, before a soft background."""
    pictures = []
    for ink in INKS[:4]:
        picture = surroundings(side, soft=True)
        draw = ImageDraw.Draw(picture)
        for strip in range(40):
            light = 0.6 + 0.5 * np.sin(np.pi * strip / 40)
            left = side * (0.3 + 0.3 * strip / 40)
            shade = tuple(int(min(255, part * light)) for part in ink)
            draw.rectangle((left, side * 0.2, left + side * 0.01, side * 0.55), fill=shade)
        pictures.append(_grainy(picture))
    return pictures


def charts(side: int) -> Pictures:
    """The same bars in other colours, and once with one bar that is lower."""
    heights = (0.3, 0.7, 0.5, 0.85, 0.4)
    lower = (0.3, 0.7, 0.5, 0.68, 0.4)
    drawn: list[tuple[Colour, Sequence[float]]] = [(ink, heights) for ink in INKS]
    drawn.append((INKS[0], lower))
    pictures = []
    for ink, bars in drawn:
        picture, draw = _paper(side, side * 2 // 3)
        for step in range(5):
            draw.line(
                [(side * 0.1, side * (0.6 - 0.12 * step)), (side * 0.95, side * (0.6 - 0.12 * step))],
                fill=(180,) * 3,
            )
        for place, height in enumerate(bars):
            left = side * (0.1 + 0.17 * place)
            draw.rectangle((left, side * (0.6 - 0.5 * height), left + side * 0.12, side * 0.6), fill=ink)
        pictures.append(picture)
    return pictures


def flags(side: int) -> Pictures:
    stripes: tuple[tuple[Colour, Colour], ...] = (
        ((0, 60, 150), (220, 30, 50)),
        ((0, 140, 70), (210, 40, 50)),
        ((0, 150, 90), (250, 140, 50)),
    )
    pictures = []
    for left, right in stripes:
        picture, draw = _paper(side, side * 2 // 3, (245, 245, 245))
        draw.rectangle((0, 0, side // 3, side), fill=left)
        draw.rectangle((2 * side // 3, 0, side, side), fill=right)
        pictures.append(picture)
    return pictures


def swatches(side: int) -> Pictures:
    """Of paint: other colours, and one colour in other shades."""
    paints = [(0.6, 0.8), (0.6, 0.6), (0.6, 1.0), (0.73, 0.8), (0.47, 0.8)]
    pictures = []
    for hue, light in paints:
        picture, draw = _paper(side, side * 5 // 4)
        paint = tuple(int(255 * part) for part in colorsys.hsv_to_rgb(hue, 0.7, light))
        draw.rectangle((side * 0.06, side * 0.06, side * 0.94, side * 0.9), fill=paint)
        draw.text((side * 0.1, side), "Interior matt", font=_font(side // 14), fill=(60, 60, 60))
        pictures.append(picture)
    return pictures


def signs(side: int) -> Pictures:
    """With other numbers, in one place."""
    pictures = []
    for number in ("30", "50", "80"):
        picture = surroundings(side)
        draw = ImageDraw.Draw(picture)
        radius = side * 0.09
        box = (side * 0.5 - radius, side * 0.3 - radius, side * 0.5 + radius, side * 0.3 + radius)
        draw.ellipse(box, fill=(250, 250, 250), outline=(200, 20, 20), width=max(2, int(radius * 0.2)))
        draw.text((side * 0.5, side * 0.3), number, font=_font(int(radius)), fill=(20, 20, 20), anchor="mm")
        pictures.append(_grainy(picture))
    return pictures


def certificates(side: int) -> Pictures:
    """For others, of whom two have almost one name."""
    pictures = []
    for name in ("Anna Bergmann", "Anna Bergman", "Tom Okafor"):
        light = np.linspace(0.4, 1, side)[None, :, None] * np.array((235, 215, 150))
        picture = Image.fromarray(np.broadcast_to(light, (side * 3 // 4, side, 3)).astype(np.uint8))
        draw = ImageDraw.Draw(picture)
        draw.rectangle(
            (side * 0.03, side * 0.03, side * 0.97, side * 0.72), outline=(80, 50, 10), width=side // 80
        )
        _centred(draw, side, 0.16, "CERTIFICATE", 0.09)
        _centred(draw, side, 0.37, name, 0.055)
        _centred(draw, side, 0.56, "has passed the examination", 0.04)
        pictures.append(picture)
    return pictures


def slides(side: int) -> Pictures:
    """With one other word."""
    pictures = []
    for word in ("profit", "growth", "losses"):
        picture, draw = _paper(side, side * 9 // 16, (20, 40, 80))
        draw.text((side * 0.06, side * 0.04), "Results of the quarter", font=_font(side // 20), fill="white")
        for number, line in enumerate((*LINES[:2], f"with {word} in the report of last year")):
            draw.text(
                (side * 0.08, side * (0.17 + 0.09 * number)), line, font=_font(side // 32), fill="white"
            )
        pictures.append(picture)
    return pictures


def calendars(side: int) -> Pictures:
    """With another day marked."""
    pictures = []
    for marked in (5, 16, 24):
        picture, draw = _paper(side, side * 4 // 3)
        picture.paste(surroundings(side).crop((0, 0, side, side // 2)))
        for day in range(31):
            x, y = side * (0.08 + 0.14 * (day % 7)), side * (0.65 + 0.13 * (day // 7))
            if day == marked:
                ring = (x - side * 0.035, y - side * 0.035, x + side * 0.035, y + side * 0.035)
                draw.ellipse(ring, outline=(220, 30, 30), width=max(2, side // 150))
            draw.text((x, y), str(day + 1), font=_font(side // 28), fill="black", anchor="mm")
        pictures.append(picture)
    return pictures


def before_and_after(side: int) -> Pictures:
    """A place, and the same with a thing that was not there."""
    pictures = [_grainy(surroundings(side))]
    for x, y, ink in ((0.3, 0.2, INKS[0]), (0.7, 0.5, INKS[1])):
        picture = surroundings(side)
        radius = side * 0.03
        box = (side * x - radius, side * y - radius, side * x + radius, side * y + radius)
        ImageDraw.Draw(picture).ellipse(box, fill=ink)
        pictures.append(_grainy(picture))
    return pictures


def faces(side: int) -> Pictures:
    """With open eyes, with closed ones, and with an open mouth: frames of one moment."""
    pictures = []
    for frame in range(3):
        picture = surroundings(side)
        draw = ImageDraw.Draw(picture)
        x, y, radius = side * 0.5, side * 0.35, side * 0.13
        draw.ellipse((x - radius * 0.8, y - radius, x + radius * 0.8, y + radius), fill=(225, 180, 150))
        for eye in (x - 0.3 * radius, x + 0.3 * radius):
            box = (eye - radius * 0.14, y - radius * 0.3, eye + radius * 0.14, y - radius * 0.12)
            if frame == 1:
                draw.line(
                    (box[0], box[3], box[2], box[3]), fill=(120, 80, 60), width=max(1, int(radius * 0.05))
                )
            else:
                draw.ellipse(box, fill="white")
                draw.ellipse((eye - radius * 0.07, box[1], eye + radius * 0.07, box[3]), fill=(60, 40, 30))
        if frame == 2:
            draw.ellipse(
                (x - radius * 0.25, y + radius * 0.3, x + radius * 0.25, y + radius * 0.6), fill=(120, 30, 30)
            )
        pictures.append(_grainy(picture.filter(ImageFilter.GaussianBlur(side / 600))))
    return pictures


def recoloured(side: int) -> Pictures:
    """A view in which one thing has another colour, as light as before."""
    view = np.asarray(surroundings(side).convert("HSV")).copy()
    down, right = np.mgrid[: view.shape[0], : view.shape[1]]
    thing = (right - side * 0.5) ** 2 + (down - side * 0.35) ** 2 < (side * 0.1) ** 2
    view[..., 1][thing] = np.maximum(view[..., 1][thing], 140)
    pictures = []
    for hue in (10, 95, 180):
        view[..., 0][thing] = hue
        pictures.append(Image.fromarray(view, "HSV").convert("RGB"))
    return pictures


def pages(side: int) -> Pictures:
    """With another digit, in small print."""
    pictures = []
    for amount in ("1,374.00", "1,874.00", "1,314.00"):
        picture, draw = _paper(side * 5 // 7, side, (250, 249, 246))
        for number in range(28):
            line = f"and paid {amount} euros" if number == 12 else LINES[number % len(LINES)]
            place = side * 0.08, side * (0.08 + 0.03 * number)
            draw.text(place, line, font=_font(int(side * 0.0145)), fill=(25, 25, 30))
        pictures.append(picture)
    return pictures


def tiny_print(side: int) -> Pictures:
    """Small pages with another digit, of six or seven rows."""
    pictures = []
    for amount in ("1,374.00", "1,874.00", "1,314.00", "7,374.00"):
        picture, draw = _paper(side * 5 // 7, side)
        for number in range(side // 10 - 8):
            line = f"and paid {amount} euros" if number == 9 else LINES[(number + 90) % len(LINES)]
            draw.text((side * 0.08, side * 0.08 + 10 * number), line, font=_font(6), fill=(25, 25, 30))
        pictures.append(picture)
    return pictures


def numbered(side: int) -> Pictures:
    """Certificates with another digit, so small that a thumbnail loses it."""
    pictures = []
    for number in ("No. 1374", "No. 1874", "No. 1314"):
        picture = certificates(side)[0]
        ImageDraw.Draw(picture).text(
            (side * 0.3, side * 0.45), number, font=_font(round(side * 0.03)), fill=(30, 30, 90)
        )
        pictures.append(picture)
    return pictures


def dense_pages(side: int) -> Pictures:
    """Of a listing on a tinted panel: other lines, in the same places. No one grey level is most of them."""
    pictures = []
    for first in range(3):
        picture, draw = _paper(side * 5 // 7, side)
        draw.rectangle((side * 0.08, side * 0.08, side * 0.64, side * 0.92), fill=(242, 240, 232))
        for number in range(70):
            words = LINES[(number + first) % len(LINES)]
            place = side * 0.09, side * (0.085 + 0.0118 * number)
            draw.text(place, f"{words} {number}", font=_font(round(side * 0.011)), fill=(60, 120, 60))
        pictures.append(picture)
    return pictures


SETS: tuple[Callable[[int], Pictures], ...] = (
    shirts,
    mugs,
    charts,
    flags,
    swatches,
    signs,
    certificates,
    slides,
    calendars,
    before_and_after,
    faces,
    recoloured,
)


def surroundings(side: int, soft: bool = False) -> Image.Image:
    """What a photograph may show around a thing: patches of four sizes; (side, side * 3 // 4)."""
    random = np.random.default_rng(5)
    height = side * 3 // 4
    levels = np.full((height, side, 3), 130.0)
    for patches, strength in (
        (3, 60),
        (9, 0 if soft else 35),
        (30, 0 if soft else 20),
        (90, 0 if soft else 12),
    ):
        for channel in range(3):
            patch = (random.normal(size=(patches, patches)) * strength).astype(np.float32)
            levels[..., channel] += np.asarray(
                Image.fromarray(patch).resize((side, height), Image.Resampling.BICUBIC)
            )
    return Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))


def _grainy(picture: Image.Image) -> Image.Image:
    random = np.random.default_rng(picture.width)
    levels = np.asarray(picture, np.float32) + random.normal(size=(picture.height, picture.width, 1)) * 2
    return Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))


def _paper(
    width: int, height: int, colour: Colour = (255, 255, 255)
) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (width, height), colour)
    return picture, ImageDraw.Draw(picture)


def _font(pixels: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(max(pixels, 8))


def _centred(draw: ImageDraw.ImageDraw, side: int, down: float, text: str, size: float) -> None:
    draw.text((side / 2, side * down), text, font=_font(int(side * size)), fill=(40, 30, 60), anchor="mm")
