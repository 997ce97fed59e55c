"""A label of one line, shortened with an ellipsis where it does not fit; its tooltip then says the whole."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.look.plain import Label
from app.ui.look.texts import tip

_LEAST = 24


class ElidedLabel(Label):
    """One line of plain text; `text` is always the whole of it."""

    def __init__(
        self,
        text: str = "",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent)
        self._mode = mode
        self.setText(text)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def shown(self) -> str:
        """The text as it is drawn in the present width."""
        return self.fontMetrics().elidedText(self.text(), self._mode, self.contentsRect().width())

    def _put(self, text: str) -> None:
        if text != self.text():
            super()._put(text)
            self._explain()

    def minimumSizeHint(self) -> QSize:
        """A few letters; it never forces its neighbours to make room."""
        return QSize(_LEAST, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may hold it all."""
        super().resizeEvent(event)
        self._explain()

    def _explain(self) -> None:
        self.setToolTip("" if self.shown() == self.text() else tip(self.text()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text, or as much of it as fits."""
        flags = int(self.alignment() | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine)
        room, ink = self.contentsRect(), self.foregroundRole()
        with QPainter(self) as painter:
            self.style().drawItemText(painter, room, flags, self.palette(), self.isEnabled(), self.shown(), ink)


def heading(text: str, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> ElidedLabel:
    """A small heading in capitals."""
    label = ElidedLabel(text.upper(), mode)
    label.setProperty("role", "heading")
    return label
