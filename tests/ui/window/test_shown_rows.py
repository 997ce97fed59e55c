"""Rows of the window's list: which ended ones leave, and when; what fails for one is told and takes nothing else."""

from __future__ import annotations

import logging

import pytest

from app.desk.state import Lineage
from app.domain.order import OrderStatus
from app.runtime.errors import ErrorSink
from app.runtime.qtloop import QtLoop
from app.ui.orders.row import Column
from app.ui.orders.row_order import Place
from app.ui.orders.rows import LINGER, DeskRows
from app.ui.window.apart import Apart
from app.ui.window.row_filter import RowFilter
from app.ui.window.shown_rows import ShownRows
from tests.helpers.paper_desk import PaperDesk, resting


class Shown:
    """A desk with one order, and the rows of it."""

    def __init__(self) -> None:
        self.paper, self.sink = PaperDesk("bitso"), ErrorSink()
        self.key = self.paper.order(resting("bitso", "1", "btc_usd", "7.00", "1"))
        self.rows = DeskRows(self.paper.desk)
        self.chosen = RowFilter(self.paper.desk, self.rows)
        self.shown = ShownRows(self.paper.desk, self.rows, self.chosen, Apart(self.sink))


def test_an_ended_row_is_due_once_its_time_is_over(qloop: QtLoop) -> None:
    desk = Shown()
    assert desk.shown.listed(desk.key)
    assert not desk.shown.ended(desk.key)
    assert desk.shown.due(10**30) == [], "an open one never is"
    desk.paper.change(desk.key, status=OrderStatus.CANCELLED)
    leaves = desk.paper.desk.state.lineages[desk.key].seen_at + LINGER
    for _ in range(3):
        assert desk.shown.listed(desk.key)
    assert desk.shown.ended(desk.key)
    assert desk.shown.due(leaves - 1) == []
    assert desk.shown.due(leaves) == [desk.key]
    assert desk.shown.due(leaves) == []


def test_one_that_is_held_in_the_list_comes_again(qloop: QtLoop) -> None:
    desk = Shown()
    desk.paper.change(desk.key, status=OrderStatus.CANCELLED)
    desk.rows.pinned.add(desk.key)
    for _ in range(2):
        assert desk.shown.listed(desk.key)
        assert desk.shown.due(10**30) == [desk.key]
    desk.rows.pinned.clear()
    desk.paper.clock.pass_time(120)
    assert not desk.shown.listed(desk.key)
    assert desk.shown.due(10**30) == []


def test_what_sorts_is_what_is_shown(qloop: QtLoop) -> None:
    desk = Shown()
    row = desk.shown.row(desk.key)
    assert row is not None
    assert row.price == "7.00"
    assert str(desk.shown.key(desk.key, Column.PRICE)) == "7.00"
    assert desk.shown.key(desk.key, Column.ORDER) == row.order.word
    assert desk.shown.key(desk.key, Column.AMENDMENT) is row.amendment is None


def test_nothing_is_known_of_a_lineage_that_is_not_there(qloop: QtLoop) -> None:
    shown = Shown().shown
    assert (shown.listed("x"), shown.ended("x"), shown.row("x"), shown.key("x", Column.AGE)) == (
        False,
        False,
        None,
        None,
    )


def test_a_fault_is_told_and_the_row_is_there(
    qloop: QtLoop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Shown()

    def broken(*_: object) -> None:
        raise ValueError("broken")

    for verb in ("made", "key", "listed"):
        monkeypatch.setattr(desk.rows, verb, broken)
    monkeypatch.setattr(desk.chosen, "passes", broken)
    desk.paper.change(desk.key, status=OrderStatus.CANCELLED)
    with caplog.at_level(logging.ERROR, "redline.errors"):
        row = desk.shown.row(desk.key)
        assert row is not None
        assert row.order.word == "Cannot be shown"
        assert desk.shown.key(desk.key, Column.PRICE) is None
        assert desk.shown.listed(desk.key)
        assert desk.shown.passes(desk.key)
    assert len(desk.sink.problems) == 1


def test_the_filter_that_is_set_looks_into_known_texts(qloop: QtLoop) -> None:
    desk = Shown()
    assert desk.shown.passing() is None
    desk.chosen.search = "btc"
    fits = desk.shown.passing()
    assert fits is not None
    for _ in range(2):
        assert (fits(desk.key), fits("x")) == (True, False)
    desk.chosen.search = "eth"
    fits = desk.shown.passing()
    assert fits is not None
    assert not fits(desk.key)
    desk.rows.pinned.add(desk.key)
    assert fits(desk.key), "a person is at work on it"
    desk.chosen.search, desk.chosen.account = "", "bitso"
    fits = desk.shown.passing()
    assert fits is not None
    assert (fits(desk.key), fits("x")) == (True, False)


def test_many_are_sifted_as_each_is_passed(qloop: QtLoop) -> None:
    desk = Shown()
    other = desk.paper.order(resting("bitso", "2", "eth_usd", "9.00", "1"))
    places: list[Place] = [(0, number, key) for number, key in enumerate((desk.key, other, "x"))]
    assert desk.shown.sift() is None, "nothing is looked for"
    for text in ("btc", "eth", "bitso", "2", "usd\nspot", "nowhere", "btc_usd"):
        for pinned in (set[str](), {other}):
            desk.rows.pinned.clear()
            desk.rows.pinned.update(pinned)
            desk.chosen.search = text
            sift, fits = desk.shown.sift(), desk.shown.passing()
            assert sift is not None
            assert fits is not None
            assert sift(places) == [place for place in places if fits(place[2])], text
    desk.chosen.account = "bitso"
    assert desk.shown.sift() is None, "an account cannot be looked for in a text"


def test_a_row_that_cannot_be_read_is_sifted_in_and_told(
    qloop: QtLoop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Shown()
    other = desk.paper.order(resting("bitso", "2", "eth_usd", "9.00", "1"))
    desk.chosen.search, words = "btc", RowFilter._words

    def broken(self: RowFilter, lineage: Lineage) -> str:
        if lineage.key == other:
            raise ValueError("broken")
        return words(self, lineage)

    monkeypatch.setattr(RowFilter, "_words", broken)
    sift = desk.shown.sift()
    assert sift is not None
    with caplog.at_level(logging.ERROR, "redline.errors"):
        assert sift([(0, 0, other), (0, 1, desk.key)]) == [(0, 0, other), (0, 1, desk.key)]
    assert len(desk.sink.problems) == 1
    desk.chosen.search = "eth"
    sift = desk.shown.sift()
    assert sift is not None
    with caplog.at_level(logging.ERROR, "redline.errors"):
        assert sift([(0, 0, other), (0, 1, desk.key)]) == [(0, 0, other)]
