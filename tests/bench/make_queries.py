"""Turns the questions beside the project into query lines for `main.py evaluate`.

    python -m tests.bench.make_queries OUTPUT_FOLDER [--data FOLDER] [--all]

Writes pages.jsonl (questions about documents; those with one page unless --all), receipts_total.jsonl (the
company and the total) and receipts_address.jsonl (the company and words of the address).
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import SHARED_DATA

_NOT_THE_AMOUNT = re.compile(r"^[^\d]+")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
ADDRESS_WORDS = 3


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    relevant: tuple[tuple[Path, int | None], ...]  # file and page; None: the whole picture

    def line(self) -> str:
        relevant = [{"path": str(path), "page": page} for path, page in self.relevant]
        return json.dumps({"text": self.text, "relevant": relevant}, ensure_ascii=False)


def page_questions(data: Path, *, single_page: bool = True) -> Iterator[Question]:
    """The questions about the documents; their pages count from 1. One that names page 0 is passed over."""
    folder = data / "pages"
    for entry in json.loads((folder / "questions.json").read_text("utf-8")):
        pages = sorted(set(entry["pages"]))
        if 0 not in pages and (len(entry["pages"]) == 1 or not single_page):
            text = " ".join(entry["question"].split())
            yield Question(text, tuple((folder / entry["file"], page) for page in pages))


def receipts_by_total(data: Path) -> Iterator[Question]:
    """ "company total": every receipt with both is an answer."""
    key = _key(data)
    for told in key.values():
        wanted = (told["company"], _amount(told["total"]))
        same = [name for name, other in key.items() if (other["company"], _amount(other["total"])) == wanted]
        yield Question(" ".join(wanted).lower(), _pictures(data, same))


def receipts_by_address(data: Path) -> Iterator[Question]:
    """ "company, the longest words of the address", as people type them: every receipt from there answers."""
    key = _key(data)
    for told in key.values():
        same = [name for name, other in key.items() if _place(other) == _place(told)]
        yield Question(f"{told['company']} {_told_address(told['address'])}".lower(), _pictures(data, same))


def _key(data: Path) -> Mapping[str, Mapping[str, str]]:
    key: Mapping[str, Mapping[str, str]] = json.loads((data / "receipts" / "key.json").read_text("utf-8"))
    return key


def _pictures(data: Path, names: Iterable[str]) -> tuple[tuple[Path, int | None], ...]:
    return tuple((data / "receipts" / name, None) for name in names)


def _amount(total: str) -> str:
    return _NOT_THE_AMOUNT.sub("", total)


def _place(told: Mapping[str, str]) -> tuple[str, str]:
    """Letters only: the key spells one shop's name and address in several ways."""
    company = re.sub(r"\W", "", told["company"])
    return company, _told_address(told["address"])


def _told_address(address: str) -> str:
    words = list(dict.fromkeys(_LONG_WORD.findall(address)))
    kept = sorted(words, key=len, reverse=True)[:ADDRESS_WORDS]
    return " ".join(word for word in words if word in kept)


def write(path: Path, questions: Iterable[Question]) -> int:
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
    }
    for name, questions in files.items():
        print(f"{options.output / name}: {write(options.output / name, questions)} queries")


if __name__ == "__main__":
    main()
