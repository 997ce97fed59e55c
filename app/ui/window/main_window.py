"""The window: there at once, before any venue is; the ticket moves in when the desk is ready."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QScreen, QShowEvent
from PySide6.QtWidgets import QMainWindow, QMessageBox, QWidget

from app.domain.account import worlds
from app.runtime.errors import ErrorSink
from app.runtime.lifecycle import Lifecycle
from app.ui.look.keymap import Keymap
from app.ui.look.plain import WORLD
from app.ui.look.texts import writable
from app.ui.look.theme import DARK, LIGHT, Theme
from app.ui.window.start_page import StartPage
from app.ui.window.work_area import fit_window

if TYPE_CHECKING:  # what a desk is shown with is imported when there is one: the window itself is there before
    from app.desk.desk import Desk
    from app.ui.window.desk_view import DeskView
    from app.ui.window.kept_drafts import DraftShelf

_SIZE = (1600, 1000)
_LEAST = (860, 520)

#: Seconds that a first picture may take: a window that opens minimised, or on another desktop, is painted later.
_FIRST_PICTURE = 0.25


class MainWindow(QMainWindow):
    """The frame around the ticket.

    Signals:
        retry_wanted: what kept it from starting is mended, the person says.
    """

    retry_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        sink: ErrorSink,
        life: Lifecycle,
        parent: QWidget | None = None,
        keys: Keymap | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._sink, self._life, self._keys = theme, sink, life, keys or Keymap()
        self.ticket: DeskView | None = None
        self._followed = False
        self.shelf: DraftShelf | None = None
        self._leaving: QMessageBox | None = None
        self._open_ends: Callable[[], list[str]] = list
        self.setWindowTitle("Redline")
        self.resize(*_SIZE)
        self.fit()
        self.start = StartPage()
        self.start.retry_wanted.connect(self.retry_wanted)
        self.start.close_wanted.connect(self.close)
        self.setCentralWidget(self.start)

    def fit(self) -> None:
        """Be no larger than the work area, and inside it: what stops all sending stands at the window's edge."""
        fit_window(self, QSize(*_LEAST))

    def showEvent(self, event: QShowEvent) -> None:
        """From now on the window system says how large the frame is, and when another screen is met."""
        super().showEvent(event)
        handle = self.windowHandle()
        if not self._followed:
            self._followed = True
            handle.screenChanged.connect(self._screen_changed)
            self._screen_changed(handle.screen())
        self.fit()

    def _screen_changed(self, screen: QScreen) -> None:
        if screen is not None:
            screen.availableGeometryChanged.connect(self.fit, Qt.ConnectionType.UniqueConnection)
        self.fit()

    async def seen(self) -> None:
        """Wait until the window has been painted, or for as long as a first picture takes where nobody looks."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.start.seen.wait(), _FIRST_PICTURE)

    def tell(self, text: str) -> None:
        """Say something in one sentence: in the middle while there is no desk, as a banner later."""
        if self.ticket is None:
            self.start.show_progress(text)
        else:
            self.ticket.banner.tell(text)

    def fail(self, text: str, file: str, advice: str, *, can_retry: bool) -> None:
        """Say why there is no desk; the arguments are those of `StartPage.show_failure`."""
        self.start.show_failure(text, file, advice, can_retry=can_retry)

    def attach(self, desk: Desk) -> DeskView:
        """Show the ticket of a desk."""
        from app.ui.window.desk_view import DeskView
        from app.ui.window.leaving import open_ends

        world = worlds(desk.accounts.values())
        self.setProperty(WORLD, world)
        self.setWindowTitle(writable(f"Redline — {world}"))
        ticket = DeskView(desk, self._theme, self._sink, keys=self._keys)
        ticket.theme_wanted.connect(self.other_theme)
        self.ticket = ticket
        self.setCentralWidget(ticket)
        ticket.view.setFocus()
        for problem in self._keys.problems:
            ticket.banner.tell(problem)
        if not desk.refusal:  # of a record nothing is left open by closing it
            self._open_ends = lambda: open_ends(desk, ticket.rows, ticket.panels.drafts(), ticket.many.open_end())
        return ticket

    def keep_drafts(self, path: Path, desk: Desk) -> DraftShelf | None:
        """Keep what is typed and not sent in a file, and bring back what it holds; None where that cannot be."""
        from app.ui.window.kept_drafts import DraftShelf, is_free

        ticket = self.ticket
        if ticket is None:
            return None
        if not is_free(path):
            ticket.banner.tell(f"Drafts are not kept: {path} is no file of Redline's drafts; move it away.")
            return None
        shelf = self.shelf = DraftShelf(path, desk, ticket.panels)
        shelf.said.connect(lambda text: ticket.banner.tell(text, serious=False))
        ticket.feed.frame.connect(shelf.bring_back)
        shelf.bring_back()
        return shelf

    def other_theme(self) -> None:
        """Light becomes dark, dark becomes light."""
        self._theme.use(LIGHT if self._theme.colours.dark else DARK)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing asks the program to end; the window goes when everything behind it is tidied up.

        Over an amendment without an outcome, or a draft, it asks the person first, and offers to stay.
        """
        if self._life.may_close:
            if self.shelf is not None:
                self.shelf.keep()
            if self.ticket is not None:
                self.ticket.stop()
            event.accept()
            return
        event.ignore()
        lines = self._open_ends()
        if not lines:
            self._life.request_stop()
        elif self._leaving is None:
            from app.ui.window.leaving import ask_to_leave

            self._leaving = ask_to_leave(self, lines, kept=self.shelf is not None)
            self._leaving.finished.connect(self._answered)
            self._leaving.open()

    def _answered(self, answer: int) -> None:
        self._leaving = None
        if answer == QMessageBox.StandardButton.Yes:
            self._life.request_stop()
