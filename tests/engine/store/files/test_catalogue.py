"""Files come, change, move, go and come back; what they hold is kept as long as it can be of use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.errors import FileProblem, ProblemKind
from engine.records import FoundFile, ModelIdentity
from engine.store.files.scan_marks import ScanMarks
from tests.engine.store.conftest import Store


def test_a_new_file_waits_to_be_read(store: Store) -> None:
    store.scan(("a.jpg", 10))
    assert [file.path.name for file in store.catalogue.unread_files()] == ["a.jpg"]
    assert store.catalogue.unread_count() == 1


def test_an_unchanged_file_is_not_read_again(store: Store) -> None:
    store.scan(("a.jpg", 10))
    store.read("a.jpg", b"hash a")
    store.scan(("a.jpg", 10))
    assert store.catalogue.unread_count() == 0


def test_a_scan_that_finds_all_as_it_was_writes_nothing(store: Store) -> None:
    files = [(f"{number}.jpg", 10) for number in range(300)]
    store.scan(*files)
    store.read("0.jpg", b"hash of 0")
    store.empty_log()
    store.scan(*files)
    assert store.log_bytes() == 0
    store.scan(*files[1:])
    assert store.log_bytes() > 0


def test_what_one_folder_holds_is_told_from_what_another_does(store: Store) -> None:
    store.scan(("a.jpg", 10), ("b.jpg", 10))
    store.catalogue.add_folder(Path("/copies"), ())
    copies, pictures = store.catalogue.folders()
    seen = ScanMarks()
    store.catalogue.record_found(copies, seen, [FoundFile(Path("/copies/c.jpg"), 10, 1)])
    assert store.catalogue.end_scan(copies, seen, 7, (), lambda _: False) == 0
    store.catalogue.record_found(pictures, seen, [FoundFile(Path("/pictures/b.jpg"), 10, 1)])
    assert store.catalogue.end_scan(pictures, seen, 7, (), lambda _: False) == 1
    assert store.catalogue.missing_count() == 1


def test_a_changed_file_is_read_again(store: Store) -> None:
    store.scan(("a.jpg", 10))
    store.read("a.jpg", b"hash a")
    store.scan(("a.jpg", 11))
    assert store.catalogue.unread_count() == 1


def test_a_moved_file_keeps_its_items_and_is_not_missing(store: Store) -> None:
    store.scan(("a.jpg", 10))
    items = store.read("a.jpg", b"hash a")
    assert store.scan(("moved/a.jpg", 10)) == 1
    assert store.read("a.jpg", b"hash a") == items
    assert store.catalogue.tidy() == ()
    found = store.contents.stored_items(items)
    assert found[items[0]].paths == (Path("/pictures/moved/a.jpg"),)
    assert store.count("file") == 1


def test_a_missing_file_is_kept_but_not_found(store: Store) -> None:
    store.scan(("a.jpg", 10))
    items = store.read("a.jpg", b"hash a")
    assert store.scan() == 1
    store.catalogue.tidy()
    assert store.contents.stored_items(items) == {}
    store.scan(("a.jpg", 10))
    assert store.catalogue.unread_count() == 0
    assert set(store.contents.stored_items(items)) == set(items)


def test_a_scan_that_was_not_completed_marks_nothing_missing(store: Store) -> None:
    store.scan(("a.jpg", 10), ("b.jpg", 10))
    store.scan(("a.jpg", 10), missing_ok=False)
    with store.database.read() as db:
        assert db.execute("SELECT COUNT(*) FROM file WHERE missing_since NOTNULL").fetchone() == (0,)


def test_files_below_a_folder_that_could_not_be_read_are_not_missing(store: Store) -> None:
    store.scan(("shut/a.jpg", 10), ("open/b.jpg", 10), ("shutter.jpg", 10))
    (folder,) = store.catalogue.folders()
    seen = ScanMarks()
    gone = store.catalogue.end_scan(folder, seen, 7, [Path("/pictures/shut")], lambda _: False)
    assert gone == 2
    with store.database.read() as db:
        rows = db.execute("SELECT path FROM file WHERE missing_since IS NULL").fetchall()
    assert rows == [(b"/pictures/shut/a.jpg",)]


def test_files_excluded_since_are_forgotten_with_their_items(store: Store) -> None:
    store.scan(("a.jpg", 10))
    items = store.read("a.jpg", b"hash a")
    (folder,) = store.catalogue.folders()
    seen = ScanMarks()
    store.catalogue.end_scan(folder, seen, 7, (), lambda path: path.name == "a.jpg")
    assert store.catalogue.tidy() == items
    assert store.count("file") == store.count("item") == store.count("vector") == 0


def test_a_failed_file_is_tried_again_only_when_its_problem_was_not_its_content(store: Store) -> None:
    store.scan(("shut.jpg", 10), ("broken.jpg", 10))
    shut, broken = store.catalogue.unread_files()
    store.catalogue.fail_file(shut.path, FileProblem(ProblemKind.UNREADABLE, "No permission."))
    content = store.contents.attach(broken.id, b"hash of broken")
    store.contents.fail_content(content, FileProblem(ProblemKind.DAMAGED, "Cut short."))
    assert [(f.path.name, f.kind) for f in store.catalogue.failures()] == [
        ("broken.jpg", "damaged"),
        ("shut.jpg", "unreadable"),
    ]
    store.scan(("shut.jpg", 10), ("broken.jpg", 10))
    assert list(store.catalogue.unread_files()) == []
    assert store.catalogue.unreadable_files() == [shut.path]
    store.catalogue.try_again([shut.path])
    assert [file.path.name for file in store.catalogue.unread_files()] == ["shut.jpg"]
    assert list(store.contents.unfinished(store.model)) == []


def test_forgotten_failures_are_tried_again(store: Store) -> None:
    store.scan(("broken.jpg", 10))
    (broken,) = store.catalogue.unread_files()
    content = store.contents.attach(broken.id, b"hash")
    store.contents.fail_content(content, FileProblem(ProblemKind.TIMEOUT, "Too slow."))
    assert store.catalogue.forget_failures() == 1
    assert [lacking.content for lacking in store.contents.unfinished(store.model)] == [content]


def test_only_the_failures_of_named_files_are_forgotten(store: Store) -> None:
    store.scan(("shut.jpg", 10), ("closed.jpg", 10), ("slow.jpg", 10), ("late.jpg", 10))
    files = {file.path.name: file for file in store.catalogue.unread_files()}
    for name in ("shut.jpg", "closed.jpg"):
        store.catalogue.fail_file(files[name].path, FileProblem(ProblemKind.UNREADABLE, "No permission."))
    contents = {}
    for name in ("slow.jpg", "late.jpg"):
        contents[name] = store.contents.attach(files[name].id, name.encode())
        store.contents.fail_content(contents[name], FileProblem(ProblemKind.TIMEOUT, "Too slow."))
    wanted = [files["shut.jpg"].path, files["slow.jpg"].path, Path("/pictures/unknown.jpg")]
    assert store.catalogue.forget_failures(wanted) == 2
    assert [failed.path.name for failed in store.catalogue.failures()] == ["closed.jpg", "late.jpg"]
    lacking = [lacking.content for lacking in store.contents.unfinished(store.model)]
    assert lacking == [contents["slow.jpg"]]


def test_a_folder_below_a_known_one_is_that_folder(store: Store) -> None:
    store.catalogue.add_folder(Path("/pictures"), ["*.png"])
    store.catalogue.add_folder(Path("/pictures/2024"), ["raw"])
    (folder,) = store.catalogue.folders()
    assert folder.path == Path("/pictures")
    assert folder.excludes == ("*.png", "2024/raw", "2024/*/raw")


def test_a_folder_above_a_known_one_takes_its_files_over(store: Store) -> None:
    store.catalogue.add_folder(Path("/pictures/2024"), ())
    (below,) = store.catalogue.folders()
    seen = ScanMarks()
    store.catalogue.record_found(below, seen, [FoundFile(Path("/pictures/2024/a.jpg"), 1, 1)])
    store.catalogue.add_folder(Path("/pictures"), ())
    (folder,) = store.catalogue.folders()
    assert folder.path == Path("/pictures")
    assert store.count("file") == 1


def test_a_folder_that_is_taken_over_keeps_its_excludes(store: Store) -> None:
    store.catalogue.add_folder(Path("/pictures/2024"), ["private"])
    store.catalogue.add_folder(Path("/pictures"), ["*.png"])
    (folder,) = store.catalogue.folders()
    assert folder.excludes == ("*.png", "2024/private", "2024/*/private")


def test_a_hidden_folder_stands_for_itself(store: Store) -> None:
    store.catalogue.add_folder(Path("/home/.scans"), ())
    store.catalogue.add_folder(Path("/home"), ())
    store.catalogue.add_folder(Path("/home/.more"), ())
    assert [folder.path.name for folder in store.catalogue.folders()] == ["home", ".more", ".scans"]


def test_a_scan_of_a_folder_that_was_taken_over_meanwhile_writes_nothing(store: Store) -> None:
    store.catalogue.add_folder(Path("/pictures/2024"), ())
    (below,) = store.catalogue.folders()
    seen = ScanMarks()
    store.catalogue.add_folder(Path("/pictures"), ())
    found = [FoundFile(Path("/pictures/2024/a.jpg"), 1, 1)]
    assert store.catalogue.record_found(below, seen, found) is None
    assert store.catalogue.end_scan(below, seen, 7, (), lambda _: False) == 0
    assert store.count("file") == 0


def test_a_scan_by_other_excludes_than_the_folder_has_by_now_writes_nothing(store: Store) -> None:
    store.scan(("a.jpg", 10), ("b.jpg", 10))
    (folder,) = store.catalogue.folders()
    seen = ScanMarks()
    store.catalogue.set_excludes(folder.path, ["/private"])
    assert store.catalogue.record_found(folder, seen, [FoundFile(Path("/pictures/c.jpg"), 1, 1)]) is None
    assert store.catalogue.end_scan(folder, seen, 8, (), lambda path: path.name == "b.jpg") == 0
    assert (store.count("file"), store.catalogue.missing_count()) == (2, 0)
    assert store.catalogue.folders()[0].device == folder.device


def test_what_is_below_a_folder_is_forgotten_and_nothing_beside_it(store: Store) -> None:
    beside = {"b.jpg", "b-.jpg", "b0.jpg", "a/b/x.jpg", "c/x.jpg", "B/x.jpg", "b\udcff/x.jpg"}
    store.scan(*((name, 1) for name in (*beside, "b/x.jpg", "b/deep/x.jpg", "b/\udcff.jpg", "b/~.jpg")))
    store.catalogue.add_folder(Path("/pictures/b/.scans"), ())
    scans = next(folder for folder in store.catalogue.folders() if folder.path.name == ".scans")
    own = Path("/pictures/b/.scans/x.jpg")
    store.catalogue.record_found(scans, ScanMarks(), [FoundFile(own, 1, 1)])
    store.catalogue.forget_below(Path("/pictures"), Path("/pictures/b"))
    left = {file.path for file in store.catalogue.unread_files()}
    assert left == {own, *(Path("/pictures") / name for name in beside)}


def test_what_is_below_a_folder_is_forgotten_without_a_look_at_all_other_files(store: Store) -> None:
    store.scan(("b/x.jpg", 1), *((f"{number:04}.jpg", 1) for number in range(3_000)))
    steps: list[None] = []
    with store.database.transaction() as db:
        db.set_progress_handler(lambda: steps.append(None), 1)  # at each of SQLite's instructions
        store.catalogue.forget_below(Path("/pictures"), Path("/pictures/b"))
        db.set_progress_handler(None, 1)
    assert store.count("file") == 3_000
    assert 0 < len(steps) < 1_000


def test_a_path_that_could_not_be_looked_at_is_not_missing(store: Store) -> None:
    store.scan(("a.jpg", 10))
    (folder,) = store.catalogue.folders()
    seen = ScanMarks()
    assert store.catalogue.end_scan(folder, seen, 7, [Path("/pictures/a.jpg")], lambda _: False) == 0


def test_what_is_away_is_not_asked_for(store: Store) -> None:
    store.scan(("a.jpg", 10), ("b.jpg", 10))
    store.read("a.jpg", b"hash a")
    (folder,) = store.catalogue.folders()
    store.catalogue.mark_disconnected(folder)
    other = store.contents.model_id(ModelIdentity("model", "2", 4))
    assert store.catalogue.unread_count() == 0
    assert list(store.catalogue.unread_files()) == []
    assert list(store.contents.unfinished(other)) == []
    assert not store.contents.is_complete(other)
    assert store.contents.is_complete(store.model)


def test_a_removed_folder_takes_only_what_it_alone_held(store: Store) -> None:
    store.scan(("a.jpg", 10), ("b.jpg", 10))
    kept = store.read("a.jpg", b"hash a")
    lost = store.read("b.jpg", b"hash b")
    store.catalogue.add_folder(Path("/copies"), ())
    other = next(f for f in store.catalogue.folders() if f.path == Path("/copies"))
    seen = ScanMarks()
    store.catalogue.record_found(other, seen, [FoundFile(Path("/copies/a.jpg"), 10, 1)])
    (copy,) = store.catalogue.unread_files()
    store.contents.attach(copy.id, b"hash a")
    assert store.catalogue.remove_folder(Path("/pictures")) == lost
    assert store.contents.stored_items(kept)[kept[0]].paths == (Path("/copies/a.jpg"),)


@pytest.mark.skipif(os.name != "posix", reason="names are Unicode on this system")
def test_a_name_that_is_no_unicode_is_kept_to_the_byte(store: Store) -> None:
    name = os.fsdecode(b"caf\xe9.jpg")
    store.scan((name, 10))
    (file,) = store.catalogue.unread_files()
    assert os.fsencode(file.path) == b"/pictures/caf\xe9.jpg"
