"""What CONTRIBUTING.md and docs/ promise a newcomer: files that exist, and recipes that leave nothing out."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from engine.file_types import CAMERA_RAW, SUFFIXES_OF
from engine.ingest.scanning.file_formats import PILLOW_READERS, SUPPORTED_SUFFIXES, FileFormat
from engine.records import Filters
from tests.conftest import PROJECT

PAGES = ("CONTRIBUTING.md", "docs/architecture.md", "docs/glossary.md", "README.md")
NOT_FILTERS = frozenset({"theme_name", "order"})  # of `Filters`
BY_THE_WINDOW_ALONE = frozenset({"theme"})  # themes have no lasting names that a person could type
READ_WITHOUT_PILLOW = frozenset({FileFormat.PDF, FileFormat.RAW, FileFormat.UNKNOWN})


def read(path: str) -> str:
    return (PROJECT / path).read_text("utf-8")


def named_files(text: str) -> set[str]:
    """Files and folders in backticks: "engine/records.py", "gui/strings/", "test_names.py"."""
    return {name for name in re.findall(r"`([\w./-]+)`", text) if name.endswith((".py", "/"))}


def exists(name: str) -> bool:
    """As a path from the top, or as the end of one of a source file."""
    if (PROJECT / name).exists():
        return True
    folders = [PROJECT / "engine", PROJECT / "gui", PROJECT / "tests"]
    return any(next(folder.rglob(name.rstrip("/")), None) is not None for folder in folders)


def filters() -> list[str]:
    return [each.name for each in dataclasses.fields(Filters) if each.name not in NOT_FILTERS]


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_exists(page: str) -> None:
    assert [name for name in sorted(named_files(read(page))) if not exists(name)] == []


def test_a_file_that_is_named_and_missing_is_noticed() -> None:
    assert named_files("`engine/nowhere.py`") == {"engine/nowhere.py"}
    assert not exists("engine/nowhere.py")


@pytest.mark.parametrize(
    "path",
    [
        *("engine/search/results/filtering.py", "engine/cli/query.py"),
        *("gui/search/filters.py", "gui/search/saved/saved_searches_file.py"),
    ],
)
def test_every_filter_is_known_wherever_the_recipe_says(path: str) -> None:
    source = read(path)
    expected = [
        name for name in filters() if path != "engine/cli/query.py" or name not in BY_THE_WINDOW_ALONE
    ]
    assert [name for name in expected if not re.search(rf"\b{name}\b", source)] == []


def test_every_format_can_be_read_and_asked_for() -> None:
    formats = [each for each in FileFormat if each is not FileFormat.UNKNOWN]
    assert [each for each in formats if each not in PILLOW_READERS | dict.fromkeys(READ_WITHOUT_PILLOW)] == []
    assert [each for each in formats if each.value not in SUFFIXES_OF and each.value != CAMERA_RAW] == []
    assert {suffix for its in SUFFIXES_OF.values() for suffix in its} <= SUPPORTED_SUFFIXES


def test_every_sub_command_is_in_the_readme() -> None:
    commands = re.findall(r'\badd\(\s*"(\w+)"', read("engine/cli/arguments.py"))
    assert "index" in commands
    assert [name for name in commands if not re.search(rf"findling {name}\b", read("README.md"))] == []


def test_every_adapter_is_loaded_by_the_registry() -> None:
    adapters = sorted((PROJECT / "engine" / "models").glob("*/adapter.py"))
    registry = read("engine/models/registry.py")
    assert len(adapters) >= 3
    assert [
        file.parent.name for file in adapters if f"models.{file.parent.name}.adapter" not in registry
    ] == []


def test_every_language_is_compiled() -> None:
    sources = sorted((PROJECT / "assets" / "translations").glob("*.ts"))
    assert sources
    assert [file.name for file in sources if not file.with_suffix(".qm").exists()] == []


def test_this_file_checks_the_project_it_lies_in() -> None:
    assert Path(__file__).is_relative_to(PROJECT)
