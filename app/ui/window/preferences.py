"""Memory of the window from one session to the next: its theme and its place. No secret, no order, no account."""

from __future__ import annotations

from pathlib import Path

import platformdirs
from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QWidget

from app.ui.look.theme import PALETTES, Colours, Theme

_THEME = "window/theme"
_PLACE = "window/place"


def preferences_path() -> Path:
    """Path of the file in the user's configuration directory; a person can read and delete it."""
    return platformdirs.user_config_path("redline", appauthor=False) / "window.ini"


def keys_path() -> Path:
    """Path of the file with the user's own keys, beside that of the preferences."""
    return preferences_path().with_name("keys.toml")


class Preferences:
    """The file of preferences. One that is missing, broken or not writable is as good as none."""

    def __init__(self, path: Path | None = None) -> None:
        """Use the file at `path`; the user's own if left out."""
        self._settings = QSettings(str(path or preferences_path()), QSettings.Format.IniFormat)

    def colours(self) -> Colours | None:
        """The palette chosen last, None if none was."""
        return PALETTES.get(str(self._settings.value(_THEME, "")))

    def follow(self, theme: Theme) -> None:
        """Remember every palette that is chosen from now on."""
        theme.changed.connect(lambda: self._settings.setValue(_THEME, theme.colours.name))

    def restore(self, window: QWidget) -> None:
        """Put a window where it was, as far as that is on a screen."""
        place = self._settings.value(_PLACE)
        if isinstance(place, QByteArray):
            window.restoreGeometry(place)

    def keep(self, window: QWidget) -> None:
        """Remember where a window is."""
        self._settings.setValue(_PLACE, window.saveGeometry())
        self._settings.sync()
