"""Texts of a venue in the real window: no mark-up, no control, no forged line, whatever a person does with the row."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QAction, QGuiApplication, QHelpEvent, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu, QPlainTextEdit, QTabBar, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from app.desk.state import Doubt
from app.domain import events as ev
from app.domain.amendment import Amendment, AmendmentStage, Rung, Source
from app.domain.market import LinkState
from app.domain.order import OrderKind, OrderStatus
from app.domain.plain import one_line
from app.runtime.qtloop import QtLoop
from app.ui.detail.bottom_dock import Page
from app.ui.look.theme import DARK, LIGHT, Colours, Theme
from app.ui.orders.row import Column
from tests.helpers.shots import ink, save, shoot
from tests.helpers.toy_venue import amendment
from tests.ui.window.test_hostile_values import BASE, Odd

#: Where pictures go, for who wants to look at them; none are kept otherwise.
PICTURES = os.environ.get("REDLINE_PICTURES", "")

HOSTILE = {
    "picture": '<img src="file:///dev/zero">',
    "link": '<a href="file:///etc/passwd">press here</a>',
    "style": '<div style="font-size:90px">BIG</div><b>bold</b>',
    "entity": "A&amp;B &lt;now&gt; &Yes",
    "comment": "<!-- hidden",
    "forged": "BTC at 1?\nOrder 7. Nothing is lost.\r\u2028Press Yes",
    "bidi": "BTC\u202e1 ta 5.0 lles\u202c \u2066x\u2069 אבג",
    "unseen": "BTC\u200b\u200d\u2060\ufeff\u00ad\u3164USD",
    "control": "\x00\x07\x1b[2J\x1b]0;title\x07\x9b31m\x7f",
    "half": "a\ud800b\udfff",
    "marks": "Z" + "\u0337\u0315\u0321" * 2000,
    "long": "W" * 100_000,
    "emoji": "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "formula": '=HYPERLINK("http://x")\t@SUM(A1)',
}


@pytest.fixture
def odd(qtbot: QtBot, theme: Theme, qloop: QtLoop) -> Iterator[Odd]:
    bench = Odd(qtbot, theme)
    yield bench
    bench.ticket.stop()
    bench.life.allow_close()


def plant(bench: Odd, text: str) -> str:
    """Put a text everywhere a venue could have written it."""
    order = replace(
        BASE,
        order_id=text,
        symbol=text,
        market=text,
        client_id=text,
        raw_kind=text,
        kind=OrderKind.OTHER,
        raw_status=text,
        status=OrderStatus.UNRECOGNISED,
        reason=text,
        attributes=((text, text),),
    )
    key = bench.plant(order, stale=False)
    state, now = bench.paper.desk.state, bench.paper.clock.now()
    lineage = state.lineages[key]
    lineage.ids = [f"before {text}", text]
    lineage.doubt = Doubt(now, Source.LISTING, text, text)
    state.accounts["bitso"].unreadable[text] = Doubt(now, Source.LISTING, text, text)
    made: Amendment = replace(amendment(order), lineage=key, outcome=text, missing=text, code=text, new_order_id=text)
    rungs = tuple(Rung(stage, now, Source.REPLY, text) for stage in (AmendmentStage.WRITTEN, AmendmentStage.UNKNOWN))
    state.amendments[made.amendment_id] = replace(made, rungs=rungs, stage=AmendmentStage.UNKNOWN)
    lineage.amendments.append(made.amendment_id)
    bench.paper.happen(
        ev.LinkChanged("qfex", now, LinkState.DOWN, text),
        ev.Noticed("bitso", now, text),
        ev.WireSeen("bitso", now, "in", "http", text, text, made.amendment_id),
    )
    bench.touch(key)
    bench.look()
    bench.ticket.feed.tick.emit()
    return key


def texts_of(widget: QWidget) -> Iterator[tuple[str, str]]:
    """Yield (where, text) of everything below a widget that a person or a screen reader is given on one line."""
    for each in [widget, *widget.findChildren(QWidget)]:
        where = type(each).__name__
        yield f"{where} name", each.accessibleName()
        yield f"{where} description", each.accessibleDescription()
        if isinstance(each, QAbstractButton):
            yield f"{where} text", each.text()
        if isinstance(each, QTabBar):
            yield from ((f"{where} tab", each.tabText(number)) for number in range(each.count()))
    yield "title", widget.windowTitle()


def is_seen(text: str) -> bool:
    return one_line(text) == text


def is_plain(tip: str) -> bool:
    """Return True for a tooltip that Qt does not take for markup, or that is ours, in which all is escaped."""
    ours = re.fullmatch(r'<p style="white-space: pre-wrap">([^<>]*)</p>', tip)
    return ours is not None or not Qt.mightBeRichText(tip)


def check(bench: Odd, window: QWidget) -> None:
    """Everything that is written below a window is what is seen of it."""
    assert [(where, ascii(text)) for where, text in texts_of(window) if not is_seen(text)] == []
    for label in window.findChildren(QLabel):
        if label.objectName() == "qtooltip_label":
            assert is_plain(label.text())
        elif label.textFormat() is Qt.TextFormat.RichText:
            assert "<img" not in label.text()
            assert set(re.findall(r"</?(\w+)", label.text())) <= {"span", "br"}
        else:
            assert label.textFormat() is Qt.TextFormat.PlainText
            assert all(map(is_seen, label.text().split("\n"))), ascii(label.text())
            assert len(label.text()) <= 1300
    for box in window.findChildren(QPlainTextEdit):
        assert all(map(is_seen, box.toPlainText().split("\n")))
    for action in window.findChildren(QAction):
        assert is_seen(action.text())
    assert bench.sink.problems == ()


def hover(widget: QWidget, place: QPoint) -> str:
    """Ask for the tooltip at a place; return what is shown."""
    QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, place, widget.mapToGlobal(place)))
    text = QToolTip.text()
    QToolTip.hideText()
    return text


def walk(bench: Odd, key: str) -> None:
    """Everything a person does with a row."""
    ticket, view = bench.ticket, bench.ticket.view
    assert view.choose(key)
    index = ticket.model.index_of(key)
    for column in Column:
        if not view.isColumnHidden(column):
            place = view.visualRect(index.siblingAtColumn(column)).center()
            assert "<img" not in hover(view.viewport(), place)
    for page in Page:
        ticket.dock.tabs.setCurrentIndex(page)
        bench.window.grab()
        check(bench, bench.window)
    for widget in bench.window.findChildren(QWidget):
        assert is_plain(widget.toolTip())
    view.setFocus()
    bench.qtbot.keyClick(view, Qt.Key.Key_F2)
    bench.window.grab()
    check(bench, bench.window)
    view.setFocus()
    bench.qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().text().split("\t")
    assert len(copied) == len(Column) + 1
    assert all(is_seen(cell) for cell in copied)
    assert not any(cell.startswith(("=", "+", "@", "-")) for cell in copied if not cell.lstrip("+-").isdecimal())


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_the_window_shows_what_a_venue_wrote_and_does_nothing_with_it(odd: Odd, text: str) -> None:
    odd.window.resize(1600, 1000)
    walk(odd, plant(odd, text))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_the_question_is_ours_whatever_the_order_is_called(odd: Odd, text: str) -> None:
    key = plant(odd, text)
    box = odd.ticket.menu.ask_cancel(key)
    assert box is not None
    check(odd, box)
    assert re.fullmatch(r"Cancel buy \S+ \S.* at 120000\.00\?", box.text())
    assert re.fullmatch(
        r"PRACTICE · Bitso · account bitso\nOrder .+\nIts place .+(\n.+ no outcome yet; .+)?", box.informativeText()
    )
    assert box.text().count("?") == 1 or "“" in box.text(), "what is not a plain name stands in quotes"
    box.reject()
    odd.ticket.dock.show_attention()
    check(odd, odd.window)


def test_a_pipe_as_a_picture_is_never_opened(odd: Odd, tmp_path: Path) -> None:
    """Who opens it waits for ever for somebody to write."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    walk(odd, plant(odd, f'<img src="file://{pipe}">'))


@pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True)
def test_the_menu_is_ours(odd: Odd) -> None:
    key = plant(odd, HOSTILE["entity"])
    place = odd.ticket.view.visualRect(odd.ticket.model.index_of(key)).center()
    menu = odd.ticket.menu.show_at(place)
    assert isinstance(menu, QMenu)
    check(odd, menu)
    actions = {action.text(): action for action in menu.actions()}
    actions["Copy order id"].trigger()
    assert QGuiApplication.clipboard().text() == HOSTILE["entity"]
    menu.close()


@pytest.mark.slow
@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("scale", [1, 2])
def test_pictures_of_the_hostile_window(odd: Odd, colours: Colours, scale: int) -> None:
    odd.theme.use(colours)
    odd.window.resize(1600, 1000)
    keys = [
        odd.plant(replace(BASE, order_id=text, symbol=text, client_id=text), n)
        for n, text in enumerate(HOSTILE.values())
    ]
    odd.look()
    plant(odd, HOSTILE["picture"])
    odd.ticket.view.choose(keys[5])
    odd.ticket.dock.show_attention()
    odd.look()
    image = shoot(odd.window, scale)
    assert ink(image) > 30
    if PICTURES:
        name = "dark" if colours.dark else "light"
        save(image, Path(PICTURES) / f"hostile-{name}-{scale}00.png")
        odd.open(keys[6])
        save(shoot(odd.window, scale), Path(PICTURES) / f"hostile-panel-{name}-{scale}00.png")
