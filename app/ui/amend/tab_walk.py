"""Walk of the Tab key through an amend panel: what can take the focus now, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtWidgets import QWidget


class TabWalk:
    """The order in which Tab walks; it is laid anew only when there are other stops, for that takes Qt long."""

    def __init__(self, stops: Callable[[], list[QWidget]]) -> None:
        """Lay nothing yet; `stops` gives what can take the focus now, in order."""
        self._wanted = stops
        self._after: QWidget | None = None
        self._stops: list[QWidget] = []

    def begin_after(self, widget: QWidget) -> None:
        """Let Tab come from that widget to the first stop."""
        self._after, self._stops = widget, []
        self.lay()

    def lay(self) -> None:
        """Lay the walk through the stops there are now."""
        stops = self._wanted()
        if stops == self._stops:
            return
        self._stops = stops
        for one, other in pairwise([self._after, *stops] if self._after is not None else stops):
            QWidget.setTabOrder(one, other)
