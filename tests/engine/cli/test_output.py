from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from engine.cli import output as form
from engine.models.specs import get_spec
from engine.progress import Snapshot
from engine.records import (
    DocumentHits,
    Evaluation,
    Explanation,
    FolderStatus,
    HeatMap,
    Hit,
    IndexReport,
    ItemKind,
    LibraryStatus,
    MatchedWord,
    ModelStatus,
    SearchResults,
    Verdict,
)

HIT = Hit(
    rank=1,
    item=7,
    path=Path("/pictures/report.pdf"),
    page=3,
    kind=ItemKind.PAGE,
    score=0.41,
    verdict=Verdict.STRONG,
    width=595,
    height=842,
    available=True,
    copies=0,
)
WHY = Explanation(
    (MatchedWord("Bread.", (0.1, 0.2, 0.3, 0.25), "bread", 1.0),),
    (HeatMap("bread", ((0.0, 1.0), (0.5, 0.25))),),
)
STATUS = LibraryStatus(
    folders=(FolderStatus(Path("/pictures"), ("*.tmp",), available=False, files=2, items=3, failed=1),),
    files=2,
    copies=1,
    items=3,
    photos=1,
    pages=2,
    failed=1,
    missing=0,
    pending=0,
    unread=4,
    model="starter",
    page_model="words",
    library_bytes=12_345_678,
)


def results(*hits: Hit, verdict: Verdict = Verdict.STRONG) -> SearchResults:
    return SearchResults(hits=hits, verdict=verdict, model="starter")


def test_a_hit_has_exactly_the_keys_of_the_contract() -> None:
    assert json.loads(form.as_json(form.hit_object(HIT, WHY))) == {
        "rank": 1,
        "path": "/pictures/report.pdf",
        "page": 3,
        "kind": "page",
        "score": 0.41,
        "verdict": "strong",
        "document": None,
        "why": {
            "words": [{"text": "Bread.", "box": [0.1, 0.2, 0.3, 0.25], "query_word": "bread", "score": 1.0}],
            "grids": [{"query_word": "bread", "cells": [[0.0, 1.0], [0.5, 0.25]]}],
        },
    }


def of_document(*matching: int) -> Hit:
    further = tuple(replace(HIT, page=page) for page in matching[1:4])
    return replace(HIT, document=DocumentHits("Report", 40, matching, further))


def test_a_hit_that_stands_for_its_document_names_all_pages_that_match() -> None:
    assert form.hit_object(of_document(3, 9, 1), Explanation())["document"] == {
        "path": "/pictures/report.pdf",
        "title": "Report",
        "length": 40,
        "pages": [3, 9, 1],
    }


@pytest.mark.parametrize(
    ("matching", "told"),
    [
        ((3, 9), "also on page 9"),
        ((3, 9, 1, 7), "also on pages 9, 1 and 7"),
        ((3, 9, 1, 7, 8, 2), "also on pages 9, 1 and 7, and on 2 more"),
    ],
)
def test_further_pages_are_told_in_a_line(matching: tuple[int, ...], told: str) -> None:
    _, line = form.hit_lines(results(of_document(*matching)))
    assert line.strip() == told


def test_a_document_that_matches_once_has_no_line_of_pages() -> None:
    assert len(list(form.hit_lines(results(of_document(3))))) == 1


def test_a_hit_that_cannot_be_explained_says_nothing() -> None:
    assert form.hit_object(HIT, Explanation())["why"] is None


def test_a_hit_that_was_found_by_its_meaning_says_so() -> None:
    why = form.hit_object(HIT, Explanation(by_meaning=True))["why"]
    assert why == {"words": [], "grids": [], "by_meaning": True}


def test_the_page_of_a_photograph_is_null() -> None:
    assert '"page": null' in form.as_json(
        form.hit_object(replace(HIT, page=None, kind=ItemKind.PHOTO), Explanation())
    )


def test_any_file_name_survives_json() -> None:
    name = b"/pictures/caf\xe9\n\x1b.jpg"
    line = form.as_json(form.hit_object(replace(HIT, path=Path(os.fsdecode(name))), Explanation()))
    assert line.isascii()
    assert len(line.splitlines()) == 1
    assert os.fsencode(json.loads(line)["path"]) == name


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("süß 猫.jpg", "süß 猫.jpg"),
        ("a\nb", "a\\nb"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\udce9", "\\udce9"),
        ("gpj.\u202eexe", "gpj.\\u202eexe"),
    ],
)
def test_nothing_in_a_name_can_move_the_cursor(text: str, shown: str) -> None:
    assert form.printable(text) == shown


