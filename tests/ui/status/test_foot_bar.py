"""The bottom line: what it says of journal, clocks and exposure, and that nothing in it is ever cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.desk.desk import Desk
from app.desk.journal.recorder import JournalStanding
from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.market import LinkState
from app.domain.order import Side
from app.runtime.qtloop import QtLoop
from app.ui.look.theme import Theme
from app.ui.status.foot_bar import FootBar
from app.ui.status.foot_texts import clock_words, exposure_words, journal_words, offset_words
from app.ui.widgets.elided_label import ElidedLabel
from tests.ui.detail.test_attention_list import Waiting

D = Decimal
MS = 1_000_000
HELD = JournalStanding(Path("/x/journal.db"), shared=False, new=False, checked=True, broken="", failed="")
FAILED = "The journal /x/journal.db cannot be written (disk full); nothing can be sent until it can."


@pytest.fixture
def bench(qtbot: QtBot, theme: Theme, qloop: QtLoop) -> Iterator[Waiting]:
    bench = Waiting(qtbot, theme)
    yield bench
    bench.ticket.stop()
    bench.life.allow_close()


@pytest.mark.parametrize(
    "changes, words, tip",
    [
        ({}, "journal verified", "every record"),
        ({"checked": False}, "journal being checked", "one by one"),
        ({"checked": False, "new": True}, "journal new", "nothing to verify"),
        ({"new": True}, "journal new", "nothing to verify"),
        ({"checked": False, "broken": "Row 7 was edited."}, "journal broken", "Row 7 was edited."),
        ({"broken": "Row 7 was edited."}, "journal broken", "Row 7 was edited."),
        ({"failed": FAILED}, "journal not written", FAILED),
        ({"shared": True}, "journal verified", "Another ticket has the journal"),
    ],
)
def test_a_journal_is_verified_only_after_its_check(changes: dict[str, object], words: str, tip: str) -> None:
    told = journal_words(replace(HELD, **changes))  # type: ignore[arg-type]
    assert told.words == words
    assert tip in told.tip
    assert told.trouble == ("broken" in words or "not written" in words)


def test_without_a_journal_it_is_said() -> None:
    assert journal_words(None).words == "no journal"


@pytest.mark.parametrize(
    "nanoseconds, words",
    [
        (0, "±0 ms"),
        (20_000, "±0 ms"),
        (400_000, "+0.4 ms"),
        (3 * MS, "+3 ms"),
        (-41 * MS, "−41 ms"),
        (-1_240 * MS, "−1.2 s"),
    ],
)
def test_a_clock_s_offset_has_its_sign(nanoseconds: int, words: str) -> None:
    assert offset_words(nanoseconds) == words


def test_the_clock_that_is_furthest_off_is_named_and_all_are_listed() -> None:
    told = clock_words({"one": 3 * MS, "two": -12 * MS, "three": None}, str.upper)
    assert told.words == "TWO clock −12 ms"
    assert "ONE +3 ms\nTWO −12 ms\nTHREE not known" in told.tip
    assert clock_words({"three": None}, str.upper).words == ""


def test_sums_stay_apart_by_side_and_currency() -> None:
    sums = {(Side.SELL, "CAD"): D("84110.00"), (Side.BUY, "USD"): D("312440.50")}
    assert exposure_words(sums).words == "If all in flight land: buy 312\u202f440.5 USD, sell 84\u202f110 CAD"
    assert exposure_words({}).words == ""
    assert "worst" not in exposure_words(sums, sums).tip
    worst = {**sums, (Side.SELL, "CAD"): D(90000)}
    told = exposure_words(sums, worst)
    assert told.words == exposure_words(sums).words
    assert "At worst" in told.tip
    assert told.tip.endswith("buy 312\u202f440.5 USD, sell 90\u202f000 CAD.")


async def test_exposure_is_shown_while_something_is_in_flight(bench: Waiting) -> None:
    foot = bench.ticket.foot
    assert foot.exposure.isHidden()
    await bench.amend(bench.large, "109000.00")
    bench.look()
    assert foot.exposure.isVisible()
    assert foot.exposure.text() == "If all in flight land: buy 327\u202f000 USD"
    bench.refuse(bench.large)
    bench.look()
    assert foot.exposure.isHidden()
    await bench.paper.desk.close()


def cut(foot: FootBar) -> list[str]:
    """Texts that do not fit the room they have, and parts that lie outside."""
    found = []
    for part in foot.findChildren(QWidget):
        if not part.isVisible() or not isinstance(part, QLabel | QPushButton):
            continue
        whole = (
            part.shown() == part.text() if isinstance(part, ElidedLabel) else part.width() >= part.sizeHint().width()
        )
        if not whole or not foot.rect().contains(part.geometry()):
            found.append(part.text())
    return found


@pytest.mark.parametrize("width", [860, 960, 1100, 1280, 1600])
async def test_at_no_width_anything_is_cut(bench: Waiting, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    foot = bench.ticket.foot
    ahead = {"bitget": 3 * MS, "qfex": -12 * MS, "alphapoint": None, "bitso": 0}
    monkeypatch.setattr(Desk, "venues_ahead", property(lambda _: ahead))
    monkeypatch.setattr(Desk, "journal", property(lambda _: HELD))
    bench.window.resize(width, 620)
    bench.look()
    assert cut(foot) == []
    assert foot.journal.isVisible()
    assert foot.theme.isVisible()
    assert "data as of" in foot.fresh.text()
    await bench.amend(bench.large, "109000.00")
    for name in ("qfex", "alphapoint", "bitso"):
        bench.paper.happen(ev.LinkChanged(name, bench.paper.clock.now(), LinkState.DOWN, "No route."))
    bench.paper.clock.pass_time(4000)
    foot.show_waiting(12)
    bench.look()
    assert cut(foot) == []
    assert foot.fresh.isVisible()
    assert "qfex" in foot.fresh.text() + foot.fresh.toolTip()
    assert foot.unresolved.isVisible()
    monkeypatch.setattr(Desk, "journal", property(lambda _: replace(HELD, failed=FAILED)))
    bench.look()
    assert cut(foot) == []
    assert foot.journal.isVisible(), "trouble is never left out"
    assert foot.journal.toolTip() == FAILED
    QApplication.processEvents()
    await bench.paper.desk.close()


def test_a_journal_that_cannot_be_written_is_said_once_and_unsaid(
    bench: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.open(bench.buy)
    bench.price(bench.buy, "119000")
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    assert panel.box.send.isEnabled()
    monkeypatch.setattr(Desk, "journal", property(lambda _: replace(HELD, failed=FAILED)))
    for account in bench.paper.desk.accounts:
        bench.paper.happen(ev.Noticed(account, bench.paper.clock.now(), FAILED))
    bench.look()
    assert bench.ticket.banner.texts() == (FAILED,), "it is no venue's doing"
    assert not panel.box.send.isEnabled()
    assert panel.box.send.toolTip() == FAILED
    monkeypatch.setattr(Desk, "journal", property(lambda _: HELD))
    bench.ticket.feed.tick.emit()
    assert bench.ticket.banner.texts() == ()
    assert panel.box.send.isEnabled()


def test_incomplete_unreadable_and_silent_are_counted_apart(bench: Waiting) -> None:
    now = bench.paper.clock.now()
    bench.paper.happen(
        ev.LinkChanged("qfex", now, LinkState.CONNECTING, ""),
        ev.OpenOrdersListed("bitget", now, now, (), complete=False),
        ev.OrderUnreadable("alphapoint", now, "77", "it has no symbol", "{}", Source.LISTING),
        ev.OrderUnreadable("bitso", now, "large", "it has no symbol", "{}", Source.LOOKUP),
    )
    bench.look()
    text = bench.ticket.foot.orders.text()
    assert text == "4 open orders · 3 of 4 venues listed so far · 2 unreadable · 2 lists incomplete"
    assert "AlphaPoint: incomplete: 1 order unreadable (77)" in bench.ticket.foot.orders.toolTip()
