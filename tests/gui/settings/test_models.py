"""Models are chosen and brought here in the window, from a hub on this machine and from the disk."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from engine.library import Library
from engine.models import registry as registry_module
from engine.models.hub.download import Hub, RetryPolicy
from engine.models.specs import get_spec
from gui.app import build_window
from gui.main_window import MainWindow
from gui.settings.models_dialog import ModelsDialog
from gui.strings import settings as words
from tests.engine.models.loopback_hub import REPOSITORY, Behaviour, hub
from tests.engine.models.small_models import SMALL_CLIP, make_folder
from tests.fakes import ColourRegistry
from tests.gui.conftest import SECONDS, ask, close, wait_until_idle
from tests.gui.input_events import click, press

WEIGHTS = "open_clip_model.safetensors"
NAME = "pe-core-small"


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_folder(tmp_path_factory.mktemp("source") / "a model & more", SMALL_CLIP)


@pytest.fixture
def behaviour(small_model: Path) -> Behaviour:
    files = {path.name: path.read_bytes() for path in small_model.iterdir()}
    return Behaviour(files=files, large=frozenset({WEIGHTS}))


@pytest.fixture
def small_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model of the catalogue that the hub on this machine can serve."""
    spec = dataclasses.replace(
        get_spec(NAME), repository=REPOSITORY, files=("open_clip_config.json", WEIGHTS)
    )
    monkeypatch.setattr(registry_module, "get_spec", lambda name: spec if name == NAME else get_spec(name))


@pytest.fixture
def window(
    qtbot: QtBot, indexed: Path, behaviour: Behaviour, small_catalogue: None, nothing_left_behind: None
) -> Iterator[MainWindow]:
    """A window on the pictures whose models come from the hub on this machine."""
    del small_catalogue, nothing_left_behind
    with hub(behaviour) as endpoint:

        def opened(location: Path) -> Library:
            registry = ColourRegistry(location.parent / "models")
            registry._hub = Hub(endpoint, RetryPolicy(attempts=1))
            return Library(location, registry, None, read_text=False)

        window = build_window(indexed, opened)
        window.show()
        qtbot.waitUntil(lambda: bool(window.settings_controller.work.models), timeout=SECONDS)
        wait_until_idle(qtbot, window)
        yield window
        close(qtbot, window)


@pytest.fixture
def starter_window(qtbot: QtBot, indexed: Path, nothing_left_behind: None) -> Iterator[MainWindow]:
    """A window on the pictures in which the model that comes with the program answers."""
    del nothing_left_behind

    def opened(location: Path) -> Library:
        library = Library(location, ColourRegistry(location.parent / "models"), None, read_text=False)
        library.use_model("starter")
        return library

    window = build_window(indexed, opened)
    window.show()
    qtbot.waitUntil(lambda: bool(window.settings_controller.work.models), timeout=SECONDS)
    wait_until_idle(qtbot, window)
    yield window
    close(qtbot, window)


def shown(qtbot: QtBot, window: MainWindow) -> ModelsDialog:
    """By the line that names the model which answers."""
    click(window.status_line.model)
    dialog = window.settings_controller.models_dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: NAME in dialog.cards, timeout=SECONDS)
    return dialog


def test_every_model_says_what_it_is_good_for_what_it_costs_and_how_it_stands(
    qtbot: QtBot, window: MainWindow
) -> None:
    dialog = shown(qtbot, window)
    card = dialog.cards["siglip2-base"]
    assert card.title.text() == "SigLIP 2 Base"
    assert "1.5 GB" in card.facts.text()
    assert "109 languages, best in Western ones" in card.facts.text()
    assert "Apache-2.0" in card.facts.text()
    assert card.state.text() == words.TO_DOWNLOAD
    assert dialog.cards["colours"].state.text() == words.ANSWERS
    assert dialog.cards["starter"].state.text() == words.INSTALLED
    assert words.BUILT_IN in dialog.cards["starter"].facts.text()
    for other in dialog.cards.values():
        buttons = [button for button in other.buttons if button.isVisible()]
        assert len(buttons) == (0 if other.state.text() == words.ANSWERS else 1)
        assert all(other.title.text() in button.accessibleName() for button in buttons)


def test_a_model_that_is_chosen_answers_once_everything_was_looked_at(
    qtbot: QtBot, window: MainWindow
) -> None:
    dialog = shown(qtbot, window)
    seen: list[str] = []
    window.settings_controller.work.changed.connect(
        lambda: seen.append(dialog.cards["colours-2"].state.text())
    )
    click(dialog.cards["colours-2"].use_button)
    qtbot.waitUntil(lambda: dialog.cards["colours-2"].state.text() == words.ANSWERS, timeout=SECONDS)
    assert any(text.startswith("Being prepared: 0") and "colours answers" in text for text in seen)
    assert dialog.cards["colours"].state.text() == words.INSTALLED
    qtbot.waitUntil(lambda: "colours-2" in window.status_line.model.text(), timeout=SECONDS)