def test_hits_are_aligned_and_say_what_matters() -> None:
    photo = replace(HIT, rank=10, page=None, verdict=Verdict.WEAK, available=False, copies=2)
    weak = replace(HIT, snippet="some  words\naround", verdict=Verdict.NONE)
    padding = [replace(HIT, rank=number) for number in range(2, 10)]
    lines = list(form.hit_lines(results(weak, *padding, photo)))
    assert lines[0] == " 1  -       /pictures/report.pdf  page 3"
    assert lines[1].strip() == "some words around"
    assert lines[-1] == "10  weak    /pictures/report.pdf  (not connected)  (and 2 copies)"


def test_no_real_match_is_said_plainly() -> None:
    weak = replace(HIT, verdict=Verdict.NONE)
    assert next(form.hit_lines(results(weak, verdict=Verdict.NONE))).startswith("Nothing here really matches")
    assert list(form.hit_lines(results(verdict=Verdict.NONE))) == []


def test_the_status_has_exactly_the_keys_of_the_contract() -> None:
    assert form.status_object(STATUS) == {
        "folders": ["/pictures"],
        "files": 2,
        "copies": 1,
        "items": 3,
        "photos": 1,
        "pages": 2,
        "failed": 1,
        "missing": 0,
        "pending": 0,
        "unread": 4,
        "model": "starter",
        "page_model": "words",
        "library_bytes": 12_345_678,
        "unembedded": 0,
        "meaning_problem": "",
    }


def test_the_status_says_how_far_the_meaning_of_texts_is_known() -> None:
    def told(status: LibraryStatus) -> str:
        lines = form.status_lines(status, Path("/library"))
        return (
            next(line for line in lines if line.startswith("By meaning")).removeprefix("By meaning").strip()
        )

    assert told(STATUS) == "all texts"
    assert told(replace(STATUS, unembedded=1)) == "1 text still to be taken in"
    missing = replace(STATUS, unembedded=1, meaning_problem="A file is missing. Install the program again.")
    assert told(missing) == (
        "texts are found by their words alone: A file is missing. Install the program again."
    )


def test_a_library_that_is_still_to_be_indexed_is_not_called_empty() -> None:
    assert (
        form.nothing_yet(replace(STATUS, pending=3)) == "Nothing has been indexed yet: 3 files are waiting."
    )
    assert form.nothing_yet(STATUS) == (
        "Nothing is indexed of the library's 1 folder. Look again with: findling index"
    )
    assert "The library is empty." in form.nothing_yet(replace(STATUS, folders=()))


def test_a_long_snippet_is_cut_with_a_sign() -> None:
    (_, snippet) = form.hit_lines(results(replace(HIT, snippet="word " * 100)))
    assert snippet.endswith(("word…", "wo…"))
    assert len(snippet.strip()) <= form.SNIPPET_LENGTH


def test_the_status_tells_a_person_what_to_know() -> None:
    text = "\n".join(form.status_lines(STATUS, Path("/library")))
    for part in (
        "/library (12 MB)",
        "1 photograph and 2 pages",
        "2 (1 is a copy)",
        "1 file (see --failed)",
    ):
        assert part in text
    assert "2 files, 3 photographs and pages searchable, 1 failed, without *.tmp, not connected" in text
    there = replace(STATUS.folders[0], available=True, unplugged=(Path("/pictures/nas"),))
    text = "\n".join(form.status_lines(replace(STATUS, folders=(there,)), Path("/library")))
    assert "without *.tmp, not connected: /pictures/nas" in text
    assert "No folders yet" in "\n".join(form.status_lines(replace(STATUS, folders=()), Path("/library")))


def test_the_report_counts_and_points_at_failures() -> None:
    line = form.report_line(IndexReport(files_seen=3, files_new=2, embedded=1, failed=1, seconds=2.5))
    assert line == (
        "Done in 2.5 s: 3 files seen, 2 new, 1 picture or page indexed, "
        "1 failed (see: findling status --failed)."
    )
    assert "--failed" not in form.report_line(IndexReport())


