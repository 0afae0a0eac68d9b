"""The language of the window: marks its texts for translation, and installs what has been translated."""

from __future__ import annotations

from importlib.resources import files

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

_LARGEST_COUNT = 2**31 - 1  # that Qt takes


class Findling:
    """Marks a text for translation.

    lupdate looks for calls of `tr`, takes the name before it for the context, and understands literal texts
    only. Qt's own `translate` would not do: in Python lupdate misses its plurals.
    """

    @staticmethod
    def tr(text: str, meaning: str = "", count: int = -1) -> str:
        """`text` in the user's language; in English where it is not translated.

        `meaning` tells two texts apart that are alike in English only. With a `count` the form that goes with
        it is chosen, and the count stands in place of "%Ln", in the user's notation.
        """
        return QCoreApplication.translate("Findling", text, meaning, min(count, _LARGEST_COUNT))


def install(application: QCoreApplication, wanted: QLocale) -> None:
    """Let `application` speak the first of the languages of `wanted` that Findling knows, else English.

    Most texts are translated when the module that holds them is imported: call this before.
    """
    own_folder = str(files("assets").joinpath("translations"))
    toolkit_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    # Whoever is installed last is asked first. English tells one from many, and fills gaps of the others.
    english = QTranslator(application)
    if english.load("findling_en", own_folder):
        application.installTranslator(english)
    own = QTranslator(application)
    if own.load(wanted, "findling", "_", own_folder):
        application.installTranslator(own)
        toolkit = QTranslator(application)  # its own dialogs in the same language as the rest
        if toolkit.load(f"qtbase_{own.language()}", toolkit_folder):
            application.installTranslator(toolkit)
