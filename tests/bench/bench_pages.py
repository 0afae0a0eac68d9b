"""How well words find pages, and how fast.

    python main.py --library LIBRARY index ../shared/data/pages ../shared/data/receipts
    python -m tests.bench.bench_pages --library LIBRARY
    python -m tests.bench.bench_pages --synthetic 100000

The first prints nDCG@5, R@1 and R@5 for BM25 alone (FTS5's own), word MaxSim alone, both fused, what pages
mean, and all of these; and where a question's document is in one half of the documents, and in the other. The
second how long searches take on made-up pages of 300 words, beside FTS5's own BM25 in the same run.
"""

from __future__ import annotations

import argparse
import os
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from engine.index.passage_index import PassageIndex
from engine.library import CATALOGUE_FILE
from engine.models.protocols import TextEncoder
from engine.models.text.dictionary import load_english_words
from engine.models.text.passages import PASSAGE_MODEL
from engine.models.text.sentence_encoder import SentenceEncoder
from engine.models.text.word_vectors import WordVectors
from engine.search.evaluation.metrics import QueryOutcome, summarise
from engine.search.pages.page_search import PageSearch
from engine.search.query.parsing import parse
from engine.search.query.text_query import TextQuery
from engine.search.ranking.ranking import EMPTY_RANKING
from engine.search.text.passage_search import PassageSearch
from engine.search.text.word_scores import FeatureWeights
from engine.search.text.word_search import WordSearch
from engine.store.database.connection import Database
from engine.store.database.schema import migrate
from engine.store.items.contents import Contents
from engine.store.items.item_table import ItemTable
from engine.store.items.vector_log import VectorLog
from engine.store.pages.page_texts import RULES
from engine.store.pages.passages import PassageStore
from engine.store.pages.terms import digests, stems_of
from tests.bench.make_queries import (
    QueryDraft,
    page_questions,
    receipts_by_address,
    receipts_by_month,
    receipts_by_total,
)
from tests.conftest import SHARED_DATA

Find = Callable[[str, int], Sequence[int]]

DEPTH = 10
WORDS_A_PAGE = 300
PAGES_A_DOCUMENT = 20
VOCABULARY = 100_000
SYLLABLES = (
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ka",
    "le",
    "mi",
    "no",
    "pu",
    "ra",
    "se",
    "ti",
    "vo",
    "ster",
    "ment",
)
MEGABYTE = 1 << 20

COUNT = "SELECT COUNT(*) FROM page_search WHERE page_search MATCH ?"
PLAIN = "SELECT rowid FROM page_search WHERE page_search MATCH ? ORDER BY rank LIMIT ?"
PLACES = "SELECT item.id, file.path, item.page FROM item JOIN file ON file.content_id = item.content_id"


def plain_bm25(database: Database) -> Find:
    """Every word of the question, but those on more than half of the pages."""

    def find(text: str, limit: int) -> Sequence[int]:
        words = list(dict.fromkeys("".join(c if c.isalnum() else " " for c in text.casefold()).split()))[:64]
        with database.read() as db:
            pages = db.execute("SELECT COUNT(*) FROM page_search_docsize").fetchone()[0]
            counted = {word: db.execute(COUNT, (f'"{word}"',)).fetchone()[0] for word in words}
            telling = [word for word in words if counted[word] <= pages / 2] or words
            rows = db.execute(PLAIN, (" OR ".join(f'"{word}"' for word in telling), limit))
            return [row[0] for row in rows]

    return find


def page_words(database: Database, weights: FeatureWeights, vectors: WordVectors | None) -> Find:
    english = load_english_words()
    words = WordSearch(database, (lambda: vectors) if vectors else None, lambda: english, weights)

    def find(text: str, limit: int) -> Sequence[int]:
        parsed = parse(text)
        hits = words.search(parsed.text, parsed.not_text, limit, phrases=parsed.phrases)
        return [hit.item for hit in hits]

    return find


