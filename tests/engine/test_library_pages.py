"""Pages through the façade: by a page model that sees colours, by text that is only to be seen, and why."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from engine.errors import ModelError, UserError
from engine.library import Library
from engine.models.protocols import TextEncoder
from engine.models.text.sentence_encoder import SentenceEncoder
from engine.progress import CancelToken, Progress
from engine.records import Explanation, IndexReport, Query, Scope, Verdict
from tests.engine.ingest.sample_files import Page, pdf
from tests.fakes import COLOURS, ColourRegistry

MIXED = ("red", "blue")  # what the third page shows, side by side
WORDS = "INVOICE OF SEVENTEEN LANTERNS"


class Desk:
    """A library and a folder with a document of three pages: red, green, and red beside blue."""

    def __init__(self, folder: Path) -> None:
        self.location = folder / "library"
        self.location.mkdir()
        self.papers = folder / "papers"
        self.papers.mkdir()
        self.registry = ColourRegistry(folder / "models")
        first, *rest = [_page("red"), _page("green"), _page(*MIXED)]
        first.save(self.papers / "colours.pdf", save_all=True, append_images=rest)
        self.library = self.open()
        self.library.use_model("colours")
        self.library.add_folder(self.papers)

    def open(self, model: str | None = None, read_text: bool = False) -> Library:
        return Library(self.location, self.registry, model, read_text)

    def add_document(self, *texts: str) -> None:
        """told.pdf, a page a text."""
        (self.papers / "told.pdf").write_bytes(pdf([Page([(72, 600, text)]) for text in texts]))

    def index(self) -> IndexReport:
        return self.library.index(Progress(), CancelToken())

    def first_item(self) -> int:
        """The document's red page, found by a picture."""
        _page("red").save(self.location.parent / "red.png")
        query = Query(like=(self.location.parent / "red.png",), scope=Scope.PAGES)
        return self.library.search(query).hits[0].item

    def pages(self, query: Query) -> list[int | None]:
        return [hit.page for hit in self.library.search(query).hits]


def _page(*colours: str) -> Image.Image:
    page = Image.new("RGB", (80, 80))
    width = page.width // len(colours)
    for place, colour in enumerate(colours):
        page.paste(COLOURS[colour], (place * width, 0, (place + 1) * width, page.height))
    return page


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.library.close()


def test_a_page_model_finds_the_page_that_shows_all_that_is_asked(desk: Desk) -> None:
    desk.library.use_model("colour-pages")
    assert desk.index().pages_embedded == 3
    assert desk.library.status().page_model == "colour-pages"
    assert desk.pages(Query("red blue", scope=Scope.PAGES))[0] == 3
    assert desk.pages(Query("green", scope=Scope.PAGES))[0] == 2


def test_what_has_its_page_vectors_is_not_looked_at_again(desk: Desk) -> None:
    desk.library.use_model("colour-pages")
    desk.index()
    assert desk.index().pages_embedded == 0
    assert desk.registry.pages["colour-pages"].embedded == 3


def test_words_answer_until_the_page_vectors_are_complete(desk: Desk) -> None:
    desk.index()
    desk.library.use_model("colour-pages")
    assert desk.library.status().page_model == "words"
    assert [model.name for model in desk.library.models() if model.pending] == ["colour-pages"]
    desk.index()
    assert desk.library.status().page_model == "colour-pages"
    desk.library.use_model("words")
    assert desk.library.status().page_model == "words"


def test_a_page_model_for_once_does_not_change_the_choice(desk: Desk) -> None:
    desk.index()
    with desk.open("colour-pages") as once:
        once.index(Progress(), CancelToken())
        assert once.status().page_model == "colour-pages"
        assert once.search(Query("green", scope=Scope.PAGES)).hits[0].page == 2
    assert desk.library.status().page_model == "words"


def test_a_picture_finds_the_page_that_it_shows(desk: Desk, tmp_path: Path) -> None:
    desk.library.use_model("colour-pages")
    desk.index()
    _page("green").save(tmp_path / "shot.png")
    assert desk.pages(Query(like=(tmp_path / "shot.png",), scope=Scope.PAGES))[0] == 2
    third = next(hit.item for hit in desk.library.search(Query("blue", scope=Scope.PAGES)).hits)
    assert third not in [
        hit.item for hit in desk.library.search(Query(like_items=(third,), scope=Scope.PAGES)).hits
    ]


def test_a_text_without_a_word_leaves_the_picture_to_be_looked_for(desk: Desk, tmp_path: Path) -> None:
    desk.library.use_model("colour-pages")
    desk.index()
    _page("green").save(tmp_path / "shot.png")
    assert desk.pages(Query("?!", like=(tmp_path / "shot.png",), scope=Scope.PAGES))[0] == 2


def test_the_asked_for_page_takes_no_place_among_those_like_it(desk: Desk) -> None:
    desk.library.use_model("colour-pages")
    desk.index()
    (hit,) = desk.library.search(Query("blue", scope=Scope.PAGES, limit=1)).hits
    with desk.open("colours-2") as other:  # without picture vectors: the page model answers alone
        (alike,) = other.search(Query(like_items=(hit.item,), scope=Scope.PAGES, limit=1)).hits
    assert alike.item != hit.item


