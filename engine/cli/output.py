"""Formats records as text: JSON for scripts, aligned columns for people.

File names are hostile input: in lines for people, whatever could move the cursor, colour the terminal or is
not text is escaped. In JSON a byte that is not UTF-8 is Python's lone surrogate, as `os.fsdecode` returns it,
written as an escape; the output is ASCII throughout.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from engine.progress import Snapshot
from engine.records import (
    DocumentHits,
    Evaluation,
    Explanation,
    FailedFile,
    FolderStatus,
    Hit,
    IndexReport,
    LibraryStatus,
    ModelStatus,
    SearchResults,
    Verdict,
)

SNIPPET_LENGTH = 100


def as_json(value: object) -> str:
    """One line of ASCII JSON. Raises TypeError for what JSON cannot hold."""
    return json.dumps(value)


def printable(text: str) -> str:
    """One line of text with control and unprintable characters escaped."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


# ---- search ------------------------------------------------------------------------------------------


def hit_object(hit: Hit, why: Explanation) -> dict[str, object]:
    """A hit as `search --json` prints it: the contract of the command line. The score has six decimals."""
    return {
        "rank": hit.rank,
        "path": str(hit.path),
        "page": hit.page,
        "kind": hit.kind.value,
        "score": round(hit.score, 6),
        "verdict": hit.verdict.value,
        "document": hit.document and document_object(hit.path, hit.document),
        "why": why_object(why),
    }


def document_object(path: Path, document: DocumentHits) -> dict[str, object]:
    """A document as `search --json` prints it; `pages` are the matching page numbers, best first."""
    return {
        "path": str(path),
        "title": document.title,
        "length": document.pages,
        "pages": list(document.matching),
    }


def why_object(why: Explanation) -> dict[str, object] | None:
    """An explanation as `search --json` prints it; None if there is none.

    Boxes are left, top, right, bottom in fractions of the page; a grid's rows run from the top. `by_meaning`
    is present, and true, only for a text that matches by meaning and contains none of the query's words.
    """
    if why == Explanation():
        return None
    told: dict[str, object] = {
        "words": [
            {"text": word.text, "box": word.box, "query_word": word.query_word, "score": round(word.score, 3)}
            for word in why.words
        ],
        "grids": [
            {
                "query_word": heat_map.query_word,
                "cells": [[round(value, 3) for value in row] for row in heat_map.cells],
            }
            for heat_map in why.heat_maps
        ],
    }
    return told | {"by_meaning": True} if why.by_meaning else told


def hit_lines(results: SearchResults, dated: bool = False) -> Iterator[str]:
    """The lines that show results to a person. `dated`: include the day each was taken, else modified."""
    if results.hits and results.verdict is Verdict.NONE:
        yield "Nothing here really matches. The nearest:"
    width = len(str(len(results.hits)))
    for hit in results.hits:
        page = f"  page {hit.page}" if hit.page is not None else ""
        away = "" if hit.available else "  (not connected)"
        copies = f"  (and {_count(hit.copies, 'copy', 'copies')})" if hit.copies else ""
        day = f"{hit.dated:<10}  " if dated else ""
        name = f"{printable(str(hit.path))}{page}{away}{copies}"
        yield f"{hit.rank:>{width}}  {_confidence_words(hit.verdict)}  {day}{name}"
        indent = f"{'':{width}}          "
        if hit.snippet:
            yield indent + _shorten(printable(" ".join(hit.snippet.split())))
        if hit.document is not None and hit.document.further:
            yield indent + _further_pages(hit.document)


def _further_pages(document: DocumentHits) -> str:
    """Other pages in words: "also on pages 4, 12 and 31, and on 14 more"."""
    numbers = [str(hit.page) for hit in document.further]
    more = len(document.matching) - 1 - len(numbers)
    told = f"also on {'page' if len(numbers) == 1 else 'pages'} {_join_words(numbers)}"
    return f"{told}, and on {more} more" if more > 0 else told