def with_meaning(
    database: Database, vectors: WordVectors, encoder: TextEncoder, *, words: bool = True
) -> Find:
    """Without `words` by meaning alone."""
    row = Contents(database).model_id(PASSAGE_MODEL)
    index = PassageIndex(PassageStore(database), VectorLog(database), row, PASSAGE_MODEL.dimension)
    meaning = PassageSearch(lambda: encoder, lambda: index, lambda _text: True)
    item_table = ItemTable(database)
    english = load_english_words()
    by_words = WordSearch(database, lambda: vectors, lambda: english)
    search = PageSearch(by_words, None, item_table.rows, meaning)
    readable = item_table.rows().items

    def find(text: str, limit: int) -> Sequence[int]:
        parsed = parse(text)
        asked = TextQuery(parsed.text, parsed.not_text, parsed.phrases, limit)
        said = search.search_words(asked, readable) if words else EMPTY_RANKING
        found: list[int] = search.merge_texts(
            asked, said, search.search_passages(asked, readable)
        ).items.tolist()
        return found[:limit]

    return find


def outcomes(
    find: Find, questions: Iterable[QueryDraft], places: dict[int, tuple[Path, int | None]]
) -> list[QueryOutcome]:
    found: list[QueryOutcome] = []
    for question in questions:
        began = time.perf_counter()
        hits = find(question.text, DEPTH)
        elapsed = (time.perf_counter() - began) * 1000
        ranks = [rank for rank, item in enumerate(hits, 1) if places[item] in question.relevant]
        found.append(QueryOutcome(tuple(ranks), len(question.relevant), elapsed))
    return found


def quality(library: Path, data: Path) -> None:
    database = Database(library / CATALOGUE_FILE, migrate)
    with database.read() as db:
        rows = db.execute(PLACES).fetchall()
    places = {item: (Path(os.fsdecode(path)), page or None) for item, path, page in rows}
    vectors = WordVectors.load()
    encoder = SentenceEncoder.load()
    everything = list(page_questions(data, single_page=False))
    single = list(page_questions(data))
    several = [question for question in everything if question not in single]
    sets = {
        "one page": single,
        "one page, even documents": in_half(single, 0),
        "one page, odd documents": in_half(single, 1),
        "several pages": several,
        "several pages, even documents": in_half(several, 0),
        "several pages, odd documents": in_half(several, 1),
        "receipts: total": list(receipts_by_total(data)),
        "receipts: address": list(receipts_by_address(data)),
        "receipts: month": list(receipts_by_month(data)),
    }
    ways = {
        "BM25 alone": plain_bm25(database),
        "BM25, slips and similar words": page_words(database, FeatureWeights(1, 0, 0, 0), vectors),
        "word MaxSim alone": page_words(database, FeatureWeights(0, 1, 0, 0), vectors),
        "fused": page_words(database, FeatureWeights(), vectors),
        "meaning alone": with_meaning(database, vectors, encoder, words=False),
        "fused, and meaning": with_meaning(database, vectors, encoder),
        "fused, without similar words": page_words(database, FeatureWeights(), None),
        "fused, without nearness": page_words(database, FeatureWeights(nearness=0), vectors),
        "fused, without names": page_words(database, FeatureWeights(name=0), vectors),
    }
    lacking = PassageStore(database).pending_count(Contents(database).find_model(PASSAGE_MODEL))
    print(f"{len(places)} items, {lacking} texts not taken in by meaning")
    for name, questions in sets.items():
        print(f"\n{name + f' ({len(questions)})':34}{'nDCG@5':>9}{'R@1':>9}{'R@5':>9}{'p50 ms':>9}")
        for label, find in ways.items():
            told = summarise(outcomes(find, questions, places))
            print(
                f"{label:34}{told.ndcg_at_5:9.3f}{told.recall_at_1:9.3f}{told.recall_at_5:9.3f}{told.p50_ms:9.1f}"
            )
    database.close()


def in_half(questions: Sequence[QueryDraft], half: int) -> list[QueryDraft]:
    """Those about every other document: what is chosen on the one half is told of the other."""
    documents = sorted({question.relevant[0][0] for question in questions})
    return [question for question in questions if documents.index(question.relevant[0][0]) % 2 == half]


def vocabulary(chance: np.random.Generator) -> list[str]:
    made: dict[str, None] = {}
    while len(made) < VOCABULARY:
        made["".join(chance.choice(SYLLABLES, chance.integers(2, 6)))] = None
    return list(made)


