"""Which world it is: badge, its colour, title, cards, rows, every question, every consent and every export say so."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QCheckBox, QMenu, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from app.domain.account import Account, Environment
from app.domain.form import FieldName
from app.runtime.errors import ErrorSink
from app.runtime.lifecycle import Lifecycle
from app.runtime.qtloop import QtLoop
from app.ui.look.plain import question
from app.ui.look.theme import Theme
from app.ui.window.desk_view import DeskView
from app.ui.window.leaving import ask_to_leave, open_ends
from app.ui.window.main_window import MainWindow
from tests.helpers.paper_desk import D, PaperDesk, bitso_buy, resting
from tests.house.test_house_rules import trees

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True)

WORLDS = [each.value.upper() for each in Environment]


@dataclass
class Shown:
    """A window on accounts of one world."""

    paper: PaperDesk
    window: MainWindow
    ticket: DeskView
    buy: str

    def panel_box(self) -> QWidget:
        """The end of the open panel, with a draft that takes a tick and a longer press."""
        assert self.ticket.panels.open(self.buy) is not None
        panel = self.ticket.panels.panel(self.buy)
        assert panel is not None
        panel.fields.lines[FieldName.PRICE].set_number(D("200000"))
        QApplication.processEvents()
        return panel.box


@pytest.fixture(params=list(Environment), ids=lambda each: each.value)
def world(request: pytest.FixtureRequest) -> Environment:
    found: Environment = request.param
    return found


@pytest.fixture
def shown(qtbot: QtBot, theme: Theme, qloop: QtLoop, world: Environment) -> Iterator[Shown]:
    paper = PaperDesk("bitso", "qfex", environment=world)
    paper.desk.read_only = False
    buy = bitso_buy(paper)
    paper.balance("bitso", "usd", "9000000.00", "8900000.00")
    life = Lifecycle()
    window = MainWindow(theme, ErrorSink(), life)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    ticket = window.attach(paper.desk)
    ticket.feed.flush()
    ticket.model.flush()
    yield Shown(paper, window, ticket, buy)
    ticket.stop()
    life.allow_close()


def others(world: Environment) -> list[str]:
    return [each for each in WORLDS if each != world.value.upper()]


def says(world: Environment, text: str) -> bool:
    """Whether a text names this world and no other."""
    return world.value.upper() in text and not any(each in text for each in others(world))


def cancelling(shown: Shown) -> QMessageBox:
    box = shown.ticket.menu.ask_cancel(shown.buy)
    assert box is not None
    return box


def leaving(shown: Shown) -> QMessageBox:
    shown.panel_box()
    lines = open_ends(shown.paper.desk, shown.ticket.rows, shown.ticket.panels.drafts())
    assert lines
    return ask_to_leave(shown.window, lines, kept=True)


def anything(shown: Shown) -> QMessageBox:
    """A question that somebody will write, and forget to name the world in."""
    return question(shown.ticket.view, "Go on", "Do it?", "Nothing is lost.")


@pytest.mark.parametrize("ask", [cancelling, leaving, anything])
def test_every_question_names_its_world(shown: Shown, world: Environment, ask: Callable[[Shown], QMessageBox]) -> None:
    box = ask(shown)
    assert says(world, box.windowTitle())
    assert says(world, f"{box.text()} {box.informativeText()}")
    box.close()


def test_every_consent_names_its_world(shown: Shown, world: Environment) -> None:
    box = shown.panel_box()
    ticks = [tick for tick in box.findChildren(QCheckBox) if tick.isVisible()]
    assert ticks
    assert all(says(world, tick.accessibleDescription()) for tick in ticks)
    panel = shown.ticket.panels.panel(shown.buy)
    assert panel is not None
    assert says(world, panel.box.send.accessibleName())
    assert says(world, panel.name.text())


def test_badge_title_and_cards_name_it(shown: Shown, world: Environment) -> None:
    assert shown.ticket.top.badge.text() == world.value.upper()
    assert says(world, shown.window.windowTitle())
    for card in shown.ticket.top.strip.cards.values():
        assert says(world, card.accessibleDescription())
    menu: QMenu = shown.ticket.top.strip.show_menu("bitso", QPoint(3, 3))
    assert says(world, menu.actions()[0].text())
    menu.close()


def test_a_copied_row_names_it(shown: Shown, world: Environment) -> None:
    menu = shown.ticket.menu.show_of(shown.buy, QPoint(3, 3))
    assert menu is not None
    assert says(world, menu.actions()[0].text())
    next(each for each in menu.actions() if each.text().startswith("Copy row")).trigger()
    menu.close()
    assert QGuiApplication.clipboard().text().split("\t")[-1] == world.value.upper()


def test_no_two_worlds_have_a_badge_alike(theme: Theme, qtbot: QtBot, qloop: QtLoop) -> None:
    looks = set()
    for each in Environment:
        ticket = MainWindow(theme, ErrorSink(), Lifecycle())
        qtbot.addWidget(ticket)
        top = ticket.attach(PaperDesk("bitso", environment=each).desk).top
        looks.add(top.badge.styleSheet())
        assert ticket.ticket is not None
        ticket.ticket.stop()
    assert len(looks) == len(Environment)


def test_where_worlds_are_mixed_every_row_and_card_says_which(qtbot: QtBot, theme: Theme, qloop: QtLoop) -> None:
    paper = PaperDesk("bitso", "qfex", environment=Environment.PRACTICE)
    old = paper.desk.accounts["qfex"]
    paper.desk.accounts["qfex"] = Account(old.name, old.venue, Environment.LIVE, old.addresses)
    bitso_buy(paper)
    paper.order(resting("qfex", "8888", "AAPL-USD", "200.00", "2.000"))
    window = MainWindow(theme, ErrorSink(), Lifecycle())
    qtbot.addWidget(window)
    ticket = window.attach(paper.desk)
    ticket.feed.flush()
    ticket.model.flush()
    assert ticket.top.badge.text() == "LIVE + PRACTICE"
    assert window.windowTitle() == "Redline — LIVE + PRACTICE"
    venues = {ticket.model.row_at(each).venue for each in range(2)}
    assert venues == {"PRACTICE Bitso", "LIVE QFEX"}
    assert "LIVE QFEX" in ticket.top.strip.cards["qfex"].accessibleName()
    ticket.stop()


def test_nothing_else_in_the_window_asks(repo_root: Path) -> None:
    """Every box that asks comes from the one factory, which names the world."""
    asking = {"QMessageBox", "QDialog", "QInputDialog", "QFileDialog", "QErrorMessage", "QWizard", "QProgressDialog"}
    made = [
        f"{path}:{node.lineno}"
        for path, tree in trees(repo_root, "app/ui")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in asking
    ]
    assert [each for each in made if not each.startswith("app/ui/look/plain.py")] == []
    assert len(made) == 1
