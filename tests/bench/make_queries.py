"""Turns the questions beside the project into query lines for `main.py evaluate`.

    python -m tests.bench.make_queries OUTPUT_FOLDER [--data FOLDER] [--all]

Writes pages.jsonl (questions about documents; those with one page unless --all), receipts_total.jsonl (the
company and the total) and receipts_address.jsonl (the company and words of the address).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from tests.conftest import SHARED_DATA

_NOT_THE_AMOUNT = re.compile(r"^[^\d]+")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
ADDRESS_WORDS = 3
# fmt: off
SHOPS = {  # as people write them, by the first receipt of each
    "013.jpg": "hassan bistro", "016.jpg": "light room gallery", "031.jpg": "Aeon", "032.jpg": "Unihakka",
    "117.jpg": "gin kee", "132.jpg": "Farmasi Maluri", "168.jpg": "kings confectionery", "190.jpg": "Mr DIY",
    "221.jpg": "Popular bookshop", "288.jpg": "Hasha petrol kiosk", "312.jpg": "guardian",
    "320.jpg": "Roti Man", "352.jpg": "Gardenia", "418.jpg": "M.P.H. bookstore", "435.jpg": "Verbena",
    "476.jpg": "sanyu stationery", "508.jpg": "aik-huat",
}
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)
# fmt: on


@dataclass(frozen=True, slots=True)
class QueryDraft:
    text: str
    relevant: tuple[tuple[Path, int | None], ...]  # file and page; None: the whole picture

    def line(self) -> str:
        relevant = [{"path": str(path), "page": page} for path, page in self.relevant]
        return json.dumps({"text": self.text, "relevant": relevant}, ensure_ascii=False)


def page_questions(data: Path, *, single_page: bool = True) -> Iterator[QueryDraft]:
    """The questions about the documents; their pages count from 1. One that names page 0 is passed over."""
    folder = data / "pages"
    for entry in json.loads((folder / "questions.json").read_text("utf-8")):
        pages = sorted(set(entry["pages"]))
        if 0 not in pages and (len(entry["pages"]) == 1 or not single_page):
            text = " ".join(entry["question"].split())
            yield QueryDraft(text, tuple((folder / entry["file"], page) for page in pages))


def receipts_by_total(data: Path) -> Iterator[QueryDraft]:
    """ "company total": every receipt with both is an answer."""
    key = _key(data)
    for told in key.values():
        wanted = (told["company"], _amount(told["total"]))
        same = [name for name, other in key.items() if (other["company"], _amount(other["total"])) == wanted]
        yield QueryDraft(" ".join(wanted).lower(), _pictures(data, same))


def receipts_by_address(data: Path) -> Iterator[QueryDraft]:
    """ "company, the longest words of the address", as people type them: every receipt from there answers."""
    key = _key(data)
    for told in key.values():
        same = [name for name, other in key.items() if _place(other) == _place(told)]
        yield QueryDraft(f"{told['company']} {_told_address(told['address'])}".lower(), _pictures(data, same))


def receipts_by_month(data: Path) -> Iterator[QueryDraft]:
    """ "shop month", which is written in three ways in turn: every receipt of both is an answer."""
    key = _key(data)
    asked: dict[tuple[str, date], list[str]] = {}
    for name, told in key.items():
        place = next(each for each in SHOPS if _letters(key[each]["company"]) == _letters(told["company"]))
        asked.setdefault((SHOPS[place], _day(told["date"]).replace(day=1)), []).append(name)
    for number, ((shop, month), names) in enumerate(asked.items()):
        name = MONTHS[month.month - 1]
        written = (f"{name} {month.year}", f"{name[:3]} {month.year}", f"{month.month:02}/{month.year}")
        yield QueryDraft(f"{shop} {written[number % len(written)]}", _pictures(data, names))


def _day(told: str) -> date:
    """The key writes days first, but for one that has no such month."""
    for form in ("%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d-%m-%y", "%d %b %Y", "%m/%d/%Y"):
        with contextlib.suppress(ValueError):
            return datetime.strptime(told.title(), form).date()  # noqa: DTZ007 - a day has no time zone
    raise ValueError(f"{told} is no date")


def _letters(company: str) -> str:
    return re.sub(r"\W", "", company)


def _key(data: Path) -> Mapping[str, Mapping[str, str]]:
    key: Mapping[str, Mapping[str, str]] = json.loads((data / "receipts" / "key.json").read_text("utf-8"))
    return key


def _pictures(data: Path, names: Iterable[str]) -> tuple[tuple[Path, int | None], ...]:
    return tuple((data / "receipts" / name, None) for name in names)


def _amount(total: str) -> str:
    return _NOT_THE_AMOUNT.sub("", total)


def _place(told: Mapping[str, str]) -> tuple[str, str]:
    """Letters only: the key spells one shop's name and address in several ways."""
    return _letters(told["company"]), _told_address(told["address"])


def _told_address(address: str) -> str:
    words = list(dict.fromkeys(_LONG_WORD.findall(address)))
    kept = sorted(words, key=len, reverse=True)[:ADDRESS_WORDS]
    return " ".join(word for word in words if word in kept)


def write(path: Path, questions: Iterable[QueryDraft]) -> int:
    lines = [question.line() for question in questions]
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return len(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("output", type=Path)
    parser.add_argument("--data", type=Path, default=SHARED_DATA)
    parser.add_argument("--all", action="store_true", help="questions with several pages, too")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    files = {
        "pages.jsonl": page_questions(options.data, single_page=not options.all),
        "receipts_total.jsonl": receipts_by_total(options.data),
        "receipts_address.jsonl": receipts_by_address(options.data),
        "receipts_month.jsonl": receipts_by_month(options.data),
    }
    for name, questions in files.items():
        print(f"{options.output / name}: {write(options.output / name, questions)} queries")


if __name__ == "__main__":
    main()