def _join_words(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _shorten(text: str) -> str:
    return text if len(text) <= SNIPPET_LENGTH else text[: SNIPPET_LENGTH - 1].rstrip() + "…"


def _confidence_words(verdict: Verdict) -> str:
    return f"{'-' if verdict is Verdict.NONE else verdict.value:<6}"


def foreign_question(language: str) -> str:
    """The notice for a query in a language that the built-in model does not understand."""
    return (
        f"This looks like {language}. The built-in model understands English only; "
        "SigLIP 2 was trained on 109 languages: findling models get siglip2-base"
    )


def nothing_yet(status: LibraryStatus) -> str:
    """A sentence that says why nothing can be found in this library yet, and what to do."""
    if status.pending:
        return f"Nothing has been indexed yet: {_count(status.pending, 'file is', 'files are')} waiting."
    if status.folders:
        them = _count(len(status.folders), "folder", "folders")
        return f"Nothing is indexed of the library's {them}. Look again with: findling index"
    return "The library is empty. Add a folder with: findling index FOLDER"


# ---- status ------------------------------------------------------------------------------------------


def status_object(status: LibraryStatus) -> dict[str, object]:
    """The library's status as `status --json` prints it: all its fields, folders as paths."""
    return asdict(status) | {"folders": [str(folder.path) for folder in status.folders]}


def status_lines(status: LibraryStatus, library: Path) -> Iterator[str]:
    """The lines that show the status of the library at `library` to a person."""
    photos = _count(status.photos, "photograph", "photographs")
    pages = _count(status.pages, "page", "pages")
    rows = [
        ("Library", f"{printable(str(library))} ({size(status.library_bytes)})"),
        ("Answers with", f"{status.model} (pictures), {status.page_model} (pages)"),
        (
            "Files",
            str(status.files)
            + (f" ({_count(status.copies, 'is a copy', 'are copies')})" if status.copies else ""),
        ),
        ("Searchable", f"{photos} and {pages}"),
        ("Waiting", _count(status.pending, "file", "files")),
        (
            "To be read",
            _count(status.unread, "page or picture", "pages and pictures") + " without known text",
        ),
        ("By meaning", _meaning_problem(status)),
        ("Failed", _failed_count(status)),
        ("Missing", _count(status.missing, "file", "files")),
    ]
    yield from columns(rows)
    if not status.folders:
        yield "No folders yet. Add one with: findling index FOLDER"
        return
    yield "Folders"
    yield from columns(
        [(f"  {printable(str(folder.path))}", _folder_words(folder)) for folder in status.folders]
    )


def _meaning_problem(status: LibraryStatus) -> str:
    if status.meaning_problem:
        return f"texts are found by their words alone: {status.meaning_problem}"
    if not status.unembedded:
        return "all texts"
    return f"{_count(status.unembedded, 'text', 'texts')} still to be taken in"


def _failed_count(status: LibraryStatus) -> str:
    closed = sum(len(folder.closed) for folder in status.folders)
    folders = f" and {_count(closed, 'folder', 'folders')}" if closed else ""
    files = _count(status.failed - closed, "file", "files")
    return f"{files}{folders}" + (" (see --failed)" if status.failed else "")


def _unreadable_folders(folders: Sequence[Path]) -> str:
    """A sentence with the name of the first folder that could not be opened."""
    more = f" and {len(folders) - 1} more" if len(folders) > 1 else ""
    return f"not listed: {printable(str(folders[0]))}{more}"


def failed_object(failed: FailedFile) -> dict[str, object]:
    """A failed file as `status --failed --json` prints it."""
    return {"path": str(failed.path), "kind": failed.kind, "message": failed.message}


def failed_lines(failures: Iterable[FailedFile]) -> Iterator[str]:
    """A path and, below it, what is wrong, for each failed file."""
    for failed in failures:
        yield f"{printable(str(failed.path))}\n    {failed.kind}: {printable(failed.message)}"


def _folder_words(folder: FolderStatus) -> str:
    items = _count(folder.items, "photograph or page", "photographs and pages")
    words = [_count(folder.files, "file", "files"), f"{items} searchable"]
    if folder.failed:
        words.append(f"{folder.failed} failed")
    if folder.closed:
        words.append(_unreadable_folders(folder.closed))
    if folder.excludes:
        words.append("without " + ", ".join(printable(glob) for glob in folder.excludes))
    if not folder.available:
        words.append("not connected")
    elif folder.unplugged:
        words.append("not connected: " + ", ".join(printable(str(drive)) for drive in folder.unplugged))
    return ", ".join(words)


# ---- index, models, evaluate -------------------------------------------------------------------------


def _other_count(count: int) -> str:
    return f" ({_count(count, 'other is', 'others are')} neither picture nor document)" if count else ""


def report_line(report: IndexReport) -> str:
    """One sentence that sums up an indexing run."""
    parts = [
        f"{_count(report.files_seen, 'file', 'files')} seen" + _other_count(report.files_other),
        f"{report.files_new} new",
        f"{_count(report.embedded, 'picture or page', 'pictures and pages')} indexed",
        f"{report.failed} failed" + (" (see: findling status --failed)" if report.failed else ""),
    ]
    if report.read:
        parts.insert(3, f"{report.read} read for their text")
    if report.pages_embedded:
        parts.insert(-1, f"{report.pages_embedded} looked at by the page model")
    if report.closed_folders:
        parts.append(_unreadable_folders(report.closed_folders))
    if report.files_missing:
        parts.append(f"{report.files_missing} missing")
    return f"Done in {duration(report.seconds)}: {', '.join(parts)}."


def model_object(model: ModelStatus) -> dict[str, object]:
    """A model as `models --json` prints it: all its fields."""
    return asdict(model)


def model_lines(models: Iterable[ModelStatus]) -> Iterator[str]:
    """A table of models with a heading."""
    rows = [("NAME", "FINDS", "STATE", "DOWNLOAD", "LICENCE", "LANGUAGES", "GOOD FOR")]
    rows += [
        (
            model.name,
            model.kind,
            _state(model),
            size(model.download_bytes) if model.download_bytes else "-",
            model.licence,
            model.languages,
            model.good_for,
        )
        for model in models
    ]
    yield from columns(rows)


def _state(model: ModelStatus) -> str:
    if model.active:
        return "answers (earlier revision)" if model.pending else "answers"
    if model.pending:
        return "chosen"
    return "installed" if model.installed else "-"


def chosen_line(model: ModelStatus, command: str) -> str:
    """Say whether a chosen model answers now. `command`: the command that completes its index."""
    if not model.pending:
        return f"{model.name} answers now."
    if model.active:
        waits = f"The earlier revision of {model.name} answers until the index of the new one is complete."
    else:
        waits = f"{model.name} answers as soon as the index is complete."
    return f"{waits} Run: {command}"


def evaluation_object(evaluation: Evaluation) -> dict[str, object]:
    """Measures as `evaluate --json` prints them, under the names of its contract."""
    return {
        "queries": evaluation.queries,
        "R@1": evaluation.recall_at_1,
        "R@5": evaluation.recall_at_5,
        "R@10": evaluation.recall_at_10,
        "nDCG@5": evaluation.ndcg_at_5,
        "mAP": evaluation.mean_average_precision,
        "p50_ms": evaluation.p50_ms,
        "p95_ms": evaluation.p95_ms,
    }


def evaluation_lines(evaluation: Evaluation) -> Iterator[str]:
    """One measure a line, name and value aligned."""
    for name, value in evaluation_object(evaluation).items():
        yield f"{name:<8}{value:>8.3f}" if isinstance(value, float) else f"{name:<8}{value:>8}"


# ---- progress and pieces -----------------------------------------------------------------------------


def progress_line(now: Snapshot) -> str:
    """One line on running work: how much is done, how fast, how long it still takes."""
    finished = now.done + now.failed
    of_all = f"{_amount(finished, now.unit)} of {_amount(now.found, now.unit)}" if now.found else ""
    parts = [of_all or _amount(finished, now.unit)]
    if now.unit != "bytes":
        parts[0] += f" {now.unit}"
    if now.rate > 0:
        parts.append(f"{_rate(now)}/s")
    if now.remaining_seconds is not None:
        parts.append(f"{duration(now.remaining_seconds)} left")
    if now.failed:
        parts.append(f"{now.failed} failed")
    if now.current:
        parts.append(printable(now.current))
    return f"{now.phase.capitalize()}: {', '.join(parts)}"


def columns(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Rows of equal length with their columns aligned; the last column is not padded."""
    table = list(rows)
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]) - 1)] if table else []
    for row in table:
        cells = [f"{cell:<{width}}" for cell, width in zip(row[:-1], widths, strict=True)]
        yield "  ".join([*cells, row[-1]]).rstrip()


def size(number_of_bytes: int) -> str:
    """A number of bytes in decimal units, as file managers show it."""
    amount = float(number_of_bytes)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"


def duration(seconds: float) -> str:
    """A time in words: "3.2 s", "4 min 10 s" or "2 h 5 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s" if seconds >= 10 else f"{seconds:.1f} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _amount(number: int, unit: str) -> str:
    return size(number) if unit == "bytes" else str(number)


def _rate(now: Snapshot) -> str:
    if now.unit == "bytes":
        return size(round(now.rate))
    return f"{now.rate:.0f}" if now.rate >= 10 else f"{now.rate:.1f}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
