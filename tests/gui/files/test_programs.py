"""Programs are found as the desktop's own files describe them, and get names of files as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from gui.files.programs import Program, programs_for


@pytest.fixture
def applications(own_environment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own entries; there are no others."""
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "none"))
    folder = own_environment / "data" / "applications"
    folder.mkdir(parents=True)
    return folder


def entry(folder: Path, name: str, command: str, kinds: str, more: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.desktop").write_text(
        f"[Desktop Entry]\nType=Application\nName={name.title()}\nExec={command}\nMimeType={kinds}\n{more}\n"
        "[Desktop Action other]\nName=Other\nExec=false\n",
        "utf-8",
    )


def found(path: str) -> list[str]:
    return [program.name for program in programs_for(Path(path))]


def test_those_that_open_such_a_file_are_found_the_usual_one_first(
    applications: Path, own_environment: Path
) -> None:
    entry(applications, "viewer", "true %f", "image/png;image/jpeg;")
    entry(applications / "deep", "painter", "true %U", "image/jpeg;")
    entry(applications, "reader", "true %f", "application/pdf;")
    entry(applications, "gone", "true %f", "image/jpeg;", "TryExec=no-such-program")
    entry(applications, "terminal", "true %f", "image/jpeg;", "Terminal=true")
    entry(applications, "hidden", "true %f", "image/jpeg;", "Hidden=true")
    entry(applications, "quoted", 'true "%f', "image/jpeg;")
    (applications / "damaged.desktop").write_bytes(b"\xff\x00no entry")
    assert found("/x/a.JPG") == ["Painter", "Viewer"]
    config = own_environment / "config"
    config.mkdir()
    (config / "mimeapps.list").write_text(
        "[Default Applications]\nimage/jpeg=viewer.desktop;\n"
        "[Added Associations]\nimage/jpeg=reader.desktop;\n"
    )
    assert found("/x/a.jpg") == ["Viewer", "Reader", "Painter"]
    assert found("/x/a.pdf") == ["Reader"]
    assert found("/x/a.unheard-of") == []


def test_a_text_editor_opens_what_is_text_of_some_kind(applications: Path) -> None:
    entry(applications, "editor", "true %f", "text/plain;")
    assert found("/x/a.csv") == ["Editor"]


def test_own_entries_go_before_those_of_the_system(
    applications: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "system"))
    entry(tmp_path / "system" / "applications", "viewer", "true %f", "image/jpeg;")
    assert found("/x/a.jpg") == ["Viewer"]
    entry(applications, "viewer", "true %f", "image/jpeg;", "Hidden=true")
    assert found("/x/a.jpg") == []


@pytest.mark.parametrize(
    ("command", "started"),
    [
        (("view", "%f"), [["view", "/x/$(a) b.jpg"], ["view", "/x/c.jpg"]]),
        (("view", "--all", "%F"), [["view", "--all", "/x/$(a) b.jpg", "/x/c.jpg"]]),
        (("view", "%U", "%i"), [["view", "file:///x/%24%28a%29%20b.jpg", "file:///x/c.jpg"]]),
        (("view", "100%%"), [["view", "100%", "/x/$(a) b.jpg"], ["view", "100%", "/x/c.jpg"]]),
    ],
)
def test_names_of_files_are_arguments_and_nothing_else(
    command: tuple[str, ...], started: list[list[str]]
) -> None:
    assert Program("View", command).commands([Path("/x/$(a) b.jpg"), Path("/x/c.jpg")]) == started