def fill(path: Path, pages: int, words: Sequence[str], chance: np.random.Generator) -> None:
    """Straight into the tables. Word frequencies fall off as in a language (Zipf)."""
    Database(path, migrate).close()
    share = 1 / np.arange(3, len(words) + 3) ** 1.05
    bounds = np.cumsum(share / share.sum())
    with sqlite3.connect(path) as db:
        digest = digests(stems[0] for stems in stems_of(db, words))
        db.execute("INSERT INTO folder (path) VALUES (?)", (b"/made",))
        for number in range(1, pages + 1):
            content, page = divmod(number - 1, PAGES_A_DOCUMENT)
            if page == 0:
                name = f"/made/{words[int(chance.integers(5000))]}_{1990 + content % 35}_{content}.pdf"
                db.execute(
                    "INSERT INTO content (id, hash, opened) VALUES (?, ?, 1)", (content + 1, name.encode())
                )
                db.execute(
                    "INSERT INTO file (folder_id, path, size, mtime_ns, seen, content_id) "
                    "VALUES (1, ?, 1, 1, 1, ?)",
                    (name.encode(), content + 1),
                )
            db.execute(
                "INSERT INTO item (id, content_id, page) VALUES (?, ?, ?)", (number, content + 1, page + 1)
            )
            drawn = np.minimum(np.searchsorted(bounds, chance.random(WORDS_A_PAGE)), len(words) - 1)
            text = " ".join(words[at] for at in drawn.tolist())
            db.execute("INSERT INTO page_text VALUES (?, ?, ?)", (number, text, b""))
            db.execute("INSERT INTO page_search (rowid, text) VALUES (?, ?)", (number, text))
            terms = digest[drawn].tobytes()
            db.execute("INSERT INTO page_terms VALUES (?, ?, ?, ?, ?)", (number, RULES, terms, b"", b""))
    db.close()


def speed(pages: int, queries: int) -> None:
    chance = np.random.default_rng(1)
    words = vocabulary(chance)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / CATALOGUE_FILE
        fill(path, pages, words, chance)
        database = Database(path, migrate)
        vectors = WordVectors.load()
        ways = {"BM25 alone": plain_bm25(database), "fused": page_words(database, FeatureWeights(), vectors)}
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        ways["fused"]("nothing", 1)
        print(f"{pages} pages, {path.stat().st_size / pages:.0f} bytes each; first search "
              f"{time.perf_counter() - began:.2f} s")  # fmt: skip
        kinds: dict[str, Callable[[], str]] = {
            "3 usual words": lambda: " ".join(words[at] for at in chance.integers(5, 2000, 3)),
            "8 words of any kind": lambda: " ".join(words[at] for at in chance.integers(0, 5000, 8)),
            "2 rare words": lambda: " ".join(words[at] for at in chance.integers(5000, 20_000, 2)),
            "a slip and a word": lambda: f"{words[chance.integers(2000)]}q {words[chance.integers(5000)]}",
        }
        print(f"{'milliseconds':24}{'way':16}{'p50':>9}{'p95':>9}")
        for kind, make in kinds.items():
            asked = [make() for _ in range(queries)]
            for label, find in ways.items():
                times = []
                for text in asked:
                    began = time.perf_counter()
                    find(text, 50)
                    times.append((time.perf_counter() - began) * 1000)
                print(f"{kind:24}{label:16}{np.percentile(times, 50):9.1f}{np.percentile(times, 95):9.1f}")
        hits_added = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        print(f"peak memory grew by {hits_added * 1024 / MEGABYTE:.0f} MB")
        database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--library", type=Path, help="the folder of an indexed library")
    parser.add_argument("--data", type=Path, default=SHARED_DATA)
    parser.add_argument("--synthetic", type=int, metavar="PAGES")
    parser.add_argument("--queries", type=int, default=40)
    options = parser.parse_args()
    if options.library:
        quality(options.library, options.data)
    if options.synthetic:
        speed(options.synthetic, options.queries)


if __name__ == "__main__":
    main()
