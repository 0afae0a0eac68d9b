"""The command line's contract, by running it: keys, exit statuses, and a sentence for what goes wrong."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from PIL import Image

from engine import __version__, samples
from engine.cli import main
from engine.library import CATALOGUE_FILE, Library
from engine.library.write_lock import LOCK_FILE
from tests.command_line import Here, Outcome, findling
from tests.permissions import without_privileges

PROJECT = Path(__file__).resolve().parent.parent
SEARCH_KEYS = ["rank", "path", "page", "kind", "score", "verdict", "document", "why"]
STATUS_KEYS = [
    *("folders", "files", "copies", "items", "photos", "pages", "failed", "missing", "pending", "unread"),
    *("model", "page_model", "library_bytes", "unembedded", "meaning_problem"),
]
EVALUATE_KEYS = ["queries", "R@1", "R@5", "R@10", "nDCG@5", "mAP", "p50_ms", "p95_ms"]


@dataclass(frozen=True, slots=True)
class Indexed:
    library: Path
    pictures: Path
    outcome: Outcome

    def file(self, name: str) -> Path:
        (found,) = self.pictures.rglob(name)
        return found


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Indexed:
    """The sample pictures, one copy with a name that is no text, and a picture that is none."""
    root = tmp_path_factory.mktemp("indexed")
    pictures = root / "pictures"
    samples.write_samples(pictures)
    shutil.copy(
        pictures / "photographs" / "coffee.png", os.fsdecode(bytes(pictures / "caf\xe9") + b"\xe9.png")
    )
    (pictures / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 and then nothing")
    outcome = findling("index", pictures, "--library", root / "library")
    return Indexed(root / "library", pictures.resolve(), outcome)


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str], indexed: Indexed) -> Here:
    return Here(capsys, indexed.library)


@pytest.fixture
def new_library(tmp_path: Path) -> Path:
    """Where no library is yet."""
    return tmp_path / "library"


@pytest.fixture
def empty_library(tmp_path: Path) -> Path:
    Library.open(tmp_path / "empty").close()
    return tmp_path / "empty"


# ---- what is promised --------------------------------------------------------------------------------


def test_it_says_its_version(here: Here) -> None:
    done = here("--version")
    assert (done.status, done.output) == (0, f"findling {__version__}\n")


def test_index_does_what_it_can_and_says_what_it_did(indexed: Indexed) -> None:
    assert indexed.outcome.status == 0
    assert "1 failed (see: findling status --failed)" in indexed.outcome.output
    assert "findling: " not in indexed.outcome.errors


def test_search_prints_one_object_a_line(indexed: Indexed) -> None:
    found = findling("search", "bread", "--json", "--library", indexed.library)
    assert (found.status, found.errors) == (0, "")
    objects = found.objects()
    assert all(list(hit) == SEARCH_KEYS for hit in objects)
    assert [hit["rank"] for hit in objects] == list(range(1, len(objects) + 1))
    for hit in objects:
        assert Path(str(hit["path"])).is_absolute()
        assert hit["kind"] == ("photo" if hit["page"] is None else "page")
        assert hit["verdict"] in ("strong", "weak", "none")
    assert {hit["kind"] for hit in objects} == {"photo", "page"}


def test_a_page_is_found_by_its_words(here: Here, indexed: Indexed) -> None:
    first, *_ = here("search", "apple cake cinnamon", "--in", "pages", "--json").objects()
    assert (first["path"], first["page"]) == (str(indexed.file("family-recipes.pdf")), 3)


def test_a_photograph_is_found_by_a_picture(here: Here, indexed: Indexed) -> None:
    rocket = indexed.file("rocket.jpg")
    first, *_ = here("search", "--like", rocket, "--in", "photos", "--json").objects()
    assert (first["path"], first["page"]) == (str(rocket), None)


def test_a_question_that_the_built_in_model_does_not_understand_is_answered_with_a_hint(here: Here) -> None:
    question = "une tasse de café sur la table"
    hint = (
        "This looks like French. The built-in model understands English only; "
        "SigLIP 2 was trained on 109 languages: findling models get siglip2-base"
    )
    found = here("search", question, "--in", "photos")
    assert found.status == 0
    assert found.output
    assert found.errors.splitlines().count(hint) == 1
    objects = here("search", question, "--in", "photos", "--json")
    assert hint in objects.errors.splitlines()
    assert all(list(hit) == SEARCH_KEYS for hit in objects.objects())
    assert here("search", question, "--in", "photos", "--quiet").errors == ""
    assert hint not in here("search", question, "--in", "pages").errors
    assert hint not in here("search", "a cup of coffee on the table").errors


def test_the_scope_and_the_limit_are_kept(here: Here) -> None:
    assert {hit["kind"] for hit in here("search", "bread", "--in", "photos", "--json").objects()} == {"photo"}
    assert len(here("search", "bread", "--limit", "2", "--json").objects()) == 2


def test_a_page_with_what_is_taken_away_is_not_shown(here: Here) -> None:
    def pages(*arguments: str) -> set[object]:
        found = here(
            "search", "recipe for soup or cake", "--in", "pages", "--json", "--flat", *arguments
        ).objects()
        return {hit["page"] for hit in found if str(hit["path"]).endswith("family-recipes.pdf")}

    assert {2, 3} <= pages()
    assert 2 not in pages("--not", "onions")


def test_why_holds_the_words_with_their_boxes(here: Here) -> None:
    first, *_ = here("search", "apple cake cinnamon", "--in", "pages", "--json").objects()
    why = first["why"]
    assert isinstance(why, dict)
    assert list(why) == ["words", "grids"]
    assert {"apple", "cake", "cinnamon"} <= {word["query_word"] for word in why["words"]}
    for word in why["words"]:
        assert list(word) == ["text", "box", "query_word", "score"]
        left, top, right, bottom = word["box"]
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1
        assert 0 < word["score"] <= 1


def test_a_photograph_that_is_found_by_its_look_has_no_why(here: Here, indexed: Indexed) -> None:
    first, *_ = here("search", "--like", indexed.file("rocket.jpg"), "--in", "photos", "--json").objects()
    assert first["why"] is None


def test_explain_writes_the_first_hit_with_its_reasons_drawn_on_it(here: Here, tmp_path: Path) -> None:
    question = ("search", "apple cake cinnamon", "--in", "pages")
    shown = here(*question, "--explain", tmp_path / "why.PNG")
    assert (shown.status, shown.errors) == (0, here(*question).errors)
    with Image.open(tmp_path / "why.PNG") as picture:
        assert picture.format == "PNG"
        assert max(picture.size) >= 1600
    assert here("search", "rocket", "--in", "photos", "--explain", tmp_path / "photo.png").status == 0
    with Image.open(tmp_path / "photo.png") as photo:
        assert photo.format == "PNG"


def test_explain_writes_nothing_where_nothing_was_found(
    here: Here, tmp_path: Path, empty_library: Path
) -> None:
    assert here("search", "dog", "--explain", tmp_path / "why.png", library=empty_library).status == 0
    assert not (tmp_path / "why.png").exists()


def test_options_of_every_command_stand_before_or_after_it(here: Here, empty_library: Path) -> None:
    before = here("--quiet", "status", "--json")
    after = here("status", "--json", "--quiet")
    assert before == after
    moved = here("status", "--json", "--library", empty_library).objects()
    assert moved[0]["files"] == 0


def test_a_person_sees_ranks_verdicts_and_pages(here: Here, indexed: Indexed) -> None:
    shown = here("search", "apple", "cake", "--in", "pages").output.splitlines()
    (line,) = [line for line in shown if line.lstrip().startswith("1 ")]
    assert line.endswith(f"{indexed.file('family-recipes.pdf')}  page 3")


def test_a_name_that_is_no_text_comes_out_whole_in_json_and_escaped_for_a_person(indexed: Indexed) -> None:
    name = next(name for name in os.listdir(bytes(indexed.pictures)) if b"\xe9" in name)  # noqa: PTH208 - bytes
    cup = indexed.file("coffee.png")
    options = ("--library", str(indexed.library), "--in", "photos")
    told = {
        os.fsencode(str(hit["path"]))
        for hit in findling("search", "--like", cup, "--json", *options).objects()
    }
    copies = {bytes(cup), bytes(indexed.pictures) + b"/" + name}
    assert told & copies
    shown = findling("search", "--like", cup, *options)
    assert shown.status == 0
    shown.output.encode("utf-8")


def test_status_has_the_keys_of_the_contract(here: Here, indexed: Indexed) -> None:
    (status,) = here("status", "--json").objects()
    assert list(status) == STATUS_KEYS
    assert status["folders"] == [str(indexed.pictures)]
    pages = sum(len(pages) for pages in samples.DOCUMENTS.values())
    assert (status["pages"], status["failed"], status["pending"], status["missing"]) == (pages, 1, 0, 0)
    assert isinstance(status["library_bytes"], int)


def test_status_lists_the_failed_with_a_sentence(here: Here, indexed: Indexed) -> None:
    (failed,) = here("status", "--failed", "--json").objects()
    assert list(failed) == ["path", "kind", "message"]
    assert failed["path"] == str(indexed.pictures / "broken.jpg")
    assert str(failed["message"]).endswith(".")
    assert str(failed["message"]) in here("status", "--failed").output


def test_status_speaks_to_a_person_too(here: Here, indexed: Indexed) -> None:
    shown = here("status").output
    assert str(indexed.pictures) in shown
    assert "1 file (see --failed)" in shown


def test_indexing_again_finds_nothing_new(here: Here) -> None:
    assert " 0 new, 0 pictures and pages indexed" in here("index").output


def test_a_folder_within_a_known_one_is_fine(here: Here, indexed: Indexed) -> None:
    done = here("index", indexed.pictures / "photographs")
    assert (done.status, done.errors) == (0, "")


def test_quiet_leaves_results_and_errors_only(here: Here, tmp_path: Path, empty_library: Path) -> None:
    assert here("index", "--quiet") == Outcome(0, "", "")
    assert here("search", "x", "--quiet", "--json", library=empty_library) == Outcome(0, "", "")
    assert here("index", tmp_path / "nowhere", "--quiet").errors != ""


def test_models_are_listed_and_chosen(here: Here) -> None:
    models = here("models", "--json").objects()
    active, words = [model for model in models if model["active"]]
    assert (active["kind"], words["kind"], words["name"]) == ("pictures", "pages", "words")
    assert {"name", "licence", "download_bytes", "dimension", "installed"} <= set(active)
    assert str(active["name"]) in here("models").output
    assert here("models", "use", str(active["name"])).status == 0
    assert here("models", "use", "words").status == 0


def test_evaluate_has_the_keys_of_the_contract(here: Here, indexed: Indexed, tmp_path: Path) -> None:
    recipes = str(indexed.file("family-recipes.pdf"))
    queries = tmp_path / "queries.jsonl"
    lines = [
        {"text": "sourdough bread", "relevant": [{"path": recipes, "page": 1}]},
        {"like": str(indexed.file("chelsea.png")), "relevant": [{"path": str(indexed.file("chelsea.png"))}]},
    ]
    queries.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    (measured,) = here("evaluate", queries, "--json").objects()
    assert list(measured) == EVALUATE_KEYS
    assert measured["queries"] == 2
    assert measured["R@10"] == 1.0
    shown = here("evaluate", queries).output
    assert [line.split()[0] for line in shown.splitlines()] == EVALUATE_KEYS


def test_an_empty_library_says_so(here: Here, empty_library: Path) -> None:
    found = here("search", "dog", library=empty_library)
    assert (found.status, found.output) == (0, "")
    assert found.errors == "The library is empty. Add a folder with: findling index FOLDER\n"


@pytest.mark.slow
def test_the_demonstration_answers_on_sample_pictures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["demo", "--quiet"]) == 0
    _, *answers = capsys.readouterr().out.split('\n"')
    first = {answer.partition('"')[0]: answer.splitlines()[1] for answer in answers}
    right = {
        "a cat": "photographs/chelsea.png",
        "a man with a camera": "photographs/camera.png",
        "a cup of coffee": "photographs/coffee.png",
        "a rocket taking off": "photographs/rocket.jpg",
        "bicycle repair": "documents/bicycle-invoice.pdf",
        "sourdough bread": "documents/family-recipes.pdf",
    }
    assert set(first) == set(right)
    assert {query: first[query] for query, file in right.items() if file not in first[query]} == {}
    assert not any(answer.split()[1] == "-" for answer in first.values())  # each is said to match


# ---- what goes wrong ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("search",),
        ("search", "  "),
        ("search", "--not", "dog"),
        ("search", "dog", "--limit", "0"),
        ("search", "dog", "--limit", "many"),
        ("search", "dog", "--in", "sky"),
        ("search", "dog", "--jsn"),
        ("search", "dog", "--explain", "why.jpg"),
        ("search", "dog", "--explain", ""),
        ("index", "--exclude", "*.tmp"),
        ("index", ""),
        ("models", "add", "x"),
        ("evaluate",),
        ("index", "~nosuchuser/pictures"),
        ("search", "--like", "~nosuchuser/cat.jpg"),
        ("evaluate", "~nosuchuser/questions"),
        ("models", "add", "x", "--from", "~nosuchuser/model"),
        ("--library", "~nosuchuser/library", "status"),
        ("serch", "dog"),
        (),
    ],
)
def test_wrong_usage_is_one_sentence_and_status_2(arguments: tuple[str, ...], here: Here) -> None:
    outcome = here(*arguments)
    assert outcome.status == 2
    assert "--help" in outcome.sentence()


def test_a_missing_folder(new_library: Path, tmp_path: Path) -> None:
    outcome = findling("index", tmp_path / "nowhere", "--library", new_library)
    assert outcome.status == 1
    assert str(tmp_path / "nowhere") in outcome.sentence()


def test_a_file_where_a_folder_should_be(here: Here, new_library: Path) -> None:
    outcome = here("index", __file__, library=new_library)
    assert outcome.status == 1
    assert "not a folder" in outcome.sentence()


def test_an_unreadable_folder(locked_folder: Path, new_library: Path) -> None:
    outcome = findling("index", locked_folder, "--library", new_library, prefix=without_privileges())
    assert outcome.status == 1
    assert "cannot be read" in outcome.sentence()


def test_no_folder_at_all(here: Here, empty_library: Path) -> None:
    for command in ("index", "watch"):
        outcome = here(command, library=empty_library)
        assert outcome.status == 1
        assert "index FOLDER" in outcome.sentence()


def test_an_unknown_model(here: Here) -> None:
    for arguments in (
        ("models", "use", "nonesuch"),
        ("models", "get", "nonesuch"),
        ("--model", "nonesuch", "status"),
    ):
        outcome = here(*arguments)
        assert outcome.status == 1
        assert "nonesuch" in outcome.sentence()


def test_a_picture_that_is_none(here: Here, indexed: Indexed, tmp_path: Path) -> None:
    for picture in (indexed.pictures / "broken.jpg", tmp_path / "nowhere.jpg", tmp_path):
        for words in ((), ("bread",)):  # which pages hold: they are no answer to the whole question
            outcome = here("search", *words, "--like", picture)
            assert outcome.status == 1
            assert picture.name in outcome.sentence()


def test_questions_that_cannot_be_read(here: Here, tmp_path: Path) -> None:
    for name, content in (("text", b"no json\n"), ("bytes", b"\xff\xfe\x00"), ("empty-object", b"{}\n")):
        (tmp_path / name).write_bytes(content)
        assert here("evaluate", tmp_path / name).status == 1
    assert str(tmp_path / "nowhere") in here("evaluate", tmp_path / "nowhere").sentence()
    assert str(tmp_path) in here("evaluate", tmp_path).sentence()


def test_a_library_of_a_newer_version_is_left_alone(here: Here, empty_library: Path) -> None:
    with sqlite3.connect(empty_library / CATALOGUE_FILE) as connection:
        connection.execute("PRAGMA user_version = 1000")
    connection.close()
    outcome = here("search", "dog", library=empty_library)
    assert outcome.status == 1
    assert "newer" in outcome.sentence()
    with sqlite3.connect(empty_library / CATALOGUE_FILE) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1000,)
    connection.close()


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",),
        ("status", "--failed", "--json"),
        ("search", "dog"),
        ("watch",),
        ("index",),
        ("models",),
        ("models", "use", "words"),
        ("evaluate", __file__),
    ],
)
def test_a_library_that_is_only_asked_is_never_made(
    arguments: tuple[str, ...], here: Here, new_library: Path
) -> None:
    outcome = here(*arguments, library=new_library)
    assert outcome.status == 1
    assert f"There is no library at {new_library}." in outcome.sentence()
    assert not new_library.exists()


def test_a_mistyped_folder_makes_no_library_and_adds_no_other_folder(
    here: Here, new_library: Path, tmp_path: Path
) -> None:
    (tmp_path / "pictures").mkdir()
    outcome = here("index", tmp_path / "pictures", tmp_path / "picures", library=new_library)
    assert outcome.status == 1
    assert str(tmp_path / "picures") in outcome.sentence()
    assert not new_library.exists()


def test_the_usual_library_is_there_from_the_first_question_on() -> None:
    found = findling("search", "dog")
    assert (found.status, found.output) == (0, "")
    assert found.errors == "The library is empty. Add a folder with: findling index FOLDER\n"


def test_a_library_that_is_none(here: Here, tmp_path: Path) -> None:
    (tmp_path / CATALOGUE_FILE).write_bytes(b"something else entirely" * 100)
    (tmp_path / "file").write_text("not a folder")
    for library in (tmp_path, tmp_path / "file"):
        outcome = here("status", library=library)
        assert outcome.status == 1
        assert str(tmp_path) in outcome.sentence()


def test_a_library_in_use_by_another_process(indexed: Indexed, here: Here) -> None:
    with FileLock(indexed.library / LOCK_FILE):
        outcome = findling("index", "--library", indexed.library)
        assert outcome.status == 1
        assert "another" in outcome.sentence()
        assert here("search", "cat", "--json").status == 0
    assert here("index").status == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", place], check=False)
    if mounted.returncode != 0:
        pytest.skip("this machine does not let one mount a small disk")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.mark.slow
def test_a_full_disk_costs_nothing_that_was_done(small_disk: Path, tmp_path: Path, here: Here) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for number in range(100):  # their thumbnails alone are more than the disk holds
        noise = Image.effect_noise((320, 320), 80 + number % 40).convert("RGB")
        noise.save(pictures / f"{number}.jpg", quality=60)
    outcome = findling("index", pictures, "--quiet", "--library", small_disk / "library")
    assert outcome.status == 1
    assert "full" in outcome.sentence() or "room" in outcome.sentence()
    (status,) = here("status", "--json", library=small_disk / "library").objects()
    assert status["failed"] == 0

    subprocess.run(["mount", "-o", "remount,size=200m", small_disk], check=True)
    assert here("index", library=small_disk / "library").status == 0
    (status,) = here("status", "--json", library=small_disk / "library").objects()
    assert (status["photos"], status["pending"], status["failed"]) == (100, 0, 0)


def explained(here: Here, file: Path) -> str:
    """What is said about a file that no explanation can be written to."""
    outcome = here("search", "bread", "--quiet", "--explain", file)
    assert outcome.status == 1
    (line,) = outcome.errors.splitlines()
    assert str(file) in line
    return line


def test_explain_never_writes_over_a_file(here: Here, tmp_path: Path) -> None:
    mine = tmp_path / "mine.png"
    mine.write_bytes(b"a picture of mine")
    (tmp_path / "link.png").symlink_to(tmp_path / "nowhere.png")
    (tmp_path / "folder.png").mkdir()
    for file in (mine, tmp_path / "link.png", tmp_path / "folder.png"):
        assert "exists already" in explained(here, file)
    assert mine.read_bytes() == b"a picture of mine"
    assert not (tmp_path / "nowhere.png").exists()


def test_an_explanation_that_cannot_be_written(here: Here, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for file in (
        tmp_path / "nowhere" / "why.png",
        tmp_path / "file" / "why.png",
        tmp_path / f"{'long' * 100}.png",
    ):
        assert "could not be written" in explained(here, file)


def test_an_explanation_on_a_full_disk_leaves_no_piece_behind(here: Here, small_disk: Path) -> None:
    (small_disk / "filling").write_bytes(bytes((2 << 20) - (16 << 10)))
    assert "No space left" in explained(here, small_disk / "why.png")
    assert [file.name for file in small_disk.iterdir()] == ["filling"]


def test_a_reader_that_leaves_early_is_no_fault(indexed: Indexed) -> None:
    program = subprocess.Popen(
        [sys.executable, PROJECT / "main.py", "search", "bread", "--json", "--library", indexed.library],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert program.stdout is not None
    program.stdout.close()
    _, errors = program.communicate()
    assert (program.returncode, errors) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_output_that_cannot_be_written(indexed: Indexed) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, PROJECT / "main.py", "status", "--library", indexed.library],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "findling: The output could not be written: No space left on device.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="a shell closes the streams")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_fault(closed: str, indexed: Indexed, tmp_path: Path) -> None:
    command = ("sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, str(PROJECT / "main.py"))
    status = subprocess.run(
        [*command, "status", "--library", indexed.library], capture_output=True, check=False
    )
    assert (status.returncode, status.stderr) == (0, b"")
    assert (status.stdout == b"") == (">&-" in closed.replace("2>&-", ""))
    picture = tmp_path / "picture.png"  # read in a process of its own, which inherits the streams
    Image.new("RGB", (40, 40), "red").save(picture)
    found = subprocess.run(
        [*command, "search", "--like", picture, "--library", indexed.library],
        capture_output=True,
        check=False,
    )
    assert (found.returncode, found.stderr) == (0, b"")


def test_a_library_that_the_environment_misnames_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINDLING_LIBRARY", "~nosuchuser/library")
    outcome = findling("status")
    assert outcome.status == 1
    assert "~nosuchuser/library" in outcome.sentence()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_watch_keeps_what_is_done(
    number: signal.Signals, status: int, indexed: Indexed
) -> None:
    before = signal.signal(
        signal.SIGINT, signal.SIG_DFL
    )  # a runner in the background ignores it, and hands that on
    try:
        program = subprocess.Popen(
            [sys.executable, PROJECT / "main.py", "watch", "--library", indexed.library],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)
    assert program.stderr is not None
    assert program.stderr.readline().startswith("Keeping the index current")
    program.send_signal(number)
    output, errors = program.communicate()
    assert (program.returncode, output) == (status, "")
    assert errors == "Stopped; what is done is kept.\n"


class Panic(BaseException):
    """As Rust's panics come to Python."""


@pytest.mark.parametrize("kind", [RuntimeError, Panic])
def test_a_bug_leaves_a_sentence_here_and_its_trace_in_the_log(
    here: Here, empty_library: Path, monkeypatch: pytest.MonkeyPatch, kind: type[BaseException]
) -> None:
    def fail(_library: Library) -> None:
        raise kind("planted")

    monkeypatch.setattr(Library, "status", fail)
    outcome = here("status", library=empty_library)
    assert outcome.status == 1
    log = empty_library / "findling.log"
    assert outcome.sentence() == f"Something went wrong inside Findling; the details are in {log}."
    assert f"{kind.__name__}: planted" in log.read_text("utf-8")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="a display is always there")
def test_without_a_display_the_window_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM")
    for arguments in ((), ("--library", "anywhere"), ("--library=anywhere",)):
        outcome = findling(*arguments)
        assert outcome.status == 1
        assert "No display" in outcome.sentence()
    outcome = findling("--library", "~nosuchuser/library")
    assert outcome.status == 2
    assert "home folder" in outcome.sentence()