def test_a_download_shows_how_far_it_is_is_cancelled_continued_and_used(
    qtbot: QtBot, window: MainWindow, behaviour: Behaviour
) -> None:
    behaviour.stall_in = WEIGHTS
    dialog = shown(qtbot, window)
    card = dialog.cards[NAME]
    card.download_button.setFocus()
    press(card.download_button, Qt.Key.Key_Space)
    assert card.cancel_button.isVisible()
    assert dialog.focusWidget() is card.cancel_button  # not a button of the next model
    assert card.details.text() != words.WAITING  # there is no other
    qtbot.waitUntil(
        lambda: card.bar.maximum() > 0 and 0 < card.bar.value() < card.bar.maximum(), timeout=SECONDS
    )
    assert " of " in card.details.text()
    assert not card.download_button.isVisible()
    click(card.cancel_button)
    qtbot.waitUntil(lambda: card.details.text() == words.STOPPED, timeout=SECONDS)
    assert card.download_button.text() == words.CONTINUE

    behaviour.stall_in = ""
    behaviour.resume.set()
    click(card.download_button)
    qtbot.waitUntil(lambda: card.state.text() == words.ANSWERS, timeout=SECONDS)
    ranges = [asked for path, asked in behaviour.requests if path == f"/cdn/{WEIGHTS}"]
    assert ranges[-1].startswith("bytes=")  # what had arrived was not fetched again
    assert window.settings_controller.work.failure(NAME) == ""
    assert card.bar.isHidden()


def test_a_download_that_waits_for_its_turn_is_cancelled_at_once(
    qtbot: QtBot, window: MainWindow, behaviour: Behaviour
) -> None:
    behaviour.stall_in = WEIGHTS
    dialog = shown(qtbot, window)
    first, second = dialog.cards[NAME], dialog.cards["siglip2-base"]
    click(first.download_button)
    qtbot.waitUntil(behaviour.stalled.is_set, timeout=SECONDS)
    click(second.download_button)
    assert second.details.text() == words.WAITING
    click(second.cancel_button)
    assert second.details.text() == words.STOPPED_AT_ONCE
    assert second.download_button.isVisible()
    assert second.download_button.text() == words.DOWNLOAD
    assert first.cancel_button.isVisible()
    assert not any("siglip2" in path for path, _asked in behaviour.requests)


def test_a_download_that_fails_says_why_and_the_window_goes_on(
    qtbot: QtBot, window: MainWindow, behaviour: Behaviour
) -> None:
    behaviour.refuse = [(404, {})]
    dialog = shown(qtbot, window)
    card = dialog.cards[NAME]
    click(card.download_button)
    qtbot.waitUntil(lambda: bool(window.settings_controller.work.failure(NAME)), timeout=SECONDS)
    assert card.details.text() == window.settings_controller.work.failure(NAME)
    assert card.state.text() == words.TO_DOWNLOAD
    assert dialog.cards["colours"].state.text() == words.ANSWERS
    assert card.download_button.text() == words.DOWNLOAD  # nothing has arrived that could be continued


def test_what_has_arrived_before_a_failure_is_continued_whatever_fails_after_it(
    qtbot: QtBot, window: MainWindow, behaviour: Behaviour
) -> None:
    behaviour.cut_after = [1000] * 9
    card = shown(qtbot, window).cards[NAME]
    for refused in (0, 1):
        behaviour.refuse = [(404, {})] * refused
        click(card.download_button)
        qtbot.waitUntil(card.download_button.isVisible, timeout=SECONDS)
        assert window.settings_controller.work.failure(NAME)
        assert card.download_button.text() == words.CONTINUE


@pytest.mark.parametrize("closed", ["to everybody", "to who has not accepted the licence"])
def test_a_model_that_does_not_come_is_advised_on_in_words_of_the_window(
    qtbot: QtBot, window: MainWindow, behaviour: Behaviour, closed: str
) -> None:
    if closed == "to everybody":
        window.session.library._registry._hub = Hub("http://127.0.0.1:1", RetryPolicy(attempts=1))
    else:
        behaviour.refuse = [(403, {})]
    dialog = shown(qtbot, window)
    card = dialog.cards[NAME]
    click(card.download_button)
    qtbot.waitUntil(card.download_button.isVisible, timeout=SECONDS)
    said = card.details.text()
    assert dialog.add_button.text() in said
    assert "--from" not in said
    assert "Errno" not in said
    assert said == window.settings_controller.work.failure(NAME)


def test_a_download_ends_with_the_window(qtbot: QtBot, window: MainWindow, behaviour: Behaviour) -> None:
    behaviour.stall_in = WEIGHTS
    click(shown(qtbot, window).cards[NAME].download_button)
    qtbot.waitUntil(behaviour.stalled.is_set, timeout=SECONDS)
    close(qtbot, window)


def choose(dialog: ModelsDialog, folder: Path) -> None:
    click(dialog.add_button)
    assert isinstance(dialog.picker, QFileDialog)
    dialog.picker.fileSelected.emit(str(folder))
    dialog.picker.close()


def test_a_model_on_disk_is_added_and_one_that_is_none_is_not(
    qtbot: QtBot, window: MainWindow, small_model: Path, tmp_path: Path
) -> None:
    dialog = shown(qtbot, window)
    choose(dialog, tmp_path)
    qtbot.waitUntil(dialog.add_button.isEnabled, timeout=SECONDS)
    assert dialog.note.text()
    assert "was added" not in dialog.note.text()
    choose(dialog, small_model)
    qtbot.waitUntil(lambda: "a-model-more" in dialog.cards, timeout=SECONDS)
    card = dialog.cards["a-model-more"]
    assert card.state.text() == words.INSTALLED
    assert dialog.note.text() == words.ADDED.format(name=small_model.name)


def test_a_question_in_another_language_leads_to_the_models(qtbot: QtBot, starter_window: MainWindow) -> None:
    window, link = starter_window, starter_window.results.language_link
    ask(qtbot, window, "ein rotes Auto auf der Straße")
    assert window.results.model.hits
    assert link.isVisible()
    assert link.accessibleName().startswith("This looks like German. ")
    click(link)
    dialog = window.settings_controller.models_dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.isVisible() and "siglip2-base" in dialog.cards, timeout=SECONDS)
    dialog.close()
    ask(qtbot, window, "a red car on the street")
    assert window.results.model.hits
    assert not link.isVisible()
