"""Makes the files that the decoding tests need."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

SHARED_DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
_PAD = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def noise(width: int, height: int, seed: int = 0) -> Image.Image:
    """A picture in which every pixel differs from its neighbours."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def corners(width: int = 400, height: int = 200) -> Image.Image:
    """Red, green, blue and white quarters, clockwise from the top left."""
    image = Image.new("RGB", (width, height), "white")
    image.paste("red", (0, 0, width // 2, height // 2))
    image.paste("lime", (width // 2, 0, width, height // 2))
    image.paste("blue", (width // 2, height // 2, width, height))
    return image


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def opened(thumbnail: bytes) -> NDArray[np.int16]:
    """(height, width, 3), signed so that differences can be taken."""
    with Image.open(io.BytesIO(thumbnail)) as image:
        return np.asarray(image.convert("RGB")).astype(np.int16)


@dataclass
class Page:
    """One page of a PDF: `lines` of text, each (x, y, text), in points from the bottom left."""

    lines: list[tuple[float, float, str]] = field(default_factory=list)
    width: float = 612
    height: float = 792
    extra: str = ""  # more entries of the page's dictionary
    drawing: str = ""  # PDF operators


def pdf(pages: list[Page], trailer: str = "", more: str = "", count: int | None = None) -> bytes:
    """A small document. `more`: an object numbered 3. `count`: what it claims to be its number of pages."""
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(len(pages)))
    objects = {
        1: "<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {len(pages) if count is None else count} >>",
        3: more or "null",
    }
    for index, page in enumerate(pages):
        text = "".join(f"BT /F 12 Tf {x} {y} Td ({line}) Tj ET\n" for x, y, line in page.lines)
        stream = page.drawing + "\n" + text
        objects[4 + 2 * index] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {page.width} {page.height}] {page.extra} "
            "/Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica "
            f"/Encoding /WinAnsiEncoding >> >> >> /Contents {5 + 2 * index} 0 R >>"
        )
        objects[5 + 2 * index] = f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream"
    body, offsets = b"%PDF-1.7\n", []
    for number, content in objects.items():
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    start = len(body)
    body += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    body += b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    return body + (
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n"
    ).encode("latin-1")


def encrypted_pdf(user_password: str) -> bytes:
    """An empty page under the standard security handler, revision 2 (ISO 32000-1, 7.6.3)."""
    user = (user_password.encode() + _PAD)[:32]
    owner_key = hashlib.md5((b"owner" + _PAD)[:32]).digest()[:5]
    owner_entry = _rc4(owner_key, user)
    permissions, identifier = -4, b"0123456789abcdef"
    key = hashlib.md5(user + owner_entry + struct.pack("<i", permissions) + identifier).digest()[:5]
    encryption = (
        f"<< /Filter /Standard /V 1 /R 2 /O <{owner_entry.hex()}> /U <{_rc4(key, _PAD).hex()}> "
        f"/P {permissions} >>"
    )
    return pdf(
        [Page()], trailer=f"/Encrypt 3 0 R /ID [<{identifier.hex()}> <{identifier.hex()}>]", more=encryption
    )


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    result = bytearray()
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        result.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(result)


def tiff(frames: list[Image.Image], reduced: frozenset[int] = frozenset(), **options: object) -> bytes:
    """A TIFF of several frames; those in `reduced` are marked as smaller versions of others."""
    buffer = io.BytesIO()
    with TiffImagePlugin.AppendingTiffWriter(buffer) as writer:
        for number, frame in enumerate(frames):
            tags = TiffImagePlugin.ImageFileDirectory_v2()
            tags[254] = 1 if number in reduced else 0
            frame.save(writer, "TIFF", tiffinfo=tags, **options)
            writer.newFrame()
    return buffer.getvalue()


def dng(width: int = 256, height: int = 128, orientation: int = 1) -> bytes:
    """A camera RAW file without a preview: a red left half, a blue right half, as the sensor saw them."""
    mosaic = np.zeros((height, width), dtype="<u2")
    mosaic[0::2, 0 : width // 2 : 2] = 30000  # RGGB: red in even rows and columns
    mosaic[1::2, width // 2 + 1 :: 2] = 30000  # blue in odd rows and columns
    data = mosaic.tobytes()
    matrix = [(10000, 10000), (0, 1), (0, 1), (0, 1), (10000, 10000), (0, 1), (0, 1), (0, 1), (10000, 10000)]
    entries: list[tuple[int, int, list[int] | list[tuple[int, int]] | bytes]] = [
        (254, 4, [0]),
        (256, 4, [width]),
        (257, 4, [height]),
        (258, 3, [16]),
        (259, 3, [1]),
        (262, 3, [32803]),
        (271, 2, b"Findling\0"),
        (272, 2, b"Test camera\0"),
        (273, 4, [0]),
        (274, 3, [orientation]),
        (277, 3, [1]),
        (278, 4, [height]),
        (279, 4, [len(data)]),
        (306, 2, b"2021:03:04 05:06:07\0"),
        (33421, 3, [2, 2]),
        (33422, 1, bytes([0, 1, 1, 2])),
        (50706, 1, bytes([1, 4, 0, 0])),
        (50708, 2, b"Findling Test camera\0"),
        (50717, 4, [65535]),
        (50721, 10, matrix),
        (50728, 5, [(1, 1)] * 3),
    ]
    return _tiff_directory(entries, data)


def _tiff_directory(
    entries: list[tuple[int, int, list[int] | list[tuple[int, int]] | bytes]], data: bytes
) -> bytes:
    letters = {3: "H", 4: "I"}
    values_start = 8 + 2 + 12 * len(entries) + 4
    lengths = []
    packed = []
    for tag, kind, value in entries:
        if isinstance(value, bytes):
            content = value
        elif kind in letters:
            content = struct.pack(f"<{len(value)}{letters[kind]}", *value)
        else:
            content = b"".join(struct.pack("<ii", *pair) for pair in value)  # type: ignore[misc]
        packed.append((tag, kind, len(value), content))
        lengths.append(len(content) + len(content) % 2 if len(content) > 4 else 0)
    data_start = values_start + sum(lengths)
    directory, values = b"", b""
    for tag, kind, count, given in packed:
        content = struct.pack("<I", data_start) if tag == 273 else given
        if len(content) > 4:
            field_value = struct.pack("<I", values_start + len(values))
            values += content + b"\0" * (len(content) % 2)
        else:
            field_value = content.ljust(4, b"\0")
        directory += struct.pack("<HHI", tag, kind, count) + field_value
    head = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(entries))
    return head + directory + struct.pack("<I", 0) + values + data


def plain_tiff(
    samples: NDArray[np.generic],
    photometric: int,
    order: Literal["<", ">"] = "<",
    planes: bool = False,
    zipped: bool = False,
) -> bytes:
    """A TIFF of one strip, or of one a plane, of (height, width, count) samples in the byte order `order`."""
    height, width, count = samples.shape
    kind = {"u": 1, "i": 2, "f": 3}[samples.dtype.kind]
    laid = np.moveaxis(samples, 2, 0) if planes else samples[np.newaxis]
    strips = [np.ascontiguousarray(part).astype(samples.dtype.newbyteorder(order)).tobytes() for part in laid]
    strips = [zlib.compress(strip) for strip in strips] if zipped else strips
    long, short = "I", "H"
    tags: list[tuple[int, str, list[int]]] = [
        (256, long, [width]),
        (257, long, [height]),
        (258, short, [8 * samples.dtype.itemsize] * count),
        (259, short, [8 if zipped else 1]),
        (262, short, [photometric]),
        (273, long, [0] * len(strips)),
        (277, short, [count]),
        (278, long, [height]),
        (279, long, [len(strip) for strip in strips]),
        (284, short, [2 if planes else 1]),
        (339, short, [kind] * count),
    ]
    after = 8 + 2 + 12 * len(tags) + 4
    start = after + sum(4 * len(values) for _, _, values in tags)
    tags[5] = (273, long, [start + sum(map(len, strips[:number])) for number in range(len(strips))])
    entries, further = b"", b""
    for tag, size, values in tags:
        packed = struct.pack(f"{order}{len(values)}{size}", *values)
        if len(packed) > 4:
            where = struct.pack(f"{order}I", after + len(further))
            further += packed
            packed = where
        code = {short: 3, long: 4}[size]
        entries += struct.pack(f"{order}HHI", tag, code, len(values)) + packed.ljust(4, b"\0")
    header = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}IH", 8, len(tags))
    return (header + entries + bytes(4) + further).ljust(start, b"\0") + b"".join(strips)
