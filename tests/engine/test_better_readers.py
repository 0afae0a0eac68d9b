"""What becomes of a library of an older version when the readers have learnt more."""

from __future__ import annotations

import sqlite3
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from engine.errors import FileProblem
from engine.ingest.decode import DecodedFile, DecodeJob, decode
from engine.ingest.pipeline.date_pass import reread_dates
from engine.library import CATALOGUE_FILE, Library
from engine.progress import CancelToken, Progress
from engine.records import Filters, Query
from engine.store.database.connection import Database
from engine.store.database.schema import MIGRATIONS, migrate
from engine.store.items.outdated_dates import OutdatedDates
from tests.fakes import ColourRegistry

DATE_TIME = 0x0132
BETTER_READERS = MIGRATIONS[7]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library with a dated photograph and one without a date, as the older version left it."""
    (tmp_path / "library").mkdir()
    (tmp_path / "pictures").mkdir()
    exif = Image.Exif()
    exif[DATE_TIME] = "2012:05:20 10:11:12"
    Image.new("RGB", (40, 30), "red").save(tmp_path / "pictures" / "dated.jpg", exif=exif)
    Image.new("RGB", (30, 40), "red").save(tmp_path / "pictures" / "undated.jpg")
    with closing(opened(tmp_path)) as library:
        library.use_model("colours")
        library.add_folder(tmp_path / "pictures")
        library.index(Progress(), CancelToken())
    with catalogue(tmp_path) as db:
        db.execute("UPDATE item SET taken = CASE WHEN taken IS NULL THEN '2999-01-01 00:00:00' END")
    return tmp_path


def bring_up_to_date(folder: Path) -> None:
    """The step that the catalogue takes when the better readers come, over the one of now."""
    with catalogue(folder) as db:
        db.execute("DROP TABLE date_wanted")
        db.executescript(BETTER_READERS)


def opened(folder: Path) -> Library:
    return Library(folder / "library", ColourRegistry(folder / "models"), None, read_text=False)


def catalogue(folder: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(folder / "library" / CATALOGUE_FILE, isolation_level=None))


def vectors(folder: Path) -> list[tuple[object, ...]]:
    with catalogue(folder) as db:
        return db.execute("SELECT item_id, sequence FROM vector ORDER BY item_id").fetchall()


def named(library: Library, query: Query) -> list[str]:
    return [hit.path.name for hit in library.browse(query).hits]


def test_dates_are_read_anew_and_nothing_is_embedded_anew(folder: Path) -> None:
    bring_up_to_date(folder)
    before = vectors(folder)
    of_that_day = Query(filters=Filters(taken_from="2012-05-20", taken_to="2012-05-20"))
    with closing(opened(folder)) as library:
        assert named(library, of_that_day) == []
        report = library.index(Progress(), CancelToken())
        assert report.embedded == 0
        assert named(library, of_that_day) == ["dated.jpg"]  # heard of without opening the library again
        assert named(library, Query(filters=Filters(taken_from="2900-01-01"))) == []
    assert vectors(folder) == before
    with catalogue(folder) as db:
        assert db.execute("SELECT COUNT(*) FROM date_wanted").fetchone() == (0,)


class Here:
    """Decodes at once, in this process."""

    def submit(self, job: DecodeJob) -> Future[DecodedFile]:
        future: Future[DecodedFile] = Future()
        try:
            future.set_result(decode(job))
        except FileProblem as problem:
            future.set_exception(problem)
        return future


def test_a_date_that_cannot_be_had_now_is_asked_for_another_time(folder: Path) -> None:
    bring_up_to_date(folder)
    (folder / "pictures" / "dated.jpg").unlink()
    with closing(Database(folder / "library" / CATALOGUE_FILE, migrate)) as database:
        dates = OutdatedDates(database)
        assert reread_dates(dates, Here(), CancelToken(), lambda: False)
        left = [undated.path.name for batch in dates.photos() for undated in batch]
    assert left == ["dated.jpg"]


def test_what_could_not_be_read_is_tried_once_more(folder: Path) -> None:
    with catalogue(folder) as db:
        db.execute("DELETE FROM item WHERE taken NOTNULL")  # its vectors and all else go with it
        db.execute(
            "UPDATE content SET opened = 0, problem_kind = 'too large', problem_message = 'It is large.' "
            "WHERE id NOT IN (SELECT content_id FROM item)"
        )
    bring_up_to_date(folder)
    with closing(opened(folder)) as library:
        assert library.index(Progress(), CancelToken()).embedded == 1
        assert sorted(named(library, Query())) == ["dated.jpg", "undated.jpg"]
        assert library.status().failed == 0
