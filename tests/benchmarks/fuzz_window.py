"""The window over a fuzzed desk: it follows every change, and does with the rows that were touched what a person does.

Whatever fails in a view, a slot, a timer or a painter is told to the program's own error sink, which writes it to the
log; a fault of Qt itself ends the process.
"""

from __future__ import annotations

import os
import random

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.desk.desk import Desk
from app.runtime.errors import ErrorSink
from app.runtime.lifecycle import Lifecycle
from app.ui.look.theme import DARK, Theme
from app.ui.window.main_window import MainWindow

#: Rows that a person goes to at each look.
VISITED = 2

#: Pressed in an open panel: a figure, a step, the preview of everything, and out of it again.
KEYS = (Qt.Key.Key_7, Qt.Key.Key_Up, Qt.Key.Key_Tab, Qt.Key.Key_Down, Qt.Key.Key_Escape)


class FuzzedWindow:
    """A window that nobody sees."""

    def __init__(self, desk: Desk) -> None:
        # What a platform without a screen cannot do is no news.
        os.environ |= {"QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "qt.qpa.*=false;*.warning=false"}
        self._application = QApplication.instance() or QApplication([])
        self._sink = ErrorSink()
        self._hooks = self._sink.installed()
        self._hooks.__enter__()
        self.window = MainWindow(Theme(DARK), self._sink, Lifecycle())
        self.window.show()
        self.ticket = self.window.attach(desk)
        self._touched: dict[str, None] = {}
        desk.subscribe(lambda rows, accounts: self._touched.update(dict.fromkeys(rows)))
        self.follow()

    def follow(self) -> None:
        """Hand over what the desk said, and paint."""
        self.ticket.feed.flush()
        self.ticket.feed.tick.emit()
        self._application.processEvents()

    def look(self, dice: random.Random) -> None:
        """Go to a few of the rows that were touched, and paint everything."""
        self.follow()
        self._open_pages(dice)
        for key in dice.sample(list(self._touched), min(len(self._touched), VISITED)):
            self._visit(key)
        self._touched.clear()
        self.ticket.top.search.setText(dice.choice(("", "", "7", "sell", "\ud800", "working")))
        self.follow()
        self.window.grab()

    def _open_pages(self, dice: random.Random) -> None:
        """Look at a page of the dock and of what is told of the row."""
        tabs = self.ticket.dock.tabs
        tabs.setCurrentIndex(dice.randrange(tabs.count()))

    def _visit(self, key: str) -> None:
        """Choose a row, point at it, copy it, see its menu and the question before a cancel, open its panel, type."""
        view = self.ticket.view
        if not view.choose(key):
            return
        self.follow()
        index = view.currentIndex()
        place = view.visualRect(index).center()
        for column in range(self.ticket.model.columnCount()):
            over = view.visualRect(index.siblingAtColumn(column)).center()
            view.viewportEvent(QHelpEvent(QEvent.Type.ToolTip, over, view.viewport().mapToGlobal(over)))
        QGuiApplication.clipboard().setText("\t".join(view.row_as_cells()))
        if (menu := self.ticket.menu.show_at(QPoint(place))) is not None:
            menu.grab()
            menu.close()
        box = self.ticket.menu.ask_cancel(key)
        box.grab()
        box.reject()
        self.ticket.panels.open(key)
        self.follow()
        self.window.grab()
        for pressed in KEYS:
            self._press(pressed)
        self.follow()

    def _press(self, key: Qt.Key) -> None:
        target: QWidget = QApplication.focusWidget() or self.ticket.view
        text = chr(key) if 32 < key < 127 else ""
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(target, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text))
        self._application.processEvents()
