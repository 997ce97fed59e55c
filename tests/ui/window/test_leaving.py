"""Closing over something open asks first, names it, and offers to stay."""

from __future__ import annotations

import asyncio

from PySide6.QtWidgets import QApplication, QMessageBox

from app.ui.window.leaving import MOST, ask_to_leave, open_ends
from tests.ui.window.test_window import Bench

Answer = QMessageBox.StandardButton


def asked(bench: Bench) -> list[QMessageBox]:
    return [box for box in bench.window.findChildren(QMessageBox) if box.isVisible()]


def ending(bench: Bench) -> bool:
    return bench.life._stop.is_set()


def test_with_nothing_open_it_closes_without_a_word(bench: Bench) -> None:
    bench.window.close()
    assert asked(bench) == []
    assert ending(bench)


def test_over_a_draft_it_asks_once_and_offers_to_stay(bench: Bench) -> None:
    bench.open(bench.buy)
    bench.price(bench.buy, "119000")
    bench.window.close()
    bench.window.close()
    (box,) = asked(bench)
    assert not ending(bench)
    assert box.defaultButton() is box.button(Answer.No)
    assert "A draft is not sent: buy 0.83333333 btc_usd" in box.informativeText()
    assert "order qlbga6b600n3xta7" in box.informativeText()
    box.reject()
    QApplication.processEvents()
    assert not ending(bench)
    assert bench.ticket.panels.drafts() == (bench.buy,), "it is still there"
    bench.window.close()
    asked(bench)[-1].button(Answer.Yes).click()
    assert ending(bench)


async def test_over_an_amendment_without_an_outcome_it_says_that_it_has_left(bench: Bench) -> None:
    bench.open(bench.buy)
    bench.price(bench.buy, "119000")
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    panel.send()
    lines = open_ends(bench.paper.desk, bench.ticket.rows, ())
    assert lines[0].startswith("The amendment has not left: buy 0.83333333 btc_usd")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    bench.look()
    bench.window.close()
    (box,) = asked(bench)
    assert "has left, and its outcome is not known: buy 0.83333333 btc_usd" in box.informativeText()
    box.reject()
    await bench.paper.desk.close()


def test_many_are_counted(bench: Bench) -> None:
    box = ask_to_leave(bench.window, [f"A draft is not sent: {number}" for number in range(MOST + 3)], kept=True)
    assert f"{MOST + 3} things are still open" in box.text()
    assert "and 3 more" in box.informativeText()
    assert "A draft is kept" in box.informativeText()
    assert "An amendment" not in box.informativeText(), "there is none"
    box.deleteLater()
