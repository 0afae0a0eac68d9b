"""Documents that ask for more than they are worth: indexed or refused with a reason, in bounded memory."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from engine.ingest.workers.limits import DecodeLimits
from engine.library import Library
from engine.records import Query
from tests.engine.ingest import pdf_files, sample_files
from tests.engine.ingest.documents.test_page_text import in_unicode
from tests.engine.ingest.documents.test_text_quality import ENGLISH
from tests.engine.ingest.pdf_files import lines_of, one_page

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

ROOT = Path(__file__).parents[2]
PAGES = 2000
LOOK_SECONDS = 0.05
IDLE_WORKER = 200 << 20  # bytes; a worker's limit counts from what it takes when idle
MAIN_MEMORY = 2 << 30  # bytes; the model, and a few pages ahead of it


def picture_of(side: int, kind: str, bits: int) -> bytes:
    """A page under one picture of `side` x `side` pixels, which is small only while it is packed."""
    packer, row = zlib.compressobj(9), b"\x55" * (side * bits // 8)
    content = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    picture = pdf_files.stream(
        content,
        f"/Type /XObject /Subtype /Image /Width {side} /Height {side} /ColorSpace {kind} "
        f"/BitsPerComponent {min(bits, 8)} /Filter /FlateDecode",
    )
    return one_page("q 612 0 0 792 0 0 cm /I Do Q", more={6: picture}, resources="/XObject << /I 6 0 R >>")


def nested_forms(depth: int) -> bytes:
    form = "/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /XObject << /X {} 0 R >> >>"
    more: dict[int, bytes | str] = {
        6 + level: pdf_files.stream(b"/X Do", form.format(7 + level)) for level in range(depth)
    }
    return one_page("/X Do", more={**more, 6 + depth: "null"}, resources="/XObject << /X 6 0 R >>")


def circular_pages() -> bytes:
    return pdf_files.assemble(
        {
            1: "<< /Type /Catalog /Pages 2 0 R >>",
            2: "<< /Type /Pages /Kids [3 0 R 2 0 R 4 0 R] /Count 5 >>",
            3: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>",
            4: "<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 3 0 R] /Count 3 >>",
        }
    )


READ: dict[str, Callable[[], bytes]] = {
    "owner password": lambda: pdf_files.locked(lines_of("Readable ownerword"), ""),
    "unmapped fonts": lambda: in_unicode(ENGLISH, mapped=False),
    "missing fonts": lambda: one_page(lines_of("Readable fontless"), font="null"),
    "200 inches": lambda: one_page(lines_of("Readable inches", 200, top=13_000), box="0 0 14400 14400"),
    "a million pages claimed": lambda: sample_files.pdf(
        [sample_files.Page([(72, 700, "claimed")])], count=1_000_000
    ),
    "turned box": lambda: one_page(lines_of("Readable turned"), box="612 792 0 0"),
    "5 million characters": lambda: one_page(
        "BT /F 1 Tf 72 700 Td " + "(word and another one five) Tj " * 200_000 + "ET", squeeze=True
    ),
}
READ_OR_REFUSED: dict[str, Callable[[], bytes]] = {
    "circular pages": circular_pages,
    "no area": lambda: one_page("", box="0 0 0 0"),
    "no numbers": lambda: one_page("", box="0 0 NaN 1e400"),
    "one string of 5 million": lambda: one_page(
        "BT /F 1 Tf 72 700 Td (" + "word five " * 500_000 + ") Tj ET", squeeze=True
    ),
    "nested forms": lambda: nested_forms(3000),
    "nested arrays": lambda: one_page("[" * 500_000),
    "nested states": lambda: one_page("q " * 1_000_000),
    "1-bit picture": lambda: picture_of(60_000, "/DeviceGray", 1),
    "grey picture": lambda: picture_of(60_000, "/DeviceGray", 8),
    "colour picture": lambda: picture_of(60_000, "/DeviceRGB", 24),
}
REFUSED: dict[str, Callable[[], bytes]] = {
    "user password": lambda: pdf_files.locked(lines_of("secret"), "secret"),
}


def index(library: Path, folder: Path) -> dict[str, int]:
    """The most bytes that "main", the program as it indexes, and "worker", the largest below it, ever held.

    In a process of its own: this one still holds what other tests have loaded.
    """
    peaks = {"main": 0, "worker": 0}
    command = (sys.executable, ROOT / "main.py", "--library", library, "--quiet", "index", folder)
    program = psutil.Popen([str(part) for part in command])
    while True:
        try:
            status = program.wait(LOOK_SECONDS)
        except psutil.TimeoutExpired:
            with suppress(psutil.NoSuchProcess):
                peaks["main"] = max(peaks["main"], program.memory_info().rss)
                for child in program.children(recursive=True):
                    with suppress(psutil.NoSuchProcess):
                        peaks["worker"] = max(peaks["worker"], child.memory_info().rss)
            continue
        assert status == 0
        return peaks


def assert_bounded(peaks: dict[str, int]) -> None:
    assert peaks["main"] < MAIN_MEMORY
    assert 0 < peaks["worker"] < DecodeLimits.for_this_machine(1).memory_bytes + IDLE_WORKER


def pages_found(library: Library, text: str) -> list[tuple[str, int | None]]:
    return [(hit.path.stem, hit.page) for hit in library.search(Query(text)).hits]


def test_two_thousand_pages_are_all_found(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    content = pdf_files.many_pages(PAGES, lambda number: f"Page {number} tells of subject{number}")
    (folder / "long.pdf").write_bytes(content)
    peaks = index(tmp_path / "library", folder)
    with Library.open(tmp_path / "library") as library:
        status = library.status()
        assert (status.pages, status.failed, status.pending) == (PAGES, 0, 0)
        for page in (1, 777, PAGES):
            assert pages_found(library, f"subject{page}")[0] == ("long", page)
    assert_bounded(peaks)


def test_hostile_documents_are_indexed_or_refused_with_a_reason(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, make in {**READ, **READ_OR_REFUSED, **REFUSED}.items():
        (folder / f"{name}.pdf").write_bytes(make())
    peaks = index(tmp_path / "library", folder)
    with Library.open(tmp_path / "library") as library:
        failures = {failed.path.stem: failed for failed in library.failures()}
        assert not failures.keys() & READ.keys()
        assert failures.keys() >= REFUSED.keys()
        assert all(failed.kind and failed.message.endswith(".") for failed in failures.values())
        assert failures["user password"].kind == "encrypted"
        for text, name in (
            ("ownerword", "owner password"),
            ("inches", "200 inches"),
            ("turned", "turned box"),
        ):
            assert (name, 1) in pages_found(library, text)
    assert_bounded(peaks)
