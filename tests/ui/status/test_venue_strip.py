"""One card an account: the link in words, the part of the rate limit that is used, and a click chooses it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.events import LinkChanged
from app.domain.market import LinkState
from app.ui.look.theme import Theme, Tone
from app.ui.status.venue_strip import VenueStrip, venue_news
from tests.helpers.paper_desk import PaperDesk


def test_a_card_tells_the_link_and_what_is_used_of_the_limit() -> None:
    paper = PaperDesk("bitso")
    limit = paper.desk.venues["bitso"].profile.amends_per_window
    news = venue_news(paper.desk, "bitso", "Bitso")
    assert (news.tone, news.share, news.right) == (Tone.GOOD, 0.0, "ack —")
    assert news.left.startswith(f"0/{limit} in ")
    paper.happen(LinkChanged("bitso", paper.clock.now(), LinkState.DOWN, "No route to the venue."))
    news = venue_news(paper.desk, "bitso", "Bitso")
    assert news.tone is not Tone.GOOD
    assert news.left == news.state
    assert "No route to the venue." in news.tip


def test_a_click_on_a_card_chooses_its_account(qtbot: QtBot, theme: Theme) -> None:
    paper = PaperDesk("bitso", "qfex")
    strip = VenueStrip(paper.desk, {"bitso": "Bitso", "qfex": "QFEX"}, theme, lambda _: 0)
    qtbot.addWidget(strip)
    strip.show()
    with qtbot.waitSignal(strip.chosen) as chosen:
        qtbot.mouseClick(strip.cards["qfex"], Qt.MouseButton.LeftButton)
    assert chosen.args == ["qfex"]
    assert strip.cards["bitso"].accessibleName().startswith("Bitso: ")
