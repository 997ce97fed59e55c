"""One start of a window, timed from outside of it: when it was painted first, and when four venues were listed.

    python -m tests.benchmarks.start_child MOMENT [ARGUMENTS OF REDLINE]

The moment is that of its start (`time.monotonic_ns`). Without arguments it opens the barest window that Qt has. Prints
one JSON object and ends without tidying up.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

from PySide6 import QtWidgets
from PySide6.QtCore import QEvent, QObject

#: Modules that the first picture can do without.
HEAVY = ("pyqtgraph", "numpy", "httpx._main", "rich", "click")

_BEGAN = int(sys.argv[1])


class Watch(QObject):
    """Sees what is painted.

    Every event that passes through Python costs the watched program time: all of them do until the first picture, then
    those of its window alone, and of its list.
    """

    def __init__(self, app: QObject, *, bare: bool) -> None:
        super().__init__(app)
        self._bare = bare
        self._found: dict[str, Any] = {}
        self._viewport: QObject | None = None
        app.installEventFilter(self)

    def eventFilter(self, target: QObject, event: QEvent) -> bool:
        """Note a paint."""
        is_paint = event.type() is QEvent.Type.Paint
        if "painted" not in self._found:
            if is_paint and isinstance(target, QtWidgets.QWidget):
                self._painted(target.window())
        elif target is self._viewport:
            if is_paint and is_listed(self._window.ticket):  # type: ignore[attr-defined]
                self._end()
        elif self._viewport is None and (ticket := getattr(self._window, "ticket", None)) is not None:
            self._viewport = ticket.view.viewport()
            self._viewport.installEventFilter(self)
        return False

    def _painted(self, window: QObject) -> None:
        self._found["heavy"] = [name for name in HEAVY if sys.modules.get(name) is not None]
        self._found["painted"] = time.monotonic_ns() - _BEGAN
        if self._bare:
            self._end()
        self._window = window
        self.parent().removeEventFilter(self)
        window.installEventFilter(self)

    def _end(self) -> None:
        self._found["listed"] = time.monotonic_ns() - _BEGAN
        self._found["cpu"] = time.process_time_ns()
        sys.stdout.write(json.dumps(self._found))
        sys.stdout.flush()
        os._exit(0)


def is_listed(ticket: Any) -> bool:
    """Return True if every venue has answered with its list, and all of it is in the window's list."""
    state = ticket._desk.state
    answered = all(each.answered_at for each in state.accounts.values())
    return answered and bool(state.lineages) and ticket.view.order_model.rowCount() == len(state.open_lineages())


class Watched(QtWidgets.QApplication):
    """The application, seen from its first moment on."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._watch = Watch(self, bare=not sys.argv[2:])


def main() -> None:
    """Open the window."""
    if not sys.argv[2:]:
        app = Watched([])
        window = QtWidgets.QMainWindow()
        window.resize(1600, 1000)
        window.show()
        app.exec()
        return
    QtWidgets.QApplication = Watched  # type: ignore[misc]
    from app.__main__ import main as door

    sys.exit(door(sys.argv[2:]))


if __name__ == "__main__":
    main()
