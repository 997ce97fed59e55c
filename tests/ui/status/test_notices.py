"""What stands over the list: true as long as it stands, told with its time, and never more than two lines of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.desk.state import Notice
from app.domain.events import Condition, LinkChanged, Noticed
from app.domain.market import LinkState
from app.practice.world import PracticeWorld
from app.runtime.qtloop import QtLoop
from app.ui.look.numbers import when
from app.ui.look.theme import Theme
from app.ui.status.banner import Banner
from tests.helpers.paper_desk import SECOND, T0
from tests.ui.status.test_away_at_practice import ACCOUNT, session
from tests.ui.window.test_window import Bench as Window


class Bench(Window):
    """The window and its banner."""

    @property
    def banner(self) -> Banner:
        return self.ticket.banner

    def notice(self, text: str, account: str = "bitso", **more: object) -> None:
        self.paper.happen(Noticed(account, self.paper.clock.now(), text, **more))  # type: ignore[arg-type]
        self.look()

    def link(self, state: LinkState, text: str = "", account: str = "bitso") -> None:
        self.paper.clock.pass_time(1)
        self.paper.happen(LinkChanged(account, self.paper.clock.now(), state, text))
        self.look()

    def let_read(self) -> None:
        for _ in range(60):
            self.banner.tick()


@pytest.fixture
def bench(qtbot: QtBot, theme: Theme, qloop: QtLoop) -> Iterator[Bench]:
    bench = Bench(qtbot, theme)
    yield bench
    bench.ticket.stop()
    bench.life.allow_close()


def test_missing_prices_are_said_as_long_as_they_are_missing(bench: Bench) -> None:
    bench.notice("No market prices from Bitget: gone.", "bitget", serious=False, about=Condition.PRICES)
    bench.let_read()
    said = "Bitget UTA: No market prices from Bitget: gone."
    assert bench.banner.texts() == (said,), "it goes when it is over, not when it was read"
    bench.notice("No market prices from Bitso.", serious=False, about=Condition.PRICES)
    bench.notice("Market prices are live again.", "bitget", serious=False, about=Condition.PRICES, over=True)
    assert bench.banner.texts() == ("Bitso: No market prices from Bitso.",)


def test_a_condition_is_told_once_however_its_words_change(bench: Bench) -> None:
    for cause in ("refused", "timed out"):
        bench.notice(f"Bitso has no prices: {cause}.", serious=False, about=Condition.PRICES)
    assert bench.banner.texts() == ("Bitso has no prices: timed out.",)


def test_what_the_link_was_to_blame_for_is_over_with_it(bench: Bench) -> None:
    bench.link(LinkState.STALE)
    bench.notice("Bitso sent a reply that cannot be read (HTTP 503).", about=Condition.LINK)
    assert len(bench.banner.texts()) == 1
    bench.link(LinkState.UP)
    assert bench.banner.texts() == ()


def test_a_pause_is_said_until_it_is_over_and_was_read(bench: Bench) -> None:
    now = bench.paper.clock.now()
    bench.notice("Too many requests; nothing leaves for 60 s.", until=now + 60 * SECOND)
    bench.let_read()
    assert len(bench.banner.texts()) == 1
    bench.paper.clock.pass_time(61)
    bench.let_read()
    assert bench.banner.texts() == ()


def test_a_flood_of_one_frame_makes_only_the_lines_that_stay(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line takes some milliseconds to make; a hundred of them would be a window that hangs."""
    made: list[str] = []
    tell = Banner.tell
    monkeypatch.setattr(Banner, "tell", lambda self, text, **more: (made.append(text), tell(self, text, **more)))
    now = bench.paper.clock.now()
    for number in range(150):
        bench.paper.happen(Noticed("bitso", now, f"Message {number} cannot be read."))
        if number == 50:
            bench.paper.happen(Noticed("qfex", now, "No market prices.", serious=False, about=Condition.PRICES))
    bench.look()
    last = [f"Bitso: Message {number} cannot be read." for number in (149, 148, 147)]
    assert bench.banner.texts() == (*last, "QFEX: No market prices.")
    assert len(made) == 4


def test_every_sentence_shows_when_it_was_told(bench: Bench) -> None:
    bench.link(LinkState.DOWN, "No route.")
    bench.paper.clock.pass_time(30)
    bench.link(LinkState.DOWN, "Still no route.")
    bench.notice("An answer cannot be read.")
    bench.ticket.panels.said.emit("Nothing to send.")
    now = bench.paper.clock.now()
    assert bench.banner.more() == "1 more"
    bench.banner._fold()
    down, *others = bench.banner.shown()
    assert down == (when(T0 + SECOND, now), "Bitso: Still no route."), "since when the link is down"
    assert others == [(when(now, now), "Nothing to send."), (when(now, now), "Bitso: An answer cannot be read.")]


