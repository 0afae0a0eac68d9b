"""The texts of the main menu and the About dialog."""

from gui.translation import Findling

MORE = Findling.tr("More")
SETTINGS = Findling.tr("Settings…")
MODELS = Findling.tr("Models…")
SHORTCUTS = Findling.tr("Keyboard shortcuts")
QUIT = Findling.tr("Quit Findling")
ABOUT = Findling.tr("About Findling")

ABOUT_TEXT = Findling.tr("Finds your photographs and document pages by what they show.")
ABOUT_PRIVATE = Findling.tr("Everything stays on this computer. Nothing is uploaded.")
ABOUT_LICENCE = Findling.tr("Free software under the MIT licence.")


def version(number: str) -> str:
    """The version in the About dialog."""
    return Findling.tr("Version {number}").format(number=number)
