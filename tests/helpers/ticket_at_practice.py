"""The window on practice venues in one event loop, driven by keys and read as a person reads it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from app.desk.desk import Desk
from app.desk.state import Lineage
from app.domain.account import Account
from app.domain.amendment import Amendment, AmendmentStage
from app.domain.evidence import SECOND
from app.domain.form import FieldName
from app.domain.ports import Clock, Connector, Rulebook, Sink, Venue
from app.domain.profile import Profile
from app.practice.exchange.orders import TRADER, SimOrder
from app.practice.server.server import VenueServer
from app.practice.world import PracticeWorld
from app.ui.amend.change_table import line_words
from app.ui.amend.panel import AmendPanel
from app.ui.look.theme import Theme
from app.ui.orders.row import Column, OrderRow
from app.ui.window.application import opened
from app.ui.window.desk_view import DeskView
from app.ui.window.ticket import Ticket
from app.venues import registry

#: Guards against a hang, below that of the event loop's own; nothing is measured.
PATIENCE = 8.0

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
Key = Qt.Key

#: How often practice venues say what they repeat by themselves, so that no test waits a second for a balance.
_OFTEN = {"pulse_ms": 100, "bbo_ms": 50}

GROUP = "\u202f"
"""What parts the thousands of a number on the screen."""


@dataclass(frozen=True)
class _QuickVenue:
    """A venue whose evidence may close an amendment sooner; everything else is its own."""

    profile: Profile
    rulebook: Rulebook
    real: Venue

    def connect(self, account: Account, sink: Sink, clock: Clock) -> Connector:
        return self.real.connect(account, sink, clock)


def load_quick(names: set[str]) -> Mapping[str, Venue]:
    """The registry, with evidence after tenths of seconds instead of seconds."""
    found: dict[str, Venue] = {}
    for name, venue in registry.load(names).items():
        rules = type(venue.rulebook)
        evidence = replace(
            venue.rulebook.evidence,
            settle_after=9 * SECOND // 10,
            probe_after=(3 * SECOND // 10, SECOND),
            probe_every=SECOND,
        )
        quick = type(rules.__name__, (rules,), {"evidence": evidence})
        found[name] = _QuickVenue(venue.profile, quick(), venue)
    return found


class TicketAtPractice:
    """The window, the practice venues behind it, and the hands and eyes of a person.

    Attributes:
        world: the practice venues, quiet. ticket: the running program.
    """

    def __init__(self, world: PracticeWorld, ticket: Ticket) -> None:
        self.world, self.ticket = world, ticket

    # -- what there is ----------------------------------------------------------------

    @property
    def desk(self) -> Desk:
        assert self.ticket.desk is not None
        return self.ticket.desk

    @property
    def view(self) -> DeskView:
        assert self.ticket.window.ticket is not None
        return self.ticket.window.ticket

    def server(self, venue: str) -> VenueServer:
        return self.world.venues[venue]

    def theirs(self, venue: str, **wanted: object) -> SimOrder:
        """The one open order of the practice venue that is so."""
        found = [
            order
            for order in self.server(venue).exchange.open_orders(TRADER)
            if all(str(getattr(order, name)) == str(value) for name, value in wanted.items())
        ]
        assert len(found) == 1, found
        return found[0]

    def sent(self, venue: str, *operations: str) -> list[str]:
        """The texts of the amendments this venue received."""
        kinds = operations or ("amend", "replace", "batch_amend")
        return [seen.text for seen in self.server(venue).gate.requests if seen.operation in kinds]

    def lineage(self, order_id: str) -> Lineage:
        return self.desk.find(order_id)

    def row(self, lineage: Lineage) -> OrderRow:
        """The order's row as the list shows it."""
        position = self.view.model.position_of(lineage.key)
        assert position is not None, f"{lineage.key} is not listed"
        return self.view.model.row_at(position)

    def cell(self, lineage: Lineage, column: Column) -> str:
        """One cell in words, its numbers without spaces."""
        return self.row(lineage).text(column).replace(GROUP, "")

    def asked(self, lineage: Lineage, column: Column) -> list[Decimal]:
        """The numbers of a cell: what is, and beside it what is asked for or drafted."""
        return [Decimal(word) for word in self.cell(lineage, column).split(" → ")]

    def amendment(self, lineage: Lineage) -> Amendment:
        found = self.desk.state.last_amendment(lineage)
        assert found is not None
        return found

    # -- waiting ----------------------------------------------------------------------

    async def until(self, condition: Callable[[], object], what: str) -> None:
        """Let the program run until something is so."""
        for _ in range(int(PATIENCE / 0.02)):
            if condition():
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"never came: {what}; {self._where()}")

    async def listed(self) -> None:
        """Wait for the desk, and for every account's orders, market and money."""
        await self.until(lambda: self.ticket.desk is not None, "a desk")

        def complete() -> bool:
            accounts = self.desk.state.accounts.values()
            return all(each.listed_at and each.quotes and each.balances and each.instruments for each in accounts)

        await self.until(complete, "the lists of all accounts")
        await self.until(lambda: self.view.model.rowCount() == len(self.desk.state.open_lineages()), "the rows")
        await self.until(self.view.view.hasFocus, "the focus in the list")

    async def seen(self) -> None:
        """Let the window take in what the desk learnt."""
        await asyncio.sleep(0.1)

    async def stage(self, lineage: Lineage, stage: AmendmentStage) -> Amendment:
        """Wait until the order's last amendment is at that stage, and the window shows it."""
        await self.until(lambda: self.amendment(lineage).stage is stage, f"{lineage.key} {stage.value}")
        await self.seen()
        return self.amendment(lineage)

    # -- hands ------------------------------------------------------------------------

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        """Press a key, wherever the focus is."""
        focus = QApplication.focusWidget()
        assert focus is not None, "the focus is nowhere"
        QTest.keyClick(focus, key, modifier)

    def write(self, text: str) -> None:
        """Type a text, wherever the focus is."""
        focus = QApplication.focusWidget()
        assert focus is not None, "the focus is nowhere"
        QTest.keyClicks(focus, text)

    def walk_to(self, widget: QWidget) -> None:
        """Press Tab until a widget has the focus."""
        for _ in range(60):
            if QApplication.focusWidget() is widget:
                return
            self.press(Key.Key_Tab)
        raise AssertionError(f"Tab never reaches {widget}")

    async def open(self, lineage: Lineage) -> Panel:
        """Go to an order's row with the arrow keys and open its panel with F2."""
        view = self.view.view
        for _ in range(4):
            if self.view.panels.open_lineage:
                self.press(Key.Key_Escape)
        assert self.view.panels.open_lineage == "", "Esc does not close the panel"
        view.setFocus()
        wanted = self.view.model.position_of(lineage.key)
        assert wanted is not None, f"{lineage.key} is not listed"
        self.press(Key.Key_Home, CONTROL)
        while view.currentIndex().row() < wanted:
            self.press(Key.Key_Down)
        self.press(Key.Key_F2)
        await self.seen()
        assert self.view.panels.open_lineage == lineage.key
        panel = self.view.panels.panel(lineage.key)
        assert panel is not None
        focus = QApplication.focusWidget()
        assert focus is not None
        assert panel.isAncestorOf(focus)
        assert not focus.visibleRegion().isEmpty(), "the field with the focus cannot be seen"
        return Panel(self, panel)

    # -- eyes -------------------------------------------------------------------------

    def banner(self) -> tuple[str, ...]:
        """The sentences of the banner."""
        return self.view.banner.texts() if self.view.banner.isVisible() else ()

    def rule_card(self) -> str:
        """All words of the rule card, "" while there is none."""
        card = self.view.rule_card
        return words_of(card) if card.isVisible() else ""

    def story(self) -> str:
        """What the right-hand column tells of the current order: its ids and its history, as plain text."""
        document = QTextDocument()
        document.setHtml(self.view.side.history.text())
        told = document.toPlainText().replace("\xa0", " ")
        return f"{words_of(self.view.side)} | {told}".replace(GROUP, "")

    def _where(self) -> str:
        desk = self.ticket.desk
        if desk is None:
            return "no desk yet"
        links = {name: (each.link.value, each.link_text) for name, each in desk.state.accounts.items()}
        outcomes = [(each.stage.value, each.outcome) for each in desk.state.amendments.values()]
        return f"links {links}, notices {[each.text for each in desk.state.notices]}, amendments {outcomes}"


