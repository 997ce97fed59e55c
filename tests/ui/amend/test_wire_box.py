"""The request on the wire: exactly its text, its headers on demand, or why there is none."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.domain.plan import WirePreview
from app.ui.amend.wire_box import WireBox, wire_text
from app.ui.look.theme import Theme

PREVIEW = WirePreview("http", "PATCH /orders/7", '{"price":"101"}', (("Authorization", "•••"),))


def test_the_text_is_the_request() -> None:
    assert wire_text(PREVIEW, headers=False) == 'PATCH /orders/7\n{"price":"101"}'
    assert wire_text(PREVIEW, headers=True) == 'PATCH /orders/7\nAuthorization: •••\n{"price":"101"}'


def test_headers_are_shown_on_demand_and_a_reason_stands_instead(qtbot: QtBot, theme: Theme) -> None:
    box = WireBox(theme)
    qtbot.addWidget(box)
    box.show()
    button = box.findChild(QPushButton)
    box.show_preview(PREVIEW, "")
    assert "Authorization" not in box.text.toPlainText()
    button.click()
    assert "Authorization: •••" in box.text.toPlainText()
    assert button.text() == "Hide headers"
    box.show_preview(None, "Nothing is typed.")
    assert box.text.toPlainText() == "Nothing is typed."
    assert button.isHidden()
