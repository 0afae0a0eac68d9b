"""Names of languages within a sentence, by the codes that the engine detects."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gui.translation import Findling

LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        "Arabic": Findling.tr("Arabic"),
        "Bulgarian": Findling.tr("Bulgarian"),
        "Chinese": Findling.tr("Chinese"),
        "Croatian": Findling.tr("Croatian"),
        "Czech": Findling.tr("Czech"),
        "Danish": Findling.tr("Danish"),
        "Dutch": Findling.tr("Dutch"),
        "Finnish": Findling.tr("Finnish"),
        "French": Findling.tr("French"),
        "German": Findling.tr("German"),
        "Greek": Findling.tr("Greek"),
        "Hebrew": Findling.tr("Hebrew"),
        "Hindi": Findling.tr("Hindi"),
        "Hungarian": Findling.tr("Hungarian"),
        "Italian": Findling.tr("Italian"),
        "Japanese": Findling.tr("Japanese"),
        "Korean": Findling.tr("Korean"),
        "Norwegian": Findling.tr("Norwegian"),
        "Persian": Findling.tr("Persian"),
        "Polish": Findling.tr("Polish"),
        "Portuguese": Findling.tr("Portuguese"),
        "Romanian": Findling.tr("Romanian"),
        "Russian": Findling.tr("Russian"),
        "Serbian": Findling.tr("Serbian"),
        "Slovak": Findling.tr("Slovak"),
        "Spanish": Findling.tr("Spanish"),
        "Swedish": Findling.tr("Swedish"),
        "Thai": Findling.tr("Thai"),
        "Turkish": Findling.tr("Turkish"),
        "Ukrainian": Findling.tr("Ukrainian"),
        "another language": Findling.tr("another language"),
    }
)