def test_two_lines_are_shown_and_the_others_counted(bench: Bench) -> None:
    for account in ("qfex", "bitso"):
        bench.link(LinkState.REFUSED, "The key was refused.", account)
    bench.notice("Quotes are polled.", serious=False)
    bench.notice("An answer cannot be read.")
    banner = bench.banner
    texts = ["Bitso: The key was refused.", "QFEX: The key was refused."]
    assert [text for _, text in banner.shown()] == texts
    assert banner.more() == "2 more"
    (line,) = [line for _, line in banner._lines if not line.more.isHidden()]
    line.more.click()
    assert [text for _, text in banner.shown()] == [
        *texts,
        "Bitso: An answer cannot be read.",
        "Bitso: Quotes are polled.",
    ]
    assert banner.more() == "Fewer"
    banner.dismiss(texts[0])
    banner.dismiss(texts[1])
    assert banner.more() == ""
    assert len(banner.shown()) == 2


async def test_prices_are_back_and_a_restart_brings_no_old_news(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with PracticeWorld(venues=("bitget",), quiet=True) as world:
        async with session(theme, world, tmp_path) as at:
            for listener in world.venues["bitget"].listeners:
                listener.cut()
            notices = at.desk.state.notices
            await at.until(lambda: any(each.over for each in notices), "the word that prices are back")
            assert any(each.text.startswith("No market prices from Bitget") for each in notices)
            await at.until(lambda: at.desk.state.accounts[ACCOUNT].link is LinkState.UP, "the link")
            await at.until(lambda: "market prices" not in str(at.banner()).lower(), "an end of what is over")
        async with session(theme, world, tmp_path) as at:
            await at.until(lambda: at.view.foot.journal.text() == "journal verified", "the end of the check")
            assert at.banner() == ()
            assert not at.desk.state.notices


def dismissable(banner: Banner) -> list[str]:
    return [text for text, line in banner._lines if not line.close_it.isHidden()]


def test_a_link_that_is_down_is_said_for_as_long_as_it_lasts(bench: Bench) -> None:
    said = "bitso: an unforeseen fault ended the link (ValueError: x)."
    bench.link(LinkState.DOWN, said)
    bench.notice(said, about=Condition.LINK)
    bench.let_read()
    assert bench.banner.texts() == (said,), "its account names it; it is said once"
    assert dismissable(bench.banner) == []
    bench.link(LinkState.CONNECTING)
    bench.link(LinkState.SYNCING)
    assert bench.banner.texts() == (said,), "it is not back yet"
    bench.link(LinkState.UP)
    assert bench.banner.texts() == ()


async def test_a_link_that_is_down_can_be_tried_again_there(bench: Bench) -> None:
    bench.link(LinkState.DOWN, "No route.")
    ((_, line),) = bench.banner._lines
    assert line.retry.accessibleName() == "Try again: Bitso: No route."
    line.retry.click()
    await asyncio.sleep(0)
    assert bench.paper.connectors["bitso"].refreshed == 1
    assert bench.banner.texts() == ("Bitso: No route.",)


def test_the_end_of_all_following_is_said_once_and_stays(bench: Bench) -> None:
    ended = "Following the venues ended (ValueError: x); nothing shown is kept true. Start Redline again."
    bench.link(LinkState.DOWN, "No route.", "qfex")
    bench.paper.desk.ended = ended
    for name in bench.paper.desk.accounts:
        bench.link(LinkState.DOWN, ended, name)
        bench.notice(ended, name, about=Condition.LINK)
    bench.let_read()
    assert bench.banner.texts() == (ended,)
    assert dismissable(bench.banner) == []
    assert all(card.news.left == "down" for card in bench.ticket.top.strip.cards.values())
    assert all(bench.ticket.model.row_at(row).stale for row in range(bench.ticket.model.rowCount()))


def test_the_end_is_seen_although_no_event_tells_of_it(bench: Bench) -> None:
    bench.paper.desk.ended = "Following the venues ended."
    bench.ticket.feed.tick.emit()
    bench.look()
    assert bench.banner.texts() == ("Following the venues ended.",)
    assert all(card.news.left == "down" for card in bench.ticket.top.strip.cards.values())
    assert bench.ticket.model.row_at(0).order.word == "Working · stale"


def test_a_part_of_this_program_that_failed_is_no_venues_matter(bench: Bench) -> None:
    bench.paper.desk.state.notices.append(Notice("", bench.paper.clock.now(), "A part of this program failed.", True))
    bench.ticket.feed.tick.emit()
    assert bench.banner.texts() == ("A part of this program failed.",)


def test_another_ticket_beside_this_one_is_told_for_good_and_is_no_trouble(bench: Bench) -> None:
    desk = bench.paper.desk
    desk.tell_lasting("Another ticket is running.", serious=False)
    desk.tell_lasting("A record is missing.")
    bench.look()
    lines = dict(bench.banner._lines)
    assert lines["Another ticket is running."].label.text() == "◌  Another ticket is running."
    assert not lines["Another ticket is running."].passing, "it stays as long as that is so"
    assert lines["A record is missing."].label.text() == "✕  A record is missing."
