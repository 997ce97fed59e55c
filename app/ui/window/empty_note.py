"""Note over a list without a row: why there is none, in the middle of where the rows would be."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from app.ui.look.plain import Label
from app.ui.orders.view import OrderView


class EmptyNote(Label):
    """The note; it takes no click away from the list.

    Attributes:
        above: lies over the note wherever both are; None for nothing.
    """

    def __init__(self, area: QWidget, view: OrderView, why: Callable[[], str]) -> None:
        """Show nothing yet.

        Args:
            area: holds the list.
            view: the list.
            why: gives the reason, in lines.
        """
        super().__init__(parent=area, role="dim", wrap=True)
        self._area, self._view, self._why = area, view, why
        self.above: QWidget | None = None
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        view.resized.connect(self.place)
        view.order_model.flushed.connect(self.refresh)

    def refresh(self, *_: object) -> None:
        """Be there exactly while no row is, and say why."""
        rows = self._view.order_model.rowCount()
        self.setVisible(not rows)
        if rows:
            return
        self.set_lines(*self._why().split("\n"))
        self.place()
        self.raise_()
        if self.above is not None:
            self.above.raise_()

    def place(self) -> None:
        """Lie over the list."""
        viewport = self._view.viewport()
        corner = viewport.mapTo(self._area, QPoint(0, 0))
        self.setGeometry(corner.x(), corner.y(), viewport.width(), viewport.height())
