"""What is set stays set: through restarts, damage, and versions that know more or less than this one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.errors import UserError
from engine.settings import HIGHEST_CARD, Settings, SettingsFile

CHOSEN = Settings(appearance="dark", card_height=320, fold_alike=False, watch=False, read_text=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def written(path: Path) -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return stored


def test_what_is_saved_is_what_is_loaded(path: Path) -> None:
    assert SettingsFile(path).load() == Settings()
    SettingsFile(path).save(CHOSEN)
    assert SettingsFile(path).load() == CHOSEN
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    "content", [b"{", b"", b"[1]", b"\xff\xfe{}", b'{"theme": ', b"[" * 100_000], ids=range(6)
)
def test_a_damaged_file_means_the_defaults_and_is_put_aside_before_it_is_written_over(
    path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_bytes(content)
    assert SettingsFile(path).load() == Settings()
    assert path.read_bytes() == content  # another program may be writing it just now
    assert "damaged" in caplog.text
    SettingsFile(path).save(CHOSEN)
    assert SettingsFile(path).load() == CHOSEN
    assert path.with_name("settings.json.damaged").read_bytes() == content


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "pink"),
        ("theme", 1),
        ("card_height", True),
        ("card_height", HIGHEST_CARD + 1),
        ("card_height", 1e400),
        ("watch", "no"),
        ("read_text", 0),
        ("fold_alike", None),
    ],
)
def test_a_value_that_makes_no_sense_means_its_default_and_the_others_stand(
    path: Path, name: str, value: object
) -> None:
    path.write_text(json.dumps({"version": 1, "keep_history": False, name: value}), "utf-8")
    assert SettingsFile(path).load() == Settings(keep_history=False)


def test_what_a_newer_version_wrote_is_kept(path: Path) -> None:
    newer = {"version": 7, "theme": "sepia", "watch": False, "sound": {"loud": True}}
    path.write_text(json.dumps(newer), "utf-8")
    file = SettingsFile(path)
    assert file.load() == Settings(watch=False)
    file.save(Settings(watch=False, fold_alike=False))
    assert file.load() == Settings(watch=False, fold_alike=False)
    kept = written(path)
    assert {name: kept[name] for name in newer} == newer
    assert kept["fold_alike"] is False


def test_an_older_file_is_brought_up_to_date_once(path: Path) -> None:
    path.write_text('{"version": 1, "darkness": true}', "utf-8")
    second = SettingsFile(
        path,
        (
            lambda stored: {**stored, "dark": stored.pop("darkness")},
            lambda stored: {**stored, "theme": "dark" if stored["dark"] else "light"},
        ),
    )
    assert second.load().appearance == "dark"
    second.save(Settings(appearance="light"))
    assert written(path)["version"] == 3
    assert second.load().appearance == "light"


def test_where_nothing_can_be_written_the_person_is_told(tmp_path: Path) -> None:
    place = tmp_path / "a file"
    place.write_text("in the way", "utf-8")
    with pytest.raises(UserError, match="could not be saved"):
        SettingsFile(place / "settings.json").save(CHOSEN)
    assert SettingsFile(place / "settings.json").load() == Settings()
