"""Marked orders: those that one wish is meant for. They are marked by key, so nothing that moves a row marks another.

The current order stays one and the same thing: what acts on one order never looks at the marks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Signal


class Marks(QObject):
    """The marked orders of the list.

    Signals:
        changed: an order was marked or is not any more.
    """

    changed = Signal()

    def __init__(
        self,
        position_of: Callable[[str], int | None],
        parent: QObject | None = None,
        *,
        has_ended: Callable[[str], bool] = lambda lineage: False,
    ) -> None:
        """Mark nothing yet.

        Args:
            position_of: gives the place of a lineage in the list, None where it is not shown.
            parent: Qt's owner.
            has_ended: tells of a lineage that is shown whether its order has ended: nothing can be wished of that.
        """
        super().__init__(parent)
        self._position_of, self._has_ended = position_of, has_ended
        self._keys: set[str] = set()
        self._anchor = ""

    def __contains__(self, lineage: object) -> bool:
        return lineage in self._keys

    def __len__(self) -> int:
        return len(self._keys)

    def listed(self) -> list[str]:
        """The marked orders from the top of the list down."""
        places = {key: place for key in self._keys if (place := self._position_of(key)) is not None}
        return sorted(places, key=places.__getitem__)

    def are_of(self, current: str) -> bool:
        """Return True if nothing is marked that is not the current order itself."""
        return self._keys <= {current}

    def toggle(self, lineage: str) -> None:
        """Mark an order or take its mark back; no other one, for nobody chose it."""
        self._anchor = lineage
        self._take(self._lasting(self._keys ^ {lineage}))

    def mark_range(self, lineage: str, current: str, shown: Iterable[str]) -> None:
        """Mark all from where the range began to an order, and nothing else.

        Args:
            lineage: the other end.
            current: the order it begins at if no range was begun before.
            shown: the lineages listed, in their order.
        """
        rows = list(shown)
        if self._anchor not in rows:
            self._anchor = current if current in rows else lineage
        ends = sorted((rows.index(self._anchor), rows.index(lineage)))
        self._take(self._lasting(rows[ends[0] : ends[1] + 1]))

    def mark_all(self, lineages: Iterable[str]) -> None:
        """Mark these and nothing else, but for those that have ended."""
        self._anchor = ""
        self._take(self._lasting(lineages))

    def clear(self) -> None:
        """Mark nothing any more."""
        self._anchor = ""
        self._take(())

    def prune(self) -> None:
        """Take back the marks of orders that are not shown any more: nobody acts on what cannot be seen."""
        self._take([key for key in self._keys if self._position_of(key) is not None])

    @property
    def all_ended(self) -> bool:
        """True where something is marked, and all of that has ended."""
        return bool(self._keys) and not self._lasting(self._keys)

    def leave_ended(self) -> None:
        """Take back the marks of orders that have ended and are still listed."""
        self._take(self._lasting(self._keys))

    def _lasting(self, keys: Iterable[str]) -> list[str]:
        return [key for key in keys if not self._has_ended(key)]

    def _take(self, keys: Iterable[str]) -> None:
        taken = set(keys)
        if taken != self._keys:
            self._keys = taken
            self.changed.emit()
