"""Every text of the window reaches the translators' tools, and comes back in the user's language."""

from __future__ import annotations

import ast
import html
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtCore import QTranslator

from gui.search.filters import FILE_KINDS
from tests.conftest import PROJECT

TRANSLATIONS = PROJECT / "assets" / "translations"
MODULES = sorted((PROJECT / "gui" / "strings").glob("*.py"))
# In no language: the program's name, and what the machine reads.
NO_WORDS = frozenset(
    {
        *("Findling", "<qt>", "</qt>", "<br>", "d MMM yyyy", "yyyy-MM-dd HH:mm:ss"),
        "*.jpg *.jpeg *.png *.webp *.gif *.bmp *.tif *.tiff *.heic *.heif *.avif",
        *("search", "picture", "page"),  # icons
    }
)
SHOWING = frozenset(
    {
        *("QLabel", "setText", "setInformativeText", "setPlaceholderText", "setTitle", "setWindowTitle"),
        *("setToolTip", "setAccessibleName", "setAccessibleDescription", "addAction", "addItem", "addMenu"),
    }
)

# The program, in a language in which every text stands in brackets; what has none is told.
SHOWS = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QLocale, QTimer, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QLabel, QLineEdit, QWidget
from gui import app

ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)

def opener(location):
    from tests.gui.conftest import open_library
    return open_library(location)

def texts(widget):
    yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())
    if isinstance(widget, (QLabel, QAbstractButton)):
        yield widget.text()
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    if isinstance(widget, QComboBox):
        yield from map(widget.itemText, range(widget.count()))
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from told(widget.model(), widget.rootIndex())

def told(model, parent):
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        yield from (str(index.data(role) or "") for role in ROLES)
        yield from told(model, index)

def tell(window):
    seen = {action.text() for action in window.findChildren(QAction)}
    for widget in [window, *window.findChildren(QWidget)]:
        seen.update(texts(widget))
    print(json.dumps(sorted(seen - {""})))

def open_preview(window):
    window.preview_controller.show(window.results.model.hits[0])
    QTimer.singleShot(0, window.close)
    tell(window)

def ask(window):
    QTest.keyClicks(window.search_bar.line, "red")
    window.search_runner.found.connect(lambda *_answer: QTimer.singleShot(0, lambda: open_preview(window)))
    QTest.keyClick(window.search_bar.line, Qt.Key.Key_Return)

build = app.build_window
def build_window(location):
    window = build(location, opener)
    window.resize(1200, 800)  # where there is room nothing is cut short
    window.session.opened.connect(lambda: QTimer.singleShot(0, lambda: ask(window)))
    return window

app.build_window = build_window
QLocale.setDefault(QLocale("de"))
raise SystemExit(app.run(Path(sys.argv[1])))
"""


class Text(NamedTuple):
    source: str
    meaning: str
    plural: bool


def run(tool: str, *arguments: str | Path) -> None:
    command = Path(sys.executable).with_name(f"pyside6-{tool}")
    subprocess.run([command, *arguments], cwd=PROJECT, capture_output=True, check=True)


def extract(target: Path, *rules: str) -> list[ET.Element]:
    """The messages that lupdate writes to `target`, which may have some already."""
    run("lupdate", *MODULES, *rules, "-locations", "none", "-no-obsolete", "-ts", target)
    return messages(target)


def messages(file: Path) -> list[ET.Element]:
    return ET.parse(file).findall("context[name='Findling']/message")


def text_of(message: ET.Element) -> Text:
    plural = message.get("numerus") == "yes"
    return Text(message.findtext("source", ""), message.findtext("comment", ""), plural)


def forms(message: ET.Element) -> list[str]:
    (translation,) = message.findall("translation")
    return [form.text or "" for form in translation.findall("numerusform")] or [translation.text or ""]


def is_marking(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "Findling.tr"


def marked(tree: ast.AST) -> Iterator[Text]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and is_marking(node):
            words = [part.value for part in node.args[:2] if isinstance(part, ast.Constant)]
            source, meaning = [*map(str, words), ""][:2]
            yield Text(source, meaning, len(node.args) == 3)


def sayings(tree: ast.Module) -> Iterator[str]:
    """What a module says in words that are not marked for translation."""
    for node in without_markings(tree.body):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def without_markings(nodes: list[ast.stmt]) -> Iterator[ast.AST]:
    waiting: list[ast.AST] = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        keys = node.keys if isinstance(node, ast.Dict) else []
        if not is_marking(node) and not is_docstring(node):
            waiting.extend(child for child in ast.iter_child_nodes(node) if child not in keys)


def is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def shown(tree: ast.AST) -> Iterator[str]:
    """Literal texts that are handed to a widget."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] in SHOWING:
            for node in call.args:
                parts = node.values if isinstance(node, ast.JoinedStr) else [node]
                yield from (str(part.value) for part in parts if isinstance(part, ast.Constant))


