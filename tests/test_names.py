"""Names that a newcomer can trust: every class name is unique, and retired words stay away."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import PROJECT

# Words that once meant something here and nowhere else; what took their place stands in docs/glossary.md.
RETIRED_IN_ANY_NAME = ("shelf",)
RETIRED_MODULES = frozenset(
    {
        *(
            "turns",
            "generations",
            "later_passes",
            "presence",
            "yardstick",
            "wanted",
            "units",
            "doing",
        ),
        *("faces", "places", "walk", "trail", "intake", "loaded", "answering", "discovered", "seen"),
        *("troubles", "showing", "tracing", "pressing", "kept", "sought", "mending", "joining"),
    }
)


def source_files() -> list[Path]:
    return sorted(file for folder in ("engine", "gui") for file in (PROJECT / folder).rglob("*.py"))


def classes(source: str) -> Iterator[str]:
    yield from (node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef))


def identifiers(source: str) -> Iterator[str]:
    """Names of classes, functions, parameters, variables and attributes."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name


def shared_names(sources: dict[str, str]) -> dict[str, list[str]]:
    """Class names that several files define, with these."""
    owners: dict[str, list[str]] = defaultdict(list)
    for path, source in sources.items():
        for name in classes(source):
            owners[name].append(path)
    return {name: paths for name, paths in owners.items() if len(paths) > 1}


def test_every_class_name_is_unique() -> None:
    sources = {str(file.relative_to(PROJECT)): file.read_text("utf-8") for file in source_files()}
    assert shared_names(sources) == {}


def test_two_classes_of_one_name_are_noticed() -> None:
    assert shared_names({"a.py": "class Work: ...", "b.py": "class Work: ..."}) == {"Work": ["a.py", "b.py"]}


def test_no_class_is_named_by_a_gerund() -> None:
    kept = {"Ranking", "Findling"}
    names = {name for file in source_files() for name in classes(file.read_text("utf-8"))}
    assert sorted(name for name in names if name.endswith("ing") and name not in kept) == []


def test_no_module_has_a_retired_name() -> None:
    assert [str(file) for file in source_files() if file.stem in RETIRED_MODULES] == []


def test_no_name_contains_a_retired_word() -> None:
    names = {name for file in source_files() for name in (file.stem, *identifiers(file.read_text("utf-8")))}
    assert [name for name in names for word in RETIRED_IN_ANY_NAME if word in name.lower()] == []


def test_a_retired_word_is_noticed_in_any_name() -> None:
    source = "class Shelf:\n    def get(self, old_shelf):\n        self.shelf = old_shelf"
    assert set(identifiers(source)) >= {"Shelf", "old_shelf", "shelf"}
