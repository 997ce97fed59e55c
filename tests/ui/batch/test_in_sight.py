"""The sheet of several orders stays whole however fast it is typed into."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.runtime.qtloop import QtLoop
from app.ui.look.theme import Theme
from tests.helpers.ticket_at_practice import CONTROL, Key, at_practice


@pytest.mark.parametrize("venue", ["alphapoint", "bitso"])
async def test_a_wish_typed_at_once_cuts_nothing_off(qloop: QtLoop, theme: Theme, tmp_path: Path, venue: str) -> None:
    async with at_practice(theme, tmp_path, venue) as at:
        at.ticket.window.resize(1280, 800)
        await at.seen()
        at.press(Key.Key_A, CONTROL)
        at.press(Key.Key_F2)
        at.write("+3t")
        await at.seen()
        for _ in range(20):
            QApplication.processEvents()
        sheet, overlay = at.view.many.sheet, at.view.overlay
        assert sheet.send.isVisible()
        assert overlay.height() >= sheet.height()
        assert sheet.height() >= min(sheet.heightForWidth(sheet.width()), at.view.list_area.height())
        corner = sheet.send.mapTo(overlay, sheet.send.rect().bottomRight())
        assert overlay.rect().contains(corner)
        assert overlay.y() + overlay.height() <= at.view.list_area.height()