class Panel:
    """An open amend panel, driven by keys."""

    def __init__(self, at: TicketAtPractice, widget: AmendPanel) -> None:
        self.at, self.widget = at, widget

    # -- hands ------------------------------------------------------------------------

    def go(self, name: FieldName) -> None:
        """Walk to a field with Tab."""
        self.at.walk_to(self.editor(name))

    def type(self, name: FieldName, text: str) -> None:
        """Walk to a field and type over what is there."""
        self.go(name)
        self.at.press(Key.Key_A, CONTROL)
        self.at.write(text)

    def choose(self, name: FieldName, label: str) -> None:
        """Walk to a choice and take one of its pills."""
        self._press_pill(self.widget.fields.lines[name].pills, label)

    def choose_route(self, label: str) -> None:
        """Walk to the routes and take one."""
        self._press_pill(self.widget.fields.routes, label)

    def _press_pill(self, pills: QWidget, label: str) -> None:
        """Tab reaches the pill that is chosen; the arrows choose another."""
        buttons = pills.findChildren(QAbstractButton)
        wanted = next(each for each in buttons if each.text() == label)
        chosen = next(each for each in buttons if each.isChecked())
        self.at.walk_to(chosen)
        key = Key.Key_Left if wanted.x() < chosen.x() else Key.Key_Right
        for _ in buttons:
            if not wanted.isChecked():
                self.at.press(key)
        assert wanted.isChecked(), f"the arrows never reach “{label}”"

    def consent(self) -> None:
        """Confirm what asks for it."""
        box = self.widget.box.consent
        assert box.isVisible(), "nothing asks for consent"
        self.at.walk_to(box)
        self.at.press(Key.Key_Space)
        assert box.isChecked()

    def send(self) -> None:
        """Ctrl+Enter."""
        self.at.press(Key.Key_Return, CONTROL)

    # -- eyes -------------------------------------------------------------------------

    def editor(self, name: FieldName) -> QWidget:
        return self.widget.fields.lines[name].editor

    def locked(self, name: FieldName) -> bool:
        return self.widget.fields.lines[name].number.locked

    def text(self, name: FieldName) -> str:
        """What stands in a number field."""
        return self.widget.fields.lines[name].number.text()

    @property
    def words(self) -> str:
        """Every word the panel shows now, but for what stands in its fields; numbers without spaces."""
        return words_of(self.widget)

    @property
    def problems(self) -> str:
        """Every word that stops the draft."""
        return words_of(self.widget, "problem")

    @property
    def request(self) -> str:
        """The request on the wire as shown."""
        return self.widget.wire.text.toPlainText()

    @property
    def can_send(self) -> bool:
        return self.widget.box.send.isEnabled()

    def line(self, label: str) -> tuple[str, str, str]:
        """One line of what will change: now, peak, after; numbers without spaces."""
        found = [line_words(line) for line in self.widget.changes.lines() if line.label == label]
        assert len(found) == 1, [line.label for line in self.widget.changes.lines()]
        _, now, peak, after = (word.replace(GROUP, "") for word in found[0])
        return now, peak, after

    def numbers(self, label: str) -> list[Decimal | None]:
        """One line of what will change as exact numbers: now, peak, after; None for a dash, a bound as it is."""
        words = [word.removeprefix("≤ ").split()[0] for word in self.line(label)]
        return [None if word == "—" else Decimal(word) for word in words]

    @property
    def bars(self) -> str:
        """The balance bars in words; numbers without spaces."""
        assert self.widget.bars.isVisible()
        return self.widget.bars.accessibleDescription().replace(GROUP, "")

    def offers(self, name: FieldName) -> list[str]:
        """The legal values offered beside a field."""
        line = self.widget.fields.lines[name]
        buttons = [each for each in line.findChildren(QAbstractButton) if each.isVisible()]
        return [each.text().replace(GROUP, "") for each in buttons]


