"""Load the shipped fonts, so that the ticket looks and measures the same on every desk."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtGui import QFontDatabase

from app.ui.look.theme import NUMBER_FAMILY, TEXT_FAMILY

log = logging.getLogger("redline.ui.fonts")


def load_fonts(folder: Path) -> tuple[str, ...]:
    """Register every font file below `folder` with Qt.

    A family that is missing costs looks, not safety: it is logged once and the system's own font stands in.

    Returns:
        The families now known that the window uses.
    """
    for path in sorted(folder.rglob("*.[to]tf")):
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            log.warning("The font %s could not be read; reinstall Redline to get it back.", path.name)
    known = set(QFontDatabase.families())
    shipped = tuple(family for family in (TEXT_FAMILY, NUMBER_FAMILY) if family in known)
    for family in (TEXT_FAMILY, NUMBER_FAMILY):
        if family not in known:
            log.warning("The font %s is missing; the system font stands in for it.", family)
    return shipped
