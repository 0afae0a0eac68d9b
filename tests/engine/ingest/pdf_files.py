"""Makes PDFs with fonts, pictures and structures of every kind, from numbered objects."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence

from tests.engine.ingest.sample_files import _PAD as PASSWORD_PAD
from tests.engine.ingest.sample_files import _rc4 as rc4

HELVETICA = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def stream(content: bytes, extra: str = "", squeeze: bool = False) -> bytes:
    if squeeze:
        content, extra = zlib.compress(content, 9), extra + " /Filter /FlateDecode"
    return f"<< /Length {len(content)} {extra} >>\nstream\n".encode() + content + b"\nendstream"


def assemble(objects: Mapping[int, bytes | str], trailer: str = "") -> bytes:
    """A document of these objects; number 1 is its catalogue."""
    body = bytearray(b"%PDF-1.7\n")
    offsets = {}
    for number, content in objects.items():
        offsets[number] = len(body)
        raw = content.encode("latin-1") if isinstance(content, str) else content
        body += f"{number} 0 obj\n".encode() + raw + b"\nendobj\n"
    start, size = len(body), max(objects) + 1
    body += f"xref\n0 {size}\n0000000000 65535 f \n".encode()
    for number in range(1, size):
        body += f"{offsets.get(number, 0):010} 00000 {'n' if number in offsets else 'f'} \n".encode()
    body += f"trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode(
        "latin-1"
    )
    return bytes(body)


def one_page(
    drawing: bytes | str,
    font: str = HELVETICA,
    more: Mapping[int, bytes | str] | None = None,
    resources: str = "",
    box: str = "0 0 612 792",
    trailer: str = "",
    squeeze: bool = False,
) -> bytes:
    """A page that draws with the font /F, object 5. `more`: objects from 6 on."""
    raw = drawing.encode("latin-1") if isinstance(drawing, str) else drawing
    return assemble(
        {
            1: "<< /Type /Catalog /Pages 2 0 R >>",
            2: "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents 4 0 R "
            f"/Resources << /Font << /F 5 0 R >> {resources} >> >>",
            4: stream(raw, squeeze=squeeze),
            5: font,
            **(more or {}),
        },
        trailer,
    )


def lines_of(text: str, size: float = 10, left: float = 72, top: float = 720, show: str = "({})") -> str:
    """Operators that write the lines of `text` with the font /F."""
    return "".join(
        f"BT /F {size} Tf {left} {top - 1.3 * size * number} Td {show.format(line)} Tj ET\n"
        for number, line in enumerate(text.splitlines())
    )


def many_pages(count: int, words: Callable[[int], str]) -> bytes:
    """`count` pages that share one font, each with its own line of text; about 200 bytes a page."""
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(count))
    objects: dict[int, bytes | str] = {
        1: "<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {count} /MediaBox [0 0 612 792] "
        "/Resources << /Font << /F 3 0 R >> >> >>",
        3: HELVETICA,
    }
    for index in range(count):
        objects[4 + 2 * index] = f"<< /Type /Page /Parent 2 0 R /Contents {5 + 2 * index} 0 R >>"
        objects[5 + 2 * index] = stream(lines_of(words(index + 1)).encode("latin-1"))
    return assemble(objects)


def unicode_font(letters: Sequence[str], mapped: bool = True) -> tuple[str, dict[int, bytes | str]]:
    """(a font for `one_page`, its further objects): code n, two bytes, stands for `letters[n - 1]`; each is
    as wide as half the size. Without `mapped` it does not say which letters they are."""
    lines = "".join(
        f"<{code:04x}> <{letter.encode('utf-16-be').hex()}>\n" for code, letter in enumerate(letters, 1)
    )
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /T def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{len(letters)} beginbfchar\n{lines}endbfchar endcmap end end"
    )
    font = (
        "<< /Type /Font /Subtype /Type0 /BaseFont /Some /Encoding /Identity-H /DescendantFonts [6 0 R] "
        + ("/ToUnicode 7 0 R >>" if mapped else ">>")
    )
    descendant = (
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Some /DW 500 /FontDescriptor 8 0 R "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
    )
    descriptor = (
        "<< /Type /FontDescriptor /FontName /Some /Flags 4 /FontBBox [0 -200 500 800] /ItalicAngle 0 "
        "/Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>"
    )
    return font, {6: descendant, 7: stream(cmap.encode()), 8: descriptor}


def coded(text: str, letters: Sequence[str]) -> str:
    """`text` for a `unicode_font` of these letters, as a hexadecimal string."""
    return "<" + "".join(f"{letters.index(letter) + 1:04x}" for letter in text) + ">"


def picture(width: int, height: int, content: bytes, kind: str = "/DeviceGray", bits: int = 8) -> bytes:
    return stream(
        content,
        f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace {kind} "
        f"/BitsPerComponent {bits}",
        squeeze=True,
    )


def locked(drawing: str, user_password: str) -> bytes:
    """One page of text under the standard security handler, revision 2 (ISO 32000-1, 7.6.3)."""
    user = (user_password.encode() + PASSWORD_PAD)[:32]
    owner_key = hashlib.md5((b"owner" + PASSWORD_PAD)[:32]).digest()[:5]
    owner, permissions, identifier = rc4(owner_key, user), -44, b"0123456789abcdef"
    key = hashlib.md5(user + owner + struct.pack("<i", permissions) + identifier).digest()[:5]
    own_key = hashlib.md5(key + (4).to_bytes(3, "little") + b"\0\0").digest()[:10]  # of object 4
    return one_page(
        rc4(own_key, drawing.encode("latin-1")),
        more={
            6: f"<< /Filter /Standard /V 1 /R 2 /O <{owner.hex()}> /U <{rc4(key, PASSWORD_PAD).hex()}> "
            f"/P {permissions} >>"
        },
        trailer=f"/Encrypt 6 0 R /ID [<{identifier.hex()}> <{identifier.hex()}>]",
    )