def words_of(widget: QWidget, role: str = "") -> str:
    """The texts of all visible labels in a widget, or of those of one role; numbers without spaces."""
    labels = [each for each in widget.findChildren(QLabel) if each.isVisible()]
    labels = [each for each in labels if role in ("", each.property("role"))]
    return " | ".join(each.text() for each in labels if each.text()).replace(GROUP, "")


@asynccontextmanager
async def at_practice(
    theme: Theme,
    folder: Path,
    *venues: str,
    quick: bool = False,
    edit: Callable[[str], str] = str,
    listed: bool = True,
    **switches: Any,
) -> AsyncIterator[TicketAtPractice]:
    """Open the window on practice venues of this very process, and wait until everything is listed.

    Args:
        theme: the theme in use.
        folder: where the configuration goes.
        venues: which practice venues.
        quick: whether evidence may close amendments sooner than on the venue.
        edit: changes the text of the configuration, for a window that is to meet trouble.
        listed: whether to wait for the lists.
        switches: the practice venues' switches.
    """
    before = asyncio.all_tasks()
    world = PracticeWorld(venues=venues, quiet=True)
    for server in world.venues.values():
        hurried = {name: value for name, value in _OFTEN.items() if name in server.switches.as_dict()}
        for name, value in (hurried | switches).items():
            server.switches.set(name, value)
    async with world:
        config = folder / "practice.toml"
        world.write_config(config)
        config.write_text(edit(config.read_text()))
        async with opened(theme, config, load_quick if quick else registry.load, quiet=True) as ticket:
            ticket.window.activateWindow()  # a bare virtual screen has nobody else to do it
            at = TicketAtPractice(world, ticket)
            await at.until(ticket.window.isActiveWindow, "the keyboard")
            if listed:
                await at.listed()
                await at.seen()
            yield at
            assert not ticket.sink.problems
    # A practice venue ends a request that was cut off in its own time.
    for _ in range(int(PATIENCE / 0.02)):
        if asyncio.all_tasks() <= before:
            break
        await asyncio.sleep(0.02)