def test_a_picture_of_nothing_that_is_there_is_no_match(desk: Desk, tmp_path: Path) -> None:
    desk.library.use_model("colour-pages")
    desk.index()
    found = {}
    with desk.open("colours-2") as other:  # without picture vectors: the page model answers alone
        for colour in ("white", "green"):
            _page(colour).save(tmp_path / "shot.png")
            found[colour] = other.search(Query(like=(tmp_path / "shot.png",), scope=Scope.PAGES))
    assert [hit.verdict for hit in found["white"].hits] == [Verdict.NONE] * 3
    assert [hit.verdict for hit in found["green"].hits] == [Verdict.STRONG, Verdict.NONE, Verdict.NONE]


def test_a_page_that_says_the_word_is_no_sure_match_where_a_picture_is_asked_for_too(desk: Desk) -> None:
    (desk.papers / "lamps.pdf").write_bytes(pdf([Page([(72, 600, "Seventeen lanterns")])]))
    desk.index()
    _page("blue").save(desk.location.parent / "blue.png")
    said = Query("lanterns", scope=Scope.PAGES)
    (hit,) = (hit for hit in desk.library.search(said).hits if hit.verdict is Verdict.STRONG)
    assert hit.path.name == "lamps.pdf"
    both = desk.library.search(replace(said, like=(desk.location.parent / "blue.png",))).hits
    assert [other.verdict for other in both if other.item == hit.item] == [Verdict.WEAK]


def test_with_a_page_model_a_page_is_as_sure_as_all_of_the_parts_allow(desk: Desk, tmp_path: Path) -> None:
    desk.library.use_model("colour-pages")
    desk.index()
    verdicts = {}
    for colour in ("green", "blue"):
        _page(colour).save(tmp_path / f"{colour}.png")
        query = Query("green", like=(tmp_path / f"{colour}.png",), scope=Scope.PAGES)
        verdicts[colour] = {hit.page: hit.verdict for hit in desk.library.search(query).hits}
    alone = {hit.page: hit.verdict for hit in desk.library.search(Query("green", scope=Scope.PAGES)).hits}
    assert alone[2] is Verdict.STRONG
    assert verdicts["green"][2] is Verdict.STRONG  # its look fits both
    assert verdicts["blue"][2] is not Verdict.STRONG


def test_pages_whose_file_is_gone_take_no_places(desk: Desk) -> None:
    _page("red").save(desk.papers / "red.pdf")
    _page("red").resize((70, 70)).save(desk.papers / "again.pdf")
    desk.library.use_model("colour-pages")
    desk.index()
    for name in ("colours.pdf", "again.pdf"):
        (desk.papers / name).unlink()
    desk.index()
    for query in (Query("red", limit=1), Query("red -green", limit=1)):
        assert [hit.path.name for hit in desk.library.search(query).hits] == ["red.pdf"]


def test_a_page_model_says_where_on_the_page(desk: Desk) -> None:
    desk.library.use_model("colour-pages")
    desk.index()
    query = Query("blue", scope=Scope.PAGES)
    best = desk.library.search(query).hits[0]
    together, blue = desk.library.explanation(query, best.item).heat_maps
    assert (together.query_word, blue.query_word) == ("", "blue")
    assert all(row[-1] == 1.0 and row[0] == 0.0 for row in blue.cells)
    assert Image.open(BytesIO(desk.library.explain(query, best.item))).format == "PNG"


@pytest.mark.slow
def test_text_that_is_only_to_be_seen_is_found_and_shown(desk: Desk) -> None:
    scan = Image.new("RGB", (900, 300), "white")
    ImageDraw.Draw(scan).text((60, 120), WORDS, fill="black", font_size=44)
    scan.rotate(180).save(desk.papers / "scan.png")
    with desk.open(read_text=True) as reading:
        report = reading.index(Progress(), CancelToken())
        assert report.read == 4
        assert reading.status().unread == 0
        query = Query("seventeen lanterns")
        best = reading.search(query).hits[0]
        assert best.path.name == "scan.png"
        words = {word.query_word: word for word in reading.explanation(query, best.item).words}
        assert words["lanterns"].box[2] < words["seventeen"].box[0]  # it lies on its head
        assert reading.index(Progress(), CancelToken()).read == 0
        assert reading.search(Query("lanterns", scope=Scope.PAGES)).hits == ()
        assert reading.search(Query("lanterns", scope=Scope.PHOTOS)).hits[0].item == best.item


def test_what_cannot_be_shown_is_a_sentence(desk: Desk) -> None:
    desk.index()
    item = desk.first_item()
    assert Image.open(BytesIO(desk.library.picture(item, 50))).size == (50, 50)
    (desk.papers / "colours.pdf").unlink()
    with pytest.raises(UserError, match="cannot be shown"):
        desk.library.picture(item, 50)
    with pytest.raises(UserError, match="no longer in the library"):
        desk.library.picture(item + 999, 50)


def test_nothing_is_said_where_nothing_can_be(desk: Desk) -> None:
    desk.index()
    item = desk.first_item()
    assert desk.library.explanation(Query("red"), item) == Explanation()


