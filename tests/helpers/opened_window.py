"""A ticket opened in a process of its own, on screens of one's choice; it writes where everything is.

Arguments: how wide and high a place it remembers from a session before, "" for none; the file of preferences.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication, QWidget

from app.runtime.errors import ErrorSink
from app.runtime.lifecycle import Lifecycle
from app.runtime.qtloop import QtLoop
from app.ui.look.theme import DARK
from app.ui.window.application import make_application
from app.ui.window.main_window import MainWindow
from app.ui.window.preferences import Preferences
from tests.helpers.paper_desk import PaperDesk, bitso_buy


def _in_window(widget: QWidget) -> list[int]:
    place = QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())
    return [place.left(), place.top(), place.width(), place.height()]


def _shown() -> MainWindow:
    _, theme = make_application(DARK.name)
    window = MainWindow(theme, ErrorSink(), Lifecycle())
    window.show()
    paper = PaperDesk()
    bitso_buy(paper)
    window.attach(paper.desk)
    return window


def main(remembered: str, file: Path) -> None:
    """Open it, put it where it was as the program does, and write the places."""
    window = _shown()
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    if remembered:
        wide, high = map(int, remembered.split("x"))
        window.resize(wide, high)
        window.move(wide // 2, high // 2)
        Preferences(file).keep(window)
        window.close()
        window = _shown()
        Preferences(file).restore(window)
        window.fit()
    for _ in range(5):
        application.processEvents()  # words that became shorter are given their room in a later turn
    ticket = window.ticket
    assert ticket is not None
    frame, areas = window.frameGeometry(), [screen.availableGeometry() for screen in application.screens()]
    json.dump(
        {
            "frame": [frame.left(), frame.top(), frame.width(), frame.height()],
            "areas": [[area.left(), area.top(), area.width(), area.height()] for area in areas],
            "window": [window.width(), window.height()],
            "stop": _in_window(ticket.top.stop),
            "read_only": _in_window(ticket.top.read_only),
            "stop_wants": ticket.top.stop.sizeHint().width(),
            "foot": _in_window(ticket.foot),
            "list": _in_window(ticket.view.viewport()),
        },
        sys.stdout,
    )
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.set_event_loop(QtLoop(make_application(DARK.name)[0]))
    main(sys.argv[1], Path(sys.argv[2]))