@pytest.mark.parametrize(
    ("others", "shown"),
    [
        (0, "3 files seen, "),
        (1, "3 files seen (1 other is neither picture nor document), "),
        (2, "3 files seen (2 others are neither picture nor document), "),
    ],
)
def test_the_report_says_what_was_passed_over(others: int, shown: str) -> None:
    assert shown in form.report_line(IndexReport(files_seen=3, files_other=others))


def test_an_evaluation_has_exactly_the_keys_of_the_contract() -> None:
    evaluation = Evaluation(4, 0.25, 0.5, 0.75, 0.4, 0.3, 12.0, 20.0)
    assert form.evaluation_object(evaluation) == {
        "queries": 4,
        "R@1": 0.25,
        "R@5": 0.5,
        "R@10": 0.75,
        "nDCG@5": 0.4,
        "mAP": 0.3,
        "p50_ms": 12.0,
        "p95_ms": 20.0,
    }
    assert len(set(map(len, form.evaluation_lines(evaluation)))) == 1


def test_models_are_listed_with_their_state() -> None:
    starter = ModelStatus(
        "starter", "Starter", True, True, False, "MIT", "English", 0, 256, "a start", "here"
    )
    better = replace(starter, name="vit", active=False, pending=True, download_bytes=600_000_000)
    absent = replace(better, name="big", pending=False, installed=False)
    header, *lines = form.model_lines([starter, better, absent, replace(absent, installed=True)])
    assert header.split()[:2] == ["NAME", "FINDS"]
    assert [line.split()[2] for line in lines] == ["answers", "chosen", "-", "installed"]
    assert "600 MB" in lines[1]
    assert form.model_object(starter)["licence"] == "MIT"
    (_, line) = form.model_lines([replace(starter, pending=True)])
    assert line.split("  ")[2] == "answers (earlier revision)"


def test_choosing_a_model_says_when_it_answers() -> None:
    model = ModelStatus("vit", "ViT", True, True, False, "MIT", "English", 0, 256, "a start", "here")
    assert form.chosen_line(model, "findling index") == "vit answers now."
    waiting = form.chosen_line(replace(model, active=False, pending=True), "findling index")
    assert waiting == "vit answers as soon as the index is complete. Run: findling index"
    renewed = form.chosen_line(replace(model, pending=True), "findling index")
    assert renewed == (
        "The earlier revision of vit answers until the index of the new one is complete. Run: findling index"
    )


def test_the_better_model_for_other_languages_is_there_to_be_had() -> None:
    spec = get_spec("siglip2-base")
    sentence = form.foreign_question("German")
    assert sentence.startswith("This looks like German. ")
    assert sentence.endswith(f"findling models get {spec.name}")
    assert f"was trained on {spec.languages.partition(',')[0]}:" in sentence
    assert "SigLIP 2" in sentence
    assert spec.title.startswith("SigLIP 2")


@pytest.mark.parametrize(
    ("snapshot", "line"),
    [
        (Snapshot(), "Waiting: 0 items"),
        (
            Snapshot("reading", "files", 200, 40, 2, "a\nb.jpg", 12.34, 75.0),
            "Reading: 42 of 200 files, 12/s, 1 min 15 s left, 2 failed, a\\nb.jpg",
        ),
        (
            Snapshot("downloading", "bytes", 4_000_000, 1_500_000, 0, "", 2_500_000.0, 1.0),
            "Downloading: 1.5 MB of 4.0 MB, 2.5 MB/s, 1.0 s left",
        ),
    ],
)
def test_progress_fits_on_one_line(snapshot: Snapshot, line: str) -> None:
    assert form.progress_line(snapshot) == line


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0, "0 bytes"), (999, "999 bytes"), (1_000, "1.0 kB"), (25_000, "25 kB"), (3_200_000_000_000, "3.2 TB")],
)
def test_sizes_are_short(number: int, shown: str) -> None:
    assert form.size(number) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.04, "0.0 s"), (12.3, "12 s"), (59.9, "1 min 0 s"), (7_260, "2 h 1 min")]
)
def test_durations_are_short(seconds: float, shown: str) -> None:
    assert form.duration(seconds) == shown


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert list(form.columns([("a", "b"), ("long", "c")])) == ["a     b", "long  c"]
    assert list(form.columns([])) == []
