from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from engine import paths
from engine.errors import UserError


def test_library_and_models_lie_apart_in_the_users_data_folder() -> None:
    folders = {paths.library_folder({}), paths.models_folder({}), paths.samples_folder()}
    assert len(folders) == 3
    assert {folder.parent for folder in folders} == {paths.data_folder()}


def test_the_users_data_folder_follows_the_system(own_environment: Path) -> None:
    assert paths.data_folder().is_relative_to(own_environment)
    assert paths.data_folder().name == "Findling"


@pytest.mark.parametrize(
    ("variable", "folder"),
    [("FINDLING_LIBRARY", paths.library_folder), ("FINDLING_MODELS", paths.models_folder)],
)
def test_the_environment_goes_first(
    variable: str, folder: Callable[[Mapping[str, str]], Path], tmp_path: Path
) -> None:
    assert folder({variable: str(tmp_path / "own")}) == tmp_path / "own"


def test_a_relative_folder_is_made_absolute_and_the_home_expanded(own_environment: Path) -> None:
    assert paths.library_folder({"FINDLING_LIBRARY": "here"}) == Path.cwd() / "here"
    assert paths.library_folder({"FINDLING_LIBRARY": "~/there"}) == own_environment / "there"


def test_a_home_that_nobody_has_is_said_with_its_variable() -> None:
    with pytest.raises(UserError, match=r"FINDLING_LIBRARY.*~nosuchuser/pictures"):
        paths.library_folder({"FINDLING_LIBRARY": "~nosuchuser/pictures"})


def test_an_empty_variable_counts_as_none() -> None:
    assert paths.library_folder({"FINDLING_LIBRARY": " "}) == paths.library_folder({})


def test_asking_for_folders_creates_none(own_environment: Path) -> None:
    paths.library_folder({})
    paths.models_folder({})
    paths.log_file(paths.library_folder({}))
    assert list(own_environment.iterdir()) == []


def test_only_what_is_certainly_not_there_is_missing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    assert [name for name in ("file", "link", "nowhere") if paths.is_missing(tmp_path / name)] == ["nowhere"]
    assert paths.is_missing(tmp_path / "file" / "below")
    assert not paths.is_missing(tmp_path / ("long" * 100))  # which the system refuses to look for
