"""The table of all keyboard shortcuts by name. Both the shortcuts and their list in the help come from it.

`keys` are in the notation of QKeySequence. Keys that widgets handle themselves, such as arrows in a grid or
Enter in a box, are listed too, with `by_widget`.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QKeySequence

from gui.strings import shortcuts as words


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A shortcut: its name in code, its text in the help, and its keys."""

    name: str
    text: str
    keys: tuple[str, ...]
    by_widget: bool = False


@dataclass(frozen=True, slots=True)
class ShortcutGroup:
    """Shortcuts under one heading of the help."""

    title: str
    shortcuts: tuple[Shortcut, ...]


GROUPS = (
    ShortcutGroup(
        words.ANYWHERE,
        (
            Shortcut("focus search", words.FOCUS_SEARCH, ("Ctrl+F", "Ctrl+L", "/")),
            Shortcut("paste", words.PASTE, ("Ctrl+V",)),
            Shortcut("add folder", words.ADD_FOLDER, ("Ctrl+O",)),
            Shortcut("refresh", words.REFRESH, ("F5",)),
            Shortcut("step back", words.STEP_BACK, ("Esc",)),
            Shortcut("save search", words.SAVE_SEARCH, ("Ctrl+D",)),
            Shortcut("back", words.BACK, ("Alt+Left",)),
            Shortcut("forward", words.FORWARD, ("Alt+Right",)),
            Shortcut("undo", words.UNDO, ("Ctrl+Z",)),
            Shortcut("settings", words.SETTINGS, ("Ctrl+,",)),
            Shortcut("shortcuts", words.SHORTCUTS, ("F1",)),
            Shortcut("full screen", words.FULL_SCREEN, ("F11",)),
            Shortcut("quit", words.QUIT, ("Ctrl+Q",)),
        ),
    ),
    ShortcutGroup(
        words.SEARCH_BOX,
        (
            Shortcut("ask", words.ASK, ("Return",), by_widget=True),
            Shortcut("make part", words.MAKE_PART, ("Ctrl+Return",), by_widget=True),
            Shortcut("history", words.HISTORY, ("Up",), by_widget=True),
            Shortcut("enter results", words.ENTER_RESULTS, ("Down",), by_widget=True),
        ),
    ),
    ShortcutGroup(
        words.RESULTS,
        (
            Shortcut("move", words.MOVE, ("Left", "Right", "Up", "Down"), by_widget=True),
            Shortcut("ends", words.ENDS, ("Home", "End"), by_widget=True),
            Shortcut("extend", words.EXTEND, ("Shift+Left", "Shift+Right"), by_widget=True),
            Shortcut("select all", words.SELECT_ALL, ("Ctrl+A",), by_widget=True),
            Shortcut("preview", words.PREVIEW_OPEN, ("Space",), by_widget=True),
            Shortcut("open", words.OPEN, ("Return",), by_widget=True),
            Shortcut("toggle", words.TOGGLE, ("Ctrl+Space",), by_widget=True),
            Shortcut("unfold", words.UNFOLD, ("E",), by_widget=True),
            Shortcut("menu", words.MENU, ("Menu", "Shift+F10"), by_widget=True),
            Shortcut("larger cards", words.LARGER_CARDS, ("Ctrl++", "Ctrl+=")),
            Shortcut("smaller cards", words.SMALLER_CARDS, ("Ctrl+-",)),
            Shortcut("usual cards", words.USUAL_CARDS, ("Ctrl+0",)),
        ),
    ),
    ShortcutGroup(
        words.SELECTION,
        (
            Shortcut("show in folder", words.SHOW_IN_FOLDER, ("Ctrl+Shift+O",)),
            Shortcut("copy files", words.COPY_FILES, ("Ctrl+C",)),
            Shortcut("copy paths", words.COPY_PATHS, ("Ctrl+Shift+C",)),
            Shortcut("find similar", words.FIND_SIMILAR, ("Ctrl+E",)),
            Shortcut("add to search", words.ADD_TO_SEARCH, ("Ctrl+Shift+E",)),
            Shortcut("take from search", words.TAKE_FROM_SEARCH, ("Ctrl+Shift+D",)),
            Shortcut("export", words.EXPORT, ("Ctrl+S",)),
            Shortcut("move to bin", words.MOVE_TO_BIN, ("Del",)),
        ),
    ),
    ShortcutGroup(
        words.PREVIEW,
        (
            Shortcut("preview step", words.PREVIEW_STEP, ("Left", "Right")),
            Shortcut("preview pages", words.PREVIEW_PAGES, ("Up", "Down", "PgUp", "PgDown")),
            Shortcut("preview matches", words.PREVIEW_MATCHES, ("Shift+Up", "Shift+Down")),
            Shortcut("preview page", words.PREVIEW_PAGE, ("Ctrl+G",)),
            Shortcut("preview why", words.PREVIEW_WHY, ("W",)),
            Shortcut("preview facts", words.PREVIEW_FACTS, ("I",)),
            Shortcut("preview similar", words.FIND_SIMILAR, ("S",)),
            Shortcut("preview region", words.PREVIEW_REGION, ("R",)),
            Shortcut("region move", words.REGION_MOVE, ("Left", "Right", "Up", "Down"), by_widget=True),
            Shortcut(
                "region size",
                words.REGION_SIZE,
                ("Shift+Left", "Shift+Right", "Shift+Up", "Shift+Down"),
                by_widget=True,
            ),
            Shortcut("region search", words.REGION_SEARCH, ("Return",), by_widget=True),
            Shortcut("preview in", words.PREVIEW_IN, ("+", "=", "Ctrl++", "Ctrl+=")),
            Shortcut("preview out", words.PREVIEW_OUT, ("-", "Ctrl+-")),
            Shortcut("preview fit", words.PREVIEW_FIT, ("0", "Ctrl+0")),
            Shortcut("preview pixels", words.PREVIEW_PIXELS, ("1", "Ctrl+1")),
            Shortcut("preview pan", words.PREVIEW_PAN, ("Ctrl+Left", "Ctrl+Right", "Ctrl+Up", "Ctrl+Down")),
            Shortcut("preview close", words.PREVIEW_CLOSE, ("Space",), by_widget=True),
        ),
    ),
    ShortcutGroup(
        words.SIDEBAR,
        (
            Shortcut("choose", words.CHOOSE, ("Return", "Space"), by_widget=True),
            Shortcut("remove entry", words.REMOVE_ENTRY, ("Del",), by_widget=True),
            Shortcut("rename search", words.RENAME_SEARCH, ("F2",), by_widget=True),
        ),
    ),
    ShortcutGroup(
        words.DUPLICATES,
        (
            Shortcut("tick", words.TICK, ("X",), by_widget=True),
            Shortcut("duplicate large", words.LOOK, ("Space",), by_widget=True),
            Shortcut("duplicate open", words.OPEN, ("Return",), by_widget=True),
            Shortcut("bin duplicates", words.BIN_DUPLICATES, ("Del",), by_widget=True),
        ),
    ),
)

_BY_NAME = {shortcut.name: shortcut for group in GROUPS for shortcut in group.shortcuts}


def sequences(name: str) -> list[QKeySequence]:
    """Return the keys of the shortcut called `name`. Raises KeyError."""
    return [QKeySequence(keys) for keys in _BY_NAME[name].keys]


def shown(shortcut: Shortcut) -> str:
    """Return the keys in the notation of this system, such as "Ctrl+F, /"."""
    form = QKeySequence.SequenceFormat.NativeText
    return words.SEPARATOR.join(QKeySequence(keys).toString(form) for keys in shortcut.keys)