@pytest.mark.slow
def test_a_receipt_that_says_it_comes_before_pictures_that_look_like_it(desk: Desk) -> None:
    """The scan stands last among the photographs that show red, and first among what says it."""
    receipt = Image.new("RGB", (900, 300), "white")
    ImageDraw.Draw(receipt).text((60, 120), "RED LANTERN COMPANY 73.00", fill="black", font_size=44)
    receipt.save(desk.papers / "receipt.png")
    for number in range(3):
        _page("red").resize((60 + number, 60)).save(desk.papers / f"red{number}.png")
    with desk.open(read_text=True) as reading:
        reading.index(Progress(), CancelToken())
        for limit in (1, 50):
            best, *others = reading.search(Query("red lantern 73.00", limit=limit)).hits
            assert best.path.name == "receipt.png"
            assert len(others) == (0 if limit == 1 else 3)


def test_the_order_of_pages_does_not_depend_on_how_many_are_asked_for(desk: Desk, tmp_path: Path) -> None:
    """By look and by page vectors, of pages that the two see differently."""
    names = [*itertools.product(COLOURS, repeat=2), *itertools.product(("red", "blue"), repeat=3)]
    first, *rest = [_page(*colours) for colours in names]
    first.save(desk.papers / "more.pdf", save_all=True, append_images=rest)
    desk.library.use_model("colour-pages")
    desk.index()
    for number, colours in enumerate((("red", "white"), ("green", "black"), ("blue", "red", "white"))):
        picture = tmp_path / f"{number}.png"
        _page(*colours).save(picture)
        found = [hit.item for hit in desk.library.search(Query(like=(picture,), scope=Scope.PAGES)).hits]
        for limit in range(1, 6):
            query = Query(like=(picture,), scope=Scope.PAGES, limit=limit)
            assert [hit.item for hit in desk.library.search(query).hits] == found[:limit]


def test_texts_are_taken_in_by_meaning_once_and_that_is_told(desk: Desk) -> None:
    desk.add_document("a kettle wants its limescale removed", "dividends are paid in spring")
    desk.index()
    assert desk.library.status().unembedded == 0
    encoded = desk.registry.texts.encoded
    desk.index()
    assert desk.registry.texts.encoded == encoded > 0


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Desk]:
    """With the real sentence encoder, and texts that say none of the words that will be asked for."""
    desk = Desk(tmp_path)
    encoder = SentenceEncoder.load()
    desk.registry.load_text_encoder = lambda: encoder  # type: ignore[method-assign]
    desk.add_document(
        "The kettle wants its limescale removed with vinegar every month.",
        "Shareholders were paid a larger dividend than in the year before.",
        "Passengers may carry one bag of up to eight kilograms on board.",
    )
    desk.index()
    yield desk
    desk.library.close()


# A colour, so that the model of pictures has something to say, too.
CALCIUM = Query("how to clean calcium deposits off a red water boiling appliance", scope=Scope.PAGES)


def test_a_page_is_found_by_its_meaning_and_that_is_its_reason(reader: Desk) -> None:
    best, *_ = reader.library.search(CALCIUM).hits
    assert (best.path.name, best.page) == ("told.pdf", 1)
    assert best.verdict is not Verdict.STRONG
    why = reader.library.explanation(CALCIUM, best.item)
    assert why.by_meaning
    assert why.words == ()


def test_who_is_found_by_a_word_is_not_found_by_meaning_alone(reader: Desk) -> None:
    query = Query("limescale in the kettle", scope=Scope.PAGES)
    best = reader.library.search(query).hits[0]
    assert best.page == 1
    why = reader.library.explanation(query, best.item)
    assert why.words
    assert not why.by_meaning


def test_what_is_kept_away_or_left_out_is_not_found_by_meaning_either(reader: Desk) -> None:
    first = reader.library.search(CALCIUM).hits[0].item
    for query in (
        replace(CALCIUM, not_text=("limescale",)),
        replace(CALCIUM, text=f'{CALCIUM.text} "eight kilograms"'),
        replace(CALCIUM, scope=Scope.PHOTOS),
    ):
        assert first not in [hit.item for hit in reader.library.search(query).hits]


def test_a_question_that_is_not_english_goes_by_its_words(reader: Desk) -> None:
    query = Query("Wie werden Kalkablagerungen im Wasserkocher entfernt?", scope=Scope.PAGES)
    assert reader.library.search(query).hits == ()


def test_without_the_sentence_encoder_words_do_and_everything_else_is_done(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.add_document("a kettle wants its limescale removed")

    def refuse(_registry: ColourRegistry) -> TextEncoder:
        raise ModelError("The sentence encoder is missing.")

    monkeypatch.setattr(ColourRegistry, "load_text_encoder", refuse)
    desk.library.use_model("colour-pages")
    assert desk.index().pages_embedded > 0
    assert desk.library.status().unembedded == 1
    assert [hit.path.name for hit in desk.library.search(Query("limescale", scope=Scope.PAGES)).hits][:1] == [
        "told.pdf"
    ]
