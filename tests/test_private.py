"""A library is its owner's alone, whatever the umask, and nothing that is not ours is closed to anybody."""

from __future__ import annotations

import logging
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from engine import logs, permissions
from engine.library import CATALOGUE_FILE, Library
from engine.settings import SETTINGS_FILE, Settings, SettingsFile
from tests.command_line import findling

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="files have other rights there")

UMASKS = (0o022, 0o002)
INDEX_FILE = "index/pictures-1-00000000000000ff.usearch"


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def modes(library: Path) -> dict[str, int]:
    return {str(path.relative_to(library)): mode(path) for path in (library, *library.rglob("*"))}


def assert_private(library: Path) -> None:
    found = modes(library)
    open_to_others = {name: oct(rights) for name, rights in found.items() if rights & 0o077}
    assert open_to_others == {}


def make(library: Path) -> None:
    """What an index run leaves, but for what the files hold."""
    Library.open(library).close()
    (library / "index").mkdir(exist_ok=True)
    (library / INDEX_FILE).touch()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    (tmp_path / "pictures").mkdir()
    Image.new("RGB", (40, 30), "red").save(tmp_path / "pictures" / "red.png")
    return tmp_path / "pictures"


@pytest.mark.parametrize("mask", UMASKS)
def test_a_new_library_is_for_its_owner_alone(tmp_path: Path, pictures: Path, mask: int) -> None:
    library = tmp_path / "data" / "library"
    prefix = ("sh", "-c", f'umask {mask:04o}; exec "$@"', "sh")
    outcome = findling("--library", library, "index", pictures, prefix=prefix)
    assert outcome.status == 0, outcome.errors
    assert mode(library) == 0o700
    assert len(modes(library)) > 5
    assert any(name.startswith("index/") for name in modes(library))
    assert_private(library)


@pytest.mark.parametrize("mask", UMASKS)
def test_what_is_there_only_while_a_library_is_open_is_private_too(tmp_path: Path, mask: int) -> None:
    with umask(mask), logs.logging_to(tmp_path / "library" / "findling.log"):
        logging.getLogger("engine").warning("the log is made before the library")
        with Library.open(tmp_path / "library") as library:
            library.add_folder(Path(__file__).parent)
            assert f"{CATALOGUE_FILE}-wal" in modes(tmp_path / "library")
            SettingsFile(tmp_path / "library" / SETTINGS_FILE).save(Settings(card_height=100))
            assert_private(tmp_path / "library")


def test_a_library_that_others_could_read_is_closed_when_it_is_opened(tmp_path: Path) -> None:
    library = tmp_path / "library"
    make(library)
    for path in (library, *library.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o664)
    Library.open(library).close()
    assert mode(library) == 0o700
    assert_private(library)


def test_an_empty_folder_that_is_named_as_the_library_is_closed(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library").chmod(0o755)
    Library.open(tmp_path / "library").close()
    assert_private(tmp_path / "library")


def test_a_folder_with_other_things_stays_open_and_only_our_files_in_it_are_closed(
    tmp_path: Path,
) -> None:
    shared = tmp_path / "shared"
    (shared / "index").mkdir(parents=True)
    for name in ("holiday.jpg", "index.html", "index/cards.txt", "settings.json.mine"):
        (shared / name).touch()
    for path in (shared, *shared.rglob("*")):
        path.chmod(0o755)
    before = modes(shared)
    for _ in range(2):  # the second time it is a library
        make(shared)
        (shared / INDEX_FILE).chmod(0o644)
    Library.open(shared).close()
    found = modes(shared)
    assert {name: found[name] for name in before} == before
    ours = {name: rights for name, rights in found.items() if name not in before}
    assert {CATALOGUE_FILE, INDEX_FILE} <= set(ours)
    assert {rights & 0o077 for rights in ours.values()} == {0}


def test_a_link_leads_to_nothing_that_is_closed(tmp_path: Path) -> None:
    (tmp_path / "mine.log").touch()
    (tmp_path / "mine.log").chmod(0o644)
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "findling.log").symlink_to(tmp_path / "mine.log")
    permissions.revoke_others_access(tmp_path / "library")
    assert mode(tmp_path / "mine.log") == 0o644


def test_what_another_owns_is_left_as_it_is(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may give files away")
    library = tmp_path / "library"
    make(library)
    for path in (library, *library.rglob("*")):
        path.chmod(0o755)
        os.chown(path, 65534, 65534)
    permissions.revoke_others_access(library)
    assert set(modes(library).values()) == {0o755}


def test_what_is_no_library_is_no_error(tmp_path: Path) -> None:
    library = tmp_path / "library"
    permissions.revoke_others_access(library)  # there is none
    library.touch()
    permissions.revoke_others_access(library)  # it is none