def test_no_text_is_written_where_it_is_shown() -> None:
    elsewhere = [file for file in (PROJECT / "gui").rglob("*.py") if file not in MODULES]
    written = [text for file in elsewhere for text in shown(ast.parse(file.read_text("utf-8")))]
    assert written  # signs such as " · "
    assert [text for text in written if re.search("[A-Za-z]", text)] == []
    planted = ast.parse('label.setText(f"{name} is gone")')
    assert list(shown(planted)) == [" is gone"]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_nothing_is_said_that_is_not_marked(module: Path) -> None:
    said = sayings(ast.parse(module.read_text("utf-8")))
    assert [text for text in said if re.search("[A-Za-z]{2}", text) and text not in NO_WORDS] == []


def test_the_tools_find_every_text_and_its_plurals(tmp_path: Path) -> None:
    written = {text for module in MODULES for text in marked(ast.parse(module.read_text("utf-8")))}
    found = {text_of(message) for message in extract(tmp_path / "all.ts")}
    assert found == written
    assert all(text.plural == ("%Ln" in text.source) for text in found)


def test_english_has_every_singular_and_plural_and_is_compiled(tmp_path: Path) -> None:
    committed = TRANSLATIONS / "findling_en.ts"
    fresh = tmp_path / "findling_en.ts"
    fresh.write_bytes(committed.read_bytes())
    extract(fresh, "-pluralonly")
    assert fresh.read_text("utf-8") == committed.read_text("utf-8"), "run: make translations"
    assert all(len(forms(message)) == 2 and all(forms(message)) for message in messages(committed))
    compiled = QTranslator()
    assert compiled.load(str(committed.with_suffix(".qm")))
    for message in messages(committed):
        text = text_of(message)
        said = [compiled.translate("Findling", text.source, text.meaning, count) for count in (1, 2)]
        assert said == forms(message), "run: make translations"


@pytest.mark.parametrize("file", sorted(TRANSLATIONS.glob("*.ts")), ids=lambda file: file.stem)
def test_translations_name_what_is_put_into_them(file: Path) -> None:
    for message in messages(file):
        named = set(re.findall(r"\{.*?\}", text_of(message).source))
        assert all(set(re.findall(r"\{.*?\}", form)) == named for form in forms(message) if form)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The program with one language more."""
    root = tmp_path / "program"
    translations = root / "assets" / "translations"
    translations.mkdir(parents=True)
    for path in (PROJECT / "engine", PROJECT / "gui", PROJECT / "tests"):
        (root / path.name).symlink_to(path)
    for path in [*(PROJECT / "assets").iterdir(), *TRANSLATIONS.iterdir()]:
        if path != TRANSLATIONS:
            (root / path.relative_to(PROJECT)).symlink_to(path)
    put_into_brackets(translations / "findling_de.ts")
    return root


def put_into_brackets(file: Path) -> None:
    extract(file)
    document = ET.parse(file)
    for message in document.iter("message"):
        (translation,) = message.findall("translation")
        del translation.attrib["type"]
        for form in translation.findall("numerusform") or [translation]:
            form.text = f"⟦{message.findtext('source')}⟧"
    document.write(file, "utf-8")
    run("lrelease", file, "-qm", file.with_suffix(".qm"))


def without_brackets(text: str) -> str:
    """What of `text` was never translated."""
    text = html.unescape(re.sub("<.*?>", "", text))
    while (shorter := re.sub("⟦[^⟦⟧]*⟧", "", text)) != text:
        text = shorter
    return text


def test_the_window_speaks_another_language_throughout(program: Path, indexed: Path, pictures: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SHOWS, str(indexed)],
        cwd=program,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    texts = json.loads(done.stdout)
    names = {
        "Findling",
        "All that is red on one page",  # what the document says
        "red",  # the question, which becomes a recent one when it has stood for a while
        *FILE_KINDS,
        str(pictures),
        pictures.name,
        *(file.name for file in pictures.iterdir()),
    }
    for name in sorted(names, key=len, reverse=True):
        texts = [text.replace(name, "") for text in texts]
    assert [text for text in texts if re.search("[A-Za-z]", without_brackets(text))] == []
    assert sum("⟦" in text for text in texts) > 150
