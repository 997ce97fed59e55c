"""Line at the top of an amend panel: the name of the order it amends, or that the list is at another one.

It is always there and always one line high, so that nothing below moves when its words change.
"""

from __future__ import annotations

from app.ui.look.texts import writable
from app.ui.orders.naming import OrderName
from app.ui.widgets.elided_label import ElidedLabel


class NameLine(ElidedLabel):
    """The name of an order."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "name")
        self._name = OrderName("", "", "")
        self._other, self._key = "", "F6"

    def set_key(self, keys: str) -> None:
        """Tell the key that comes back to the panel."""
        self._key = keys

    @property
    def other(self) -> str:
        """Name of the order the list is at, where that is another one; else ""."""
        return self._other

    def show_name(self, name: OrderName) -> None:
        """Show the order of the panel as it is now."""
        self._name = name
        self._put_words()

    def show_other(self, other: str) -> None:
        """Say that the list is at another order; "" where it is at this one."""
        self._other = other
        role = "apart" if other else "name"
        if self.property("role") != role:
            self.setProperty("role", role)
            self.style().unpolish(self)
            self.style().polish(self)
        self._put_words()

    def _put_words(self) -> None:
        words = self._name.sentence
        if self._other:
            words = (
                f"Not the selected order ({self._key} comes back): this amends {words}. The list is at {self._other}."
            )
        self.setText(words)
        self.setAccessibleName(writable(words))

    def why_not(self) -> str:
        """Sentence on why nothing is sent from here now; "" where the list is at this order."""
        if not self._other:
            return ""
        back = f"Press {self._key} to come back to {self._name.what}, then send."
        return f"The list is at another order: {self._other}. {back}"

    def back_words(self) -> str:
        """Sentence on an attempt to send while the list is at another order, which comes back to this one instead."""
        return f"Nothing was sent: the list was at {self._other}. It is back now; look at both, then send again."
