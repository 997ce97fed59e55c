"""The box on what is not proven of an order: plain words, and the venue's own text as text."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.desk.state import Doubt
from app.desk.views.freshness import Staleness
from app.domain.amendment import Source
from app.ui.detail.standing_box import StandingBox
from app.ui.look.theme import Theme
from tests.helpers.toy_venue import T0

SECOND = 1_000_000_000


def test_it_is_there_only_while_there_is_something_to_say(qtbot: QtBot, theme: Theme) -> None:
    box = StandingBox()
    qtbot.addWidget(box)
    assert box.isHidden()
    box.show_standing(Staleness(T0, T0 + 90 * SECOND), None, T0 + 53 * SECOND)
    assert "53 s ago; next read about " in box.stale.text()
    assert box.raw.isHidden()
    box.show_standing(None, Doubt(T0, Source.LISTING, "<i>odd</i>", "<b>raw</b> \ud800"), T0)
    assert "Not believed: <i>odd</i> (open-order list, " in box.doubt.text()
    assert box.raw.toPlainText() == "<b>raw</b> \\ud800"
    assert box.raw.isReadOnly()
    box.show_standing(None, None, T0)
    assert box.isHidden()
