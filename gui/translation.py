"""The language of the window: marks texts for translation, and installs translations."""

from __future__ import annotations

from importlib.resources import files

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

_LARGEST_COUNT = 2**31 - 1  # that Qt accepts


class Findling:
    """Marks a text for translation.

    lupdate looks for calls of `tr` on a class, whose name is the context, with literal texts. Qt's own
    `translate` would not do, since lupdate misses its plurals in Python.
    """

    @staticmethod
    def tr(text: str, meaning: str = "", count: int = -1) -> str:
        """Return `text` in the user's language, or in English if there is no translation.

        `meaning` distinguishes texts that are equal only in English. With a `count`, the matching plural form
        is used, and the count in the user's notation replaces "%Ln".
        """
        return QCoreApplication.translate("Findling", text, meaning, min(count, _LARGEST_COUNT))


def install(application: QCoreApplication, wanted: QLocale) -> None:
    """Install the first of the languages of `wanted` that has a translation, or English.

    Call this first: most texts are translated when their module is imported.
    """
    own_folder = str(files("assets").joinpath("translations"))
    toolkit_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    # The last one installed has priority. English provides plurals, and fills gaps in the others.
    english = QTranslator(application)
    if english.load("findling_en", own_folder):
        application.installTranslator(english)
    own = QTranslator(application)
    if own.load(wanted, "findling", "_", own_folder):
        application.installTranslator(own)
        toolkit = QTranslator(application)  # Qt's own dialogs in the same language
        if toolkit.load(f"qtbase_{own.language()}", toolkit_folder):
            application.installTranslator(toolkit)
