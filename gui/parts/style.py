"""How the window looks: one set of colours for light and one for dark, on a grid of 8 pixels."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

GRID = 8  # logical pixels
RADIUS = 8


@dataclass(frozen=True, slots=True)
class Colours:
    """Text on `window`, `surface` and `mat` keeps a contrast of at least 4.5 to 1 (WCAG 2.2, AA)."""

    window: str
    surface: str
    mat: str  # behind thumbnails
    hover: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    strong: str
    weak: str
    error: str


LIGHT = Colours(
    window="#f5f6f7",
    surface="#ffffff",
    mat="#eceff1",
    hover="#e9eef0",
    border="#cdd4d9",
    text="#1a2328",
    muted="#55636b",
    accent="#1c6470",
    on_accent="#ffffff",
    strong="#1c6470",
    weak="#7a5200",
    error="#a8251b",
)
DARK = Colours(
    window="#15191c",
    surface="#1e2428",
    mat="#262d32",
    hover="#2a3238",
    border="#3d474e",
    text="#e9eef0",
    muted="#a6b2b9",
    accent="#6cc3cf",
    on_accent="#0c1a1d",
    strong="#6cc3cf",
    weak="#e3b765",
    error="#ff9a8d",
)


class Style(QObject):
    """Dresses the application and follows the system between light and dark."""

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._colours = LIGHT
        application.setStyle("Fusion")
        application.styleHints().colorSchemeChanged.connect(self._follow)
        self._follow(application.styleHints().colorScheme())

    @property
    def colours(self) -> Colours:
        return self._colours

    def colour(self, name: str) -> QColor:
        """A field of `Colours` as Qt wants it."""
        return QColor(getattr(self._colours, name))

    def dress(self, colours: Colours) -> None:
        self._colours = colours
        self._application.setPalette(palette(colours))
        self._application.setStyleSheet(sheet(colours))
        self.changed.emit()

    def _follow(self, scheme: Qt.ColorScheme) -> None:
        self.dress(DARK if scheme is Qt.ColorScheme.Dark else LIGHT)


def palette(colours: Colours) -> QPalette:
    role = QPalette.ColorRole
    result = QPalette()
    for name, colour in (
        (role.Window, colours.window),
        (role.WindowText, colours.text),
        (role.Base, colours.surface),
        (role.AlternateBase, colours.mat),
        (role.Text, colours.text),
        (role.PlaceholderText, colours.muted),
        (role.Button, colours.surface),
        (role.ButtonText, colours.text),
        (role.BrightText, colours.error),
        (role.ToolTipBase, colours.surface),
        (role.ToolTipText, colours.text),
        (role.Highlight, colours.accent),
        (role.HighlightedText, colours.on_accent),
        (role.Accent, colours.accent),
        (role.Link, colours.accent),
    ):
        result.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, name, QColor(colours.muted))
    return result


def sheet(colours: Colours) -> str:
    """The style sheet. Names are object names; `kind` is a property that widgets carry."""
    return f"""
    QToolTip {{ background: {colours.surface}; color: {colours.text}; border: 1px solid {colours.border};
        padding: 4px; }}
    QLabel[kind="muted"] {{ color: {colours.muted}; }}
    QLabel[kind="title"] {{ font-size: 20pt; font-weight: 600; }}
    QLabel[kind="heading"] {{ font-weight: 600; }}

    QPushButton, QToolButton {{ border: 1px solid {colours.border}; border-radius: {RADIUS}px;
        padding: 6px 12px; background: {colours.surface}; color: {colours.text}; }}
    QToolButton {{ padding: 6px; }}
    QPushButton:hover, QToolButton:hover {{ background: {colours.hover}; }}
    QPushButton:pressed, QToolButton:pressed {{ background: {colours.mat}; }}
    QPushButton:focus, QToolButton:focus {{ border: 2px solid {colours.accent}; padding: 5px 11px; }}
    QToolButton:focus {{ padding: 5px; }}
    QPushButton:disabled, QToolButton:disabled {{ color: {colours.muted}; }}
    QPushButton[kind="primary"] {{ background: {colours.accent}; color: {colours.on_accent};
        border-color: {colours.accent}; font-weight: 600; }}
    QPushButton[kind="primary"]:focus {{ border: 2px solid {colours.text}; }}
    QPushButton[kind="large"] {{ background: {colours.accent}; color: {colours.on_accent};
        border-color: {colours.accent}; font-weight: 600; font-size: 12pt; padding: 12px 24px; }}
    QPushButton[kind="large"]:focus {{ border: 2px solid {colours.text}; padding: 11px 23px; }}
    QPushButton[kind="link"] {{ background: transparent; border: 2px solid transparent;
        border-radius: 4px; color: {colours.accent}; padding: 0 2px; text-decoration: underline; }}
    QPushButton[kind="link"]:focus {{ border-color: {colours.accent}; padding: 0 2px; }}
    QToolButton[kind="flat"] {{ background: transparent; border: 2px solid transparent; padding: 3px; }}
    QToolButton[kind="flat"]:hover {{ background: {colours.hover}; }}
    QToolButton[kind="flat"]:focus {{ border-color: {colours.accent}; }}

    QPushButton[kind="toggle"]:checked {{ background: {colours.mat}; border-color: {colours.accent}; }}
    QToolButton[kind="chip"] {{ border-radius: 12px; padding: 3px 12px; }}
    QToolButton[kind="chip"]:checked {{ background: {colours.accent}; color: {colours.on_accent};
        border-color: {colours.accent}; }}
    QToolButton[kind="chip"]:focus {{ border: 2px solid {colours.accent}; padding: 2px 11px; }}
    QToolButton[kind="chip"]:checked:focus {{ border: 2px solid {colours.text}; }}

    QToolButton[kind="segment"] {{ border-radius: 0; padding: 6px 12px; margin: 0; }}
    QToolButton[kind="segment"][place="first"] {{ border-top-left-radius: {RADIUS}px;
        border-bottom-left-radius: {RADIUS}px; }}
    QToolButton[kind="segment"][place="last"] {{ border-top-right-radius: {RADIUS}px;
        border-bottom-right-radius: {RADIUS}px; }}
    QToolButton[kind="segment"]:focus {{ padding: 5px 11px; }}
    QToolButton[kind="segment"]:checked {{ background: {colours.accent}; color: {colours.on_accent};
        border-color: {colours.accent}; }}
    QToolButton[kind="segment"]:checked:focus {{ border: 2px solid {colours.text}; }}

    #SearchFrame {{ background: {colours.surface}; border: 1px solid {colours.border};
        border-radius: {RADIUS}px; }}
    #SearchFrame[focused="true"] {{ border: 2px solid {colours.accent}; }}
    #SearchFrame QLineEdit {{ border: none; background: transparent; padding: 6px 0; font-size: 11pt; }}
    #PictureChip {{ background: {colours.mat}; border: 1px solid {colours.border}; border-radius: 6px; }}

    QLineEdit {{ border: 1px solid {colours.border}; border-radius: {RADIUS}px; padding: 6px 8px;
        background: {colours.surface}; selection-background-color: {colours.accent};
        selection-color: {colours.on_accent}; }}
    QLineEdit:focus {{ border: 2px solid {colours.accent}; padding: 5px 7px; }}

    #TopBar {{ background: {colours.window}; }}
    #Sidebar, #ActivityBar {{ background: {colours.surface}; }}
    #Sidebar {{ border-right: 1px solid {colours.border}; }}
    #ActivityBar, #StatusLine {{ border-top: 1px solid {colours.border}; }}
    #FolderList, #ResultsView {{ border: none; background: transparent; outline: none; }}
    #ResultsView {{ background: {colours.window}; }}

    #PreviewHeader {{ border-bottom: 1px solid {colours.border}; }}
    #PreviewFooter {{ border-top: 1px solid {colours.border}; }}
    #PreviewMessage {{ background: {colours.surface}; border: 1px solid {colours.border};
        border-radius: {RADIUS}px; padding: 16px; }}

    #Banner {{ background: {colours.surface}; border: 1px solid {colours.border};
        border-left-width: 4px; border-radius: {RADIUS}px; }}
    #Banner[level="info"] {{ border-left-color: {colours.accent}; }}
    #Banner[level="warning"] {{ border-left-color: {colours.weak}; }}
    #Banner[level="error"] {{ border-left-color: {colours.error}; }}

    QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
    QScrollBar::handle:vertical {{ background: {colours.border}; border-radius: 4px; min-height: 32px;
        margin: 2px; }}
    QScrollBar::handle:vertical:hover {{ background: {colours.muted}; }}
    QScrollBar::handle:vertical:disabled {{ background: transparent; }}
    QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical {{ height: 0; }}
    QScrollBar::add-page:vertical, QScrollBar::sub-page:vertical {{ background: transparent; }}

    QMessageBox QLabel#qt_msgbox_label, QMessageBox QLabel#qt_msgbox_informativelabel {{ min-width: 360px; }}

    QListWidget#FolderList::item {{ border: 2px solid transparent; border-radius: {RADIUS}px; }}
    QListWidget#FolderList::item:selected {{ background: {colours.mat}; }}
    QListWidget#FolderList::item:focus {{ border-color: {colours.accent}; }}

    QMenu {{ background: {colours.surface}; border: 1px solid {colours.border}; padding: 4px; }}
    QMenu::item {{ padding: 6px 24px 6px 12px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {colours.hover}; }}

    QProgressBar {{ border: none; border-radius: 3px; background: {colours.mat}; max-height: 6px;
        min-height: 6px; }}
    QProgressBar::chunk {{ border-radius: 3px; background: {colours.accent}; }}

    QTableView {{ border: 1px solid {colours.border}; border-radius: {RADIUS}px; outline: none;
        gridline-color: transparent; background: {colours.surface};
        alternate-background-color: {colours.window}; }}
    QTableView::item {{ padding: 4px 8px; }}
    QTableView::item:selected {{ background: {colours.accent}; color: {colours.on_accent}; }}
    QHeaderView::section {{ background: {colours.window}; color: {colours.muted}; border: none;
        border-bottom: 1px solid {colours.border}; padding: 6px 8px; }}
    """
