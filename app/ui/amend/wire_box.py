"""The exact request that is about to leave, secrets masked; it can be read by keyboard and copied."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.domain.plan import WirePreview
from app.ui.look.plain import Button, PlainBox
from app.ui.look.texts import raw_page, writable
from app.ui.look.theme import SMALL_PX, Theme, number_font

_MOST_LINES = 9


def wire_text(preview: WirePreview, *, headers: bool) -> str:
    """The request as text: its first line, its headers if wanted, its body."""
    lines = [writable(preview.head)]
    if headers:
        lines += [writable(f"{name}: {value}") for name, value in preview.headers]
    if preview.body:
        lines.append(preview.body)
    return "\n".join(lines)


class WireBox(QWidget):
    """Shows a request, or why there is none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._preview: WirePreview | None = None
        self._instead = ""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        name = "The request on the wire"
        self.text = PlainBox(name, "wire", number_font(SMALL_PX), QTextOption.WrapMode.WrapAnywhere)
        self.text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.text.document().documentLayout().documentSizeChanged.connect(lambda _: self._fit())
        layout.addWidget(self.text)
        self._headers = Button("Show headers")
        self._headers.setProperty("role", "link")
        self._headers.setCheckable(True)
        self._headers.toggled.connect(self._toggle)
        self._headers.hide()
        layout.addWidget(self._headers)
        self._write("")

    def stops(self) -> list[QWidget]:
        """Widgets that Tab may reach, in order."""
        return [self.text, self._headers]

    def show_preview(self, preview: WirePreview | None, instead: str) -> None:
        """Show a request.

        Args:
            preview: the request; None if nothing can be sent.
            instead: why not.
        """
        self._preview, self._instead = preview, instead
        self._headers.setVisible(preview is not None and bool(preview.headers))
        if preview is None:
            self._write(instead)
        else:
            self._write(wire_text(preview, headers=self._headers.isChecked()))

    def _toggle(self, shown: bool) -> None:
        self._headers.setText("Hide headers" if shown else "Show headers")
        self.show_preview(self._preview, self._instead)

    def _write(self, text: str) -> None:
        text = raw_page(text)
        if self.text.toPlainText() == text and text:
            return
        self.text.setPlainText(text)

    def _fit(self) -> None:
        # A plain-text document measures its height in lines as they are wrapped now.
        lines = int(self.text.document().size().height())
        fits = lines <= _MOST_LINES
        never, needed = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.text.setVerticalScrollBarPolicy(never if fits else needed)
        self.text.setFixedHeight(min(max(lines, 2), _MOST_LINES) * self.text.fontMetrics().lineSpacing() + 24)
