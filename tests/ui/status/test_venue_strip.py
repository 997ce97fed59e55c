"""One card an account: the link in words, the part of the rate limit that is used, and a click chooses it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.amendment import Source
from app.domain.events import LinkChanged, OpenOrdersListed, OrderUnreadable
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


def test_incomplete_and_not_answered_are_two_states() -> None:
    paper = PaperDesk("bitso")
    now = paper.clock.now()
    paper.happen(LinkChanged("bitso", now, LinkState.SYNCING, ""))
    news = venue_news(paper.desk, "bitso", "Bitso")
    assert (news.left, "has not listed its orders yet" in news.tip) == ("listing orders", True)
    paper.happen(LinkChanged("bitso", now, LinkState.UP, ""), OpenOrdersListed("bitso", now, now, (), complete=False))
    news = venue_news(paper.desk, "bitso", "Bitso")
    assert (news.left, news.tone) == ("list incomplete", Tone.PENDING)
    assert "not listed its orders yet" not in news.tip


def test_what_cannot_be_read_is_counted_and_named() -> None:
    paper = PaperDesk("bitso")
    now = paper.clock.now()
    for order_id in ("a", "b"):
        paper.happen(OrderUnreadable("bitso", now, order_id, "it has no symbol", "{}", Source.LISTING))
    news = venue_news(paper.desk, "bitso", "Bitso", 3)
    assert (news.left, news.tone) == ("3 unreadable", Tone.PENDING)
    assert "incomplete: 2 orders unreadable (a, b)." in news.tip
    assert "1 of the orders listed cannot be read and is locked." in news.tip
    assert "2 readings of it could not be believed since the start." in news.tip


def test_nothing_is_green_after_the_desk_has_ended() -> None:
    paper = PaperDesk("bitso")
    paper.desk.ended = "Following the venues ended."
    news = venue_news(paper.desk, "bitso", "Bitso")
    assert (news.left, news.tone) == ("down", Tone.BAD)
    assert "Following the venues ended." in news.tip
