"""The tour: the real window on practice venues, driven by keys through the amendments the venues propose.

Every step opens an order's panel with F2, types into its fields, takes a picture, sends with Ctrl+Enter, waits for the
outcome and takes another. What the steps are comes from the practice venues; the tour names none of them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.desk.desk import Desk, DeskError
from app.desk.state import DeskState, Lineage
from app.domain.amendment import AmendmentStage
from app.domain.form import FieldName
from app.domain.plain import one_line
from app.runtime.preflight import problems
from app.runtime.qtloop import run as run_loop
from app.runtime.settings import Settings
from app.ui.amend.panel import AmendPanel
from app.ui.window.application import make_application, opened
from app.ui.window.ticket import Registry, Ticket

log = logging.getLogger("redline.tour")

#: Seconds the venues may take to list their orders, and one amendment to settle.
LIST_LIMIT, SETTLE_LIMIT = 30.0, 45.0

#: Seconds after the key press at which the picture of the change under way is taken.
IN_FLIGHT = 0.06


class TourError(Exception):
    """The tour cannot go on; one sentence."""


@dataclass(frozen=True, slots=True)
class TourStop:
    """End of one step of the tour."""

    account: str
    title: str
    order: str
    asked: str
    expected: str
    stage: str
    outcome: str
    seconds: str
    pictures: tuple[str, ...]

    @property
    def as_expected(self) -> bool:
        """True if the amendment ended as the venue said it would."""
        return self.stage == self.expected


def run(arguments: argparse.Namespace, registry: Registry) -> int:
    """Run the tour and return 0 only if every outcome is the expected one."""
    obstacles = problems()
    if obstacles:
        sys.stderr.write("".join(one_line(f"redline: {sentence}") + "\n" for sentence in obstacles))
        return 2
    app, theme = make_application(arguments.theme)
    folder = Path(arguments.out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        text = f"redline: {folder} cannot be written ({error.strerror}); choose another with --out."
        sys.stderr.write(one_line(text) + "\n")
        return 2

    async def main() -> list[TourStop]:
        async with opened(theme, None, registry) as ticket:
            return await Tour(ticket, folder).walk()

    try:
        stops = run_loop(main, app=app)
    except (TourError, DeskError) as error:
        sys.stderr.write(one_line(f"redline: {error}") + "\n")
        return 4
    text = summary(stops)
    (folder / "summary.txt").write_text(text + "\n", encoding="utf-8")
    (folder / "summary.json").write_text(as_json(stops) + "\n", encoding="utf-8")
    sys.stdout.write(f"{text}\n\n{one_line(f'Pictures and this table are in {folder}.')}\n")
    return 0 if stops and all(stop.as_expected for stop in stops) else 3


def summary(stops: list[TourStop]) -> str:
    """The table of outcomes."""
    head = ("", "Account", "Step", "Asked", "Expected", "Became", "Outcome")
    lines = [head] + [
        (
            "✓" if stop.as_expected else "✕",
            stop.account,
            stop.title,
            stop.asked,
            stop.expected,
            f"{stop.stage} {stop.seconds}",
            stop.outcome,
        )
        for stop in stops
    ]
    plain = [[one_line(each) for each in line] for line in lines]
    widths = [max(len(line[column]) for line in plain) for column in range(len(head) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(line[:-1], widths, strict=True)), line[-1]]).rstrip()
        for line in plain
    )


class Tour:
    """One walk through the window."""

    def __init__(self, ticket: Ticket, folder: Path) -> None:
        self._ticket, self._folder = ticket, folder
        self._pictures = 0

    async def walk(self) -> list[TourStop]:
        """Do every step and say how each ended.

        Raises:
            TourError: if the venues do not come up or a panel does not open.
        """
        # A virtual screen has no window manager to give a window the keyboard.
        self._ticket.window.activateWindow()
        desk, settings = await self._ready()
        if not settings.tour:
            raise TourError("These practice venues propose no tour; start the tour without --config.")
        self._picture("list")
        return [await self._step(desk, settings, step) for step in settings.tour]

    async def _ready(self) -> tuple[Desk, Settings]:
        for _ in range(int(LIST_LIMIT / 0.05)):
            if self._ticket.desk is not None and self._ticket.settings is not None:
                break
            await asyncio.sleep(0.05)
        desk, settings = self._ticket.desk, self._ticket.settings
        if desk is None or settings is None:
            raise TourError("The practice venues did not come up; run `redline practice` to see why.")

        def listed(state: DeskState) -> bool:
            return all(account.listed_at and account.quotes for account in state.accounts.values())

        if not await desk.wait(listed, LIST_LIMIT):
            silent = [name for name, account in desk.state.accounts.items() if not account.listed_at]
            raise TourError(f"{', '.join(silent) or 'A venue'} did not list its orders in time.")
        await self._painted()
        return desk, settings

    async def _step(self, desk: Desk, settings: Settings, step: Mapping[str, Any]) -> TourStop:
        lineage = desk.find(f"{step['account']}/{step['order']}")
        if step.get("fault"):
            async with httpx.AsyncClient(trust_env=False) as control:
                answer = await control.post(f"{settings.control}/{step['venue']}/faults", json=step["fault"])
                answer.raise_for_status()
        panel = await self._open(lineage)
        for name, text in step["changes"].items():
            self._type(panel, FieldName(name), str(text))
        if panel.box.consent.isVisible():
            QTest.keyClick(panel.box.consent, Qt.Key.Key_Space)
        await self._painted()
        before = self._picture(f"{step['venue']}-before")
        sent = len(lineage.amendments)
        QTest.keyClick(self._focus(panel), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await self._painted(IN_FLIGHT)
        if len(lineage.amendments) == sent:
            why = panel.box.error_text() or "the panel does not say why"
            raise TourError(f"{step['account']}: nothing was sent; {why}")
        amendment_id = lineage.amendments[-1]
        during = self._picture(f"{step['venue']}-in-flight")
        await desk.wait(lambda state: state.amendments[amendment_id].stage.is_settled, SETTLE_LIMIT)
        await self._painted()
        after = self._picture(f"{step['venue']}-after")
        amendment = desk.state.amendments[amendment_id]
        QTest.keyClick(self._focus(panel), Qt.Key.Key_Escape)
        if panel.isVisible():
            QTest.keyClick(self._focus(panel), Qt.Key.Key_Escape)
        await self._painted()
        took = (amendment.latest.at - amendment.rungs[0].at) / 1e9
        asked = ", ".join(f"{name}={text}" for name, text in step["changes"].items())
        settled = amendment.stage is not AmendmentStage.UNKNOWN
        return TourStop(
            str(step["account"]),
            str(step["title"]),
            lineage.order.order_id,
            asked,
            str(step["expect"]),
            amendment.stage.value,
            amendment.outcome,
            f"{took:.1f} s" if settled else "",
            (before, during, after),
        )

    async def _open(self, lineage: Lineage) -> AmendPanel:
        view = self._ticket.window.ticket
        assert view is not None
        view.view.setFocus()
        if not view.view.choose(lineage.key):
            raise TourError(f"Order {lineage.order.order_id} is not in the list.")
        QTest.keyClick(view.view, Qt.Key.Key_F2)
        await self._painted()
        panel = view.panels.panel(lineage.key)
        if panel is None or view.panels.open_lineage != lineage.key:
            raise TourError(f"The panel of {lineage.order.order_id} did not open.")
        return panel

    def _type(self, panel: AmendPanel, name: FieldName, text: str) -> None:
        panel.focus_field(name)
        editor = panel.fields.lines[name].editor
        QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(editor, text)

    @staticmethod
    def _focus(panel: AmendPanel) -> QWidget:
        widget = QApplication.focusWidget()
        return widget if widget is not None and panel.isAncestorOf(widget) else panel

    async def _painted(self, seconds: float = 0.25) -> None:
        """Let the window take in what the desk learnt, and paint."""
        await asyncio.sleep(seconds)

    def _picture(self, name: str) -> str:
        self._pictures += 1
        path = self._folder / f"{self._pictures:02d}-{name}.png"
        if not self._ticket.window.grab().save(str(path)):
            raise TourError(f"{path} could not be written.")
        return path.name


def as_json(stops: list[TourStop]) -> str:
    """The outcomes for a program to read."""
    return json.dumps(
        [
            {
                "account": stop.account,
                "step": stop.title,
                "order": stop.order,
                "asked": stop.asked,
                "expected": stop.expected,
                "stage": stop.stage,
                "outcome": stop.outcome,
                "pictures": list(stop.pictures),
                "as_expected": stop.as_expected,
            }
            for stop in stops
        ],
        ensure_ascii=False,
        indent=1,
    )
