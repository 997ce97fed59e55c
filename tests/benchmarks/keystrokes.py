"""Keys that ten jobs of a trader take, pressed in the real window on practice venues, each seen to have done its work.

    python -m tests.benchmarks.keystrokes

A key with Ctrl, Alt or Shift held counts once, a typed letter too.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from app.desk.batch.members import Ending
from app.domain.amendment import AmendmentStage
from app.domain.order import Order
from app.practice.exchange.orders import TRADER, NewOrder, SimKind
from app.practice.exchange.orders import Side as PracticeSide
from app.runtime.qtloop import run
from app.ui.look.theme import DARK
from app.ui.window.application import make_application
from tests.helpers.ticket_at_practice import CONTROL, NONE, SHIFT, Key, TicketAtPractice, at_practice

ALT = Qt.KeyboardModifier.AltModifier
D = Decimal


class Counted:
    """A person whose keys are counted."""

    def __init__(self, at: TicketAtPractice) -> None:
        self.at = at
        self.count = 0
        self.keys: list[str] = []

    def press(self, key: Key, modifier: Qt.KeyboardModifier = NONE, name: str = "") -> None:
        """Press one key wherever the focus is."""
        focus = QApplication.focusWidget()
        assert focus is not None, "the focus is nowhere"
        QTest.keyClick(focus, key, modifier)
        QApplication.processEvents()
        self.count += 1
        self.keys.append(name or key.name.removeprefix("Key_"))

    def write(self, text: str) -> None:
        """Type a text, a key a letter."""
        for letter in text:
            focus = QApplication.focusWidget()
            assert focus is not None, "the focus is nowhere"
            QTest.keyClicks(focus, letter)
        QApplication.processEvents()
        self.count += len(text)
        self.keys.append(f"“{text}”")

    def send(self) -> None:
        """Ctrl+Enter."""
        self.press(Key.Key_Return, CONTROL, "Ctrl+↵")

    def begin(self, order_id: str) -> Callable[[], Order]:
        """Have an order selected, with nothing counted yet; returns how to read it."""
        view = self.at.view.view
        key = self.at.lineage(order_id).key
        view.choose(key)
        view.setFocus()
        self.count, self.keys = 0, []
        return lambda: self.at.desk.lineage(key).order

    async def done(self, order_id: str, what: str) -> None:
        """Wait until the last amendment of an order is confirmed."""
        row = self.at.lineage(order_id)
        await self.at.until(lambda: self.at.amendment(row).stage is AmendmentStage.CONFIRMED, what)
        await self.at.seen()


Job = Callable[[Counted], Awaitable[None]]
PERP = "1312345660000471877"


async def reprice(hand: Counted) -> None:
    """One tick."""
    order = hand.begin(PERP)
    before = order().price
    hand.press(Key.Key_F2)
    hand.press(Key.Key_Up, name="↑")
    hand.send()
    await hand.done(PERP, "a tick up")
    assert order().price != before


async def again(hand: Counted) -> None:
    """One tick more, the panel still open."""
    hand.count, hand.keys = 0, []
    before = hand.at.lineage(PERP).order.price
    hand.press(Key.Key_Up, name="↑")
    hand.send()
    await hand.at.until(lambda: hand.at.lineage(PERP).order.price != before, "another tick")
    await hand.done(PERP, "another tick")
    for _ in range(2):
        QTest.keyClick(QApplication.focusWidget() or hand.at.view, Key.Key_Escape)


async def join(hand: Counted) -> None:
    """To the best price on its own side."""
    order = hand.begin(PERP)
    before = order().price
    hand.press(Key.Key_F2)
    hand.press(Key.Key_Up, ALT, "Alt+↑")
    hand.send()
    await hand.done(PERP, "the touch")
    assert order().price != before


async def half(hand: Counted) -> None:
    """Half of its size."""
    order = hand.begin("1312345680000471882")
    hand.press(Key.Key_F2)
    hand.press(Key.Key_Tab)
    hand.write("half")
    hand.send()
    await hand.done("1312345680000471882", "half")
    assert order().quantity == D("0.25")


async def constant_spend(hand: Counted) -> None:
    """Another price for the same money."""
    order_id = "fs2nvqm45n2j1pic"
    order = hand.begin(order_id)
    hand.press(Key.Key_F2)
    hand.press(Key.Key_Up, name="↑")
    for _ in range(6):
        focus = QApplication.focusWidget()
        if focus is not None and "spend" in getattr(focus, "text", str)().lower():
            break
        hand.press(Key.Key_Tab)
        focus = QApplication.focusWidget()
        if focus is not None and "quantity" in getattr(focus, "text", str)().lower():
            hand.press(Key.Key_Right, name="→")
    hand.send()
    await hand.done(order_id, "the same money")
    assert order().quantity != D("0.83333333")


async def same_money_again(hand: Counted) -> None:
    """Another price for the same money once more: the ticket keeps what was chosen."""
    order = hand.at.lineage("fs2nvqm45n2j1pic").key
    before = hand.at.desk.lineage(order).order
    hand.at.view.view.choose(order)
    hand.at.view.view.setFocus()
    hand.count, hand.keys = 0, []
    hand.press(Key.Key_F2)
    hand.press(Key.Key_Up, name="↑")
    hand.send()
    await hand.at.until(lambda: hand.at.desk.lineage(order).order.price != before.price, "the same money again")
    await hand.at.seen()
    after = hand.at.desk.lineage(order).order
    assert after.quantity != before.quantity


async def six_by_three(hand: Counted) -> None:
    """All orders shown by three ticks."""
    for _ in range(3):
        QTest.keyClick(QApplication.focusWidget() or hand.at.view, Key.Key_Escape)
    exchange = hand.at.server("bitget").exchange
    known = exchange.order(PERP)
    for number in range(6):
        like = {**known.attributes, "preset": {}, "still": True}
        name, price = f"60{number:017d}", D(59000) - number
        small = {"quantity": D("0.002"), "price": price, "order_id": name, "attributes": like}
        exchange.place(NewOrder(TRADER, known.symbol, PracticeSide.BUY, SimKind.LIMIT, **small))  # type: ignore[arg-type]
    hand.at.desk.refresh("Bitget practice")
    await hand.at.seen()
    hand.at.view.top.search.setText("600000000")
    await hand.at.until(lambda: hand.at.view.model.rowCount() == 6, "six orders")
    hand.at.view.view.setFocus()
    hand.count, hand.keys = 0, []
    hand.press(Key.Key_A, CONTROL, "Ctrl+A")
    hand.press(Key.Key_F2)
    hand.write("-3t")
    hand.send()
    many = hand.at.view.many
    await hand.at.until(lambda: many.batch is not None and many.batch.finished, "the batch")
    assert many.batch is not None
    assert many.batch.counts() == {Ending.CONFIRMED: 6}
    for _ in range(3):
        QTest.keyClick(QApplication.focusWidget() or hand.at.view, Key.Key_Escape)
    hand.at.view.show_all()


async def cancel_one(hand: Counted) -> None:
    """One order, asked first."""
    order = hand.begin("eqq00jgej7xbwrz3")
    hand.press(Key.Key_Delete, name="Del")
    (box,) = hand.at.ticket.window.findChildren(QMessageBox)
    box.activateWindow()
    box.setFocus()
    QApplication.processEvents()
    for key, name in ((Key.Key_Tab, "Tab"), (Key.Key_Return, "↵")):
        QTest.keyClick(box.focusWidget() or box, key)
        hand.count += 1
        hand.keys.append(name)
    await hand.at.until(lambda: not order().is_open, "the cancel")


async def cancel_venue(hand: Counted) -> None:
    """All of one venue."""
    hand.at.ticket.window.activateWindow()
    hand.at.view.view.setFocus()
    await hand.at.seen()
    hand.count, hand.keys = 0, []
    hand.press(Key.Key_F, CONTROL, "Ctrl+F")
    hand.write("qfex")
    await hand.at.until(lambda: hand.at.view.model.rowCount() == 6, "the venue's orders")
    hand.press(Key.Key_Return, name="↵")
    hand.press(Key.Key_A, CONTROL, "Ctrl+A")
    hand.press(Key.Key_Delete, name="Del")
    hand.send()
    await hand.at.until(lambda: hand.at.server("qfex").exchange.open_orders(TRADER) == [], "the cancels")
    many = hand.at.view.many
    await hand.at.until(lambda: many.batch is not None and many.batch.finished, "the batch")
    for _ in range(3):
        QTest.keyClick(QApplication.focusWidget() or hand.at.view, Key.Key_Escape)
    hand.at.view.show_all()


async def undo(hand: Counted) -> None:
    """The last amendment taken back."""
    order = hand.begin(PERP)
    before = order().price
    hand.press(Key.Key_Z, CONTROL | SHIFT, "Ctrl+Shift+Z")
    hand.send()
    await hand.at.until(lambda: order().price != before, "the undo")
    await hand.done(PERP, "the undo")


async def tick_by_replacing(hand: Counted) -> None:
    """One tick where only a replacement can do it, then one more."""
    order = hand.begin("6507")
    before = order().price
    hand.press(Key.Key_F2)
    hand.press(Key.Key_Up, name="↑")
    hand.press(Key.Key_R, ALT, "Alt+R")
    hand.send()
    await hand.at.until(lambda: order().price != before, "a tick by a replacement")


async def replacing_again(hand: Counted) -> None:
    """One tick by a replacement once more: the consent was to more than one."""
    key = hand.at.view.view.lineage()
    assert key is not None
    before = hand.at.desk.lineage(key).order.price
    hand.at.view.view.setFocus()
    hand.press(Key.Key_F2)
    hand.press(Key.Key_Up, name="↑")
    hand.press(Key.Key_R, ALT, "Alt+R")
    panel = hand.at.view.panels.panel(key)
    assert panel is not None
    panel.box.session.check.click()
    hand.press(Key.Key_Escape, name="Esc")
    hand.count, hand.keys = 0, []
    hand.press(Key.Key_F2)
    hand.press(Key.Key_Up, name="↑")
    hand.send()
    await hand.at.until(lambda: hand.at.desk.lineage(key).order.price != before, "another replacement")


JOBS: tuple[tuple[str, Job], ...] = (
    ("reprice by a tick", reprice),
    ("again", again),
    ("join the touch", join),
    ("half the size", half),
    ("another price, the same money (Bitso)", constant_spend),
    ("the same money again", same_money_again),
    ("six orders by three ticks", six_by_three),
    ("cancel one", cancel_one),
    ("cancel all of a venue", cancel_venue),
    ("undo", undo),
    ("a tick by a replacement (AlphaPoint)", tick_by_replacing),
    ("by a replacement again", replacing_again),
)


async def play() -> int:
    """Do every job once, and print what it took."""
    theme = make_application(DARK.name)[1]
    with tempfile.TemporaryDirectory() as folder:
        async with at_practice(theme, Path(folder), "bitget", "bitso", "qfex", "alphapoint") as at:
            hand = Counted(at)
            for name, job in JOBS:
                await job(hand)
                sys.stdout.write(f"{name:40} {hand.count:3}   {' '.join(hand.keys)}\n")
                sys.stdout.flush()
    return 0


def main() -> int:
    """Do them."""
    rules = "qt.qpa.*=false;*.warning=false"
    os.environ |= {"QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"), "QT_LOGGING_RULES": rules}
    application, _ = make_application(DARK.name)
    return run(play, app=application)


if __name__ == "__main__":
    raise SystemExit(main())
