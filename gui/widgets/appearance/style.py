"""The look of the window: colours for light and dark, on a grid of 8 pixels."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

GRID = 8  # logical pixels
RADIUS = 8
HIGHLIGHT = QColor("#ffd60a")  # drawn on the user's pages, so the same in light and dark


@dataclass(frozen=True, slots=True)
class Colours:
    """A set of colours; text on `window`, `surface` and `mat` has a contrast of at least 4.5:1 (WCAG AA)."""

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
    """Styles the application and follows the system between light and dark; emits `changed` with new colours.

    The style sheet is set by `put_on`, after the window is built: until then every widget that gets a parent
    would be styled again.
    """

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._colours = LIGHT
        self._chosen = "system"
        self._worn = False
        application.setStyle("Fusion")
        application.styleHints().colorSchemeChanged.connect(self._follow)
        self._follow(application.styleHints().colorScheme())

    @property
    def colours(self) -> Colours:
        """The current set of colours."""
        return self._colours

    def colour(self, name: str) -> QColor:
        """The colour in the field `name` of `Colours`."""
        return QColor(getattr(self._colours, name))

    def put_on(self) -> None:
        """Set the style sheet; it follows the colours from now on."""
        self._worn = True
        self._application.setStyleSheet(sheet(self._colours))

    def apply_colours(self, colours: Colours) -> None:
        """Switch the palette, the style sheet and everything connected to `changed` to these colours."""
        self._colours = colours
        self._application.setPalette(palette(colours))
        if self._worn:
            self._application.setStyleSheet(sheet(colours))
        self.changed.emit()

    def choose(self, appearance: str) -> None:
        """Set the appearance: "light", "dark", or "system" to follow the desktop."""
        self._chosen = appearance
        dark = self._application.styleHints().colorScheme() is Qt.ColorScheme.Dark
        wanted = self._wanted(dark)
        if wanted != self._colours:
            self.apply_colours(wanted)

    def _follow(self, scheme: Qt.ColorScheme) -> None:
        self.apply_colours(self._wanted(scheme is Qt.ColorScheme.Dark))

    def _wanted(self, system_is_dark: bool) -> Colours:
        dark = system_is_dark if self._chosen == "system" else self._chosen == "dark"
        return DARK if dark else LIGHT


def palette(colours: Colours) -> QPalette:
    """The Qt palette of these colours, for everything that the style sheet does not cover."""
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


def weighted(font: QFont) -> QFont:
    """The same font in the weight of headings."""
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    return bold


def sheet(colours: Colours) -> str:
    """Return the style sheet. It selects by object name and by the property `kind`."""
    return f"""
    QToolTip {{ background: {colours.surface}; color: {colours.text}; border: 1px solid {colours.border};
        padding: 4px; }}
    QLabel[kind="muted"] {{ color: {colours.muted}; }}
    QLabel[kind="title"] {{ font-size: 18pt; font-weight: 600; }}
    QLabel[kind="heading"] {{ font-weight: 600; }}

    QPushButton, QToolButton {{ border: 1px solid {colours.border}; border-radius: {RADIUS}px;
        padding: 6px 12px; background: {colours.surface}; color: {colours.text}; }}
    QToolButton {{ padding: 6px; }}
    QDialogButtonBox QPushButton {{ min-height: 20px; }}
    * {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QPushButton:hover, QToolButton:hover {{ background: {colours.hover}; }}
    QPushButton:pressed, QToolButton:pressed {{ background: {colours.mat}; }}
    QPushButton:focus, QToolButton:focus {{ border: 2px solid {colours.accent}; padding: 5px 11px; }}
    QToolButton:focus {{ padding: 5px; }}
    QPushButton:disabled, QToolButton:disabled {{ color: {colours.muted}; }}
    QPushButton[kind="primary"] {{ background: {colours.accent}; color: {colours.on_accent};
        border-color: {colours.accent}; font-weight: 600; }}
    QPushButton[kind="primary"]:focus {{ padding: 6px 12px; border: 1px solid {colours.accent}; }}
    QPushButton[kind="large"] {{ background: {colours.accent}; color: {colours.on_accent};
        border-color: {colours.accent}; font-weight: 600; font-size: 12pt; padding: 12px 24px; }}
    QPushButton[kind="large"]:focus {{ padding: 12px 24px; border: 1px solid {colours.accent}; }}
    QPushButton[kind="link"] {{ background: transparent; border: 2px solid transparent;
        border-radius: 4px; color: {colours.accent}; padding: 0 2px; text-decoration: underline; }}
    QPushButton[kind="link"]:focus {{ border-color: {colours.accent}; padding: 0 2px; }}
    QToolButton[kind="flat"] {{ background: transparent; border: 2px solid transparent; padding: 3px; }}
    QToolButton[kind="flat"]:hover {{ background: {colours.hover}; }}
    QToolButton[kind="flat"]:focus {{ border-color: {colours.accent}; }}
    QToolButton[kind="toggle"] {{ background: transparent; border: 2px solid transparent; padding: 3px; }}
    QToolButton[kind="toggle"]:hover {{ background: {colours.hover}; }}
    QToolButton[kind="toggle"]:checked {{ background: {colours.mat}; border: 1px solid {colours.accent};
        padding: 4px; }}
    QToolButton[kind="toggle"]:focus {{ border: 2px solid {colours.accent}; padding: 3px; }}

    QPushButton[kind="toggle"]:checked {{ background: {colours.mat}; border-color: {colours.accent}; }}
    QToolButton[kind="chip"] {{ border-radius: 12px; padding: 3px 12px; }}
    QToolButton[kind="chip"]:checked {{ background: {colours.accent}; color: {colours.on_accent};
        border-color: {colours.accent}; }}
    QToolButton[kind="chip"]:focus {{ border: 2px solid {colours.accent}; padding: 2px 11px; }}

    QToolButton[kind="segment"] {{ border-radius: 0; padding: 6px 12px; margin: 0; }}
    QToolButton[kind="segment"][place="first"] {{ border-top-left-radius: {RADIUS}px;
        border-bottom-left-radius: {RADIUS}px; }}
    QToolButton[kind="segment"][place="last"] {{ border-top-right-radius: {RADIUS}px;
        border-bottom-right-radius: {RADIUS}px; }}
    QToolButton[kind="segment"]:focus {{ padding: 5px 11px; }}
    QToolButton[kind="segment"]:checked {{ background: {colours.accent}; color: {colours.on_accent};
        border-color: {colours.accent}; }}

    #SearchFrame {{ background: {colours.surface}; border: 1px solid {colours.border};
        border-radius: {RADIUS}px; }}
    #SearchFrame[focused="true"] {{ border: 2px solid {colours.accent}; }}
    #SearchFrame QLineEdit {{ border: none; background: transparent; padding: 6px 0; font-size: 11pt; }}
    #Chip {{ background: {colours.mat}; border: 1px solid {colours.border}; border-radius: 6px; }}
    #Chip[sign="minus"] {{ background: {colours.surface}; border: 1px dashed {colours.muted}; }}
    #Chip QLabel[sign="minus"] {{ text-decoration: line-through; }}
    #Chip:focus {{ border: 2px solid {colours.accent}; }}
    #ChipList, #ChipListInside {{ background: transparent; border: none; }}
    QToolButton[kind="menu"], QToolButton[kind="token"] {{ padding: 5px 8px; }}
    QToolButton[kind="menu"]:focus, QToolButton[kind="token"]:focus {{ padding: 4px 7px; }}
    QToolButton[kind="menu"]::menu-indicator, #MainMenuButton::menu-indicator {{ image: none; }}
    QToolButton[kind="token"] {{ background: {colours.mat}; }}
    #HistoryList {{ background: {colours.surface}; border: 1px solid {colours.border};
        border-radius: {RADIUS}px; }}
    #HistoryList QListWidget {{ background: transparent; border: none; outline: none; }}
    #HistoryList QListWidget::item {{ padding: 4px 8px; border: 2px solid transparent; border-radius: 6px; }}
    #HistoryList QListWidget::item:selected {{ background: {colours.mat}; color: {colours.text};
        border-color: {colours.accent}; }}

    #ModelCard {{ background: {colours.surface}; border: 1px solid {colours.border};
        border-radius: {RADIUS}px; }}
    #ModelCard[chosen="true"] {{ border: 2px solid {colours.accent}; }}
    #DialogScroll, #DialogScroll > QWidget > QWidget {{ background: transparent; border: none; }}

    QLineEdit {{ border: 1px solid {colours.border}; border-radius: {RADIUS}px; padding: 6px 8px;
        background: {colours.surface}; selection-background-color: {colours.accent};
        selection-color: {colours.on_accent}; }}
    QLineEdit:focus {{ border: 2px solid {colours.accent}; padding: 5px 7px; }}

    #TopBar {{ background: {colours.window}; }}
    #Sidebar, #ActivityBar {{ background: {colours.surface}; }}
    #ActivityBar, #StatusLine {{ border-top: 1px solid {colours.border}; }}
    #SidebarTree, #DuplicatesView, #ResultsView {{ border: none; background: transparent; outline: none; }}
    #ResultsView {{ background: {colours.window}; }}
    #MainSplitter::handle {{ background: {colours.border}; }}
    #ActivityPanel {{ border-bottom: 1px solid {colours.border}; }}
    #Answers, #AnswersArea {{ background: transparent; }}
    #DropHere {{ border: 2px dashed {colours.border}; border-radius: {RADIUS}px; }}
    #AnswerRow {{ background: {colours.surface}; border: 1px solid {colours.border};
        border-radius: {RADIUS}px; }}

    #PreviewHeader {{ border-bottom: 1px solid {colours.border}; }}
    #PreviewFooter {{ border-top: 1px solid {colours.border}; }}
    #PreviewFooter QLineEdit {{ padding: 2px 6px; }}
    #PreviewFooter QLineEdit:focus {{ padding: 1px 5px; }}
    #FactsPanel {{ background: {colours.surface}; border-left: 1px solid {colours.border}; }}
    #Facts {{ background: {colours.surface}; }}
    #PathLine {{ background: transparent; border: 1px solid transparent; padding: 1px 0;
        margin-left: -3px; }}
    #PathLine:focus {{ border: 1px solid {colours.accent}; }}
    #PreviewMessage {{ background: {colours.surface}; border: 1px solid {colours.border};
        border-radius: {RADIUS}px; padding: 16px; }}
    #RegionHint {{ background: {colours.surface}; border: 1px solid {colours.border};
        border-radius: {RADIUS}px; padding: 8px 16px; }}

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

    QSlider {{ border: 2px solid transparent; border-radius: 6px; padding: 2px; }}
    QSlider:focus {{ border-color: {colours.accent}; }}
    QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {colours.border}; }}
    QSlider::sub-page:horizontal {{ border-radius: 2px; background: {colours.accent}; }}
    QSlider::handle:horizontal {{ width: 12px; margin: -6px 0; border-radius: 8px;
        border: 2px solid {colours.window}; background: {colours.accent}; }}

    QMessageBox QLabel#qt_msgbox_label, QMessageBox QLabel#qt_msgbox_informativelabel {{ min-width: 360px; }}
    QMessageBox QLabel#qt_msgbox_label {{ font-weight: 600; }}

    QMenu {{ background: {colours.surface}; border: 1px solid {colours.border}; padding: 4px; }}
    QMenu::item {{ padding: 6px 24px 6px 12px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {colours.hover}; }}
    QMenu::item:disabled {{ color: {colours.muted}; }}
    QMenu::separator {{ height: 1px; background: {colours.border}; margin: 4px 8px; }}

    QProgressBar {{ border: none; border-radius: 3px; background: {colours.mat}; max-height: 6px;
        min-height: 6px; }}
    QProgressBar::chunk {{ border-radius: 3px; background: {colours.accent}; }}

    #ShortcutList, #ProgramList {{ border: 1px solid {colours.border}; border-radius: {RADIUS}px;
        background: {colours.surface}; outline: none; padding: 4px; }}
    #ShortcutList:focus, #ProgramList:focus {{ border: 2px solid {colours.accent}; }}
    #ShortcutList::item, #ProgramList::item {{ padding: 4px 8px; border: 2px solid transparent;
        border-radius: 6px; }}
    #ProgramList::item:selected {{ background: {colours.mat}; color: {colours.text};
        border-color: {colours.accent}; }}
    #ShortcutList::item {{ border: none; border-radius: 0; }}
    #ShortcutList::item:selected, #ShortcutList::branch:selected {{ background: {colours.mat};
        color: {colours.text}; }}

    QTableView {{ border: 1px solid {colours.border}; border-radius: {RADIUS}px; outline: none;
        gridline-color: transparent; background: {colours.surface};
        alternate-background-color: {colours.window}; }}
    QTableView::item {{ padding: 4px 8px; }}
    QTableView::item:selected {{ background: {colours.accent}; color: {colours.on_accent}; }}
    QCalendarWidget QTableView {{ border: none; border-radius: 0;
        alternate-background-color: {colours.surface}; }}
    QCalendarWidget QTableView::item {{ padding: 0; }}
    QCalendarWidget #qt_calendar_navigationbar {{ background: {colours.surface}; }}
    QCalendarWidget QToolButton {{ border-color: transparent; padding: 4px 8px; }}
    QCalendarWidget QToolButton::menu-indicator {{ image: none; }}
    QCalendarWidget QSpinBox {{ padding: 2px; }}
    QHeaderView::section {{ background: {colours.window}; color: {colours.muted}; border: none;
        border-bottom: 1px solid {colours.border}; padding: 6px 11px; }}
    """
