"""The pass that gives texts their passages, over a real catalogue; once with the real sentence encoder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from engine.errors import Cancelled, ModelError
from engine.index.passage_index import PassageIndex
from engine.ingest.pipeline.passage_pass import BATCH_PIECES, PassagePass
from engine.models.protocols import TextEncoder
from engine.models.text.passages import (
    MAX_PASSAGES,
    MAX_PIECES,
    PASSAGE_MODEL,
    PIECE_WORDS,
    TITLE_WORDS,
    pool_pieces,
    split_into_pieces,
)
from engine.models.text.sentence_encoder import SentenceEncoder
from engine.progress import CancelToken, Progress
from engine.records import Vectors, Word
from engine.store.items.vector_log import VectorLog
from engine.store.pages.page_texts import write_text
from engine.store.pages.passages import PassageStore
from tests.engine.store.conftest import Store
from tests.fakes import WordTexts

TEXTS = (
    "The kettle should be cleaned of limescale with vinegar once a month.",
    "Our net income rose by four percent over the year before.",
    "17",
)


class Desk:
    def __init__(self, store: Store, texts: Sequence[str]) -> None:
        self.store = store
        store.scan(("a.pdf", 7))
        self.items = store.read("a.pdf", b"a", pages=len(texts))
        with store.database.transaction() as db:
            for item, text in zip(self.items, texts, strict=True):
                write_text(db, item, text, [Word("word", (0.1, 0.2, 0.3, 0.4))])
        self.passages = PassageStore(store.database)
        self.model = store.contents.model_id(PASSAGE_MODEL)
        self.progress, self.cancel = Progress(), CancelToken()

    def embedding(self, encoder: TextEncoder) -> PassagePass:
        return PassagePass(self.passages, self.model, encoder)

    def left(self) -> int:
        return self.passages.pending_count(self.model)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.database.close()


def test_a_page_is_found_by_what_it_means(store: Store) -> None:
    """No word of the question stands on the page."""
    desk, encoder = Desk(store, TEXTS), SentenceEncoder.load()
    assert desk.embedding(encoder).run(desk.progress, desk.cancel, lambda: False)
    snapshot = desk.progress.snapshot()
    assert (snapshot.phase, snapshot.found, snapshot.done) == ("taking in meaning", 3, 3)
    assert desk.left() == 0
    index = PassageIndex(desk.passages, VectorLog(store.database), desk.model, PASSAGE_MODEL.dimension)
    index.catch_up()
    for question, expected in (("How do I descale it?", 0), ("Did earnings grow?", 1)):
        items, scores = index.scores(encoder.encode([question])[0], np.array(desk.items))
        assert items[scores.argmax()] == desk.items[expected]
    assert len(index) == 2  # a page number says nothing


def test_a_pass_that_stops_goes_on_where_it_was(store: Store) -> None:
    count = 3 * BATCH_PIECES
    desk, encoder = Desk(store, [f"this is what page number {n} says" for n in range(count)]), WordTexts()
    embedding = desk.embedding(encoder)
    assert not embedding.run(desk.progress, desk.cancel, lambda: True)
    assert desk.left() == count
    stops = iter([False, True])
    assert not embedding.run(desk.progress, desk.cancel, lambda: next(stops))
    assert desk.left() == count - BATCH_PIECES
    assert embedding.run(desk.progress, desk.cancel, lambda: False)
    assert (desk.left(), encoder.encoded, embedding.embedded) == (0, count, count)
    assert desk.progress.snapshot().done == count


def test_what_was_done_before_a_cancel_is_kept(store: Store) -> None:
    count = 3 * BATCH_PIECES
    desk = Desk(store, [f"this is what page number {n} says" for n in range(count)])

    class Cancels(WordTexts):
        def encode(self, texts: Sequence[str]) -> Vectors:
            desk.cancel.cancel()
            return super().encode(texts)

    with pytest.raises(Cancelled):
        desk.embedding(Cancels()).run(desk.progress, desk.cancel, lambda: False)
    assert desk.left() == count - BATCH_PIECES


def test_a_fault_of_the_encoder_is_told(store: Store) -> None:
    class Missing:
        def encode(self, texts: Sequence[str]) -> Vectors:
            raise ModelError(f"nothing to encode {len(texts)} with")

    desk = Desk(store, TEXTS)
    with pytest.raises(ModelError):
        desk.embedding(Missing()).run(desk.progress, desk.cancel, lambda: False)
    assert desk.left() == len(TEXTS)


def test_pieces_hold_all_of_a_text_and_each_the_title() -> None:
    words = [f"word{number}" for number in range(PIECE_WORDS * MAX_PIECES * 2)]
    parts = split_into_pieces(" ".join(words), "A manual")
    assert len(parts) == MAX_PIECES
    assert all(part.startswith("A manual. ") for part in parts)
    assert " ".join(part.removeprefix("A manual. ") for part in parts).split() == words
    assert len(split_into_pieces(" ".join(words[: 3 * PIECE_WORDS]), "")) == 3
    assert split_into_pieces("a short but telling text", "") == ["a short but telling text"]
    long_title = " ".join(f"title{number}" for number in range(3 * TITLE_WORDS))
    assert len(split_into_pieces("a short but telling text", long_title)[0].split()) == TITLE_WORDS + 5


def test_what_says_too_little_has_no_passage() -> None:
    assert split_into_pieces("", "A manual") == []
    assert split_into_pieces("- 17 -", "A manual") == []


def test_pieces_that_stand_together_are_one_passage() -> None:
    pieces = np.eye(5, dtype=np.float32)
    passages = pool_pieces(pieces)
    assert len(passages) == MAX_PASSAGES
    assert np.linalg.norm(passages, axis=1) == pytest.approx([1.0] * MAX_PASSAGES)
    assert (passages > 0).sum(axis=1).tolist() == [2, 3]
    assert (pool_pieces(pieces[:2]) == pieces[:2]).all()


def test_a_long_page_stops_between_its_pieces(store: Store) -> None:
    desk = Desk(store, ["word " * PIECE_WORDS * MAX_PIECES])

    class Cancels(WordTexts):
        def encode(self, texts: Sequence[str]) -> Vectors:
            desk.cancel.cancel()
            return super().encode(texts)

    encoder = Cancels()
    with pytest.raises(Cancelled):
        desk.embedding(encoder).run(desk.progress, desk.cancel, lambda: False)
    assert encoder.encoded == BATCH_PIECES
