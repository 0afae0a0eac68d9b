"""The right document, then the right page: questions about a shelf of annual reports that are much alike.

    python main.py --library LIBRARY index ../shared/data/pages
    python -m tests.bench.bench_similar_documents --library LIBRARY

The shelf is made from the three annual reports among the pages: each again with the names of other companies
and for other years, put in place of its own in all texts, titles, file names and questions. So only the
name of a company and the years tell 48 documents apart. Prints, by companies, in how many of the questions a
page of the right document is first, and a right page among the first one, five and twenty; with file names
that say company and year, and with names that say nothing.
"""

from __future__ import annotations

import argparse
import re
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from engine.library import CATALOGUE_FILE
from engine.models.text.word_vectors import WordVectors
from engine.search.text.word_search import WordSearch
from engine.store.database.connection import Database
from engine.store.database.schema import migrate
from engine.store.pages.page_texts import PageTexts, write_text
from tests.bench.make_queries import page_questions
from tests.conftest import SHARED_DATA

YEARS_BACK = 4  # reports of each company
YEAR = re.compile(r"(?<!\d)(20[012]\d)(?!\d)")
TOP = (1, 5, 20)


@dataclass(frozen=True, slots=True)
class Template:
    """A report. `names`: patterns of the company's name, and what of another's stands in their place."""

    file: str
    year: int
    names: tuple[tuple[str, str], ...]
    companies: tuple[tuple[str, str], ...]  # first and second name of each; the file's own is the first


TEMPLATES = (
    Template(
        "ACTIVISIONBLIZZARD_2019_10K.pdf",
        2019,
        (
            (r"Acti?vi?sion\s+Blizzard", "{first} {second}"),
            (r"Acti?vi?sion", "{first}"),
            (r"Blizzard", "{second}"),
            (r"ATVI", "{first}"),
        ),
        (("Activision", "Blizzard"), ("Corvane", "Tempest"), ("Halden", "Arcade"), ("Pixelwright", "Summit")),
    ),
    Template(
        "COSTCO_2021_10K.pdf",
        2021,
        ((r"Costco(?:\s+Wholesale)?", "{first} {second}"),),
        (("Costco", "Wholesale"), ("Marlow", "Stores"), ("Tandem", "Trading"), ("Broadgate", "Foods")),
    ),
    Template(
        "NETFLIX_2015_10K.pdf",
        2015,
        ((r"Netf?li?x|Neflix|Netfilx", "{first}"),),
        (("Netflix", ""), ("Vidora", ""), ("Brightcast", ""), ("Streamwell", "")),
    ),
)


@dataclass(frozen=True, slots=True)
class Report:
    template: Template
    company: int  # place in `companies`
    back: int  # years

    def rewritten(self, text: str) -> str:
        first, second = self.template.companies[self.company]

        for pattern, part in self.template.names if self.company else ():
            name = part.format(first=first, second=second).strip()
            text = re.sub(f"(?i:{pattern})", partial(_as_written, name), text)
        return YEAR.sub(lambda match: str(int(match.group()) - self.back), text)

    @property
    def file_name(self) -> str:
        name = "".join(self.template.companies[self.company]).upper()
        return f"{name}_{self.template.year - self.back}_10K.pdf"


def _as_written(name: str, match: re.Match[str]) -> str:
    return name.upper() if match.group().isupper() else name


@dataclass(frozen=True, slots=True)
class TextQuery:
    text: str
    content: int
    pages: frozenset[int]
    company: int


def reports() -> list[Report]:
    return [
        Report(template, company, back)
        for template in TEMPLATES
        for company in range(len(template.companies))
        for back in range(YEARS_BACK)
    ]


def read_pages(library: Path, file: str) -> tuple[str, list[str]]:
    """The title and the text of each page."""
    database = Database(library / CATALOGUE_FILE, migrate)
    with database.read() as db:
        rows = db.execute(
            "SELECT item.id, content.title FROM item JOIN content ON content.id = item.content_id "
            "JOIN file ON file.content_id = content.id WHERE CAST(path AS TEXT) LIKE ? ORDER BY page",
            (f"%{file}",),
        ).fetchall()
    if not rows:
        raise SystemExit(f"{file} is not in that library")
    texts = PageTexts(database).texts([item for item, _ in rows])
    database.close()
    return rows[0][1], [texts.get(item, "") for item, _ in rows]


def fill(path: Path, registry: Sequence[Report], library: Path, named: bool) -> None:
    read = {template.file: read_pages(library, template.file) for template in TEMPLATES}
    Database(path, migrate).close()
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO folder (path) VALUES (?)", (b"/made",))
        item = 0
        for content, report in enumerate(registry, 1):
            title, pages = read[report.template.file]
            name = f"/made/{report.file_name if named else f'scan_{content:04}.pdf'}".encode()
            db.execute(
                "INSERT INTO content (id, hash, opened, title) VALUES (?, ?, 1, ?)",
                (content, name, report.rewritten(title)),
            )
            db.execute(
                "INSERT INTO file (folder_id, path, size, mtime_ns, seen, content_id) "
                "VALUES (1, ?, 1, 1, 1, ?)",
                (name, content),
            )
            for page, text in enumerate(pages, 1):
                item += 1
                db.execute("INSERT INTO item (id, content_id, page) VALUES (?, ?, ?)", (item, content, page))
                write_text(db, item, report.rewritten(text), [])
    db.close()


def questions(registry: Sequence[Report], data: Path) -> Iterator[TextQuery]:
    for question in page_questions(data, single_page=False):
        file = question.relevant[0][0].name
        pages = frozenset(page for _, page in question.relevant if page is not None)
        for content, report in enumerate(registry, 1):
            if report.template.file == file:
                yield TextQuery(report.rewritten(question.text), content, pages, report.company)


def measure(path: Path, asked: Sequence[TextQuery], depth: int = max(TOP)) -> None:
    database = Database(path, migrate)
    words = WordSearch(database, WordVectors.load)
    with database.read() as db:
        places = {
            item: (content, page)
            for item, content, page in db.execute("SELECT id, content_id, page FROM item")
        }
    for half, label in enumerate(("companies to choose by", "companies to report on")):
        mine = [each for each in asked if each.company % 2 == half]
        first, found = 0, dict.fromkeys(TOP, 0)
        for each in mine:
            hits = [places[hit.item] for hit in words.search(each.text, (), depth)]
            first += bool(hits) and hits[0][0] == each.content
            for top in TOP:
                found[top] += any(
                    content == each.content and page in each.pages for content, page in hits[:top]
                )
        shares = "".join(f"{found[top] / len(mine):9.3f}" for top in TOP)
        print(f"{f'{label} ({len(mine)})':34}{first / len(mine):9.3f}{shares}")
    database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--library", type=Path, required=True, help="the folder of an indexed library")
    parser.add_argument("--data", type=Path, default=SHARED_DATA)
    parser.add_argument("--every", type=int, default=1, help="ask only every so many questions")
    options = parser.parse_args()
    registry = reports()
    asked = list(questions(registry, options.data))[:: options.every]
    for named in (True, False):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / CATALOGUE_FILE
            fill(path, registry, options.library, named)
            says = "say" if named else "do not say"
            print(f"\n{len(registry)} reports whose file names {says} company and year")
            print(f"{'':34}{'document':>9}" + "".join(f"{f'page@{top}':>9}" for top in TOP))
            measure(path, asked)


if __name__ == "__main__":
    main()
