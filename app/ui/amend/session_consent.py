"""The consent to lose the place in the queue, given for one market until the window closes, or taken back."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.ui.amend.field_line import note_label, say
from app.ui.look.texts import writable


class SessionConsent(QWidget):
    """A check box that is there where it can be given, and as long as it is.

    Signals:
        changed: it was given or taken back; carries whether it stands now.
    """

    changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.check = QCheckBox("Agree to losing the place for this session")
        self.check.toggled.connect(self.changed)
        self._note = note_label("hint")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.check)
        layout.addWidget(self._note)
        self.hide()

    def show_standing(self, market: str, *, offered: bool, agreed: bool) -> None:
        """Show whether it stands.

        Args:
            market: what it is for, in words: market and account.
            offered: whether something asks for it now.
            agreed: whether it is given.
        """
        if self.check.isChecked() != agreed:
            self.check.blockSignals(True)
            self.check.setChecked(agreed)
            self.check.blockSignals(False)
        words = f"For {market} only, and for nothing but the place. It is not kept when Redline closes."
        if agreed:
            words = (
                f"In force for {market}: replacing an order there is not asked about again. Every other warning still "
                "is. Untick it to take this back."
            )
        say(self._note, words)
        self.check.setAccessibleDescription(writable(words))
        self.setVisible(offered or agreed)
